const WORD = new Uint8Array(128)
for (let code = 0; code < 128; code++) {
  if (code === 0x5f || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)) WORD[code] = 1
  else if (code >= 0x30 && code <= 0x39) WORD[code] = 2
}

/** Rust's `Pattern_White_Space`. */
export function isWhitespace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 9 && code <= 13)
  return code === 0x85 || code === 0x200e || code === 0x200f || code === 0x2028 || code === 0x2029
}

/** Whether an identifier may start at `at`, where `code` is the code unit there. */
export function isIdentifierStart(text: string, at: number, code: number): boolean {
  if (code < 128) return WORD[code] === 1
  return /^\p{XID_Start}/u.test(codePoint(text, at))
}

/** Where the run of identifier characters that begins at `at` ends (`at` itself if there is none). */
export function wordEnd(text: string, at: number): number {
  let end = at
  for (;;) {
    const code = text.charCodeAt(end)
    if (code < 128) {
      if (WORD[code] === 0) return end
      end++
    } else if (end < text.length && /^\p{XID_Continue}/u.test(codePoint(text, end))) end += codePoint(text, end).length
    else return end
  }
}

/** Where the identifier that starts at `at` ends, `r#` included. */
export function identifierEnd(text: string, at: number): number {
  const raw = text.charCodeAt(at) === 0x72 && text.charCodeAt(at + 1) === 0x23
  if (raw && isIdentifierStart(text, at + 2, text.charCodeAt(at + 2))) return wordEnd(text, at + 2)
  return wordEnd(text, at)
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function codePoint(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0)
}
