import { childFacts } from '../syntax/body.ts'
import { deeper, indentationAt, replace, type TextEdit } from '../syntax/edits.ts'
import { type AtomicField, type AtomicPlan, FETCH } from './atomic-plan.ts'
import type { MethodSource } from './class-source.ts'
import { selfUses } from './self-uses.ts'
import { tokensIn } from './tokens.ts'

/** `self.n` as a value. */
export function loadText(name: string, field: AtomicField, ordering: string): string {
  const load = `self.${name}.load(${ordering})`
  return field.float ? `${field.float}::from_bits(${load})` : load
}

/** `self.n = value`, without `;`. */
export function storeText(name: string, field: AtomicField, value: string, ordering: string): string {
  return `self.${name}.store(${bits(field, value)}, ${ordering})`
}

/** A value as the atomic holds it. */
export function bits(field: AtomicField, value: string): string {
  if (!field.float) return value
  const simple = /^(?:[a-z_]\w*|\d[\d_]*\.\d+)$/i.test(value)
  const typed = /^\d/.test(value) ? `${value}${field.float === 'f32' ? '_f32' : '_f64'}` : value
  return simple ? `${typed}.to_bits()` : `${field.float}::to_bits(${value})`
}

/** The edits that turn the uses of atomic fields in one method's body into atomic steps. The forms were checked by the plan. */
export function methodEditsOf(plan: AtomicPlan, method: MethodSource, ordering: string): TextEdit[] {
  const { facts, body } = method
  const own = selfUses(facts, method.selfName).fields.filter((it) => plan.fields.has(it.name))
  const write = own.find((it) => it.use === 'assign' || it.use === 'update')
  const edits: TextEdit[] = []
  const local = write && own.length > 1 ? localName(method, write.name) : null
  for (const { name, index, use } of own) {
    const field = plan.fields.get(name)
    const fact = facts.facts[index]
    if (!field || !fact) continue
    if (use === 'read' || use === 'receiver') {
      const span = { start: body.start + fact.span.start, end: body.start + fact.span.end }
      edits.push(replace(span, local ?? loadText(name, field, ordering)))
    } else edits.push(...writeEdits(method, { name, index }, field, local, ordering))
  }
  return edits
}

function writeEdits(
  method: MethodSource,
  { name, index }: { readonly name: string; readonly index: number },
  field: AtomicField,
  local: string | null,
  ordering: string,
): TextEdit[] {
  const { facts, body } = method
  const at = facts.facts[index]?.parent ?? -1
  const assign = facts.facts[at]
  const value = facts.facts[childFacts(facts, at, 'value')[0] ?? -1]
  if (assign?.kind !== 'assign' || !value) return []
  const text = method.impl.text.slice(body.start + value.span.start, body.start + value.span.end)
  const span = { start: body.start + assign.span.start, end: body.start + assign.span.end }
  if (assign.operator === '=')
    return [replace(span, broken(method.impl.text, span.start, storeText(name, field, text, ordering)))]
  const operation = FETCH[assign.operator] ?? 'add'
  const fetch = `self.${name}.fetch_${operation}(${text}, ${ordering})`
  if (local === null) return [replace(span, broken(method.impl.text, span.start, fetch))]
  const again = operation === 'add' || operation === 'sub' ? `.wrapping_${operation}(${text})` : ` ${assign.operator[0]} ${text}`
  return [replace(span, `let ${local} = ${broken(method.impl.text, span.start, `${fetch}${again}`)}`)]
}

/** A name for the new value that nothing else in the method has. */
function localName(method: MethodSource, field: string): string {
  const tokens = tokensIn(method.impl.text, { start: method.headStart, end: method.end })
  const taken = tokens.some((it, i) => it.text === field && tokens[i - 1]?.text !== '.' && it.start !== method.nameAt.start)
  return taken ? `new_${field}` : field
}

/** A chain of calls that is longer than rustfmt's `chain_width` goes over several lines. */
function broken(text: string, at: number, chain: string): string {
  if (chain.length <= 60 || chain.includes('\n')) return chain
  const indent = indentationAt(text, at)
  return chain.replaceAll(/\.(?=(?:store|fetch_\w+|wrapping_\w+)\()/g, `\n${deeper(indent)}.`)
}
