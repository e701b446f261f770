/** The middle one of some numbers; the lower of the two middle ones if they are even in number. Throws for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  if (middle === undefined) throw new Error('median of nothing')
  return middle
}

/** A share as text, with two digits. */
export function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(2)} %`
}

/** How often each text occurs, most frequent first. */
export function histogram(texts: readonly string[]): readonly (readonly [text: string, count: number])[] {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}

/** Prints what failed and the line `N passed, M failed`; returns the exit status. `checked` is the number of things looked at. */
export function reportFailures(suite: string, checked: number, failures: readonly string[]): number {
  for (const failure of failures) console.error(`${suite}: ${failure}`)
  console.log(
    failures.length === 0 ? `${suite}: ${checked} checked, all as they must be` : `${suite}: ${failures.length} complaints`,
  )
  return failures.length === 0 ? 0 : 1
}
