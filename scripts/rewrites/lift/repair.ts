import { afterGroup, blankLiterals } from '../../suites/source-text.ts'
import { itemsIn } from '../list/text.ts'

/**
 * A lifted file without the methods that the compiler complains about, because something of another crate is missed in them. Lines
 * are 1-based. Null where a complaint is about no method, or no method with an exclusive borrow is left.
 */
export function withoutMethodsAt(text: string, lines: readonly number[]): string | null {
  const blank = blankLiterals(text)
  const starts = [0, ...[...blank.matchAll(/\n/g)].map((it) => it.index + 1)]
  const methods = methodRanges(blank)
  const cut = new Set<readonly [number, number]>()
  for (const line of lines) {
    const [from, to] = [starts[line - 1] ?? 0, starts[line] ?? text.length]
    const method = methods.find(
      ([start, end]) => start < to && from < end && /\S/.test(blank.slice(Math.max(start, from), Math.min(end, to))),
    )
    if (!method) return null
    cut.add(method)
  }
  let kept = text
  for (const [start, end] of [...cut].sort((a, b) => b[0] - a[0])) kept = kept.slice(0, start) + kept.slice(end)
  return /&\s*mut\s+self\b|\bPyRefMut\b/.test(blankLiterals(kept)) ? kept : null
}

/** Methods of the inherent `impl` blocks, with their attributes. */
function methodRanges(blank: string): readonly (readonly [number, number])[] {
  return [...blank.matchAll(/^[ \t]*impl\b([^{;]*)\{/gm)].flatMap((match) => {
    if (/\bfor\b/.test(match[1] ?? '')) return []
    const open = match.index + match[0].length
    return itemsIn(blank.slice(open, afterGroup(blank, open - 1) - 1)).flatMap(({ head, body, start }): [number, number][] => {
      const from = open + start
      return /\bfn\b/.test(head) ? [[from, from + head.length + body.length + 2]] : []
    })
  })
}
