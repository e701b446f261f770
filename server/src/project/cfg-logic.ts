import {
  CFG_FALSE,
  CFG_TRUE,
  type CfgAtom,
  type CfgEnv,
  type CfgExpr,
  cfgText,
  conjunction,
  disjunction,
  evaluate,
  evaluateAtom,
  evaluateWith,
  negate,
  type Truth,
} from './cfg.ts'

/** Steps of one satisfiability search; past it the answer is "may be satisfiable". Real predicates need a few dozen. */
const FUEL = 20_000

/** Keys that have one value in any compilation. */
const SINGLE = new Set([
  'target_arch',
  'target_vendor',
  'target_os',
  'target_env',
  'target_abi',
  'target_pointer_width',
  'target_endian',
  'panic',
])

/** `target_os` values that imply the flag `unix`, as far as they appear in cfgs of Python extension crates. */
const UNIX_SYSTEMS = new Set([
  'linux',
  'macos',
  'ios',
  'android',
  'freebsd',
  'netbsd',
  'openbsd',
  'dragonfly',
  'illumos',
  'solaris',
  'emscripten',
])

/** Whether some compilation can have both. `false` is certain (`x` with `not(x)`, two `target_os`); `true` means "perhaps". */
export function isSatisfiableTogether(a: CfgExpr, b: CfgExpr, env?: CfgEnv): boolean {
  return isSatisfiable(conjunction([a, b]), env)
}

/** Whether some compilation (in `env`, if given) can have `expr`. `false` is certain. */
export function isSatisfiable(expr: CfgExpr, env?: CfgEnv): boolean {
  const reduced = env === undefined ? expr : simplify(expr, env)
  const fuel = { left: FUEL }
  return search(reduced, atomsOf(reduced), 0, new Map(), fuel)
}

/** As `evaluate`, and sees what holds whatever the undecided flags are: `any(x, not(x))` is true. */
export function decide(expr: CfgExpr, env: CfgEnv): Truth {
  const truth = evaluate(expr, env)
  if (truth !== 'unknown') return truth
  if (!isSatisfiable(expr, env)) return false
  return isSatisfiable(negate(expr), env) ? 'unknown' : true
}

/** `expr` with everything that `env` decides worked in; what is left names only undecided atoms. */
export function simplify(expr: CfgExpr, env: CfgEnv): CfgExpr {
  switch (expr.kind) {
    case 'const':
      return expr
    case 'not':
      return negate(simplify(expr.of, env))
    case 'all':
      return conjunction(expr.of.map((part) => simplify(part, env)))
    case 'any':
      return disjunction(expr.of.map((part) => simplify(part, env)))
    default: {
      const truth = evaluateAtom(expr, env)
      return truth === 'unknown' ? expr : truth ? CFG_TRUE : CFG_FALSE
    }
  }
}

type Assignment = ReadonlyMap<string, boolean>

function search(expr: CfgExpr, atoms: readonly CfgAtom[], next: number, chosen: Assignment, fuel: { left: number }): boolean {
  if (--fuel.left <= 0) return true
  const truth = evaluateWith(expr, (atom) => chosen.get(cfgText(atom)) ?? 'unknown')
  if (truth !== 'unknown') return truth
  const atom = atoms[next]
  if (atom === undefined) return true
  return [true, false].some((value) => {
    const extended = new Map(chosen).set(cfgText(atom), value)
    return consistent(atoms.slice(0, next + 1), extended) && search(expr, atoms, next + 1, extended, fuel)
  })
}

/** Whether the last choice can stand beside the earlier ones; `atoms` are those chosen so far. */
function consistent(atoms: readonly CfgAtom[], chosen: Assignment): boolean {
  const last = atoms.at(-1)
  if (last === undefined) return true
  const value = (atom: CfgAtom): boolean => chosen.get(cfgText(atom)) === true
  return atoms
    .slice(0, -1)
    .every(
      (other) => !contradicts(other, value(other), last, value(last)) && !contradicts(last, value(last), other, value(other)),
    )
}

/** Facts of the form "a = x excludes b = y" that hold in every compilation. */
function contradicts(a: CfgAtom, aHolds: boolean, b: CfgAtom, bHolds: boolean): boolean {
  if (!aHolds) return false
  if (bHolds) {
    if (a.kind === 'value' && b.kind === 'value' && a.key === b.key && SINGLE.has(a.key)) return true
    return family(a) !== null && family(b) !== null && family(a) !== family(b)
  }
  if (isFamily(b) && family(a) === family(b)) return true
  return pythonMinor(a) !== null && pythonMinor(b) !== null && (pythonMinor(b) ?? 0) <= (pythonMinor(a) ?? 0)
}

/** `unix` or `windows` if the atom implies it. */
function family(atom: CfgAtom): string | null {
  if (isFamily(atom)) return atom.kind === 'flag' ? atom.name : atom.kind === 'value' ? atom.value : null
  if (atom.kind !== 'value' || atom.key !== 'target_os') return null
  return atom.value === 'windows' ? 'windows' : UNIX_SYSTEMS.has(atom.value) ? 'unix' : null
}

function isFamily(atom: CfgAtom): boolean {
  const name = atom.kind === 'flag' ? atom.name : atom.kind === 'value' && atom.key === 'target_family' ? atom.value : ''
  return name === 'unix' || name === 'windows'
}

/** The x of `Py_3_x`: PyO3 sets every flag up to the version it builds for. */
function pythonMinor(atom: CfgAtom): number | null {
  const match = atom.kind === 'flag' ? /^Py_3_(\d+)$/.exec(atom.name) : null
  return match === null ? null : Number(match[1])
}

/** Every atom of `expr` once, in order of appearance. */
export function atomsOf(expr: CfgExpr): readonly CfgAtom[] {
  const found = new Map<string, CfgAtom>()
  const visit = (part: CfgExpr): void => {
    if (part.kind === 'all' || part.kind === 'any') for (const inner of part.of) visit(inner)
    else if (part.kind === 'not') visit(part.of)
    else if (part.kind !== 'const') found.set(cfgText(part), part)
  }
  visit(expr)
  return [...found.values()]
}

/** Features one predicate may mention before `positiveFeatures` gives up: the search is over their subsets. */
const MAX_FEATURES = 10

/**
 * The features to turn on, beyond those that are on in `env`, so that `expr` holds: the one smallest set of them, sorted.
 * Empty if it holds already. null if no set does it, two different ones do (`any(feature = "a", feature = "b")`) or
 * something that is not a feature is undecided. Features of unknown state count as off.
 */
export function positiveFeatures(expr: CfgExpr, env: CfgEnv): readonly string[] | null {
  const mentioned = atomsOf(expr).flatMap((atom) => (atom.kind === 'value' && atom.key === 'feature' ? [atom.value] : []))
  const candidates = mentioned.filter((feature) => env.features?.get(feature) !== 'on')
  if (candidates.length > MAX_FEATURES) return null
  const minimal: (readonly string[])[] = []
  for (const subset of subsetsBySize(candidates)) {
    if (minimal.some((smaller) => smaller.every((feature) => subset.includes(feature)))) continue
    if (holdsWith(expr, subset, env)) minimal.push(subset)
  }
  const [only] = minimal
  return only !== undefined && minimal.length === 1 ? [...only].sort() : null
}

function holdsWith(expr: CfgExpr, turnedOn: readonly string[], env: CfgEnv): boolean {
  const truth = evaluateWith(expr, (atom) =>
    atom.kind === 'value' && atom.key === 'feature'
      ? turnedOn.includes(atom.value) || env.features?.get(atom.value) === 'on'
      : evaluateAtom(atom, env),
  )
  return truth === true
}

function subsetsBySize(items: readonly string[]): readonly (readonly string[])[] {
  const subsets = Array.from({ length: 2 ** items.length }, (_, mask) => items.filter((_item, bit) => (mask >> bit) % 2 === 1))
  return subsets.sort((a, b) => a.length - b.length)
}
