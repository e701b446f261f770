import { derives } from '../../model/attributes.ts'
import type { ModId } from '../../resolve/defs.ts'
import { crateOfId } from '../../resolve/ids.ts'
import { type BodyFacts, factsOf } from '../../syntax/body.ts'
import { indentationAt, insert, type TextEdit } from '../../syntax/edits.ts'
import type { ClassSource } from '../class-source.ts'
import { codeText, isExpansion } from '../code-texts.ts'
import { holdsPointers } from '../copied.ts'
import { type PlacedEdit, placed } from '../file-edits.ts'
import { type FunctionSource, factsOfFunction } from '../functions.ts'
import { type Problem, placeText } from '../problems.ts'
import { isPublicFunction } from '../public-api.ts'
import { loudFactsIn } from '../python-free.ts'
import { snapshotProblem } from '../snapshot.ts'
import { tokensIn } from '../tokens.ts'
import type { ClassMention } from './class-mentions.ts'
import type { FaceNames } from './face-names.ts'
import { rustCallerOf } from './fn-callers.ts'
import { OF_GUARDS } from './guard-methods.ts'
import { mayLock } from './lock-taking.ts'
import { type LentParam, lentParam, paramTypeEdits } from './param-types.ts'

/** What becomes of the parameters by which functions that Python calls are lent objects of the class. */
export interface LentParams {
  readonly edits: readonly PlacedEdit[]
  readonly functions: number
  /** Mentions that are the face's now; their text is among the edits. */
  readonly asFace: readonly ClassMention[]
  /** Modules that call the face's lock method. */
  readonly users: readonly ModId[]
}

/**
 * `c: &C` in functions that Python calls. PyO3 lends objects of classes only (PyO3 guide, "Function signatures"), which the face is:
 * `c: &PyC`, and the body holds the lock, where it may; else `c: C`, a copy that is made under the lock before the body runs.
 */
export function lentParams(source: ClassSource, face: FaceNames, mentions: readonly ClassMention[]): LentParams | Problem {
  const byFunction = new Map<string, { fn: FunctionSource; mentions: ClassMention[] }>()
  for (const each of mentions) {
    if (each.form.kind !== 'param') continue
    const { fn } = each.form
    const key = `${fn.file}\n${fn.start}`
    const known = byFunction.get(key)
    if (known) known.mentions.push(each)
    else byFunction.set(key, { fn, mentions: [each] })
  }
  const edits: PlacedEdit[] = []
  const asFace: ClassMention[] = []
  const users: ModId[] = []
  for (const { fn, mentions: own } of byFunction.values()) {
    const found = functionEdits(source, face, fn, own)
    if ('reason' in found) return found
    edits.push(...placed(fn.file, found.edits))
    asFace.push(...found.asFace)
    if (found.asFace.length > 0 && fn.owner) users.push(fn.owner.module)
  }
  return { edits, functions: byFunction.size, asFace, users }
}

interface FunctionEdits {
  readonly edits: readonly TextEdit[]
  readonly asFace: readonly ClassMention[]
}

function functionEdits(
  source: ClassSource,
  face: FaceNames,
  fn: FunctionSource,
  mentions: readonly ClassMention[],
): FunctionEdits | Problem {
  const { db } = source.view
  const { crate, name } = source.cls
  const at = placeText(db, fn.file, mentions[0]?.at.start ?? fn.start)
  const fail = (clause: string, reason: Problem['reason'] = 'used-elsewhere'): Problem => ({
    reason,
    detail: `${at}: \`${fn.fn.name}\` ${clause}`,
  })
  const text = codeText(db, fn.file)
  const facts = factsOfFunction(db, fn)
  if (isExpansion(fn.file)) return fail(`is written by a macro and is lent a \`${name}\``, 'macro')
  if (text === null || !facts || fn.owner === null) return fail(`is lent a \`${name}\` and cannot be read`)
  if (fn.fn.async) return fail(`is async and is lent a \`${name}\``, 'async')
  if (isPublicFunction(db, crateOfId(fn.owner.module), fn)) return fail(`is lent a \`${name}\`, and others may call it`)
  const caller = rustCallerOf(db, crate, fn)
  if (caller) return fail(`is lent a \`${name}\`, and Rust calls it (${placeText(db, caller.file, caller.at)})`)
  const params: LentParam[] = []
  for (const mention of mentions) {
    const param = lentParam(fn, text, mention)
    if (!param) return fail(`takes or gives \`${name}\` in a form that is not known`)
    if (borrowsFrom(fn, text)) return fail(`may give something that borrows from its \`${name}\``, 'returns-reference')
    if (param.guard && !staysGuard(facts, param.name))
      return fail(`does more than reading and writing with its guard of a \`${name}\``)
    params.push(param)
  }
  const way = chooseWays(source, fn, facts, text, params)
  if ('reason' in way) return { ...way, detail: `${at}: \`${fn.fn.name}\` is lent a \`${name}\`: ${way.detail}` }
  const { locked } = way
  const used = usedNames(fn, facts, text)
  const lets = params.filter((it) => used.has(it.name)).flatMap((it) => letsOf(it, it === locked, face))
  const texts = params.map((it) => ({ param: it, locked: it === locked || !used.has(it.name) ? it === locked : false }))
  const asFace = locked ? [locked.mention] : []
  return { edits: [...paramTypeEdits(fn, text, texts, face.type), ...bodyEdit(fn, text, lets)], asFace }
}

interface Ways {
  /** The one whose lock the body holds; the others are copies. */
  readonly locked: LentParam | null
}

/** The body holds one lock at most, so that the order of two cannot matter: the rest are copies. */
function chooseWays(
  source: ClassSource,
  fn: FunctionSource,
  facts: BodyFacts,
  text: string,
  params: readonly LentParam[],
): Ways | Problem {
  const exclusive = params.filter((it) => it.mut)
  if (exclusive.length > 1) return { reason: 'two-instances', detail: 'two objects would be locked' }
  const [first] = exclusive.length > 0 ? exclusive : params
  if (!first) return { locked: null }
  const rest = params.filter((it) => it !== first)
  const loud = lockProblem(source, fn, facts, text, params)
  const copy = copyProblem(source, loud || exclusive.length === 0 ? params : rest)
  if (!loud && rest.length === 0) return { locked: first }
  if (loud) return exclusive.length > 0 ? loud : copy ? (isClone(source) ? copy : loud) : { locked: null }
  if (exclusive.length > 0) return copyProblem(source, rest) ?? { locked: first }
  return copy ?? { locked: null }
}

/** Why a body must not hold the lock: it may run Python code, or wait for another lock. */
function lockProblem(
  source: ClassSource,
  fn: FunctionSource,
  body: BodyFacts,
  text: string,
  params: readonly LentParam[],
): Problem | null {
  if (!fn.owner) return { reason: 'parse-error', detail: 'it cannot be read' }
  if (crateOfId(fn.owner.module) !== source.cls.crate)
    return { reason: 'used-elsewhere', detail: 'another crate would have to lock it' }
  const lends = fn.fn.params.map((it) => {
    const lent = params.find((each) => each.param === it)
    return lent
      ? { ...it, type: { kind: 'ref' as const, mut: lent.mut, lifetime: null, inner: lent.inner, span: it.type.span } }
      : it
  })
  const scope = {
    db: source.view.db,
    owner: fn.owner,
    fn: { ...fn.fn, params: lends },
    body,
    text: text.slice(fn.body.start, fn.body.end),
    selfName: 'self',
    types: new Map(),
  }
  const [found] = loudFactsIn(scope, new Set())
  const where = (start: number): string => placeText(source.view.db, fn.file, fn.body.start + start)
  if (found) return { reason: found.reason, detail: `${where(body.facts[found.index]?.span.start ?? 0)}: it ${found.clause}` }
  return mayLock(source.view.db, [{ owner: fn.owner, fn: fn.fn }])
    ? { reason: 'two-instances', detail: 'it may wait for another lock' }
    : null
}

function copyProblem(source: ClassSource, params: readonly LentParam[]): Problem | null {
  if (params.length === 0) return null
  const guard = params.find((it) => it.guard)
  if (guard) return { reason: 'used-elsewhere', detail: `\`${guard.name}\` is a guard` }
  if (!isClone(source)) return { reason: 'used-elsewhere', detail: 'no copy can be made of it' }
  const pointed = source.methods.find(holdsPointers)
  if (pointed) return { reason: 'used-elsewhere', detail: `\`${pointed.name}\` may keep pointers into a copy` }
  return snapshotProblem(source)
}

export function isClone(source: ClassSource): boolean {
  const written = source.impls.some((it) => it.item.trait?.path.segments.at(-1)?.name === 'Clone')
  return written || derives(source.struct.attrs).includes('Clone')
}

/** Whether a lock's guard does where PyO3's was: what is in it is used, and it is neither handed on nor asked for the object itself. */
function staysGuard(body: BodyFacts, name: string): boolean {
  const hidden = factsOf(body, 'macro').some(({ fact }) => !fact.expressions && new RegExp(`\\b${name}\\b`).test(fact.args))
  const bound = factsOf(body, 'let', 'let-condition', 'for', 'arm', 'closure').some(({ fact }) =>
    fact.bindings.some((it) => it.name === name),
  )
  return (
    !hidden &&
    !bound &&
    factsOf(body, 'path').every(({ fact }) => {
      const parent = body.facts[fact.parent]
      if (fact.text !== name) return true
      if (parent?.kind === 'method' && fact.role === 'receiver') return !OF_GUARDS.test(parent.name)
      if (parent?.kind === 'field' || parent?.kind === 'macro') return true
      return parent?.kind === 'unary' && parent.operator === '*'
    })
  )
}

/** Whether the result may hold the parameter's borrow: it has a lifetime that only the parameter can give. */
function borrowsFrom(fn: FunctionSource, text: string): boolean {
  if (fn.fn.receiver || fn.fn.ret === null) return false
  const ret = text.slice(fn.start + fn.fn.ret.span.start, fn.start + fn.fn.ret.span.end)
  return /&(?!'static)|'_\b/.test(ret)
}

function usedNames(fn: FunctionSource, facts: BodyFacts, text: string): ReadonlySet<string> {
  const used = new Set(factsOf(facts, 'path').map(({ fact }) => fact.text))
  for (const { fact } of factsOf(facts, 'macro')) for (const { text: word } of tokensIn(fact.args)) used.add(word)
  for (const inline of text.slice(fn.body.start, fn.body.end).matchAll(/\{(\w+)(?::[^}]*)?\}/g)) used.add(inline[1] ?? '')
  return used
}

/** What makes of a parameter's name what it was before. */
function letsOf({ name, optional, mut, rebound, guard }: LentParam, locked: boolean, face: FaceNames): string[] {
  if (!locked) return [`let ${name} = ${optional ? `${name}.as_ref()` : `&${name}`};`]
  if (optional)
    return [
      `let ${mut ? 'mut ' : ''}${name} = ${name}.map(${face.type}::${face.locked});`,
      `let ${name} = ${name}.as_deref${mut ? '_mut' : ''}();`,
    ]
  if (guard) return [`let ${rebound ? 'mut ' : ''}${name} = ${name}.${face.locked}();`]
  // The guard lives as long as the block (Rust reference, "Temporary lifetime extension").
  return [`let ${name} = &${mut ? 'mut ' : ''}*${name}.${face.locked}();`]
}

function bodyEdit(fn: FunctionSource, text: string, lets: readonly string[]): TextEdit[] {
  if (lets.length === 0) return []
  const after = fn.body.start + 1
  const line = /^[^\S\n]*\r?\n\s*/.exec(text.slice(after, fn.body.end))
  if (!line) return [insert(after, ` ${lets.join(' ')}`)]
  const indent = indentationAt(text, after + line[0].length)
  return [insert(after, lets.map((it) => `\n${indent}${it}`).join(''))]
}
