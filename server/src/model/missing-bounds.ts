import type { Verdict } from '../autotraits/verdicts.ts'

/**
 * Bounds that a type's fields need of its parameters and its one explicit impl does not ask for: `unsafe impl<T> Send for W<T>`
 * over a field of type `T` lacks `T: Send`. Empty where the fields are not `Send`/`Sync` for any arguments anyway.
 */
export function missingBoundsOf(verdict: Verdict): readonly string[] {
  const { structural, viaImpl } = verdict
  if (viaImpl.length !== 1 || verdict.verdict !== 'yes' || structural?.verdict !== 'yes') return []
  const asked = new Set(bounds(verdict.needs))
  return bounds(structural.needs).filter((it) => !asked.has(it))
}

/** `T: Send + Sync, U: Send` → `T: Send`, `T: Sync`, `U: Send`. */
function bounds(needs: string): string[] {
  return needs
    .split(/,\s*(?=[^<>]*(?:<[^<>]*>[^<>]*)*$)/)
    .filter(Boolean)
    .flatMap((need) => {
      const colon = need.lastIndexOf(': ')
      return need
        .slice(colon + 2)
        .split(' + ')
        .map((bound) => `${need.slice(0, colon)}: ${bound}`)
    })
}
