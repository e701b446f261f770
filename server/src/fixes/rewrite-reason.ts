/** Why the rewrite of a whole class is not on offer, beside the reasons of other fixes: a closed list, counted by the bench. */
export type RewriteReason =
  /** An enum or tuple struct. */
  | 'not-a-struct'
  /** An attribute or option of which it is not known what it makes of the class. */
  | 'attribute'
  /** Impls of the class stand in several files or modules. */
  | 'several-files'
  /** A macro gets the object, names a field, or is not known. */
  | 'macro'
  | 'async'
  /** A trait's method needs what would move behind the lock. */
  | 'trait-impl'
  /** A receiver, parameter or qualifier that cannot be kept. */
  | 'signature'
  | 'generic'
  /** The object is used as a whole where only its locked part would be at hand. */
  | 'passes-self'
  | 'returns-reference'
  | 'two-instances'
  /** Python code may run, or a Python object be dropped, while the lock is held. */
  | 'calls-python'
  | 'drops-python'
  /** Waits for other threads, which may need the lock. */
  | 'waits'
  /** Something is called of which the code is not known. */
  | 'calls-unknown'
  /** `&mut C`, `PyRefMut<C>`, `borrow_mut`: what a frozen class does not have. */
  | 'mutable-access'
  | 'inheritance'
  | 'pattern'
  | 'struct-update'
  /** It is not known how a getter would copy the value. */
  | 'accessor-type'
  | 'name-clash'
  /** Atomics: fields that one method touches together, or two steps on one. */
  | 'joint-update'
  /** Atomics: a type or a use that atomics do not have. */
  | 'not-atomic'
