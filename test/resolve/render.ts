import type { Database } from '../../server/src/query/database.ts'
import { crateItems } from '../../server/src/resolve/items.ts'
import { signature } from '../../server/src/resolve/signature.ts'
import type { Ty } from '../../server/src/resolve/ty.ts'
import { shortId } from './world.ts'

/** A type with the paths of definitions, as `std::vec::Vec<demo::A, std::alloc::Global>`; unknown ones as `?code`. */
export function show(ty: Ty): string {
  const list = (items: readonly Ty[]): string => items.map(show).join(', ')
  switch (ty.kind) {
    case 'adt':
      return ty.args.length === 0 ? shortId(ty.def) : `${shortId(ty.def)}<${list(ty.args)}>`
    case 'param':
      return ty.name
    case 'proj':
      return `<${show(ty.self)} as ${shortId(ty.trait)}${ty.args.length === 0 ? '' : `<${list(ty.args)}>`}>::${ty.name}`
    case 'ref':
      return `&${ty.mut ? 'mut ' : ''}${show(ty.inner)}`
    case 'ptr':
      return `*${ty.mut ? 'mut' : 'const'} ${show(ty.inner)}`
    case 'tuple':
      return `(${list(ty.items)})`
    case 'array':
      return `[${show(ty.inner)}; _]`
    case 'slice':
      return `[${show(ty.inner)}]`
    case 'prim':
      return ty.name
    case 'dyn':
    case 'impl': {
      const bounds = ty.bounds.map((bound) =>
        bound.trait === null
          ? `?${bound.reason?.code}`
          : shortId(bound.trait) + (bound.args.length === 0 ? '' : `<${list(bound.args)}>`),
      )
      return [ty.kind, [...bounds, ...(ty.send ? ['Send'] : []), ...(ty.sync ? ['Sync'] : [])].join(' + ')].join(' ')
    }
    case 'unknown':
      return `?${ty.reason.code}`
    default:
      return ty.kind
  }
}

/** Field types of every struct and enum of a crate: `Name.field` → type. */
export function fieldTypes(db: Database, crate = 'demo'): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const each of crateItems(db, crate)) {
    for (const field of signature(db, each.id)?.fields ?? []) {
      const key = `${each.item.name}.${field.variant === null ? '' : `${field.variant}.`}${field.name}`
      found[key] = found[key] === undefined ? show(field.ty) : `${found[key]} or ${show(field.ty)}`
    }
  }
  return found
}
