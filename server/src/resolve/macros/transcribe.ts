import type { Piece } from './definition.ts'
import type { Binding, Bindings, Capture, Fuel } from './match.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Fragment, Tok } from './tokens.ts'

/** One token of an expansion, or the edge of a fragment that other macros may not look into. */
export type Out = { readonly kind: 'token'; readonly tok: Tok } | { readonly kind: 'begin' | 'end'; readonly fragment: Fragment }

interface Writer {
  readonly bindings: Bindings
  readonly crateName: string
  readonly fuel: Fuel
  /** Which round of each repetition around the current piece. */
  readonly rounds: number[]
  readonly out: Out[]
}

/** The right-hand side with the variables filled in. `crateName` stands for `$crate`. */
export function transcribe(body: readonly Piece[], bindings: Bindings, crateName: string, fuel: Fuel): readonly Out[] | Refusal {
  const writer: Writer = { bindings, crateName, fuel, rounds: [], out: [] }
  return writePieces(writer, body) ?? writer.out
}

function writePieces(writer: Writer, pieces: readonly Piece[]): Refusal | null {
  for (const piece of pieces) {
    if (writer.fuel.left-- <= 0) return refuse('fuel', 'the expansion is too large')
    const problem = writePiece(writer, piece)
    if (problem !== null) return problem
  }
  return null
}

function writePiece(writer: Writer, piece: Piece): Refusal | null {
  switch (piece.kind) {
    case 'token':
      // Fragments captured by the macro that wrote this definition stay opaque.
      if (piece.tok.fragment !== null)
        writer.out.push({ kind: piece.tok.kind === 'open' ? 'begin' : 'end', fragment: piece.tok.fragment })
      else writer.out.push({ kind: 'token', tok: piece.tok })
      return null
    case 'crate':
      writer.out.push({ kind: 'token', tok: { ...piece.tok, text: writer.crateName } })
      return null
    case 'repeat':
      return writeRepetition(writer, piece)
    case 'unsupported':
      return refuse('unsupported-syntax', 'macro metavariable expressions')
    case 'variable': {
      const bound = current(writer, writer.bindings.get(piece.name))
      // An unknown `$name` is left alone: it belongs to a macro that this one defines.
      if (bound === undefined) writer.out.push({ kind: 'token', tok: piece.dollar }, { kind: 'token', tok: piece.tok })
      else if (bound.kind === 'many') return refuse('repetition', `\`$${piece.name}\` still repeats at this depth`)
      else return writeCapture(writer, bound.capture)
      return null
    }
  }
}

/** The binding in the current rounds. A variable that repeats less deeply than it is used is the same in every round. */
function current(writer: Writer, binding: Binding | undefined): Binding | undefined {
  let found = binding
  for (const round of writer.rounds) {
    if (found?.kind !== 'many') break
    found = found.rounds[round]
  }
  return found
}

function writeRepetition(writer: Writer, piece: Extract<Piece, { kind: 'repeat' }>): Refusal | null {
  const lengths = new Set(
    variablesIn(piece.body).flatMap((name) => {
      const bound = current(writer, writer.bindings.get(name))
      return bound?.kind === 'many' ? [bound.rounds.length] : []
    }),
  )
  const [length] = lengths
  if (length === undefined) return refuse('repetition', 'a repetition without a variable that repeats at this depth')
  if (lengths.size > 1) return refuse('repetition', 'variables of one repetition repeat different numbers of times')
  if (length === 0 && piece.op === '+') return refuse('repetition', 'a `+` repetition without rounds')
  for (let round = 0; round < length; round++) {
    if (round > 0 && piece.separator !== null) writer.out.push({ kind: 'token', tok: piece.separator })
    writer.rounds.push(round)
    const problem = writePieces(writer, piece.body)
    writer.rounds.pop()
    if (problem !== null) return problem
  }
  return null
}

function variablesIn(pieces: readonly Piece[]): readonly string[] {
  return pieces.flatMap((piece) =>
    piece.kind === 'variable' ? [piece.name] : piece.kind === 'repeat' ? variablesIn(piece.body) : [],
  )
}

/** Names, lifetimes and `tt` go on as plain tokens; the rest is closed to further matching (Reference, "Forwarding"). */
const TRANSPARENT: ReadonlySet<Fragment> = new Set<Fragment>(['ident', 'lifetime', 'tt'])

function writeCapture(writer: Writer, capture: Capture): Refusal | null {
  const { fragment, toks, from, to, skip, keep } = capture
  const opaque = !TRANSPARENT.has(fragment)
  if (opaque) writer.out.push({ kind: 'begin', fragment })
  for (let at = from; at < to + (keep > 0 ? 1 : 0); at++) {
    if (writer.fuel.left-- <= 0) return refuse('fuel', 'the expansion is too large')
    const tok = toks[at]
    if (tok === undefined) break
    if (tok.fragment !== null) writer.out.push({ kind: tok.kind === 'open' ? 'begin' : 'end', fragment: tok.fragment })
    else writer.out.push({ kind: 'token', tok: part(tok, at === from ? skip : 0, at === to ? keep : tok.text.length) })
  }
  if (opaque) writer.out.push({ kind: 'end', fragment })
  return null
}

/** `tok` from character `start` to `end` of an operator that a fragment's end has split. */
function part(tok: Tok, start: number, end: number): Tok {
  if (start === 0 && end === tok.text.length) return tok
  return { ...tok, text: tok.text.slice(start, end), start: tok.start + start, end: tok.start + end }
}
