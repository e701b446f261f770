import { deeper, indentationAt, insert, replace, type TextEdit } from '../syntax/edits.ts'
import type { Cached } from './cache-form.ts'
import type { MethodSource } from './class-source.ts'
import { sharedReceiver, spanOf } from './narrow-edits.ts'
import type { LockNames } from './wrapper.ts'

/** rustfmt's `chain_width`. */
const CHAIN_WIDTH = 60

/** The edits of a value that is computed when it is first asked for. Absolute. */
export function cacheEdits(method: MethodSource, cached: Cached, names: LockNames): TextEdit[] {
  const { text } = method.impl
  const slice = (index: number): string => text.slice(spanOf(method, index).start, spanOf(method, index).end)
  const at = spanOf(method, cached.statement).start
  const indent = indentationAt(text, at)
  const field = method.facts.facts[cached.use]
  const name = field?.kind === 'field' ? field.name : ''
  const { bound, found } = cached
  const value = slice(cached.value)
  const steps = cached.copies ? [] : ['.as_ref()', `.map(|${bound}| ${value})`]
  const links = [method.selfName, `.${names.read}()`, `.${name}`, ...steps]
  const fetched = `let ${found} = ${links.join('').length <= CHAIN_WIDTH ? links.join('') : links.join(`\n${deeper(indent)}`)};`
  const taken = cached.copies ? [] : [replace(spanOf(method, cached.value), bound)]
  return [
    ...sharedReceiver(method),
    insert(at, `${fetched}\n${indent}`),
    replace(spanOf(method, cached.looked), found),
    ...taken,
    ...storeEdits(method, cached, names, name, slice),
  ]
}

/** `self.field = Some(made); tail` → the same where there is still no value; else what another thread stored meanwhile. */
function storeEdits(
  method: MethodSource,
  { stored, made, tail, whole, bound, copies, before }: Cached,
  names: LockNames,
  name: string,
  slice: (index: number) => string,
): TextEdit[] {
  const { start } = spanOf(method, stored)
  const indent = indentationAt(method.impl.text, start)
  const lines = [
    ...(before === null ? [] : [`let ${before} = ${slice(made)};`]),
    '// Another thread may have been first.',
    `let this = &mut *${method.selfName}.${names.write}();`,
    `if let Some(${bound}) = ${copies ? '' : '&'}this.${name} {`,
    `${deeper('')}${slice(whole)}`,
    '} else {',
    `${deeper('')}this.${name} = Some(${before ?? slice(made)});`,
    `${deeper('')}${slice(tail)}`,
    '}',
  ]
  return [replace({ start, end: spanOf(method, tail).end }, lines.join(`\n${indent}`))]
}
