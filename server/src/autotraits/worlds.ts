/**
 * A `cfg` predicate whose truth this analysis does not know, over undecided atoms: `Py_GIL_DISABLED`,
 * `feature = "x"` where features are unknown.
 */
export type CfgExpr =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'not'; readonly inner: CfgExpr }
  | { readonly kind: 'all' | 'any'; readonly items: readonly CfgExpr[] }

/** One way the undecided predicates of a type may turn out: atom text → truth. */
export type World = ReadonlyMap<string, boolean>

/** More undecided atoms than this on one type are not enumerated. */
export const MAX_CFG_ATOMS = 6

const NO_ATOMS: World = new Map()

/**
 * All worlds over the atoms of the given predicates, the one where every atom is false first; null if there are more
 * than `MAX_CFG_ATOMS` atoms. Without atoms there is exactly one world.
 */
export function worlds(expressions: Iterable<CfgExpr | null>): readonly World[] | null {
  const atoms = new Set<string>()
  for (const expression of expressions) if (expression) collectAtoms(expression, atoms)
  if (atoms.size === 0) return [NO_ATOMS]
  if (atoms.size > MAX_CFG_ATOMS) return null
  const names = [...atoms].sort()
  const all: World[] = []
  for (let bits = 0; bits < 1 << names.length; bits++) {
    all.push(new Map(names.map((name, i) => [name, (bits & (1 << i)) !== 0])))
  }
  return all
}

/** Whether the predicate holds in a world; null (no predicate) always does. */
export function holdsIn(world: World, expression: CfgExpr | null): boolean {
  if (expression === null) return true
  switch (expression.kind) {
    case 'atom':
      return world.get(expression.text) ?? false
    case 'not':
      return !holdsIn(world, expression.inner)
    case 'all':
      return expression.items.every((item) => holdsIn(world, item))
    case 'any':
      return expression.items.some((item) => holdsIn(world, item))
  }
}

/** The atoms of a predicate as text, for `depends on cfg(…)`. */
export function cfgAtoms(expressions: Iterable<CfgExpr | null>): readonly string[] {
  const atoms = new Set<string>()
  for (const expression of expressions) if (expression) collectAtoms(expression, atoms)
  return [...atoms].sort()
}

function collectAtoms(expression: CfgExpr, into: Set<string>): void {
  if (expression.kind === 'atom') into.add(expression.text)
  else if (expression.kind === 'not') collectAtoms(expression.inner, into)
  else for (const item of expression.items) collectAtoms(item, into)
}
