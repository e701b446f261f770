import { readFileSync } from 'node:fs'

/** A finding that a fixture expects. Lines are 0-based. */
export interface Expectation {
  readonly rule: string
  readonly severity: string | null
  readonly line: number
  /** Part of the message; '' for any. */
  readonly text: string
}

/** A Rust file with `//@` directives and `//~` expectations. */
export interface Fixture {
  readonly file: string
  readonly text: string
  readonly directives: ReadonlyMap<string, string>
  readonly expected: readonly Expectation[]
}

/** `//~ rule: text` speaks of its own line, each `^` of a line further up, each `+` of one further down. */
const EXPECTATION = /\/\/~(\^*|\+*) ([\w-]+)(?:\((\w+)\))?(?:: (.*))?$/

/** Reads the fixture at an absolute path. */
export function readFixture(file: string): Fixture {
  return parseFixture(file, readFileSync(file, 'utf8'))
}

/** Reads a fixture from a text, such as a code block of a page. */
export function parseFixture(file: string, text: string): Fixture {
  const directives = new Map<string, string>()
  const expected: Expectation[] = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const directive = /^\/\/@ ([\w-]+): (.*)$/.exec(line)
    if (directive) directives.set(directive[1] ?? '', (directive[2] ?? '').trim())
    const match = EXPECTATION.exec(line)
    if (!match) continue
    const [, shift = '', rule = '', severity, message] = match
    const at = shift.startsWith('+') ? i + shift.length : i - shift.length
    expected.push({ rule, severity: severity ?? null, line: at, text: message?.trim() ?? '' })
  }
  return { file, text, directives, expected }
}
