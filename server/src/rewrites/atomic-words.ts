import type { AtomicField } from './atomic-plan.ts'

/** How an atomic is used: its ordering follows from it. */
export type Access = 'load' | 'store' | 'change'

/** The words that steps are written with. */
export interface AtomicWords {
  /** `Ordering`, or its full path. */
  readonly ordering: string
  /** Fields whose value says that something else has happened; counters are `Relaxed`. */
  readonly publishing: ReadonlySet<string>
}

/** `Ordering::Relaxed`, or what publishes to and from other threads. */
export function orderingOf({ ordering, publishing }: AtomicWords, name: string, access: Access): string {
  if (!publishing.has(name)) return `${ordering}::Relaxed`
  return `${ordering}::${access === 'load' ? 'Acquire' : access === 'store' ? 'Release' : 'AcqRel'}`
}

/** `self.n` as a value. */
export function loadText(words: AtomicWords, name: string, field: AtomicField, place = field.place): string {
  return value(field, `${place}.load(${orderingOf(words, name, 'load')})`)
}

/** `self.n = value`, without `;`. */
export function storeText(words: AtomicWords, name: string, field: AtomicField, written: string, declared = false): string {
  return `${field.place}.store(${bits(field, written, declared)}, ${orderingOf(words, name, 'store')})`
}

/** The value put in, the one before given back. */
export function swapText(words: AtomicWords, name: string, field: AtomicField, written: string): string {
  return value(field, `${field.place}.swap(${bits(field, written)}, ${orderingOf(words, name, 'change')})`)
}

/** What an atomic holds as the value that is meant. */
function value(field: AtomicField, text: string): string {
  return field.float ? `${field.float}::from_bits(${text})` : text
}

/**
 * A value as the atomic holds it.
 * @param declared whether it is a name of declared type: rustc calls no methods on what it has yet to infer (E0689)
 */
export function bits(field: AtomicField, written: string, declared = false): string {
  if (!field.float) return written
  if (/^\d[\d_]*\.\d+$/.test(written)) return `${written}_${field.float}.to_bits()`
  return declared && /^[a-z_]\w*$/i.test(written) ? `${written}.to_bits()` : `${field.float}::to_bits(${written})`
}
