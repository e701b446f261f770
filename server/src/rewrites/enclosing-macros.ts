import { isName, type Word } from './tokens.ts'

/** A macro call whose arguments hold a token. */
export interface EnclosingMacro {
  /** Last segment of its path. */
  readonly name: string
  /** Index of that token. */
  readonly at: number
}

/** The macros, or what looks like calls of them, whose arguments hold the token at `i`, the innermost first; attributes are none. */
export function* macrosAround(tokens: readonly Word[], mates: Int32Array, i: number): Generator<EnclosingMacro> {
  for (let at = i - 1; at >= 0; at--) {
    const mate = mates[at] ?? -1
    if (mate >= 0 && mate < at) at = mate
    else if (mate > at) {
      const bang = tokens[at - 1]?.text === '!' ? at - 2 : tokens[at - 2]?.text === '!' ? at - 3 : -1
      const name = tokens[bang]?.text ?? ''
      const isAttribute = tokens[at - 1]?.text === '#' || (tokens[at - 1]?.text === '!' && tokens[at - 2]?.text === '#')
      if (isName(name) && !isAttribute) yield { name, at: bang }
    }
  }
}
