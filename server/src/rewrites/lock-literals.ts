import { lastSegment } from '../model/attributes.ts'
import type { BodyFacts } from '../syntax/body.ts'
import type { TextEdit } from '../syntax/edits.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { isExpansion } from './code-texts.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import { type FunctionSource, factsOfFunction, functionsIn } from './functions.ts'
import { type LiteralShape, literalEdits, literalsIn, tupleEdits } from './literals.ts'
import { innerIn, type Places } from './lock-places.ts'
import type { Mention } from './mentions.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'

/** Literals of the class outside moved bodies, wherever they stand. Every brace after its name must belong to one. */
export function keptLiterals(
  source: ClassSource,
  plan: MovePlan,
  shape: LiteralShape,
  mentions: readonly Mention[],
  places: Places,
): { readonly edits: readonly PlacedEdit[] } | Problem {
  const { db } = source.view
  const edits: PlacedEdit[] = []
  const heads = new Set<string>()
  const files = new Set([source.file, ...mentions.filter((it) => it.braces && !isExpansion(it.file)).map((it) => it.file)])
  for (const fn of functionsIn(db, source.cls.crate, files)) {
    const own = source.methods.find((it) => it.fn === fn.fn && it.impl.file === fn.file)
    const facts = factsOfFunction(db, fn)
    if (!facts) continue
    const names = new Set(own ? ['Self', source.cls.name] : [source.cls.name])
    if (!literalsIn(facts, names).length && source.struct.shape !== 'tuple') continue
    // Another type of the same name is none of the mentions.
    const isMention = (start: number): boolean => mentions.some((it) => it.file === fn.file && it.at.start === start)
    const found = functionLiterals(source, plan, shape, places, fn, own, facts, names, isMention)
    if ('reason' in found) return found
    for (const head of found.heads) heads.add(`${fn.file}:${head}`)
    edits.push(...found.edits)
  }
  const stray = mentions.find((it) => it.braces && !heads.has(`${it.file}:${it.at.start}`))
  if (stray)
    return {
      reason: stray.file === source.file ? 'pattern' : 'used-elsewhere',
      detail: `${placeText(db, stray.file, stray.at.start)}: the class is built or taken apart there`,
    }
  return { edits }
}

interface FunctionLiterals {
  readonly edits: readonly PlacedEdit[]
  /** Offsets of the class's name. */
  readonly heads: readonly number[]
}

function functionLiterals(
  source: ClassSource,
  plan: MovePlan,
  shape: LiteralShape,
  places: Places,
  fn: FunctionSource,
  own: MethodSource | undefined,
  facts: BodyFacts,
  names: ReadonlySet<string>,
  isMention: (start: number) => boolean,
): FunctionLiterals | Problem {
  const { db } = source.view
  const text = db.text(fn.file) ?? ''
  const isMoved = own !== undefined && plan.moved.includes(own)
  const at = (start: number): string => placeText(db, fn.file, start)
  if (source.struct.shape === 'tuple') {
    const heads = tupleEdits(facts, text, names, fn.body.start, shape)?.heads
    if (heads && !heads.some(isMention)) return { edits: [], heads: [] }
    const here = shapeAt(source, shape, places, fn, text)
    const tuples = heads?.every(isMention) ? tupleEdits(facts, text, names, fn.body.start, here ?? shape) : null
    if (!tuples || (tuples.heads.length > 0 && !here))
      return { reason: 'pattern', detail: `${at(fn.start)}: \`${fn.fn.name}\` makes the class in a form that is not handled` }
    return { edits: isMoved ? [] : placed(fn.file, tuples.edits), heads: tuples.heads }
  }
  const edits: TextEdit[] = []
  const heads: number[] = []
  for (const { index, fact } of literalsIn(facts, names)) {
    const start = fn.body.start + fact.span.start
    if (!isMention(start + fact.path.length - lastSegment(fact.path).length)) continue
    heads.push(start)
    if (isMoved) continue
    const here = shapeAt(source, shape, places, fn, text)
    if (!here) return { reason: 'used-elsewhere', detail: `${at(start)}: another module builds the class field by field` }
    const found = literalEdits(text, fact, facts, index, fn.body.start, here)
    if (found === null) return { reason: 'struct-update', detail: `${at(start)}: the literal cannot be split` }
    edits.push(...found)
  }
  return { edits: placed(fn.file, edits), heads }
}

/** How a literal is written where a function stands; null where the inner struct cannot be named. */
function shapeAt(
  source: ClassSource,
  shape: LiteralShape,
  places: Places,
  fn: FunctionSource,
  text: string,
): LiteralShape | null {
  const module = fn.owner?.module ?? ''
  if (module === source.cls.module || isBlockOf(module, source.cls.module)) return shape
  const inner = fn.owner ? innerIn(source, places, shape.inner, { module, file: fn.file, text }) : null
  return inner === null ? null : { ...shape, inner, lock: shape.lockPath }
}

function isBlockOf(module: string, outer: string): boolean {
  return module.startsWith(outer) && /#|\{/.test(module.slice(outer.length))
}
