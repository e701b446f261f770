import { childFacts, type Fact } from '../../syntax/body.ts'
import { wholeLines } from '../../syntax/edits.ts'
import { type Access, at, parentOf } from './accesses.ts'
import { edit, type Job, refuse } from './job.ts'
import { nameFor } from './names.ts'
import type { Use } from './scope.ts'

type Method = Extract<Fact, { readonly kind: 'method' }>

interface CellCall {
  readonly access: Access
  readonly index: number
  readonly fact: Method
}

/**
 * `c.set(c.get() + k)` reads and writes in two steps, between which another thread may write: that update is lost. Where it
 * has a one-step form it gets it; other functions that read and write the cell are refused. Returns the accesses that are
 * left for the plain forms.
 */
export function rewriteCounters(job: Job, use: Use, accesses: readonly Access[]): Access[] {
  const calls = accesses.flatMap((access): CellCall[] => {
    const parent = parentOf(use.facts, access.index)
    const isCall = parent?.fact.kind === 'method' && use.facts.facts[parent.child]?.role === 'receiver'
    return parent && isCall ? [{ access, index: parent.index, fact: parent.fact as Method }] : []
  })
  const done = new Set<Access>()
  for (const call of calls) {
    const step = call.fact.name === 'set' ? stepOf(job, use, call, calls) : null
    if (!step) continue
    const tail = job.target.style === 'atomic' ? resultAfter(use, call, step, calls) : null
    if (tail) replaceWithResult(job, use, call, step, tail)
    else replaceStep(job, use, call, step)
    for (const it of [call, step.read, ...(tail ? [tail] : [])]) done.add(it.access)
  }
  const left = calls.filter((it) => !done.has(it.access))
  const reads = left.filter((it) => it.fact.name === 'get')
  const writes = calls.filter((it) => it.fact.name === 'set' || it.fact.name === 'replace' || it.fact.name === 'take')
  const [read] = reads
  if (read && writes.length > 0)
    refuse(job, 'lost-update', `\`${use.body.fn.name}\` reads and writes the cell in separate steps`, at(use, read.fact))
  return accesses.filter((it) => !done.has(it))
}

interface Step {
  readonly read: CellCall
  readonly operator: '+' | '-'
  readonly amount: Fact
}

/** The `c.get() + k` or `c.get().wrapping_add(k)` that `c.set(…)` is given; `k` may not touch the cell. */
function stepOf(job: Job, use: Use, call: CellCall, calls: readonly CellCall[]): Step | null {
  const { facts } = use
  const [argument] = childFacts(facts, call.index, 'argument')
  const value = facts.facts[argument ?? -1]
  if (argument === undefined || !value || parentOf(facts, call.index)?.fact.kind !== 'statement') return null
  const wrapping = value.kind === 'method' ? /^wrapping_(add|sub)$/.exec(value.name)?.[1] : undefined
  const operator = value.kind === 'binary' ? value.operator : wrapping === 'add' ? '+' : wrapping === 'sub' ? '-' : ''
  if (operator !== '+' && operator !== '-') return null
  if (wrapping && job.target.style !== 'atomic') return null
  const [left, right] = childFacts(facts, argument)
  const read = calls.find((it) => it.index === left && it.fact.name === 'get' && it.fact.receiverText === call.fact.receiverText)
  const amount = facts.facts[right ?? -1]
  if (!read || !amount || right === undefined || calls.some((it) => it.index >= right && it.index < amount.after)) return null
  if (job.target.becomes.endsWith('Bool') || !isNumber(job)) return null
  return { read, operator, amount }
}

function isNumber({ target }: Job): boolean {
  const ty = target.cell?.ty
  return ty?.kind === 'prim' && /^(?:[iu]\d+|[iu]size|f32|f64)$/.test(ty.name)
}

function replaceStep(job: Job, use: Use, { fact, access }: CellCall, { operator, amount }: Step): undefined {
  const { file, module } = use.body
  const field = use.facts.facts[access.index]
  const amountText = use.text.slice(amount.span.start, amount.span.end)
  if (!field) return
  const rest = { start: field.span.end, end: fact.span.end }
  if (job.target.style === 'atomic') {
    const name = operator === '+' ? 'fetch_add' : 'fetch_sub'
    return edit(job, file, rest, `.${name}(${amountText}, ${nameFor(job, module, 'std::sync::atomic::Ordering')}::Relaxed)`)
  }
  edit(job, file, { start: field.span.start, end: field.span.start }, '*')
  const poison = `${nameFor(job, module, 'std::sync::PoisonError')}::into_inner`
  edit(job, file, rest, `.lock().unwrap_or_else(${poison}) ${operator}= ${amountText}`)
}

/** The `c.get()` that is the function's value and comes right after the step. */
function resultAfter(use: Use, call: CellCall, { amount }: Step, calls: readonly CellCall[]): CellCall | null {
  const { facts } = use
  const statement = parentOf(facts, call.index)
  const block = facts.facts[statement?.fact.parent ?? -1]
  if (!statement || block?.kind !== 'block' || amount.kind !== 'literal') return null
  const next = facts.facts[statement.fact.after]
  const found = calls.find((it) => it.index === statement.fact.after && it.fact.name === 'get')
  const sameBlock = next?.parent === statement.fact.parent && next.role === 'tail'
  return found && sameBlock && found.fact.receiverText === call.fact.receiverText ? found : null
}

function replaceWithResult(job: Job, use: Use, call: CellCall, { operator, amount }: Step, tail: CellCall): undefined {
  const { file, module } = use.body
  const statement = parentOf(use.facts, call.index)?.fact
  const amountText = use.text.slice(amount.span.start, amount.span.end)
  const name = operator === '+' ? 'fetch_add' : 'fetch_sub'
  if (!statement) return
  edit(job, file, wholeLines(use.text, statement.span), '')
  const ordering = `${nameFor(job, module, 'std::sync::atomic::Ordering')}::Relaxed`
  const field = use.facts.facts[tail.access.index]
  edit(
    job,
    file,
    { start: field?.span.end ?? 0, end: tail.fact.span.end },
    `.${name}(${amountText}, ${ordering}) ${operator} ${amountText}`,
  )
}
