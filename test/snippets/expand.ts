/**
 * Expands a snippet body as VS Code does when every tab stop is left at its default: placeholders give their default text, mirrors
 * the default of their number, choices the first choice, bare tab stops nothing. Written for the snippets of this project:
 * whatever VS Code would treat as plain text because it is malformed, and transforms, are errors here.
 */
export function expandSnippet(body: string): string {
  const parser: Parser = { text: body, at: 0 }
  const parts = parseParts(parser, null)
  const defaults = new Map<number, readonly Part[]>()
  collectDefaults(parts, defaults)
  return render(parts, defaults, new Set())
}

type Part =
  | { readonly kind: 'text'; readonly text: string }
  /** `content` is null for a bare `$1`, which mirrors the default given elsewhere. */
  | { readonly kind: 'stop'; readonly number: number; readonly content: readonly Part[] | null }

interface Parser {
  readonly text: string
  at: number
}

/** Parts up to `terminator`, which is consumed, or up to the end where it is null. */
function parseParts(parser: Parser, terminator: '}' | null): readonly Part[] {
  const parts: Part[] = []
  while (parser.at < parser.text.length) {
    const character = parser.text.charAt(parser.at)
    if (character === terminator) {
      parser.at += 1
      return parts
    }
    parts.push(character === '$' ? parseStop(parser) : { kind: 'text', text: readCharacter(parser, '$}\\') })
  }
  if (terminator !== null) throw malformed(parser, 'a placeholder is not closed')
  return parts
}

function parseStop(parser: Parser): Part {
  const bare = /^\$(\d+)/.exec(parser.text.slice(parser.at))
  if (bare) {
    parser.at += bare[0].length
    return { kind: 'stop', number: Number(bare[1]), content: null }
  }
  const braced = /^\$\{(\d+)([:|}])/.exec(parser.text.slice(parser.at))
  if (!braced) throw malformed(parser, 'a $ that starts no tab stop must be escaped')
  parser.at += braced[0].length
  const number = Number(braced[1])
  if (braced[2] === '}') return { kind: 'stop', number, content: null }
  const content = braced[2] === ':' ? parseParts(parser, '}') : [{ kind: 'text' as const, text: parseFirstChoice(parser) }]
  return { kind: 'stop', number, content }
}

/** The text before the first `,`; reads on to the closing `|}`. */
function parseFirstChoice(parser: Parser): string {
  const choices = ['']
  while (parser.at < parser.text.length) {
    if (parser.text.startsWith('|}', parser.at)) {
      parser.at += 2
      if (choices.includes('')) throw malformed(parser, 'an empty choice')
      return choices[0] ?? ''
    }
    if (parser.text.charAt(parser.at) === ',') {
      parser.at += 1
      choices.push('')
    } else {
      choices.push(`${choices.pop() ?? ''}${readCharacter(parser, '$}\\,|')}`)
    }
  }
  throw malformed(parser, 'a choice is not closed')
}

/** One character, or the one of `escapable` that a backslash escapes; a backslash before any other stands for itself. */
function readCharacter(parser: Parser, escapable: string): string {
  const [first, second] = [parser.text.charAt(parser.at), parser.text.charAt(parser.at + 1)]
  const escaped = first === '\\' && second !== '' && escapable.includes(second)
  parser.at += escaped ? 2 : 1
  return escaped ? second : first
}

/** The first default of each number counts, wherever it stands. */
function collectDefaults(parts: readonly Part[], defaults: Map<number, readonly Part[]>): void {
  for (const part of parts) {
    if (part.kind !== 'stop' || !part.content) continue
    if (!defaults.has(part.number)) defaults.set(part.number, part.content)
    collectDefaults(part.content, defaults)
  }
}

function render(parts: readonly Part[], defaults: ReadonlyMap<number, readonly Part[]>, open: ReadonlySet<number>): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text
      if (open.has(part.number)) throw new Error(`tab stop ${part.number} contains itself`)
      return render(defaults.get(part.number) ?? [], defaults, new Set([...open, part.number]))
    })
    .join('')
}

function malformed(parser: Parser, what: string): Error {
  return new Error(`${what}, at ${JSON.stringify(parser.text.slice(Math.max(0, parser.at - 20), parser.at + 20))}`)
}
