import type { Piece } from './definition.ts'
import { type Refusal, refuse } from './refusal.ts'
import { repetitionTail } from './repetition.ts'
import type { Tok } from './tokens.ts'

/** The right-hand side in `toks[from..to]`. */
export function parsePieces(toks: readonly Tok[], from: number, to: number): { readonly pieces: readonly Piece[] } | Refusal {
  const pieces: Piece[] = []
  for (let at = from; at < to; ) {
    const tok = toks[at]
    if (tok === undefined) break
    const next = at + 1 < to ? toks[at + 1] : undefined
    if (tok.text !== '$' || tok.kind !== 'punct' || next === undefined) {
      pieces.push({ kind: 'token', tok })
      at++
    } else if (next.kind === 'open' && next.text === '(') {
      const tail = repetitionTail(toks, next.partner + 1)
      if (tail === null) return refuse('parse-error', 'a repetition without `*`, `+` or `?`')
      const body = parsePieces(toks, at + 2, next.partner)
      if ('reason' in body) return body
      pieces.push({ kind: 'repeat', body: body.pieces, separator: tail.separator, op: tail.op })
      at = tail.end
    } else {
      pieces.push(afterDollar(tok, next))
      at += next.kind === 'open' ? 1 : 2
    }
  }
  return { pieces }
}

function afterDollar(dollar: Tok, tok: Tok): Piece {
  if (tok.kind !== 'ident') return { kind: 'unsupported' }
  return tok.text === 'crate'
    ? { kind: 'crate', tok: { ...tok, start: dollar.start } }
    : { kind: 'variable', name: tok.text, dollar, tok }
}
