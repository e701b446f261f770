import type { Database } from '../query/database.ts'
import { idParts } from '../resolve/ids.ts'
import { itemOf } from '../resolve/scopes.ts'
import type { Ty } from '../resolve/ty.ts'
import { factPath } from './std-types.ts'

/** Types of std and PyO3 without lifetimes of their own: what they hold is their arguments. */
const PLAIN = new Set(
  `option::Option result::Result vec::Vec string::String boxed::Box sync::Arc rc::Rc path::PathBuf ffi::OsString time::Duration
   time::Instant time::SystemTime collections::HashMap collections::HashSet collections::BTreeMap collections::BTreeSet
   collections::VecDeque io::Error net::TcpStream net::TcpListener net::UdpSocket net::SocketAddr net::IpAddr fs::File
   collections::hash::map::HashMap collections::hash::set::HashSet ops::Range ops::range::Range`
    .split(/\s+/)
    .map((it) => `std::${it}`),
)

/** Whether a value of the type surely holds no reference but to what lives for ever: no lifetime is part of it. */
export function isOwnedType(db: Database, ty: Ty | null, depth = 0): boolean {
  if (!ty || depth > 12) return false
  const all = (list: readonly Ty[]): boolean => list.every((it) => isOwnedType(db, it, depth + 1))
  switch (ty.kind) {
    case 'prim':
      return ty.name !== 'str'
    case 'tuple':
      return all(ty.items)
    case 'array':
      return all([ty.inner])
    case 'adt': {
      if (PLAIN.has(factPath(ty)) || /^pyo3::(?:\w+::)*(?:Py|PyErr)$/.test(factPath(ty)))
        return all(ty.args.filter((it) => !isPython(it)))
      if (idParts(ty.def).kind !== 'item') return false
      const item = itemOf(db, ty.def)?.item
      const generics = item?.kind === 'struct' || item?.kind === 'enum' ? item.generics.params : null
      return generics?.every((it) => it.kind !== 'lifetime') === true && all(ty.args)
    }
    default:
      return false
  }
}

/** What a `Py` points to is not held in it. */
function isPython(ty: Ty): boolean {
  return /^pyo3::/.test(factPath(ty))
}
