/**
 * Structural equality of plain data (objects, arrays, maps, primitives). Queries over items use it, so that a value
 * rebuilt from a new parse counts as unchanged where nothing it says has changed.
 */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && sameArray(a, b)
  if (a instanceof Map) return b instanceof Map && sameMap(a, b)
  if (Array.isArray(b) || b instanceof Map) return false
  return sameRecord(a as Readonly<Record<string, unknown>>, b as Readonly<Record<string, unknown>>)
}

function sameArray(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false
  return true
}

function sameMap(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false
  for (const [key, value] of a) if (!b.has(key) || !sameValue(value, b.get(key))) return false
  return true
}

function sameRecord(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  // Interned values carry a key that stands for all of them: macro scopes are long linked lists.
  if (typeof a['identity'] === 'string' || typeof b['identity'] === 'string') return a['identity'] === b['identity']
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  for (const key of keys) if (!Object.hasOwn(b, key) || !sameValue(a[key], b[key])) return false
  return true
}
