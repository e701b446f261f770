import type { TraitRef, Ty } from '../resolve/ty.ts'
import type { Predicate, TypeOracle } from './oracle.ts'

/** A type in words, last path segments only: `Arc<Shard>`, `&mut T`, `dyn Fn + Send`. For people, not for comparing. */
export function renderType(oracle: TypeOracle, ty: Ty): string {
  const list = (items: readonly Ty[]) => items.map((item) => renderType(oracle, item)).join(', ')
  switch (ty.kind) {
    case 'adt': {
      const name = oracle.header(ty.def).name
      const args = ty.args.filter((arg) => !isDefaultAllocator(oracle, arg))
      return args.length === 0 ? name : `${name}<${list(args)}>`
    }
    case 'param':
      return ty.name
    case 'proj':
      return `<${renderType(oracle, ty.self)} as ${traitName(oracle, ty.trait)}>::${ty.name}`
    case 'ref':
      return `&${ty.mut ? 'mut ' : ''}${renderType(oracle, ty.inner)}`
    case 'ptr':
      return `*${ty.mut ? 'mut' : 'const'} ${renderType(oracle, ty.inner)}`
    case 'tuple':
      return ty.items.length === 1 ? `(${list(ty.items)},)` : `(${list(ty.items)})`
    case 'array':
      return `[${renderType(oracle, ty.inner)}; _]`
    case 'slice':
      return `[${renderType(oracle, ty.inner)}]`
    case 'fn-ptr':
      return 'fn(…)'
    case 'never':
      return '!'
    case 'prim':
      return ty.name
    case 'dyn':
    case 'impl':
      return `${ty.kind} ${boundNames(oracle, ty).join(' + ')}`
    case 'unknown':
      return '?'
  }
}

function boundNames(
  oracle: TypeOracle,
  ty: { readonly send: boolean; readonly sync: boolean; readonly bounds: readonly TraitRef[] },
): readonly string[] {
  const names = ty.bounds.map((bound) => (bound.trait === null ? '?' : traitName(oracle, bound.trait)))
  if (ty.send) names.push('Send')
  if (ty.sync) names.push('Sync')
  return names
}

function traitName(oracle: TypeOracle, def: string): string {
  return oracle.trait(def)?.name ?? def
}

/** `Vec<T, Global>` is written `Vec<T>`. */
function isDefaultAllocator(oracle: TypeOracle, ty: Ty): boolean {
  return ty.kind === 'adt' && ty.args.length === 0 && oracle.header(ty.def).name === 'Global' && oracle.adt(ty.def) === null
}

/** The left side of a bound as rustdoc's auto-trait impls are rendered for comparison: `T`, `<G>::NodeId`, `Vec`. */
function boundSubject(oracle: TypeOracle, ty: Ty): string {
  switch (ty.kind) {
    case 'param':
      return ty.name
    case 'proj':
      return `<${boundSubject(oracle, ty.self)}>::${ty.name}`
    case 'adt':
      return oracle.header(ty.def).name
    default:
      return renderType(oracle, ty)
  }
}

/**
 * Bounds as text, sorted: `T: Send + Sync, U: Marker`. Empty if there are none. Bounds on the same subject are merged;
 * the built-in `Sized` is left out.
 */
export function renderBounds(oracle: TypeOracle, bounds: readonly Pick<Predicate, 'ty' | 'name'>[]): string {
  const wanted = new Map<string, Set<string>>()
  for (const bound of bounds) {
    if (bound.name === 'Sized') continue
    const subject = boundSubject(oracle, bound.ty)
    const names = wanted.get(subject) ?? new Set()
    wanted.set(subject, names.add(bound.name))
  }
  const subjects = [...wanted.keys()].sort(byCodePoint)
  return subjects.map((subject) => `${subject}: ${[...(wanted.get(subject) ?? [])].sort(byCodePoint).join(' + ')}`).join(', ')
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
