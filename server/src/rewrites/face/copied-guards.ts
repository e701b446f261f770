import { definitionOfPath } from '../../model/type-names.ts'
import { dependentsOf } from '../../project/crate-graph.ts'
import { type Database, query } from '../../query/database.ts'
import { crateOfId } from '../../resolve/ids.ts'
import type { Ty } from '../../resolve/ty.ts'
import { type BodyFacts, childFacts, factsOf, type MethodFact } from '../../syntax/body.ts'
import { insert, remove, replace, type TextEdit } from '../../syntax/edits.ts'
import { functionKey, newScope } from '../body-scopes.ts'
import type { ClassSource } from '../class-source.ts'
import { codeText, isExpansion } from '../code-texts.ts'
import { holdsPointers } from '../copied.ts'
import { codeOfCrate } from '../crate-code.ts'
import { typeOfExpression } from '../expression-types.ts'
import { type PlacedEdit, placed } from '../file-edits.ts'
import { type FunctionSource, factsOfFunction, functionsIn } from '../functions.ts'
import { type Problem, placeText } from '../problems.ts'
import { snapshotProblem } from '../snapshot.ts'
import { type Carriers, carries, mayCarry } from './class-carriers.ts'
import type { ClassMention } from './class-mentions.ts'
import type { FaceNames } from './face-names.ts'
import { OF_GUARDS } from './guard-methods.ts'
import { type HandleScope, isHandle, isWhole } from './handles.ts'
import { isClone } from './lent-params.ts'
import { mayLock } from './lock-taking.ts'
import { wordsOfFunction, wordsOfValue } from './value-words.ts'

const BORROWS = /^(?:try_)?borrow(?:_mut)?$/

/** The functions of a crate that borrow from something. */
const borrowers = query<string, readonly FunctionSource[]>('faceBorrowers', (db, crate) =>
  [...codeOfCrate(db, crate)].flatMap((file) => {
    const text = codeText(db, file) ?? ''
    if (!/\.\s*(?:try_)?borrow(?:_mut)?\s*\(/.test(text)) return []
    return functionsIn(db, crate, new Set([file])).filter((it) =>
      /\.\s*(?:try_)?borrow(?:_mut)?\s*\(/.test(text.slice(it.body.start, it.body.end)),
    )
  }),
)

export interface CopiedGuards {
  readonly edits: readonly PlacedEdit[]
  readonly places: number
  /** How many of them call the face's method that copies. */
  readonly copies: number
  /** Where they do. */
  readonly functions: readonly FunctionSource[]
}

/**
 * Guards of objects: `handle.borrow()` and `extract::<PyRef<C>>()` that only read become copies, made under the lock and without it
 * when they are used, so that whatever is done with them may run Python code.
 */
export function copiedGuards(
  source: ClassSource,
  face: FaceNames,
  mentions: readonly ClassMention[],
  carriers: Carriers,
  handles: boolean,
): CopiedGuards | Problem {
  const { db } = source.view
  const { crate } = source.cls
  const edits: PlacedEdit[] = []
  const functions: FunctionSource[] = []
  const guards = mentions.filter((it) => it.form.kind === 'guard')
  for (const each of guards) {
    const found = extracted(source, each)
    if ('reason' in found) return found
    edits.push(...found.edits)
  }
  let places = guards.length
  for (const each of [crate, ...dependentsOf(db, crate)])
    for (const fn of borrowers(db, each)) {
      // Without a handle that is named or made, only a conversion can have given one.
      const text = codeText(db, fn.file)?.slice(fn.body.start, fn.body.end) ?? ''
      if (!handles && !/\binto_(?:pyobject|bound_py_any|py_any)\s*\(/.test(text)) continue
      const found = borrowedIn(source, face, carriers, fn)
      if ('reason' in found) return found
      if (found.edits.length > 0) functions.push(fn)
      places += found.places
      edits.push(...placed(fn.file, found.edits))
    }
  const copy = places > 0 ? copyProblem(source, places > guards.length) : null
  return copy ?? { edits, places, copies: places - guards.length, functions }
}

function copyProblem(source: ClassSource, borrowed: boolean): Problem | null {
  const { name } = source.cls
  // Who borrows may hold locks of his own: no body under this one may wait for those.
  const waits = borrowed
    ? source.methods.find((it) => it.self !== 'none' && mayLock(source.view.db, [{ owner: it.impl.module, fn: it.fn }]))
    : undefined
  if (waits)
    return { reason: 'two-instances', detail: `\`${waits.name}\` may wait for another lock while others wait for a \`${name}\`` }
  const pointed = source.methods.find(holdsPointers)
  if (pointed) return { reason: 'used-elsewhere', detail: `\`${pointed.name}\` may keep pointers into a copy of \`${name}\`` }
  return isClone(source)
    ? snapshotProblem(source)
    : { reason: 'used-elsewhere', detail: `\`${name}\` is borrowed elsewhere, and no copy can be made of it` }
}

function handleScope(source: ClassSource, fn: FunctionSource, body: BodyFacts): HandleScope {
  const { db } = source.view
  const scope = fn.owner && newScope(db, functionKey({ owner: fn.owner, fn: fn.fn }))
  const typeOf = (index: number): Ty | null => (typeof scope === 'object' && scope ? typeOfExpression(scope, index) : null)
  const isClass = (path: string): boolean => {
    if (path.trim() === 'Self') return source.impls.some((it) => it.id === fn.owner?.id)
    const module = fn.owner?.module
    return module !== undefined && definitionOfPath(db, module, path.trim().split('::'), false) === source.cls.id
  }
  return { fn, body, typeOf, isClass, id: source.cls.id }
}

function borrowedIn(
  source: ClassSource,
  face: FaceNames,
  carriers: Carriers,
  fn: FunctionSource,
): { readonly edits: readonly TextEdit[]; readonly places: number } | Problem {
  const { db } = source.view
  const text = codeText(db, fn.file) ?? ''
  const body = factsOfFunction(db, fn)
  if (!body) return { edits: [], places: 0 }
  const scope = handleScope(source, fn, body)
  const edits: TextEdit[] = []
  let places = 0
  for (const { index, fact } of factsOf(body, 'method')) {
    if (!BORROWS.test(fact.name)) continue
    const receiver = childFacts(body, index, 'receiver')[0] ?? -1
    const at = `${placeText(db, fn.file, fn.body.start + fact.nameSpan.start)}: `
    if (!isHandle(scope, receiver)) {
      if (scope.typeOf(receiver) !== null) continue
      const words = wordsOfValue(text, fn, body, fact.receiver, new Set())
      if (words && !carries(source, carriers, fn, words)) continue
      if (!words && !mayCarry(source, carriers, fn, wordsOfFunction(text, fn))) continue
      return { reason: 'used-elsewhere', detail: `${at}what is borrowed may be a \`${source.cls.name}\`` }
    }
    if (fact.name !== 'borrow')
      return { reason: 'mutable-access', detail: `${at}\`.${fact.name}()\` of a \`${source.cls.name}\`` }
    if (fn.owner === null || crateOfId(fn.owner.module) !== source.cls.crate)
      return { reason: 'used-elsewhere', detail: `${at}another crate borrows a \`${source.cls.name}\`` }
    if (isExpansion(fn.file)) return { reason: 'macro', detail: `${at}a macro borrows a \`${source.cls.name}\`` }
    const stars = readOnly(scope, fn, index)
    if (stars === null)
      return { reason: 'used-elsewhere', detail: `${at}more than reading is done with a borrowed \`${source.cls.name}\`` }
    places++
    edits.push(borrowEdit(text, fn, fact, face), ...stars)
  }
  return { edits, places }
}

/** `.borrow(py)` → `.borrow(py).copied()`: the guard of a frozen class stands in nobody's way. */
function borrowEdit(text: string, fn: FunctionSource, fact: MethodFact, face: FaceNames): TextEdit {
  const start = fn.body.start + fact.nameSpan.start
  const breaks = /\r?\n[^\S\n]*$/.exec(text.slice(0, start - 1))?.[0] ?? ''
  return insert(fn.body.start + fact.span.end, `${breaks}.${face.copied}()`)
}

/**
 * The edits without which a copy would not do where a guard was: `*guard` is the copy itself. null where something else than reading
 * is done with it.
 */
function readOnly(scope: HandleScope, fn: FunctionSource, index: number): TextEdit[] | null {
  const { body } = scope
  let at = index
  for (let fuel = 16; fuel > 0; fuel--) {
    const parent = body.facts[body.facts[at]?.parent ?? -1]
    const unwraps = parent?.kind === 'try' || (parent?.kind === 'method' && /^(?:unwrap|expect|map_err)$/.test(parent.name))
    if (parent?.kind !== 'paren' && !(unwraps && body.facts[at]?.role !== 'argument')) break
    at = body.facts[at]?.parent ?? -1
  }
  const fact = body.facts[at]
  const parent = body.facts[fact?.parent ?? -1]
  if (!fact || !parent) return null
  if ((parent.kind === 'let' || parent.kind === 'let-condition') && fact.role === 'value') {
    const [binding] = parent.bindings
    if (parent.bindings.length !== 1 || !binding || binding.mut || !isWhole(parent.pattern, binding.name)) return null
    return readsOfName(scope, fn, binding.name)
  }
  return readAt(body, fn, at)
}

function readsOfName(scope: HandleScope, fn: FunctionSource, name: string): TextEdit[] | null {
  const { body } = scope
  const bound = factsOf(body, 'let', 'let-condition', 'for', 'arm', 'closure').filter(({ fact }) =>
    fact.bindings.some((it) => it.name === name),
  )
  const hidden = factsOf(body, 'macro').some(({ fact }) => !fact.expressions && new RegExp(`\\b${name}\\b`).test(fact.args))
  // The name may shadow the handle that it is borrowed from.
  if (bound.length > 2 || hidden) return null
  const edits: TextEdit[] = []
  const [last] = bound.slice(-1)
  for (const { index, fact } of factsOf(body, 'path')) {
    if (fact.text !== name || (last && fact.span.start < (body.facts[last.index]?.span.end ?? 0))) continue
    const found = readAt(body, fn, index)
    if (found === null) return null
    edits.push(...found)
  }
  return edits
}

/** The same for one place where the guard stands. */
function readAt(body: BodyFacts, fn: FunctionSource, at: number): TextEdit[] | null {
  const fact = body.facts[at]
  const parent = body.facts[fact?.parent ?? -1]
  if (!fact || !parent) return null
  if (parent.kind === 'method' && fact.role === 'receiver') return OF_GUARDS.test(parent.name) ? null : []
  if (parent.kind === 'field' && fact.role === 'receiver') return []
  if (parent.kind === 'borrow') return parent.mut ? null : []
  if (parent.kind === 'macro' && parent.expressions) return []
  if (parent.kind !== 'unary' || parent.operator !== '*') return null
  const start = fn.body.start + parent.span.start
  const around = body.facts[parent.parent]
  if (around?.kind !== 'paren') return [remove({ start, end: start + 1 })]
  const end = fn.body.start + around.span.end
  return [remove({ start: fn.body.start + around.span.start, end: start + 1 }), remove({ start: end - 1, end })]
}

/** `extract::<PyRef<C>>()` → `extract::<C>()`. */
function extracted(source: ClassSource, mention: ClassMention): { readonly edits: readonly PlacedEdit[] } | Problem {
  const { db } = source.view
  const at = `${placeText(db, mention.file, mention.at.start)}: `
  const fail = (clause: string): Problem => ({ reason: 'used-elsewhere', detail: at + clause })
  const name = source.cls.name
  const text = codeText(db, mention.file)
  if (text === null || mention.form.kind !== 'guard') return fail('cannot be read')
  const { outer } = mention.form
  const fn = functionAround(db, source, mention)
  const body = fn && factsOfFunction(db, fn)
  if (!fn || !body || isExpansion(mention.file)) return fail(`a guard of a \`${name}\` is kept`)
  const inner = /([\w:]+)\s*>$/.exec(text.slice(outer.start, outer.end))?.[1]
  const call = factsOf(body, 'method').find(
    ({ fact }) =>
      fact.name === 'extract' &&
      fact.turbofish !== null &&
      fn.body.start + fact.nameSpan.end <= outer.start &&
      outer.end <= fn.body.start + fact.span.end,
  )
  const declared = factsOf(body, 'let').find(
    ({ fact }) =>
      fact.type && fn.body.start + fact.type.span.start === outer.start && fn.body.start + fact.type.span.end === outer.end,
  )
  const scope = handleScope(source, fn, body)
  const value = declared ? childFacts(body, declared.index, 'value')[0] : call?.index
  const whole = call?.fact.turbofish?.trim() === text.slice(outer.start, outer.end)
  if (inner === undefined || value === undefined || !(declared || whole)) return fail(`a guard of a \`${name}\` is kept`)
  const stars = readOnly(scope, fn, value)
  if (stars === null) return fail(`more than reading is done with a borrowed \`${name}\``)
  return { edits: placed(mention.file, [replace(outer, inner), ...stars]) }
}

function functionAround(db: Database, source: ClassSource, { file, at }: ClassMention): FunctionSource | null {
  const functions = functionsIn(db, source.cls.crate, new Set([file]))
  return functions.findLast((it) => it.body.start <= at.start && at.end <= it.body.end) ?? null
}
