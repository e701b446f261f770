import { crateOf } from '../resolve/crates.ts'
import type { ModId } from '../resolve/defs.ts'
import { crateOfId, moduleId, STD_CRATE } from '../resolve/ids.ts'
import { moduleTree } from '../resolve/module-tree.ts'
import { signature } from '../resolve/signature.ts'
import type { Ty } from '../resolve/ty.ts'
import { type BodyFacts, factsOf } from '../syntax/body.ts'
import { replace, type TextEdit } from '../syntax/edits.ts'
import { fieldEdit } from './caller-fields.ts'
import { unusedMuts } from './caller-muts.ts'
import { type ExclusiveParam, sharedParam } from './caller-params.ts'
import { takesSteps } from './caller-steps.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { codeText, isExpansion } from './code-texts.ts'
import { codeOfCrate, codeToSearch } from './crate-code.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import { type FunctionSource, factsOfFunction, functionsIn } from './functions.ts'
import { isWithin } from './lock-places.ts'
import { fieldOfMacro, macrosWithFields } from './macro-fields.ts'
import type { Mentions } from './mentions.ts'
import { movedAccess } from './moved-accesses.ts'
import { isNamesake } from './namesakes.ts'
import { mayFlow, objectsFlow } from './object-flow.ts'
import { isOwnImpl } from './own-impls.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { holdingOfName, receiverOf } from './receivers.ts'
import { filesThatSee } from './seeing-files.ts'
import { tokensIn } from './tokens.ts'
import { isOtherField } from './typed-receivers.ts'
import type { LockNames } from './wrapper.ts'

/** What other code than the moved bodies does with objects of the class, and the edits that this needs. */
export interface Accesses {
  readonly problem: Problem | null
  readonly edits: readonly PlacedEdit[]
  /** Functions outside the class whose text changes. */
  readonly callers: number
  /** Modules in which a lock is taken. */
  readonly modules: ReadonlySet<ModId>
}

/**
 * Looks at every function that could reach a moved field, or that holds an object of the class in a `let mut`.
 * @param names how a lock is taken; null where fields do not move behind one, and no use of them outside can be edited
 */
export function accessesOf(
  source: ClassSource,
  plan: MovePlan,
  { mentions, exclusive }: Pick<Mentions, 'mentions' | 'exclusive'>,
  names: LockNames | null,
): Accesses {
  const { db } = source.view
  const edits: PlacedEdit[] = []
  const modules = new Set<ModId>()
  const flows = mayFlow(source, mentions)
  const visible = filesThatSee(source, plan)
  const macros = macrosWithFields(db, source.cls.crate, plan.fields)
  const homeCode = codeOfCrate(db, source.cls.crate)
  let callers = 0
  const fail = (problem: Problem): Accesses => ({ problem, edits, callers, modules })
  for (const fn of functionsIn(db, source.cls.crate, codeToSearch(source))) {
    const own = source.methods.find((it) => it.fn === fn.fn && it.impl.file === fn.file)
    if (own && (plan.moved.includes(own) || plan.narrowed.has(own))) {
      const inside = movedAccess(source, plan, own, flows)
      if (inside) return fail(inside)
      continue
    }
    const text = codeText(db, fn.file) ?? ''
    const whole = text.slice(fn.start, fn.body.end)
    const params = exclusive.filter((it) => it.fn.file === fn.file && it.fn.start === fn.start)
    const home = homeCode.has(fn.file)
    const words = [source.cls.name, ...plan.fields, 'borrow_mut', ...(home ? ['Self'] : []), ...macros]
    if (params.length === 0 && !words.some((it) => whole.includes(it))) continue
    const facts = factsOfFunction(db, fn)
    const seen: Seen = { source, plan, fn, own, text, mentions: mentionsInside(source, fn, text), flows, params, names, home }
    const off = isOffImpl(seen) ? offLiteral(seen) : null
    const found = off ?? (facts ? functionEdits(seen, facts, visible.has(fn.file)) : unreadable(seen))
    if (found && 'reason' in found) return fail(found)
    if (!found || found.edits.length === 0) continue
    if (isExpansion(fn.file)) return fail(madeCaller(seen))
    callers++
    edits.push(...placed(fn.file, found.edits))
    if (found.locks) modules.add(moduleOf(seen))
  }
  return { problem: null, edits, callers, modules }
}

/** The module of a function; the crate's root, which sees least, where a `cfg` leaves it out and it is not known. */
function moduleOf({ source, fn }: Seen): ModId {
  const { crate, module } = source.cls
  if (fn.owner) return fn.owner.module
  const { modules } = moduleTree(source.view.db, crate)
  const isInside = fn.file === source.file && modules.every((it) => it.file !== source.file || isWithin(it.id, module))
  return isInside ? module : moduleId(crate, '')
}

interface Seen {
  readonly source: ClassSource
  readonly plan: MovePlan
  readonly fn: FunctionSource
  readonly own: MethodSource | undefined
  readonly text: string
  /** Whether the function names the class other than as the head of a literal. */
  readonly mentions: boolean
  /** Whether an object of the class can be had without naming it: from a field or a function's result. */
  readonly flows: boolean
  readonly params: readonly ExclusiveParam[]
  readonly names: LockNames | null
  /** Whether it is code of the class's own crate. */
  readonly home: boolean
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
  if (own && isForeignField(source, own, receiver)) return false
  const flows = objectsFlow(source, plan)
  const seen = {
    source,
    plan,
    fn,
    own,
    text,
    mentions: mentionsInside(source, fn, text),
    flows,
    params: [],
    names: null,
    home: true,
  }
  return mayBeOurs(seen, facts, receiver)
}

/** Whether `self.name` has a type of other crates that does not hold the class, and so derefs to no object of it either. */
function isForeignField(source: ClassSource, { selfName }: MethodSource, receiver: string): boolean {
  const { db } = source.view
  const name = receiver.startsWith(`${selfName}.`) ? receiver.slice(selfName.length + 1) : ''
  const fields = signature(db, source.cls.id)?.fields.filter((it) => it.name === name) ?? []
  const isForeign = (ty: Ty, depth: number): boolean =>
    ty.kind === 'prim' ||
    (ty.kind === 'adt' &&
      depth < 16 &&
      (crateOfId(ty.def) === STD_CRATE || crateOf(db, crateOfId(ty.def))?.local === false) &&
      ty.args.every((it) => isForeign(it, depth + 1)))
  return fields.length > 0 && fields.every((it) => isForeign(it.ty, 0))
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

function unreadable({ source, fn, mentions }: Seen): Problem | null {
  if (!mentions && !isOwnImpl(source, fn)) return null
  return {
    reason: 'parse-error',
    detail: `${placeText(source.view.db, fn.file, fn.start)}: \`${fn.fn.name}\` cannot be read in full`,
  }
}

interface FunctionEdits {
  readonly edits: readonly TextEdit[]
  readonly locks: boolean
}

function functionEdits(seen: Seen, facts: BodyFacts, sees: boolean): FunctionEdits | Problem {
  const { source, plan, fn, text } = seen
  const receiver = (name: string): ReturnType<typeof receiverOf> => receiverOf(source, plan, name)
  const borrows = borrowEdits(seen, facts)
  if ('reason' in borrows) return borrows
  const fields = sees ? fieldEdits(seen, facts) : { edits: [], objects: new Set<string>() }
  if ('reason' in fields) return fields
  const edits = [...borrows.edits, ...fields.edits]
  const stepping = [...fields.objects, ...seen.params.map((it) => it.param.pattern.replace(/^mut\s+/, ''))].find((it) =>
    takesSteps(source, plan, fn, facts, it),
  )
  if (stepping !== undefined) {
    const at = placeText(source.view.db, fn.file, fn.start)
    return {
      reason: 'joint-update',
      detail: `${at}: \`${fn.fn.name}\` uses \`${stepping}\` more than once, and would lock it anew each time`,
    }
  }
  for (const param of seen.params) {
    const found = sharedParam(source, param, facts, (name) => receiver(name) === 'shared', plan.fields)
    const at = placeText(source.view.db, fn.file, fn.start + param.param.span.start)
    if (!found)
      return { reason: 'mutable-access', detail: `${at}: \`${fn.fn.name}\` needs \`${param.param.pattern}\` exclusively` }
    edits.push(...found)
  }
  const edited = new Set(fields.edits.map((it) => it.span.start))
  const muts = unusedMuts(source, fn, text, facts, receiver, edited)
  if (!muts) {
    const at = placeText(source.view.db, fn.file, fn.start)
    return { reason: 'used-elsewhere', detail: `${at}: it is not known whether \`${fn.fn.name}\` still needs its \`mut\`` }
  }
  return { edits: [...edits, ...muts], locks: fields.edits.length > 0 }
}

/** `.borrow_mut()` of a Python reference to the class, through which one method is called: `.borrow()` does. */
function borrowEdits(seen: Seen, facts: BodyFacts): { readonly edits: readonly TextEdit[] } | Problem {
  const { source, plan, fn } = seen
  if (!seen.mentions && !isOwnImpl(source, fn) && seen.params.length === 0) return { edits: [] }
  const edits: TextEdit[] = []
  for (const { fact } of factsOf(facts, 'method')) {
    if (!/^(?:try_)?borrow_mut$/.test(fact.name)) continue
    const held = holdingOfName(seen, facts, fact.receiverText)
    if (held === 'foreign') continue
    const user = facts.facts[fact.parent]
    const called = user?.kind === 'method' && fact.role === 'receiver' && receiverOf(source, plan, user.name) === 'shared'
    if (held !== 'handle' || !called || fact.name !== 'borrow_mut') {
      const at = placeText(source.view.db, fn.file, fn.body.start + fact.span.start)
      return { reason: 'mutable-access', detail: `${at}: \`.${fact.name}()\`` }
    }
    edits.push(replace({ start: fn.body.start + fact.nameSpan.start, end: fn.body.start + fact.nameSpan.end }, 'borrow'))
  }
  return { edits }
}

function fieldEdits(
  seen: Seen,
  facts: BodyFacts,
): { readonly edits: readonly TextEdit[]; readonly objects: ReadonlySet<string> } | Problem {
  const { source, plan, fn, names, home } = seen
  const line = (offset: number): string => placeText(source.view.db, fn.file, fn.body.start + offset)
  const edits: TextEdit[] = []
  const objects = new Set<string>()
  for (const { index, fact } of factsOf(facts, 'field')) {
    if (!plan.fields.has(fact.name) || !mayBeOurs(seen, facts, fact.receiverText)) continue
    if (isOtherField(source, fn, facts, index)) continue
    const isObject = names && home && !isExpansion(fn.file) && isHeld(seen, facts, fact.receiverText)
    const edit = isObject ? fieldEdit({ source, fn, facts, fields: plan.fields }, index, names) : null
    if (!edit)
      return {
        reason: 'used-elsewhere',
        detail: `${line(fact.span.start)}: \`${fact.receiverText.replace(/\s+/g, ' ')}.${fact.name}\` may be a field of the class`,
      }
    edits.push(edit)
    objects.add(fact.receiverText)
  }
  for (const { fact } of factsOf(facts, 'macro')) {
    const reached = fieldOfMacro(source.view.db, source.cls.crate, fact, plan.fields)
    if (reached !== null && (seen.mentions || seen.flows || isOwnImpl(source, fn)))
      return { reason: 'macro', detail: `${line(fact.span.start)}: \`${fact.path}!\` may read \`${reached}\`` }
    if (fact.expressions) continue
    const tokens = tokensIn(fact.args)
    const hit = tokens.find((it, i) => plan.fields.has(it.text) && tokens[i - 1]?.text === '.')
    if (hit && (seen.mentions || seen.flows || isOwnImpl(source, fn)))
      return { reason: 'macro', detail: `${line(fact.span.start)}: \`${fact.path}!\` names \`${hit.text}\`` }
  }
  return { edits, objects }
}

/** Whether a receiver is surely an object of the class: by its name, or borrowed from Python's reference to one. */
function isHeld(seen: Seen, facts: BodyFacts, receiver: string): boolean {
  const handle = /^(\w+)\s*\.\s*borrow\(\)$/.exec(receiver)?.[1]
  return handle === undefined
    ? holdingOfName(seen, facts, receiver) === 'object'
    : holdingOfName(seen, facts, handle) === 'handle'
}

/** Whether a function stands in an impl of the class that a `cfg` leaves out of this build. */
function isOffImpl({ source, fn }: Pick<Seen, 'source' | 'fn'>): boolean {
  return fn.owner === null && fn.of === source.cls.name
}

/** Small receiver typing: whether what a field is read from may be an object of the class. */
function mayBeOurs(seen: Seen, facts: BodyFacts, receiver: string): boolean {
  const { source, fn, own } = seen
  if (receiver === 'self') return own ? own.self !== 'none' : isOwnImpl(source, fn) || isOffImpl(seen)
  const held = holdingOfName(seen, facts, receiver)
  if (held !== 'unknown') return held !== 'foreign'
  if (own?.self.startsWith('guard') && receiver === own.selfName) return true
  return seen.mentions || seen.flows
}
