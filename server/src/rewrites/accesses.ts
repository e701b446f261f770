import { definitionOfType } from '../model/type-names.ts'
import { moduleTree } from '../resolve/module-tree.ts'
import { type BodyFacts, factsOf } from '../syntax/body.ts'
import { remove, type TextEdit } from '../syntax/edits.ts'
import type { TypeExpr } from '../syntax/summary.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { codeText, expansionsOf, isExpansion } from './code-texts.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import { type FunctionSource, factsOfFunction, functionsIn } from './functions.ts'
import { isWithin } from './lock-places.ts'
import { fieldOfMacro, macrosWithFields } from './macro-fields.ts'
import { codeOfCrate, codeToSearch, filesOfCrate, type Mention, mentionsOf } from './mentions.ts'
import { isNamesake } from './namesakes.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { tokensIn } from './tokens.ts'
import { keepsExclusive } from './trait-methods.ts'

/** What other code than the moved bodies does with objects of the class, and the edits that this needs. */
export interface Accesses {
  readonly problem: Problem | null
  readonly edits: readonly PlacedEdit[]
  /** Functions outside the class whose text changes. */
  readonly callers: number
}

/** Looks at every function that could reach a moved field, or that holds an object of the class in a `let mut`. */
export function accessesOf(source: ClassSource, plan: MovePlan, mentions: readonly Mention[]): Accesses {
  const { db } = source.view
  const edits: PlacedEdit[] = []
  const flows = flowsOf(source, mentions)
  const visible = filesThatSee(source, plan)
  const macros = macrosWithFields(db, source.cls.crate, plan.fields)
  let callers = 0
  const homeCode = codeOfCrate(db, source.cls.crate)
  for (const fn of functionsIn(db, source.cls.crate, codeToSearch(source))) {
    const own = source.methods.find((it) => it.fn === fn.fn && it.impl.file === fn.file)
    if (own && (plan.moved.includes(own) || plan.narrowed.has(own))) continue
    const text = codeText(db, fn.file) ?? ''
    const body = text.slice(fn.body.start, fn.body.end)
    const home = homeCode.has(fn.file)
    const names = [source.cls.name, ...plan.fields, ...(home ? ['Self', 'borrow_mut'] : []), ...macros]
    if (!names.some((it) => body.includes(it))) continue
    const facts = factsOfFunction(db, fn)
    const seen: Seen = { source, plan, fn, own, text, mentions: mentionsInside(source, fn, text), flows }
    const off = isOffImpl(seen) ? offLiteral(seen) : null
    if (off) return { problem: off, edits, callers }
    const problem = facts ? functionProblem(seen, facts, visible.has(fn.file)) : unreadable(seen)
    if (problem) return { problem, edits, callers }
    const ownEdits = facts ? unusedMuts(seen, facts) : []
    if (ownEdits.length === 0) continue
    if (isExpansion(fn.file)) return { problem: madeCaller(seen), edits, callers }
    callers++
    edits.push(...placed(fn.file, ownEdits))
  }
  return { problem: null, edits, callers }
}

interface Seen {
  readonly source: ClassSource
  readonly plan: MovePlan
  readonly fn: FunctionSource
  readonly own: MethodSource | undefined
  readonly text: string
  /** Whether the function names the class other than as the head of a literal. */
  readonly mentions: boolean
  readonly flows: Flows
}

interface Flows {
  /** Whether an object of the class can be had without naming it: from a field or a function's result. */
  readonly any: boolean
}

/** Whether what a method is called on may be an object of the class. */
export function mayBeObject(
  source: ClassSource,
  plan: MovePlan,
  fn: FunctionSource,
  facts: BodyFacts,
  receiver: string,
): boolean {
  const text = codeText(source.view.db, fn.file) ?? ''
  const own = source.methods.find((it) => it.fn === fn.fn && it.impl.file === fn.file)
  const flows = { any: objectsFlow(source, plan) }
  return mayBeOurs({ source, plan, fn, own, text, mentions: mentionsInside(source, fn, text), flows }, facts, receiver)
}

const flowing = new WeakMap<MovePlan, boolean>()

/** Whether an object of the class can be had without naming it. Remembered with the plan. */
export function objectsFlow(source: ClassSource, plan: MovePlan): boolean {
  const known = flowing.get(plan)
  if (known !== undefined) return known
  const { mentions, problem } = mentionsOf(source)
  const any = problem !== null || flowsOf(source, mentions).any
  flowing.set(plan, any)
  return any
}

/** Mentions that stand in fields, signatures or statics of other items. */
function flowsOf(source: ClassSource, mentions: readonly Mention[]): Flows {
  const { db } = source.view
  const functions = functionsIn(db, source.cls.crate, new Set(mentions.map((it) => it.file)))
  const any = mentions.some(({ file, at }) => {
    if (source.impls.some((it) => it.file === file && it.start <= at.start && at.end <= it.end)) return false
    if (source.madeImpls.some((it) => it.code === file && it.start <= at.start && at.end <= it.end)) return false
    const text = codeText(db, file) ?? ''
    if (functions.some((it) => it.file === file && it.body.start <= at.start && at.end <= it.body.end)) return false
    if (/\buse\b[^;]*$/.test(text.slice(Math.max(0, at.start - 300), at.start))) return false
    return !/(?:^|\n)\s*(?:unsafe\s+)?impl\b[^{;]*$/.test(text.slice(Math.max(0, at.start - 200), at.start))
  })
  return { any }
}

function mentionsInside(source: ClassSource, fn: FunctionSource, text: string): boolean {
  const ownImpl = isOwnImpl(source, fn)
  const receiver = fn.fn.receiver
  const tokens = tokensIn(text, { start: fn.start, end: fn.end })
  const ret = fn.fn.ret
  return tokens.some(({ text: word, start }, i) => {
    if (word !== source.cls.name && !(ownImpl && word === 'Self')) return false
    if (ret && start >= fn.start + ret.span.start && start < fn.start + ret.span.end) return false
    if (receiver && start < fn.start + receiver.span.end) return false
    if (isNamesake(source, fn.file, tokens, i)) return false
    // A literal that is only the function's result cannot be read from; one that gets a name can.
    return tokens[i + 1]?.text !== '{' || tokens[i - 1]?.text === '='
  })
}

/** Whether a function is a member of an impl of the class, written or not. */
function isOwnImpl(source: ClassSource, { owner }: FunctionSource): boolean {
  return owner !== null && (source.impls.some((it) => it.id === owner.id) || source.madeImpls.some((it) => it.id === owner.id))
}

/** `Self { … }` in code that is not part of this build, which is not edited. */
function offLiteral({ source, fn, text }: Seen): Problem | null {
  const tokens = tokensIn(text, fn.body)
  const open = source.struct.shape === 'tuple' ? '(' : '{'
  const at = tokens.findIndex((it, i) => it.text === 'Self' && tokens[i + 1]?.text === open)
  return at < 0
    ? null
    : {
        reason: 'cfg',
        detail: `${placeText(source.view.db, fn.file, tokens[at]?.start ?? 0)}: the class is built under a \`cfg\` that is off`,
      }
}

function madeCaller({ source, fn }: Seen): Problem {
  return {
    reason: 'macro-made',
    detail: `${placeText(source.view.db, fn.file, fn.start)}: a macro writes \`${fn.fn.name}\`, which would change`,
  }
}

/** Files and expansions of the modules in which some moved field can be named. */
function filesThatSee(source: ClassSource, plan: MovePlan): ReadonlySet<string> {
  const files = writtenThatSee(source, plan)
  return new Set([
    ...files,
    ...expansionsOf(source.view.db, source.cls.crate)
      .filter((it) => files.has(it.file))
      .map((it) => it.id),
  ])
}

function writtenThatSee(source: ClassSource, plan: MovePlan): ReadonlySet<string> {
  const { db } = source.view
  const open = source.struct.fields.some((it) => plan.fields.has(it.name) && it.vis !== 'private')
  if (open) return new Set([...codeToSearch(source)].filter((it) => !isExpansion(it)))
  const { modules } = moduleTree(db, source.cls.crate)
  const inside = new Set(modules.filter((it) => isWithin(it.id, source.cls.module)).map((it) => it.file))
  // Of a file under a `cfg` that is off it is not known which module it is.
  const elsewhere = new Set(modules.map((it) => it.file).filter((it) => !inside.has(it)))
  return new Set([...filesOfCrate(db, source.cls.crate)].filter((it) => !elsewhere.has(it)))
}

function unreadable({ source, fn, mentions }: Seen): Problem | null {
  if (!mentions && !isOwnImpl(source, fn)) return null
  return {
    reason: 'parse-error',
    detail: `${placeText(source.view.db, fn.file, fn.start)}: \`${fn.fn.name}\` cannot be read in full`,
  }
}

function functionProblem(seen: Seen, facts: BodyFacts, sees: boolean): Problem | null {
  const { source, plan, fn } = seen
  const line = (offset: number): string => placeText(source.view.db, fn.file, fn.body.start + offset)
  const member = isOwnImpl(source, fn)
  if (seen.mentions || member) {
    const call = factsOf(facts, 'method').find(({ fact }) => /^(?:try_)?borrow_mut$/.test(fact.name))
    if (call) return { reason: 'mutable-access', detail: `${line(call.fact.span.start)}: \`.${call.fact.name}()\`` }
  }
  if (!sees) return null
  for (const { fact } of factsOf(facts, 'field')) {
    if (!plan.fields.has(fact.name) || !mayBeOurs(seen, facts, fact.receiverText)) continue
    return {
      reason: 'used-elsewhere',
      detail: `${line(fact.span.start)}: \`${fact.receiverText.replace(/\s+/g, ' ')}.${fact.name}\` may be a field of the class`,
    }
  }
  for (const { fact } of factsOf(facts, 'macro')) {
    const reached = fieldOfMacro(source.view.db, source.cls.crate, fact, plan.fields)
    if (reached !== null && (seen.mentions || seen.flows.any || member))
      return { reason: 'macro', detail: `${line(fact.span.start)}: \`${fact.path}!\` may read \`${reached}\`` }
    if (fact.expressions) continue
    const tokens = tokensIn(fact.args)
    const hit = tokens.find((it, i) => plan.fields.has(it.text) && tokens[i - 1]?.text === '.')
    if (hit && (seen.mentions || seen.flows.any || member))
      return { reason: 'macro', detail: `${line(fact.span.start)}: \`${fact.path}!\` names \`${hit.text}\`` }
  }
  return null
}

/** Whether a function stands in an impl of the class that a `cfg` leaves out of this build. */
function isOffImpl({ source, fn }: Pick<Seen, 'source' | 'fn'>): boolean {
  return fn.owner === null && fn.of === source.cls.name
}

/** Small receiver typing: whether what a field is read from may be an object of the class. */
function mayBeOurs(seen: Seen, facts: BodyFacts, receiver: string): boolean {
  const { source, fn, own } = seen
  if (receiver === 'self') return own ? own.self !== 'none' : isOwnImpl(source, fn) || isOffImpl(seen)
  const type = declaredType(seen, facts, receiver)
  if (type !== null) {
    const names = typeNames(seen, type)
    if (names === 'foreign') return false
    if (names === 'ours') return true
  }
  if (own?.self.startsWith('guard') && receiver === own.selfName) return true
  void fn
  void source
  return seen.mentions || seen.flows.any
}

function declaredType({ fn }: Seen, facts: BodyFacts, name: string): TypeExpr | null {
  if (!/^\w+$/.test(name)) return null
  const lets = factsOf(facts, 'let').filter(({ fact }) => fact.bindings.some((it) => it.name === name))
  if (lets.length > 0) return lets.length === 1 ? (lets[0]?.fact.type ?? null) : null
  return fn.fn.params.find((it) => it.pattern.replace(/^mut\s+/, '') === name)?.type ?? null
}

const WRAPPERS = new Set(['PyRef', 'PyRefMut', 'Bound', 'Py', 'Box', 'Arc', 'Rc', 'Option', 'PyClassGuard'])

function typeNames({ source, fn }: Seen, type: TypeExpr): 'ours' | 'foreign' | 'unknown' {
  if (type.kind === 'ref') return typeNames({ source, fn } as Seen, type.inner)
  if (type.kind !== 'path') return 'unknown'
  const last = type.path.segments.at(-1)
  const inner = last?.args?.args[0]
  if (last && WRAPPERS.has(last.name) && inner) return typeNames({ source, fn } as Seen, inner)
  if (last?.name === 'Self') return isOwnImpl(source, fn) ? 'ours' : 'foreign'
  const def = definitionOfType(source.view.db, fn.owner?.module ?? source.cls.module, type)
  return def === null ? 'unknown' : def === source.cls.id ? 'ours' : 'foreign'
}

/** Whether a variable is given to a trait's method that takes `&mut self`, or to one that such a trait may bring along. */
function callsExclusive(source: ClassSource, facts: BodyFacts, name: string): boolean {
  const exclusive = source.methods.filter(keepsExclusive)
  if (exclusive.length === 0) return false
  const called = factsOf(facts, 'method').filter(({ fact }) => fact.receiverText === name)
  return called.some(
    ({ fact }) => exclusive.some((it) => it.name === fact.name) || !source.methods.some((it) => it.name === fact.name),
  )
}

/** `let mut c = C::new()` in functions that need no exclusive access any more. */
function unusedMuts({ source, own, text, fn }: Seen, facts: BodyFacts): TextEdit[] {
  const edits: TextEdit[] = []
  for (const { index, fact } of factsOf(facts, 'let')) {
    const [binding] = fact.bindings
    const value = facts.facts[index + 1]
    if (!binding?.mut || fact.bindings.length !== 1 || !value || value.role !== 'value') continue
    const init = text.slice(fn.body.start + value.span.start, fn.body.start + value.span.end)
    if (!new RegExp(`^(?:\\w+::)*(?:${source.cls.name}${own ? '|Self' : ''})\\b`).test(init)) continue
    const needed = factsOf(facts, 'borrow', 'assign').some(({ index: at, fact: each }) => {
      const target = facts.facts[at + 1]
      const root = target ? text.slice(fn.body.start + target.span.start, fn.body.start + target.span.end) : ''
      return new RegExp(`^${binding.name}\\b`).test(root) && (each.kind === 'assign' || each.mut)
    })
    if (needed || callsExclusive(source, facts, binding.name)) continue
    const start = fn.body.start + binding.span.start
    const mut = /mut\s+$/.exec(text.slice(Math.max(0, start - 20), start))
    const inside = /^mut\s+/.exec(text.slice(start))
    if (inside) edits.push(remove({ start, end: start + inside[0].length }))
    else if (mut) edits.push(remove({ start: start - mut[0].length, end: start }))
  }
  return edits
}
