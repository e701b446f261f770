import type { DefId } from '../resolve/defs.ts'

/** A type of the workspace that a lock in a class guards. */
export interface LockedType {
  readonly type: DefId
  readonly typeName: string
  /** Field of the class that holds the lock. */
  readonly field: string
  /** The lock as written: `RwLock<IndexInner>`. */
  readonly lock: string
}
