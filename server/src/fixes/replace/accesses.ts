import { typeItem } from '../../model/local-types.ts'
import type { BodyFacts, Fact } from '../../syntax/body.ts'
import { childFacts, factsOf } from '../../syntax/body.ts'
import { type Job, refuse } from './job.ts'
import { declaresField, definitionOf, mentions, ofPath, typeOfFact } from './receivers.ts'
import type { Use } from './scope.ts'
import { wordOf } from './words.ts'

/** A place where a function reaches the field: the fact of `self.field`, or of a local name that holds a clone of its `Rc`. */
export interface Access {
  readonly index: number
  /** Whether it is a local name for the same value. */
  readonly alias: boolean
}

/** Macros of the standard library that evaluate each argument once, by reference or by value, in order. */
const PLAIN_MACROS = new Set(
  'format print println eprint eprintln write writeln panic assert assert_eq assert_ne debug_assert debug_assert_eq debug_assert_ne vec matches format_args unreachable todo unimplemented'.split(
    ' ',
  ),
)

/** Methods that only cells have: what they are called on with a doubtful receiver is ours if the way there leads through the owner. */
const TELLING = new Set(['borrow', 'borrow_mut'])

/** All accesses of a function to the job's field. Refuses where one cannot be told from an access to another type's field. */
export function accessesIn(job: Job, use: Use): Access[] {
  const { facts } = use
  const found: Access[] = []
  for (const { index, fact } of factsOf(facts, 'field')) {
    if (fact.name !== job.field.name) continue
    const ours = isOurs(job, use, index)
    if (ours === null) refuse(job, 'used-elsewhere', `it is not known which type's \`${job.field.name}\` is meant`, at(use, fact))
    if (ours) found.push({ index, alias: false })
  }
  checkPatterns(job, use)
  checkMacros(job, use, found)
  return found
}

function isOurs(job: Job, use: Use, index: number): boolean | null {
  const { db } = job.cx
  const [receiver] = childFacts(use.facts, index, 'receiver')
  if (receiver === undefined) return null
  const known = typeOfFact(db, use, receiver)
  const def = known && definitionOf(db, known)
  if (def === job.owner.id) return true
  // Another type that declares no such field may lead to ours through `Deref`.
  if (def) return declaresField(db, def, job.field.name) ? false : null
  const parent = use.facts.facts[use.facts.facts[index]?.parent ?? -1]
  return parent?.kind === 'method' && TELLING.has(parent.name) && leadsToOwner(job, use, receiver) ? true : null
}

/** Whether the expression starts at a field of a known type which holds the owner: `self.shards.get(i)?`. */
function leadsToOwner(job: Job, use: Use, index: number): boolean {
  let at = index
  for (let fuel = 64; fuel > 0; fuel--) {
    const fact = use.facts.facts[at]
    if (!fact) return false
    if (fact.kind === 'field') {
      const [receiver] = childFacts(use.facts, at, 'receiver')
      const on = receiver === undefined ? null : typeOfFact(job.cx.db, use, receiver)
      const def = on && definitionOf(job.cx.db, on)
      const found = def ? typeItem(job.cx.db, def) : null
      const field = found?.item.fields.find((it) => it.name === fact.name)
      if (found && field) return mentions(job.cx.db, found.it.module, field.type, job.owner.id)
    }
    if (!['field', 'method', 'try', 'index', 'paren', 'unary', 'borrow'].includes(fact.kind)) return false
    const [next] = childFacts(use.facts, at)
    if (next === undefined) return false
    at = next
  }
  return false
}

/** A pattern that takes the owner apart binds the field as what it was. */
function checkPatterns(job: Job, use: Use): undefined {
  const word = new RegExp(`\\b(?:${job.owner.name}|Self)\\s*[({]`)
  const patterns = factsOf(use.facts, 'let', 'let-condition', 'for', 'arm').map(({ fact }) => ({ text: fact.pattern, fact }))
  for (const { text, fact } of patterns)
    if (word.test(text)) refuse(job, 'used-elsewhere', 'a pattern takes the value apart', at(use, fact))
  for (const param of use.body.fn.params)
    if (word.test(param.pattern))
      refuse(job, 'used-elsewhere', 'a pattern takes the value apart', { file: use.body.file, span: use.body.item })
  const field = wordOf(job.field.name)
  for (const { index, fact } of factsOf(use.facts, 'closure')) {
    const [body] = childFacts(use.facts, index)
    const head = use.text.slice(fact.span.start, use.facts.facts[body ?? -1]?.span.start ?? fact.span.start)
    if (word.test(head)) refuse(job, 'used-elsewhere', 'a pattern takes the value apart', at(use, fact))
  }
  for (const { fact } of factsOf(use.facts, 'item'))
    if (/\.\s*$/.test('') || (fact.text.startsWith('macro_rules') && field.test(fact.text)))
      refuse(job, 'macro-made', 'a macro mentions the field', at(use, fact))
}

/** Macros that cannot be read, or that may do anything with what they are given. */
function checkMacros(job: Job, use: Use, found: readonly Access[]): undefined {
  const word = wordOf(job.field.name)
  const owner = new RegExp(`\\b(?:${job.owner.name}|Self)\\s*[({]`)
  for (const { index, fact } of factsOf(use.facts, 'macro')) {
    const plain = PLAIN_MACROS.has(fact.path.replace(/^(::)?(std|core|alloc)::/, ''))
    if (!fact.expressions && (word.test(fact.args) || owner.test(fact.args)))
      refuse(job, 'macro-made', `\`${fact.path}!\` mentions the field`, at(use, fact))
    if (!plain && found.some((it) => it.index > index && it.index < fact.after))
      refuse(job, 'macro-made', `\`${fact.path}!\` uses the field`, at(use, fact))
  }
}

/** Values given to the job's field: in literals of the owner, and by assignment. Index of the value's fact; -1 for shorthand. */
export interface Given {
  readonly index: number
  readonly owner: Fact
  /** For `Owner { field }`. */
  readonly shorthand: boolean
}

/** Every expression of a function that becomes the field's value. */
export function valuesGiven(job: Job, use: Use, accesses: readonly Access[]): Given[] {
  const { db } = job.cx
  const { facts } = use
  const found: Given[] = []
  for (const { index, fact } of factsOf(facts, 'struct')) {
    const which = fact.fields.findIndex((it) => it.name === job.field.name)
    const known = ofPath(db, use, fact.path)
    const def = known && definitionOf(db, known)
    if (which < 0 || (def && def !== job.owner.id)) continue
    const value = childFacts(facts, index, 'value')[which]
    if (!def || value === undefined) {
      refuse(job, 'used-elsewhere', 'it is not known which type this makes', at(use, fact))
      continue
    }
    found.push({ index: value, owner: fact, shorthand: fact.fields[which]?.shorthand ?? false })
  }
  if (/^\d+$/.test(job.field.name)) found.push(...tupleValues(job, use))
  for (const { index } of accesses) {
    const parent = parentOf(facts, index)
    if (parent?.fact.kind !== 'assign' || facts.facts[parent.child]?.role !== 'target' || parent.fact.operator !== '=') continue
    const [value] = childFacts(facts, parent.index, 'value')
    if (value !== undefined) found.push({ index: value, owner: parent.fact, shorthand: false })
  }
  return found
}

function tupleValues(job: Job, use: Use): Given[] {
  const found: Given[] = []
  for (const { index, fact } of factsOf(use.facts, 'path')) {
    const known = /^(?:\w+::)*(?:Self|[A-Z]\w*)$/.test(fact.text) ? ofPath(job.cx.db, use, fact.text) : null
    if (!known || definitionOf(job.cx.db, known) !== job.owner.id) continue
    const call = use.facts.facts[fact.parent]
    const value =
      call?.kind === 'call' && fact.role === 'callee' ? childFacts(use.facts, fact.parent, 'argument')[job.index] : undefined
    if (!call || value === undefined) refuse(job, 'used-elsewhere', 'the constructor is used as a function', at(use, fact))
    else found.push({ index: value, owner: call, shorthand: false })
    void index
  }
  return found
}

/** The nearest fact around `index` that is not parentheses; `child` is the one of its parts that leads down. */
export function parentOf(
  facts: BodyFacts,
  index: number,
): { readonly index: number; readonly child: number; readonly fact: Fact } | null {
  let child = index
  for (let fuel = 64; fuel > 0; fuel--) {
    const parent = facts.facts[child]?.parent ?? -1
    const fact = facts.facts[parent]
    if (!fact) return null
    if (fact.kind !== 'paren') return { index: parent, child, fact }
    child = parent
  }
  return null
}

export function at(use: Use, fact: Fact) {
  return { file: use.body.file, span: fact.span }
}
