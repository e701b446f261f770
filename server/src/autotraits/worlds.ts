import { CFG_FALSE, type CfgAtom, type CfgExpr, cfgText, conjunction, evaluateWith, negate } from '../project/cfg.ts'
import { atomsOf, isSatisfiable } from '../project/cfg-logic.ts'

/** One way the undecided predicates of a type may turn out: text of an atom → truth. */
export type World = ReadonlyMap<string, boolean>

/** More undecided atoms than this on one type are not enumerated. */
export const MAX_CFG_ATOMS = 6

const NO_ATOMS: World = new Map()

/**
 * All worlds over the atoms of the given predicates that can exist (`windows` and `unix` together cannot), the one where
 * every atom is false first; null if there are more than `MAX_CFG_ATOMS` atoms. Without atoms there is exactly one.
 */
export function worlds(expressions: readonly CfgExpr[]): readonly World[] | null {
  const atoms = undecidedAtoms(expressions)
  if (atoms.length === 0) return [NO_ATOMS]
  if (atoms.length > MAX_CFG_ATOMS) return null
  const all: World[] = []
  for (let bits = 0; bits < 1 << atoms.length; bits++) {
    const chosen = atoms.map((atom, i) => [atom, (bits & (1 << i)) !== 0] as const)
    if (!isSatisfiable(conjunction(chosen.map(([atom, holds]) => (holds ? atom : negate(atom)))))) continue
    all.push(new Map(chosen.map(([atom, holds]) => [cfgText(atom), holds])))
  }
  return all
}

/** Whether the predicate holds in a world that was made for it. */
export function holdsIn(world: World, expression: CfgExpr): boolean {
  return evaluateWith(expression, (atom) => world.get(cfgText(atom)) ?? 'unknown') === true
}

/** The atoms of the predicates as text, for `depends on cfg …`. */
export function cfgAtoms(expressions: readonly CfgExpr[]): readonly string[] {
  return undecidedAtoms(expressions).map(cfgText)
}

function undecidedAtoms(expressions: readonly CfgExpr[]): readonly CfgAtom[] {
  const found = new Map<string, CfgAtom>()
  for (const expression of expressions) {
    if (expression === CFG_FALSE) continue
    for (const atom of atomsOf(expression)) found.set(cfgText(atom), atom)
  }
  return [...found.values()]
}
