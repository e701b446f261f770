import type { Span } from '../syntax/span.ts'

import { type ExclusiveParam, exclusiveParam, isRustOnly } from './caller-params.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { codeText, expandedArguments } from './code-texts.ts'
import { codeToSearch } from './crate-code.ts'
import { macrosAround } from './enclosing-macros.ts'
import { functionsIn } from './functions.ts'

import { isNamesake } from './namesakes.ts'
import { type Problem, placeText } from './problems.ts'
import { FORMAT_MACROS, PLAIN_MACROS } from './python-words.ts'
import { isName, matesOf, tokensIn, type Word } from './tokens.ts'
import { otherObject } from './two-instances.ts'

/** One place that names the class. */
export interface Mention {
  /** Or the expansion that it is in, see `codeText`. */
  readonly file: string
  readonly at: Span
  /** A struct literal or pattern of the class begins here. */
  readonly braces: boolean
}

export interface Mentions {
  readonly mentions: readonly Mention[]
  /** Parameters with an exclusive borrow, of functions that Python may call or that take its guard. */
  readonly exclusive: readonly ExclusiveParam[]
  readonly problem: Problem | null
}

/** Every place of the workspace that names the class, and the first that the rewrite would break. */
export function mentionsOf(source: ClassSource, moved: readonly MethodSource[] = []): Mentions {
  const { db } = source.view
  const mentions: Mention[] = []
  const exclusive: ExclusiveParam[] = []
  const expanded = expandedArguments(db, source.cls.crate)
  for (const file of codeToSearch(source)) {
    const text = codeText(db, file)
    const own = [...source.impls.map((it) => it.file), ...source.madeImpls.map((it) => it.code)].includes(file)
    if (text === null || !(text.includes(source.cls.name) || own)) continue
    const tokens = tokensIn(text)
    const elsewhere = expanded.get(file) ?? []
    const mates = matesOf(tokens)
    for (const [i, token] of tokens.entries()) {
      if (token.text !== source.cls.name && !(token.text === 'Self' && inOwnImpl(source, file, token))) continue
      if (file === source.file && token.start >= source.structAt.headStart && token.end <= source.cls.nameAt.span.end) continue
      if (elsewhere.some((it) => it.start <= token.start && token.end <= it.end)) continue
      const found = isOwnGuard(source, moved, file, token) ? null : clauseAt(tokens, mates, i)
      if (found?.reason !== 'macro' && isNamesake(source, file, tokens, i)) continue
      const at = { start: token.start, end: token.end }
      const param = found?.reason === 'mutable-access' ? paramAt(source, file, token, found) : null
      if (param && (param.guard || !isRustOnly(param.fn))) exclusive.push(param)
      if (found && !param)
        return {
          mentions,
          exclusive,
          problem: { reason: found.reason, detail: `${placeText(db, file, token.start)}: ${found.clause}` },
        }
      mentions.push({ file, at, braces: isBraced(tokens, i, source.struct.shape === 'tuple') })
    }
  }
  return { mentions, exclusive, problem: null }
}

function inOwnImpl(source: ClassSource, file: string, { start }: Word): boolean {
  const written = source.impls.some((it) => it.file === file && it.start <= start && start < it.end)
  return written || source.madeImpls.some((it) => it.code === file && it.start <= start && start < it.end)
}

/** The parameter `&mut C` or `PyRefMut<C>` that a mention stands in. */
function paramAt(source: ClassSource, file: string, { start }: Word, { clause }: Clause): ExclusiveParam | null {
  const guard = clause.startsWith('`PyRefMut')
  if (!guard && !clause.startsWith('`&mut')) return null
  return exclusiveParam(functionsIn(source.view.db, source.cls.crate, new Set([file])), start, guard)
}

type Clause = Pick<Problem, 'reason'> & { readonly clause: string }

const MUTABLE_GUARDS = new Set(['PyRefMut', 'PyClassGuardMut'])

function clauseAt(tokens: readonly Word[], mates: Int32Array, i: number): Clause | null {
  const first = pathStart(tokens, i)
  const before = tokens[first - 1]?.text
  const name = tokens[i]?.text ?? ''
  if (before === 'mut' && isReference(tokens, first - 2)) return { reason: 'mutable-access', clause: `\`&mut ${name}\`` }
  const head = genericHead(tokens, first)
  if (MUTABLE_GUARDS.has(head)) return { reason: 'mutable-access', clause: `\`${head}<${name}>\`` }
  if (before === '=' && tokens[first - 2]?.text === 'extends')
    return { reason: 'inheritance', clause: `a class extends \`${name}\`` }
  if (tokens[i + 1]?.text === 'as' && isName(tokens[i + 2]?.text) && name !== 'Self')
    return { reason: 'used-elsewhere', clause: `\`${name}\` gets another name` }
  return macroClause(tokens, mates, i, name)
}

/** `&`, `& 'a` before a `mut`. */
function isReference(tokens: readonly Word[], at: number): boolean {
  const text = tokens[at]?.text ?? ''
  return text === '&' || (text.startsWith("'") && tokens[at - 1]?.text === '&')
}

/** First token of the path whose last segment is at `i`. */
function pathStart(tokens: readonly Word[], i: number): number {
  let at = i
  while (tokens[at - 1]?.text === ':' && tokens[at - 2]?.text === ':') at -= isName(tokens[at - 3]?.text) ? 3 : 2
  return at
}

/** `PyRefMut` for the `C` of `PyRefMut<'_, C>`. */
function genericHead(tokens: readonly Word[], first: number): string {
  let at = first - 1
  while (tokens[at]?.text === ',' || tokens[at]?.text.startsWith("'")) at--
  return tokens[at]?.text === '<' ? (tokens[at - 1]?.text ?? '') : ''
}

/** Whether a mention stands in the type of a method's `slf: PyRefMut<Self>`, or in the result of such a method: these are edited. */
function isOwnGuard(source: ClassSource, moved: readonly MethodSource[], file: string, { start }: Word): boolean {
  return source.methods.some((method) => {
    const { impl, self, fn, start: from } = method
    if (impl.file !== file) return false
    const other = moved.includes(method) ? otherObject(source, method) : null
    const spans = self === 'guard-mut' ? [fn.params[0]?.span, fn.ret?.span] : other ? [fn.params[other.index]?.span] : []
    return spans.some((it) => it && from + it.start <= start && start < from + it.end)
  })
}

function macroClause(tokens: readonly Word[], mates: Int32Array, i: number, name: string): Clause | null {
  for (const macro of macrosAround(tokens, mates, i))
    if (!isKnownMacro(macro.name)) return { reason: 'macro', clause: `\`${macro.name}!\` gets \`${name}\`` }
  return null
}

function isKnownMacro(name: string): boolean {
  if (name === 'matches') return false
  return (
    FORMAT_MACROS.has(name) ||
    PLAIN_MACROS.has(name) ||
    name === 'wrap_pyfunction' ||
    name === 'if' ||
    name === 'return' ||
    name === 'while'
  )
}

/** Whether `{` follows and the name stands where an expression or a pattern can. */
function isBraced(tokens: readonly Word[], i: number, tuple: boolean): boolean {
  if (tuple && tokens[i + 1]?.text === '(') return true
  if (tokens[i + 1]?.text !== '{') return false
  const before = tokens[pathStart(tokens, i) - 1]?.text ?? ''
  return !['impl', 'for', 'struct', 'enum', '>', 'trait', 'where', '+', 'as', 'use'].includes(before)
}
