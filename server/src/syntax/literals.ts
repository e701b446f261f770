import { isDigit, isIdentifierStart, wordEnd } from './characters.ts'

const RAW = /(?:b|c)?r(#*)"/y

/**
 * Where the number or string literal (of any prefix, suffix included) that starts at `at` ends.
 * 0 if none starts there, -1 if it never ends.
 */
export function literalEnd(text: string, at: number, code: number): number {
  if (code === 0x22) return stringEnd(text, at + 1)
  if (isDigit(code)) return numberEnd(text, at)
  if (code !== 0x62 && code !== 0x63 && code !== 0x72) return 0
  const next = text.charCodeAt(at + 1)
  if (next !== 0x22 && next !== 0x27 && next !== 0x72 && next !== 0x23) return 0
  if (next === 0x22 && code !== 0x72) return stringEnd(text, at + 2)
  if (next === 0x27) return code === 0x62 ? Math.max(0, quoteEnd(text, at + 1)) : 0
  return rawStringEnd(text, at)
}

function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) return wordEnd(text, at + 1)
  }
  return -1
}

function rawStringEnd(text: string, at: number): number {
  RAW.lastIndex = at
  const match = RAW.exec(text)
  if (!match) return 0
  const close = `"${match[1] ?? ''}`
  const end = text.indexOf(close, at + match[0].length)
  return end < 0 ? -1 : wordEnd(text, end + close.length)
}

function numberEnd(text: string, at: number): number {
  const radix = text.charCodeAt(at) === 0x30 && /[box]/.test(text.charAt(at + 1))
  let end = wordEnd(text, at)
  if (radix) return end
  // `1.` and `1.5` are floats, `1..2`, `1.max(2)` and `1._x` are not.
  if (text.charCodeAt(end) === 0x2e && isFractionNext(text, end + 1)) end = wordEnd(text, end + 1)
  const last = text.charCodeAt(end - 1) | 0x20
  const sign = text.charCodeAt(end)
  if (last === 0x65 && (sign === 0x2b || sign === 0x2d) && isDigit(text.charCodeAt(end + 1))) end = wordEnd(text, end + 1)
  return end
}

function isFractionNext(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return isDigit(code) || (code !== 0x2e && !isIdentifierStart(text, at, code))
}

/**
 * What the `'` at `at` starts: the end of a character literal (suffix included), the negated end of a lifetime, or 0.
 */
export function quoteEnd(text: string, at: number): number {
  const next = text.charCodeAt(at + 1)
  if (next === 0x5c) return escapedEnd(text, at)
  if (next === 0x27 || next === 0x0a || next === 0x0d || at + 1 >= text.length) return 0
  const width = (text.codePointAt(at + 1) ?? 0) > 0xffff ? 2 : 1
  if (text.charCodeAt(at + 1 + width) === 0x27) return wordEnd(text, at + 2 + width)
  if (!isIdentifierStart(text, at + 1, next)) return 0
  const end = wordEnd(text, at + 1)
  const raw = end === at + 2 && next === 0x72 && text.charCodeAt(end) === 0x23
  return -(raw ? wordEnd(text, end + 1) : end)
}

function escapedEnd(text: string, at: number): number {
  // `\u{10FFFF}`, with underscores, is the longest escape.
  const limit = Math.min(text.length, at + 24)
  for (let end = at + 3; end < limit; end++) {
    const code = text.charCodeAt(end)
    if (code === 0x27) return wordEnd(text, end + 1)
    if (code === 0x0a) return 0
  }
  return 0
}

/** Where the block comment that starts at `at` ends, nested ones counted; -1 if it never does. */
export function blockCommentEnd(text: string, at: number): number {
  let depth = 1
  for (let end = at + 2; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === 0x2a && text.charCodeAt(end + 1) === 0x2f) {
      end++
      if (--depth === 0) return end + 1
    } else if (code === 0x2f && text.charCodeAt(end + 1) === 0x2a) {
      end++
      depth++
    }
  }
  return -1
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0', '\\': '\\', "'": "'", '"': '"' }

/** The value of a string literal of any kind as written (`"a\n"`, `r#"…"#`, `b"…"`), or null if it is not one. */
export function stringValue(literal: string): string | null {
  const raw = /^[bc]?r(#*)"([\s\S]*)"\1$/.exec(literal)
  if (raw) return (raw[2] ?? '').replaceAll('\r\n', '\n')
  const plain = /^[bc]?"([\s\S]*)"$/.exec(literal)
  if (!plain) return null
  const text = (plain[1] ?? '').replaceAll('\r\n', '\n')
  return text.replace(/\\(?:\n\s*|x([0-9a-fA-F]{2})|u\{([0-9a-fA-F_]+)\}|([\s\S]))/g, (whole, hex, unicode, single) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    if (unicode !== undefined) return fromScalar(Number.parseInt(unicode.replaceAll('_', ''), 16), whole)
    return single === undefined ? '' : (ESCAPES[single] ?? whole)
  })
}

function fromScalar(scalar: number, otherwise: string): string {
  return scalar >= 0 && scalar <= 0x10ffff ? String.fromCodePoint(scalar) : otherwise
}
