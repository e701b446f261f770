import { pathOf } from '../../model/culprits.ts'
import { definitionOfPath } from '../../model/type-names.ts'
import { childFacts, type Fact } from '../../syntax/body.ts'
import type { Span } from '../../syntax/span.ts'
import { type Access, at, type Given, parentOf } from './accesses.ts'
import { edit, type Job, refuse } from './job.ts'
import { nameFor } from './names.ts'
import type { Locking } from './regions.ts'
import type { Use } from './scope.ts'
import type { Layer } from './shape.ts'

/** Rewrites the value that the field is given, and notes clones of the field that may stand there. */
export function rewriteValue(job: Job, use: Use, given: Given): undefined {
  const fact = use.facts.facts[given.index]
  if (!fact) return refuse(job, 'unsupported-use', 'the value could not be read', at(use, given.owner))
  if (job.target.style === 'queue') return wrapQueue(job, use, fact, given)
  if (given.shorthand)
    return refuse(job, 'unsupported-use', `the value of \`${job.field.name}\` comes from elsewhere`, at(use, fact))
  rewriteLayer(job, use, given.index, job.target.layers)
}

function wrapQueue(job: Job, use: Use, fact: Fact, given: Given): undefined {
  const lock = nameFor(job, use.body.module, job.target.becomes)
  const prefix = given.shorthand ? `${job.field.name}: ` : ''
  edit(job, use.body.file, { start: fact.span.start, end: fact.span.start }, `${prefix}${lock}::new(`)
  edit(job, use.body.file, { start: fact.span.end, end: fact.span.end }, ')')
}

function rewriteLayer(job: Job, use: Use, index: number, layers: readonly Layer[]): undefined {
  const fact = use.facts.facts[index]
  const [layer, ...inner] = layers
  if (!fact || !layer) return
  const value = { file: use.body.file, span: fact.span }
  if (fact.kind === 'paren') {
    const [inside] = childFacts(use.facts, index)
    if (inside !== undefined) return rewriteLayer(job, use, inside, layers)
  }
  if (fact.kind === 'method' && fact.name === 'clone') {
    job.accepted.add(`${use.body.file}:${fact.span.start}`)
    return
  }
  if (fact.kind !== 'call' || fact.path === null)
    return refuse(job, 'unsupported-use', `the value of \`${job.field.name}\` comes from elsewhere`, value)
  const [segments, method] = splitPath(fact.path)
  if (method === 'default' && /^(?:std::default::|core::default::)?Default$/.test(segments.join('::'))) return
  const def = definitionOfPath(job.cx.db, use.body.module, segments, false)
  const [callee] = childFacts(use.facts, index, 'callee')
  const head = use.facts.facts[callee ?? -1]
  if (
    def === null ||
    pathOf(job.cx.db, def) !== layer.path ||
    !head ||
    use.text.slice(head.span.start, head.span.end).includes('<')
  )
    return refuse(job, 'unsupported-use', `the value of \`${job.field.name}\` comes from elsewhere`, value)
  if (method === 'clone' && layer === job.target.pointer) {
    job.accepted.add(`${use.body.file}:${fact.span.start}`)
    return
  }
  const converts = method === 'from' && layers.length === 1
  if (method !== 'new' && method !== 'default' && !converts)
    return refuse(job, 'unsupported-use', `\`${fact.path}\` has no counterpart`, value)
  const becomes = layer === job.target.cell ? job.target.becomes : 'std::sync::Arc'
  if (becomes !== layer.path) edit(job, use.body.file, head.span, `${nameFor(job, use.body.module, becomes)}::${method}`)
  const [argument] = childFacts(use.facts, index, 'argument')
  if (method === 'new' && inner.length > 0 && argument !== undefined) rewriteLayer(job, use, argument, inner)
}

function splitPath(path: string): readonly [readonly string[], string] {
  const segments = path.replace(/^::/, '').split('::')
  return [segments.slice(0, -1), segments.at(-1) ?? '']
}

/** Rewrites one access. What takes a lock is added to `lockings`. */
export function rewriteAccess(job: Job, use: Use, access: Access, lockings: Locking[]): undefined {
  const { facts } = use
  const fact = facts.facts[access.index]
  const parent = parentOf(facts, access.index)
  if (!fact || !parent) return refuse(job, 'unsupported-use', 'the use could not be read', fact && at(use, fact))
  const role = facts.facts[parent.child]?.role
  if (parent.fact.kind === 'assign' && role === 'target' && parent.fact.operator === '=' && !access.alias) return
  if (job.target.pointer && rewritePointer(job, use, access, parent.index)) return
  const method = parent.fact
  if (method.kind !== 'method' || role !== 'receiver') {
    if (job.target.style === 'pointer' && isTransparent(method, role)) return
    return unsupported(job, use, fact)
  }
  const call: Call = { index: parent.index, fact: method, access: fact, accessIndex: access.index }
  if (job.target.style === 'pointer') return
  if (job.target.style === 'once') return rewriteOnce(job, use, call, lockings)
  if (job.target.style === 'atomic') return rewriteAtomic(job, use, call)
  if (job.target.style === 'queue') return rewriteQueue(job, use, call, lockings)
  return rewriteLock(job, use, call, lockings)
}

interface Call {
  readonly index: number
  readonly fact: Extract<Fact, { readonly kind: 'method' }>
  /** The field expression. */
  readonly access: Fact
  readonly accessIndex: number
}

function unsupported(job: Job, use: Use, fact: Fact, name = ''): undefined {
  refuse(
    job,
    'unsupported-use',
    `${name ? `\`${name}\`` : 'this use'} of \`${job.field.name}\` has no counterpart`,
    at(use, fact),
  )
}

/** `*x`, `x.field`, `x[i]` see through the pointer. */
function isTransparent(parent: Fact, role: Fact['role'] | undefined): boolean {
  if (parent.kind === 'unary') return parent.operator === '*'
  return (parent.kind === 'field' && role === 'receiver') || (parent.kind === 'index' && role === 'base')
}

const POINTER_FUNCTIONS = new Set([
  'clone',
  'ptr_eq',
  'strong_count',
  'weak_count',
  'get_mut',
  'make_mut',
  'try_unwrap',
  'unwrap_or_clone',
  'into_inner',
  'as_ptr',
])

/** Clones and the functions of `Rc`; true if the use was one of these. */
function rewritePointer(job: Job, use: Use, access: Access, index: number): boolean {
  const { facts } = use
  const pointer = job.target.pointer
  const parent = facts.facts[index]
  const file = use.body.file
  if (parent?.kind === 'method' && parent.name === 'clone' && facts.facts[access.index]?.role === 'receiver') {
    if (!mayBeCloned(job, use, index)) unsupported(job, use, parent, 'clone')
    return true
  }
  const callIndex = parent?.kind === 'borrow' ? (parentOf(facts, index)?.index ?? -1) : index
  const call = facts.facts[callIndex]
  if (call?.kind !== 'call' || call.path === null || facts.facts[access.index]?.role === 'callee') return false
  const [segments, method] = splitPath(call.path)
  const def = definitionOfPath(job.cx.db, use.body.module, segments, false)
  if (def === null || pathOf(job.cx.db, def) !== pointer?.path) return false
  const [callee] = childFacts(facts, callIndex, 'callee')
  const head = facts.facts[callee ?? -1]
  if (
    !head ||
    !POINTER_FUNCTIONS.has(method) ||
    (method !== 'clone' && job.target.cell && method !== 'ptr_eq' && method !== 'strong_count')
  ) {
    unsupported(job, use, call, call.path)
    return true
  }
  if (method === 'clone' && !mayBeCloned(job, use, callIndex)) unsupported(job, use, call, call.path)
  if (
    method === 'ptr_eq' &&
    !childFacts(facts, callIndex, 'argument').every((it) => job.accepted.has(`access:${file}:${innermost(use, it)}`))
  )
    unsupported(job, use, call, call.path)
  const key = `edited:${file}:${head.span.start}`
  if (pointer.path === 'std::rc::Rc' && !job.accepted.has(key)) {
    job.accepted.add(key)
    edit(job, file, head.span, `${nameFor(job, use.body.module, 'std::sync::Arc')}::${method}`)
  }
  return true
}

/** Start of the place that an argument `&self.a` is about. */
function innermost(use: Use, index: number): number {
  let at = index
  for (let fuel = 16; fuel > 0; fuel--) {
    const fact = use.facts.facts[at]
    if (fact?.kind !== 'borrow' && fact?.kind !== 'paren') return fact?.span.start ?? -1
    at = childFacts(use.facts, at)[0] ?? -1
  }
  return -1
}

/** Whether a clone becomes the field's value somewhere, or is used up at once, or gets a local name. */
function mayBeCloned(job: Job, use: Use, index: number): boolean {
  const fact = use.facts.facts[index]
  if (!fact) return false
  if (job.accepted.has(`${use.body.file}:${fact.span.start}`)) return true
  const parent = parentOf(use.facts, index)?.fact
  if (parent?.kind === 'method' && fact.role === 'receiver') return job.target.style === 'pointer' && parent.name !== 'clone'
  return parent?.kind === 'let' && job.accepted.has(`alias:${use.body.file}:${parent.span.start}`)
}

function rewriteOnce(job: Job, use: Use, call: Call, lockings: Locking[]): undefined {
  if (!['get', 'get_mut', 'set', 'get_or_init', 'into_inner', 'take'].includes(call.fact.name))
    return unsupported(job, use, call.fact, call.fact.name)
  if (call.fact.name === 'get_or_init') lockings.push({ index: call.index, access: call.accessIndex, exclusive: false })
}

function rewriteQueue(job: Job, use: Use, call: Call, lockings: Locking[]): undefined {
  if (!['recv', 'try_recv', 'recv_timeout'].includes(call.fact.name)) return unsupported(job, use, call.fact, call.fact.name)
  lockings.push({ index: call.index, access: call.accessIndex, exclusive: true })
  const at = call.fact.nameSpan.start
  edit(job, use.body.file, { start: at, end: at }, `${lockText(job, use, 'lock')}.`)
}

/** `lock().unwrap_or_else(PoisonError::into_inner)`: `RefCell` knows no poison, so the data counts, not the panic. */
function lockText(job: Job, use: Use, method: string): string {
  return `${method}().unwrap_or_else(${nameFor(job, use.body.module, 'std::sync::PoisonError')}::into_inner)`
}

function rewriteAtomic(job: Job, use: Use, call: Call): undefined {
  const { file, module } = use.body
  const { name, span, nameSpan } = call.fact
  const [first] = call.fact.args
  const relaxed = () => `${nameFor(job, module, 'std::sync::atomic::Ordering')}::Relaxed`
  const whole: Span = { start: nameSpan.start, end: span.end }
  if (call.fact.turbofish !== null) return unsupported(job, use, call.fact, name)
  if (name === 'get' && call.fact.args.length === 0) return edit(job, file, whole, `load(${relaxed()})`)
  if (name === 'take') return edit(job, file, whole, `swap(${job.target.becomes.endsWith('Bool') ? 'false' : '0'}, ${relaxed()})`)
  if (name === 'get_mut' || name === 'into_inner') return
  if ((name !== 'set' && name !== 'replace') || !first) return unsupported(job, use, call.fact, name)
  edit(job, file, nameSpan, name === 'set' ? 'store' : 'swap')
  edit(job, file, { start: first.end, end: first.end }, `, ${relaxed()}`)
}

function rewriteLock(job: Job, use: Use, call: Call, lockings: Locking[]): undefined {
  const { file, module } = use.body
  const { target } = job
  const { name, span, args } = call.fact
  const { start } = call.access.span
  // From the method's name on: a comment between the field and the dot stays.
  const rest: Span = { start: call.fact.nameSpan.start, end: span.end }
  const lock = (exclusive: boolean) => lockText(job, use, exclusive ? target.exclusive : target.shared)
  const locks = (exclusive: boolean) => lockings.push({ index: call.index, access: call.accessIndex, exclusive })
  const isCell = target.cell?.path === 'std::cell::Cell'
  const poison = () => `.unwrap_or_else(${nameFor(job, module, 'std::sync::PoisonError')}::into_inner)`
  if (!isCell && (name === 'borrow' || name === 'borrow_mut') && args.length === 0) {
    if (!isGuardUse(use, call.index)) return unsupported(job, use, call.fact, name)
    locks(name === 'borrow_mut')
    return edit(job, file, rest, lock(name === 'borrow_mut'))
  }
  if ((name === 'get_mut' || name === 'into_inner') && args.length === 0 && !target.pointer) {
    return edit(job, file, { start: span.end, end: span.end }, poison())
  }
  if (isCell && name === 'get' && args.length === 0) {
    locks(false)
    const wrap = needsParentheses(use, call.index)
    edit(job, file, { start, end: start }, wrap ? '(*' : '*')
    return edit(job, file, rest, lock(false) + (wrap ? ')' : ''))
  }
  const [first] = args
  if (isCell && name === 'set' && first && parentOf(use.facts, call.index)?.fact.kind === 'statement') {
    locks(true)
    edit(job, file, { start, end: start }, '*')
    edit(job, file, { start: rest.start, end: first.start }, `${lock(true)} = `)
    return edit(job, file, { start: first.end, end: span.end }, '')
  }
  if ((name === 'replace' && first) || (name === 'take' && args.length === 0)) {
    locks(true)
    edit(job, file, { start, end: start }, `std::mem::${name}(&mut *`)
    if (first) edit(job, file, { start: rest.start, end: first.start }, `${lock(true)}, `)
    else edit(job, file, rest, `${lock(true)})`)
    return
  }
  if (name === 'clone' && job.accepted.has(`${file}:${span.start}`)) {
    locks(false)
    edit(job, file, { start, end: start }, `${nameFor(job, module, target.becomes)}::new(`)
    return edit(job, file, rest, `${lock(false)}.clone())`)
  }
  unsupported(job, use, call.fact, name)
}

/** Whether a guard is used as what it guards: nothing may depend on its being a `Ref` or `RefMut`. */
function isGuardUse(use: Use, index: number): boolean {
  const parent = parentOf(use.facts, index)
  const role = use.facts.facts[parent?.child ?? -1]?.role
  if (!parent) return false
  const { fact } = parent
  if (fact.kind === 'method') return role === 'receiver'
  if (fact.kind === 'field') return true
  if (fact.kind === 'index') return role === 'base'
  if (fact.kind === 'unary') return fact.operator === '*'
  if (fact.kind === 'borrow') return isPlainBorrow(use, parent.index)
  if (fact.kind === 'macro') return /(?:format|print|println|eprint|eprintln|write|writeln|panic)$/.test(fact.path)
  if (fact.kind === 'let')
    return fact.type === null && fact.bindings.length === 1 && isPlainName(fact.pattern) && guardNameUses(use, parent.index)
  return false
}

/** `&guard` where the type is `&T` for sure: bound by nothing, given to a function of which the signature is not known. */
function isPlainBorrow(use: Use, index: number): boolean {
  const parent = parentOf(use.facts, index)?.fact
  return parent?.kind === 'for' || parent?.kind === 'macro'
}

function isPlainName(pattern: string): boolean {
  return /^(?:mut\s+)?\w+$/.test(pattern.trim())
}

/** Whether every use of a guard's name sees through it, or drops it. */
function guardNameUses(use: Use, index: number): boolean {
  const fact = use.facts.facts[index]
  if (fact?.kind !== 'let') return false
  const name = fact.bindings[0]?.name
  return use.facts.facts.every((it, i) => {
    if (it.kind === 'macro' && !it.expressions) return !new RegExp(`\\b${name}\\b`).test(it.args)
    if (it.kind !== 'path' || it.text !== name || it.span.start < fact.scope.start || it.span.end > fact.scope.end) return true
    const parent = parentOf(use.facts, i)
    const role = use.facts.facts[parent?.child ?? -1]?.role
    if (!parent) return false
    if (parent.fact.kind === 'call') return /(?:^|::)drop$/.test(parent.fact.path ?? '') && role === 'argument'
    if (parent.fact.kind === 'macro') return true
    if (parent.fact.kind === 'borrow') return isPlainBorrow(use, parent.index)
    if (parent.fact.kind === 'unary') return parent.fact.operator === '*'
    return (
      (parent.fact.kind === 'method' && role === 'receiver') ||
      parent.fact.kind === 'field' ||
      (parent.fact.kind === 'index' && role === 'base')
    )
  })
}

/** Whether `*x.lock()…` in the place of the call at `index` would be read as something else. */
function needsParentheses(use: Use, index: number): boolean {
  const fact = use.facts.facts[index]
  const parent = use.facts.facts[fact?.parent ?? -1]
  if (!fact || !parent || parent.kind === 'paren') return false
  if (parent.kind === 'method' || parent.kind === 'field') return fact.role === 'receiver'
  return (parent.kind === 'index' && fact.role === 'base') || parent.kind === 'try' || parent.kind === 'await'
}
