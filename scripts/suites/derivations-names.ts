import type { CrateId } from '../../server/src/project/crate-graph.ts'
import type { Database } from '../../server/src/query/database.ts'
import { crateOf } from '../../server/src/resolve/crates.ts'
import type { DefId, ModId } from '../../server/src/resolve/defs.ts'
import { factItem } from '../../server/src/resolve/fact-names.ts'
import { idParts, isModuleId, moduleId, STD_CRATE } from '../../server/src/resolve/ids.ts'
import { resolvePath } from '../../server/src/resolve/lookup.ts'
import { itemOf, type ModuleItem, moduleItems, moduleScope } from '../../server/src/resolve/scopes.ts'
import type { TraitRef, Ty } from '../../server/src/resolve/ty.ts'
import { genericsOf } from '../../server/src/resolve/type-scope.ts'

/** Name of the module that holds the rows; it re-exports every crate that rows name. */
export const ROWS = '__derivation_rows'

/** Writes resolved types as Rust text that means the same from anywhere in one crate. */
export interface Namer {
  /** null for a type that has no name there: private to another crate, inside a function, partly unknown. */
  type(ty: Ty): string | null
  /** Items and modules of the crate that have to be visible everywhere for that. */
  readonly visible: ReadonlySet<ModuleItem>
  /** Crates, as their name in code, that the module of rows has to re-export as `x_NAME`. */
  readonly crates: ReadonlySet<string>
}

const KEYWORDS = new Set(
  'as async await box break const continue dyn else enum extern fn for gen if impl in let loop match mod move mut pub ref return static struct super trait type union unsafe use where while yield'.split(
    ' ',
  ),
)
/** Modules looked into for the public names of a crate. */
const MODULE_FUEL = 3000

interface Parameter {
  readonly kind: 'type' | 'const' | 'lifetime'
  readonly name: string
}

interface Naming {
  readonly db: Database
  readonly crate: CrateId
  readonly visible: Set<ModuleItem>
  readonly crates: Set<string>
  readonly published: Map<CrateId, ReadonlyMap<DefId, string>>
}

/** A namer for the crate with this id. */
export function createNamer(db: Database, crate: CrateId): Namer {
  const naming: Naming = { db, crate, visible: new Set(), crates: new Set(), published: new Map() }
  return { type: (ty) => typeText(naming, ty), visible: naming.visible, crates: naming.crates }
}

function typeText(naming: Naming, ty: Ty): string | null {
  const inner = (each: Ty, build: (text: string) => string): string | null => {
    const text = typeText(naming, each)
    return text === null ? null : build(text)
  }
  switch (ty.kind) {
    case 'adt':
      return applied(naming, ty.def, ty.args)
    case 'param':
      return ty.name
    case 'proj': {
      const trait = applied(naming, ty.trait, ty.args)
      return trait && inner(ty.self, (self) => `<${self} as ${trait}>::${raw(ty.name)}`)
    }
    case 'ref':
      return inner(ty.inner, (text) => `&'static ${ty.mut ? 'mut ' : ''}${text}`)
    case 'ptr':
      return inner(ty.inner, (text) => `*${ty.mut ? 'mut' : 'const'} ${text}`)
    case 'tuple': {
      const items = all(ty.items.map((item) => typeText(naming, item)))
      return items && `(${items.map((item) => `${item},`).join(' ')})`
    }
    case 'array':
      return inner(ty.inner, (text) => `[${text}; 1]`)
    case 'slice':
      return inner(ty.inner, (text) => `[${text}]`)
    case 'fn-ptr':
      return 'fn()'
    case 'never':
      return '!'
    case 'prim':
      return ty.name
    case 'dyn':
      return traitObject(naming, ty)
    case 'impl':
    case 'unknown':
      return null
  }
}

function traitObject(naming: Naming, ty: Ty & { readonly kind: 'dyn' }): string | null {
  const bounds = all(ty.bounds.map((bound) => boundText(naming, bound)))
  if (!bounds) return null
  const autos = [...(ty.send ? ['::core::marker::Send'] : []), ...(ty.sync ? ['::core::marker::Sync'] : [])]
  const parts = [...bounds, ...autos, "'static"]
  return parts.length === 1 ? null : `(dyn ${parts.join(' + ')})`
}

/** Associated types are not kept in types; `()` stands for them. */
function boundText(naming: Naming, bound: TraitRef): string | null {
  if (bound.trait === null) return null
  const fact = factItem(naming.db, bound.trait)
  const [only] = bound.args
  if (fact?.kind === 'trait' && /::Fn(?:Mut|Once)?$/.test(fact.trait.path) && only?.kind === 'tuple') {
    const inputs = all(only.items.map((item) => typeText(naming, item)))
    const path = pathOf(naming, bound.trait)
    return inputs && path && `${path}(${inputs.join(', ')})`
  }
  const item = itemOf(naming.db, bound.trait)?.item
  const inSource = item?.kind === 'trait' ? item.children.flatMap((child) => (child.kind === 'type' ? [child.name] : [])) : []
  const names = fact?.kind === 'trait' ? fact.trait.assocTypes.map(({ name }) => name) : inSource
  return applied(
    naming,
    bound.trait,
    bound.args,
    names.map((name) => `${raw(name)} = ()`),
  )
}

/** A type or trait with its arguments. */
function applied(naming: Naming, def: DefId, args: readonly Ty[], more: readonly string[] = []): string | null {
  const path = pathOf(naming, def)
  const params = parametersOf(naming, def)
  if (path === null || params === null) return null
  const rest = [...args]
  const texts = params.map((param) => {
    if (param.kind === 'lifetime') return "'static"
    // Constants are not kept in types, and do not matter to auto traits.
    if (param.kind === 'const') return '1'
    const arg = rest.shift()
    return arg ? typeText(naming, arg) : null
  })
  // Arguments that repeat what is unstable to name are left to the default.
  while (texts.length > 0 && /x_std::alloc::Global$/.test(texts.at(-1) ?? '')) texts.pop()
  const list = all([...texts, ...more])
  return list && (list.length === 0 ? path : `${path}<${list.join(', ')}>`)
}

function parametersOf({ db }: Naming, def: DefId): readonly Parameter[] | null {
  const fact = factItem(db, def)
  if (fact?.kind === 'type') return fact.type.params
  if (fact?.kind === 'trait') return fact.trait.params
  const each = itemOf(db, def)
  return each && genericsOf(each.item).params
}

function pathOf(naming: Naming, def: DefId): string | null {
  const parts = idParts(def)
  if (parts.kind === 'fact') return foreignPath(naming, parts.crate, parts.path.split('::').slice(1).join('::'))
  if (parts.kind !== 'item') return null
  if (parts.crate === naming.crate) return ownPath(naming, def)
  const path = publicNames(naming, parts.crate).get(def)
  return path === undefined ? null : foreignPath(naming, parts.crate, path)
}

function foreignPath({ db, crate, crates }: Naming, foreign: CrateId, path: string): string | null {
  const dependencies = crateOf(db, crate)?.dependencies ?? new Map<string, CrateId>()
  const name = foreign === STD_CRATE ? 'std' : [...dependencies].find(([, id]) => id === foreign)?.[0]
  if (name === undefined) return null
  crates.add(name)
  return `crate::${ROWS}::x_${name}::${path.split('::').map(raw).join('::')}`
}

/** null for what stands in a block, and for what a macro wrote into a module that keeps it to itself. */
function ownPath(naming: Naming, def: DefId): string | null {
  const each = itemOf(naming.db, def)
  if (!each || !makeVisible(naming, each)) return null
  const names: string[] = [each.item.name]
  for (let at: ModId | null = each.module; at !== null; ) {
    const scope = moduleScope(naming.db, at)
    if (!scope || scope.block) return null
    if (scope.parent === null) break
    const name: string = at.split('\t').at(-1)?.split('::').at(-1) ?? ''
    const declaration = moduleItems(naming.db, scope.parent).filter(({ item }) => item.kind === 'mod' && item.name === name)
    if (declaration.length === 0 || !declaration.every((mod) => makeVisible(naming, mod))) return null
    names.unshift(name)
    at = scope.parent
  }
  return ['crate', ...names.map(raw)].join('::')
}

/** Whether the item can be seen from everywhere once `visible` has been made so. */
function makeVisible(naming: Naming, each: ModuleItem): boolean {
  const { item, origin, module } = each
  if (item.vis === 'pub' || item.vis === 'crate' || (item.vis === 'private' && module === moduleId(naming.crate, ''))) return true
  if (origin.expansion !== null) return false
  naming.visible.add(each)
  return true
}

/** Public paths of a crate's items, below its root. */
function publicNames(naming: Naming, crate: CrateId): ReadonlyMap<DefId, string> {
  const known = naming.published.get(crate)
  if (known) return known
  const found = new Map<DefId, string>()
  naming.published.set(crate, found)
  const seen = new Set<ModId>()
  const pending: { readonly module: ModId; readonly path: readonly string[] }[] = [{ module: moduleId(crate, ''), path: [] }]
  for (let fuel = MODULE_FUEL; fuel > 0; fuel--) {
    const next = pending.shift()
    if (!next) break
    if (seen.has(next.module)) continue
    seen.add(next.module)
    const scope = moduleScope(naming.db, next.module)
    if (!scope) continue
    const add = (name: string, def: DefId): void => {
      const path = [...next.path, name]
      if (isModuleId(def)) pending.push({ module: def, path })
      else if (!found.has(def)) found.set(def, path.join('::'))
    }
    for (const [name, entries] of scope.names)
      for (const { vis, def, namespace } of entries) if (vis === 'pub' && namespace === 'type') add(name, def)
    for (const [name, imports] of scope.imports) {
      if (!imports.some(({ vis }) => vis === 'pub')) continue
      const target = resolvePath(naming.db, next.module, name, 'type')
      if (target.kind === 'found') add(name, target.def)
    }
    for (const { vis, path } of scope.globs) {
      const target = vis === 'pub' ? resolvePath(naming.db, next.module, path.join('::'), 'type') : null
      if (target?.kind === 'found' && isModuleId(target.def)) pending.push({ module: target.def, path: next.path })
    }
  }
  return found
}

function all(texts: readonly (string | null)[]): readonly string[] | null {
  const found = texts.flatMap((text) => (text === null ? [] : [text]))
  return found.length === texts.length ? found : null
}

function raw(name: string): string {
  return KEYWORDS.has(name) ? `r#${name}` : name
}
