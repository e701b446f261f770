import type { Ty } from '../resolve/ty.ts'
import type { BodyScope } from './expression-types.ts'
import { fieldOfAdt, isStd, reference } from './std-types.ts'
import { isName, matesOf, tokensIn, type Word } from './tokens.ts'

/** The type that a name gets in a pattern that a value of type `whole` is matched against; null if that is not known. */
export function typeInPattern(scope: BodyScope, pattern: string, whole: Ty, name: string): Ty | null {
  const tokens = tokensIn(pattern)
  return walk({ scope, name, tokens, mates: matesOf(tokens) }, 0, tokens.length, whole, null, 0)
}

interface Walk {
  readonly scope: BodyScope
  readonly name: string
  readonly tokens: readonly Word[]
  readonly mates: Int32Array
}

/** `through`: whether the pattern is inside a reference, so that what it binds is one too. */
function walk(cx: Walk, from: number, to: number, ty: Ty, through: { mut: boolean } | null, depth: number): Ty | null {
  const { tokens, mates, scope } = cx
  let at = from
  const byRef = tokens[at]?.text === 'ref'
  while (tokens[at]?.text === 'mut' || tokens[at]?.text === 'ref' || tokens[at]?.text === '|') at++
  const first = tokens[at]?.text
  if (first === undefined || at >= to || depth > 12) return null
  const split = alternatives(cx, at, to)
  if (split.length > 1) {
    for (const [start, end] of split) {
      const found = walk(cx, start, end, ty, through, depth + 1)
      if (found) return found
    }
    return null
  }
  if (first === '&') {
    const inner = ty.kind === 'ref' ? ty.inner : null
    return inner && walk(cx, at + 1, to, inner, null, depth + 1)
  }
  const isOnly = isName(first) && (at + 1 === to || tokens[at + 1]?.text === '@')
  if (isOnly && first === cx.name) return through || byRef ? reference(scope.db, ty, through?.mut ?? false) : ty
  if (ty.kind === 'ref') return walk(cx, at, to, ty.inner, { mut: ty.mut }, depth + 1)
  if (first === '(') return inTuple(cx, at, mates[at] ?? to, ty, through, depth)
  const open = tokens.findIndex((it, i) => i >= at && i < to && (it.text === '(' || it.text === '{'))
  if (open < 0) return null
  const variant = tokens[open - 1]?.text ?? ''
  return tokens[open]?.text === '('
    ? inVariant(cx, variant, open, ty, through, depth)
    : inBraces(cx, variant, open, ty, through, depth)
}

/** The parts of `a | b`. */
function alternatives(cx: Walk, from: number, to: number): [number, number][] {
  return parts(cx, from, to, '|')
}

function parts({ tokens, mates }: Walk, from: number, to: number, separator: string): [number, number][] {
  const found: [number, number][] = []
  let start = from
  for (let at = from; at < to; at++) {
    const mate = mates[at] ?? -1
    if (mate > at) at = mate
    else if (tokens[at]?.text === separator) {
      found.push([start, at])
      start = at + 1
    }
  }
  if (start < to) found.push([start, to])
  return found
}

type Through = { mut: boolean } | null

function inTuple(cx: Walk, open: number, close: number, ty: Ty, through: Through, depth: number): Ty | null {
  const list = parts(cx, open + 1, close, ',')
  if (ty.kind !== 'tuple') return list.length === 1 ? walk(cx, open + 1, close, ty, through, depth + 1) : null
  if (list.some(([start]) => cx.tokens[start]?.text === '.')) return null
  return firstOf(list.map(([start, end], i) => (ty.items[i] ? walk(cx, start, end, ty.items[i], through, depth + 1) : null)))
}

function inVariant(cx: Walk, variant: string, open: number, ty: Ty, through: Through, depth: number): Ty | null {
  const list = parts(cx, open + 1, cx.mates[open] ?? open, ',')
  if (ty.kind !== 'adt') return null
  const types = list.map((_, i): Ty | null => {
    if (isStd(ty, 'option::Option')) return variant === 'Some' ? (ty.args[0] ?? null) : null
    if (isStd(ty, 'result::Result')) return (variant === 'Ok' ? ty.args[0] : variant === 'Err' ? ty.args[1] : null) ?? null
    return fieldOfAdt(cx.scope.db, ty, variant, String(i)) ?? fieldOfAdt(cx.scope.db, ty, null, String(i))
  })
  return firstOf(list.map(([start, end], i) => (types[i] ? walk(cx, start, end, types[i], through, depth + 1) : null)))
}

function inBraces(cx: Walk, variant: string, open: number, ty: Ty, through: Through, depth: number): Ty | null {
  if (ty.kind !== 'adt') return null
  return firstOf(
    parts(cx, open + 1, cx.mates[open] ?? open, ',').map(([start, end]) => {
      let at = start
      while (cx.tokens[at]?.text === 'mut' || cx.tokens[at]?.text === 'ref') at++
      const field = cx.tokens[at]?.text ?? ''
      const own = fieldOfAdt(cx.scope.db, ty, variant, field) ?? fieldOfAdt(cx.scope.db, ty, null, field)
      if (!own) return null
      return cx.tokens[at + 1]?.text === ':'
        ? walk(cx, at + 2, end, own, through, depth + 1)
        : walk(cx, at, end, own, through, depth + 1)
    }),
  )
}

function firstOf(all: readonly (Ty | null)[]): Ty | null {
  return all.find((it) => it !== null) ?? null
}
