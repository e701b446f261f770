import type { TextEdit } from '../syntax/edits.ts'
import { cacheEdits } from './cache-edits.ts'
import type { MethodSource } from './class-source.ts'
import { flowEdits } from './flow-edits.ts'
import { narrowEdits } from './narrow-edits.ts'
import type { Narrowed } from './plan.ts'
import type { LockNames } from './wrapper.ts'

/** The edits of a method that stays and holds the lock for a part of its body, in whichever form. Absolute. */
export function narrowedEdits(method: MethodSource, how: Narrowed, names: LockNames): TextEdit[] {
  if ('steps' in how) return flowEdits(method, how, names)
  return 'looked' in how ? cacheEdits(method, how, names) : narrowEdits(method, how, names)
}
