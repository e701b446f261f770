import type { Offer } from '../fixes/fix.ts'
import type { CrateView } from '../model/crate-view.ts'
import type { PyClass } from '../model/pyclass.ts'
import { frozenAtomicsOffer } from './frozen-atomics.ts'
import { frozenLockOffer } from './frozen-lock.ts'

/** The rewrites by the names that the command line uses. */
export const REWRITES = ['frozen-mutex', 'frozen-rwlock', 'frozen-atomics'] as const

export type RewriteName = (typeof REWRITES)[number]

/** Whether there is anything to rewrite: the class is not frozen, and something takes its exclusive borrow. */
export function isRewritable(cls: PyClass): boolean {
  if (cls.options.frozen || cls.kind !== 'struct') return false
  const exclusive = cls.methods.some((it) => it.receiver === '&mut self' || it.receiver === 'PyRefMut')
  return exclusive || cls.options.setAll || cls.fields.some((it) => it.set)
}

/** One rewrite of a class, or why it is refused; neither for a class that needs none. */
export function rewriteOffer(view: CrateView, cls: PyClass, name: RewriteName): Offer {
  if (!isRewritable(cls)) return { fixes: [], refused: [] }
  if (name === 'frozen-atomics') return frozenAtomicsOffer(view, cls)
  return frozenLockOffer(view, cls, name === 'frozen-mutex' ? 'mutex' : 'rwlock')
}

/** All rewrites of a class, best first. */
export function rewriteOffers(view: CrateView, cls: PyClass): Offer {
  const offers = REWRITES.map((it) => rewriteOffer(view, cls, it))
  return { fixes: offers.flatMap((it) => it.fixes), refused: offers.flatMap((it) => it.refused) }
}
