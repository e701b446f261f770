import type { Edition } from './cursor.ts'
import type { Step } from './definition.ts'
import { fragmentNamed } from './fragments.ts'
import { type Refusal, refuse } from './refusal.ts'
import { repetitionTail } from './repetition.ts'
import type { Tok } from './tokens.ts'

interface Writer {
  readonly toks: readonly Tok[]
  readonly edition: Edition
  readonly steps: Step[]
  readonly variables: string[]
}

/** Compiles the left-hand side in `toks[from..to]` to steps, in the order of rustc's `compute_locs`. */
export function parseMatcher(
  toks: readonly Tok[],
  from: number,
  to: number,
  edition: Edition,
): { readonly steps: readonly Step[]; readonly variables: readonly string[] } | Refusal {
  const writer: Writer = { toks, edition, steps: [], variables: [] }
  const problem = write(writer, from, to, 0)
  if (problem !== null) return problem
  if (new Set(writer.variables).size < writer.variables.length) return refuse('parse-error', 'a matcher binds a name twice')
  return { steps: [...writer.steps, { kind: 'end' }], variables: writer.variables }
}

function write(writer: Writer, from: number, to: number, depth: number): Refusal | null {
  const { toks, steps } = writer
  for (let at = from; at < to; ) {
    const tok = toks[at]
    if (tok === undefined) break
    const next = toks[at + 1]
    // rustc skips doc comments in matchers.
    if (tok.doc) at++
    else if (tok.text !== '$' || tok.kind !== 'punct') {
      steps.push({ kind: 'token', tok })
      at++
    } else if (next?.kind === 'open' && next.text === '(') {
      const end = writeRepetition(writer, at + 1, next.partner, depth)
      if (typeof end !== 'number') return end
      at = end
    } else {
      const problem = writeCapture(writer, at, depth)
      if (problem !== null) return problem
      at += 4
    }
  }
  return null
}

/** `toks[open..close]` are the parentheses of `$( … )`; returns the index behind its operator. */
function writeRepetition(writer: Writer, open: number, close: number, depth: number): number | Refusal {
  const { toks, steps, variables } = writer
  const tail = repetitionTail(toks, close + 1)
  if (tail === null) return refuse('parse-error', 'a repetition without `*`, `+` or `?`')
  const enter = steps.length
  const first = variables.length
  steps.push({ kind: 'end' })
  const problem = write(writer, open + 1, close, depth + 1)
  if (problem !== null) return problem
  const body = enter + 1
  if (tail.separator === null) steps.push({ kind: 'again', op: tail.op, body })
  else steps.push({ kind: 'separator', tok: tail.separator }, { kind: 'repeat', body })
  steps[enter] = { kind: 'enter', op: tail.op, first, count: variables.length - first, depth, after: steps.length }
  return tail.end
}

/** `$name:fragment` at `at`. */
function writeCapture(writer: Writer, at: number, depth: number): Refusal | null {
  const { toks, steps, variables, edition } = writer
  const [name, colon, kind] = [toks[at + 1], toks[at + 2], toks[at + 3]]
  if (name?.kind === 'ident' && name.text === 'crate') return refuse('unsupported-syntax', '`$crate` in a matcher')
  if (name?.kind !== 'ident' || colon?.text !== ':' || kind?.kind !== 'ident')
    return refuse('parse-error', '`$` without name and fragment in a matcher')
  const fragment = fragmentNamed(kind.text, edition)
  if (fragment === null) return refuse('unsupported-fragment', `fragment specifier \`${kind.text}\``)
  steps.push({ kind: 'capture', fragment, variable: variables.length, depth })
  variables.push(name.text)
  return null
}
