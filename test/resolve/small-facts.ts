import type { FactImpl, FactItem, FactParam, FactsCrate, FactsDb, FactType } from '../../server/src/facts/facts.ts'

/** Facts written by hand, small enough to read: each line is `kind path[<params>] [= target | : supertraits]`. */
export function smallFacts(
  crates: Readonly<
    Record<
      string,
      {
        readonly version?: string
        readonly complete?: boolean
        readonly lines: string
        readonly impls?: readonly FactImpl[]
        readonly prelude?: readonly string[]
      }
    >
  >,
): FactsDb {
  const built = new Map(Object.entries(crates).map(([name, crate]) => [name, buildCrate(name, crate)]))
  return {
    crate: (name, version) => {
      const found = built.get(name === 'core' || name === 'alloc' ? 'std' : name) ?? null
      return found && (found.verified[0] === '*' || version === null || found.verified.includes(version)) ? found : null
    },
  }
}

function params(text: string | undefined): readonly FactParam[] {
  if (!text) return []
  return text.split(',').map((each) => {
    const [name = '', fallback] = each.split('=').map((part) => part.trim())
    return { name, kind: name.startsWith("'") ? 'lifetime' : 'type', default: fallback ?? null }
  })
}

function buildCrate(
  name: string,
  crate: {
    readonly version?: string
    readonly complete?: boolean
    readonly lines: string
    readonly impls?: readonly FactImpl[]
    readonly prelude?: readonly string[]
  },
): FactsCrate {
  const types = new Map<string, FactItem>()
  const globs = new Map<string, string[]>()
  const addModules = (path: string): void => {
    const parts = path.split('::')
    for (let i = 1; i < parts.length; i++) {
      const module = parts.slice(0, i).join('::')
      if (!types.has(module)) types.set(module, { kind: 'module', path: module, complete: true, globs: [] })
    }
  }
  for (const line of crate.lines.split('\n')) {
    const match = /^\s*(\w+) ([\w:]+)(?:<(.*?)>)?(?:\s*=\s*(.*)|\s*:\s*(.*)|\s*\{(.*)\})?$/.exec(line)
    if (!match) continue
    const [, kind, path = '', generics, target, bounds, variants] = match
    addModules(path)
    if (kind === 'alias') types.set(path, { kind: 'alias', alias: { path, params: params(generics), target: target ?? '' } })
    else if (kind === 'trait') types.set(path, { kind: 'trait', trait: traitOf(path, params(generics), bounds ?? '') })
    else if (kind === 'reexport') types.set(path, { kind: 'reexport', path: target ?? '' })
    else if (kind === 'glob') globs.set(path, [...(globs.get(path) ?? []), target ?? ''])
    else
      types.set(path, {
        kind: 'type',
        type: typeOf(
          name,
          kind === 'enum' ? 'enum' : 'struct',
          path,
          params(generics),
          variants?.split(' ').filter(Boolean) ?? [],
        ),
      })
  }
  for (const [path, to] of globs) types.set(path, { kind: 'module', path, complete: true, globs: to })
  const prelude = (crate.prelude ?? []).map((path) => ({ name: path.split('::').at(-1) ?? '', namespace: 'type' as const, path }))
  return {
    name,
    verified: [crate.version ?? '*'],
    complete: crate.complete ?? true,
    within: crate.complete ?? true,
    unverifiedFeature: null,
    lookup: (path, namespace = 'type') => (namespace === 'type' ? (types.get([name, ...path].join('::')) ?? null) : null),
    names: (path) =>
      [...types.keys()]
        .filter((key) => key.split('::').slice(0, -1).join('::') === [name, ...path].join('::'))
        .map((key) => key.split('::').at(-1) ?? ''),
    prelude: () => prelude,
    impls: (trait) => (crate.impls ?? []).filter((impl) => impl.trait.replace(/<.*/, '') === trait),
  }
}

function typeOf(
  crate: string,
  itemKind: 'struct' | 'enum',
  path: string,
  parameters: readonly FactParam[],
  variants: readonly string[],
): FactType {
  const always = { verdict: 'yes', needs: [], heads: [], reason: null } as const
  return { crate, path, itemKind, params: parameters, variants, send: always, sync: always }
}

function traitOf(path: string, parameters: readonly FactParam[], bounds: string) {
  const supers = bounds
    .split('+')
    .map((each) => each.trim())
    .filter((each) => each !== '' && !each.startsWith('type '))
  const assocTypes = [...bounds.matchAll(/type (\w+)/g)].map(([, name = '']) => ({ name, bounds: [] }))
  const autoSupertraits = (['Send', 'Sync'] as const).filter((auto) => supers.includes(auto))
  return {
    path,
    params: parameters,
    autoSupertraits,
    supertraits: supers.filter((each) => each !== 'Send' && each !== 'Sync'),
    assocTypes,
    complete: true,
  }
}

/** A std of a dozen types. */
export const STD_LINES = {
  lines: `
    struct std::vec::Vec<T, A = std::alloc::Global>
    struct std::alloc::Global
    struct std::string::String
    enum std::option::Option<T> { None Some }
    enum std::result::Result<T, E> { Ok Err }
    struct std::boxed::Box<T, A = std::alloc::Global>
    struct std::rc::Rc<T>
    struct std::sync::Arc<T>
    struct std::sync::Mutex<T>
    struct std::cell::Cell<T>
    struct std::cell::RefCell<T>
    struct std::marker::PhantomData<T>
    struct std::collections::hash_map::HashMap<K, V, S = std::hash::RandomState>
    reexport std::collections::HashMap = std::collections::hash_map::HashMap
    struct std::hash::RandomState
    struct std::io::Error
    alias std::io::Result<T> = std::result::Result<T, std::io::Error>
    trait std::marker::Send
    trait std::marker::Sync
    trait std::marker::Copy : std::clone::Clone
    trait std::clone::Clone
    trait std::marker::Sized
    trait std::iter::Iterator : type Item
    trait std::iter::IntoIterator : type Item + type IntoIter
    trait std::ops::Fn<Args>
    trait std::ops::Deref : type Target
  `,
  prelude: [
    'std::vec::Vec',
    'std::string::String',
    'std::option::Option',
    'std::result::Result',
    'std::boxed::Box',
    'std::marker::Send',
    'std::marker::Sync',
    'std::marker::Copy',
    'std::marker::Sized',
    'std::clone::Clone',
    'std::iter::Iterator',
    'std::iter::IntoIterator',
    'std::ops::Fn',
  ],
}
