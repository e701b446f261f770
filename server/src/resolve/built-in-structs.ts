import { tokenize } from '../syntax/lexer.ts'
import type { Segment } from './macros/expand.ts'
import { matchingBrace } from './matching-brace.ts'

/** Text that a macro stands for, with where its parts come from. */
export interface MadeText {
  readonly text: string
  readonly map: readonly Segment[]
}

const NOWHERE = { start: 0, end: 0 }

/** Pieces of the arguments and of the macro's own text, put together. */
function joined(args: string, parts: readonly (string | { readonly start: number; readonly end: number })[]): MadeText {
  const map: Segment[] = []
  let text = ''
  for (const part of parts) {
    const piece = typeof part === 'string' ? part : args.slice(part.start, part.end)
    const own = typeof part === 'string'
    map.push({
      start: text.length,
      end: text.length + piece.length,
      from: own ? 'definition' : 'args',
      source: own ? NOWHERE : part,
    })
    text += piece
  }
  return { text, map }
}

/**
 * `bitflags! { pub struct Flags: u32 { const A = 1; } }` as the struct that it makes: one around a private struct (2.x) or
 * field (1.x) of the type after the colon. `impl Flags: u32 { … }` makes no type.
 * @returns null for arguments of another shape
 */
export function bitflagsStructs(args: string): MadeText | null {
  const tokens = tokenize(args).filter(({ kind }) => kind !== 'comment')
  const word = (i: number): string => args.slice(tokens[i]?.start ?? 0, tokens[i]?.end ?? 0)
  const parts: (string | { start: number; end: number })[] = []
  let from = 0
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    const close = token && CLOSED.has(word(i)) ? matchingBrace(args, token.start) : null
    if (token && word(i) === '{') return null
    if (close !== null) {
      // Attributes and `pub(crate)`.
      while ((tokens[i + 1]?.start ?? Number.POSITIVE_INFINITY) <= close) i++
      continue
    }
    if (word(i) !== 'struct' && word(i) !== 'impl') continue
    const colon = tokens[i + 2]
    const open = tokens.findIndex((each, at) => at > i + 2 && args.slice(each.start, each.end) === '{')
    const end = open < 0 ? null : matchingBrace(args, tokens[open]?.start ?? 0)
    if (!colon || word(i + 2) !== ':' || end === null) return null
    if (word(i) === 'struct') {
      // The keyword is the macro's own, so that the item's place is the call, as rustc has it.
      parts.push({ start: from, end: token?.start ?? from }, 'struct', { start: token?.end ?? from, end: colon.start })
      parts.push('(', { start: colon.end, end: tokens[open]?.start ?? colon.end }, ');\n')
    }
    from = end + 1
    while ((tokens[i + 1]?.start ?? Number.POSITIVE_INFINITY) <= end) i++
  }
  return args.slice(from).trim() === '' ? joined(args, parts) : null
}

const CLOSED: ReadonlySet<string> = new Set(['(', '['])

/** Where PyO3's macros that define exception types have the name. Source: `exceptions.rs` of PyO3 0.18 to 0.30. */
const EXCEPTION_NAMES: ReadonlyMap<string, RegExp> = new Map([
  ['create_exception', /^[^,]*,\s*(\w+)\s*,/d],
  ['import_exception', /^[^,]*,\s*(\w+)\s*,?\s*$/d],
  ['import_exception_bound', /^[^,]*,\s*(\w+)\s*,?\s*$/d],
])

/** Whether a macro, by its last segment, is one of PyO3's that define an exception type. */
export function makesException(macro: string): boolean {
  return EXCEPTION_NAMES.has(macro)
}

/**
 * `create_exception!(module, Name, Base)` as the struct that it makes, a wrapper of `PyAny`.
 * @param pyo3 what PyO3 is called at the start of a path there
 * @returns null for other macros and for arguments of another shape
 */
export function exceptionStruct(macro: string, args: string, pyo3: string): MadeText | null {
  const [start, end] = EXCEPTION_NAMES.get(macro)?.exec(args)?.indices?.[1] ?? []
  if (start === undefined || end === undefined) return null
  return joined(args, ['pub struct ', { start, end }, `(${pyo3}::PyAny);`])
}
