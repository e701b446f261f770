import type { FactsDb } from '../../server/src/facts/facts.ts'
import type { Crate } from '../../server/src/project/crate-graph.ts'
import { Database } from '../../server/src/query/database.ts'
import { provideCrates, provideFacts } from '../../server/src/resolve/crates.ts'
import type { ModId, Namespace } from '../../server/src/resolve/defs.ts'
import { moduleId } from '../../server/src/resolve/ids.ts'
import { resolvePath } from '../../server/src/resolve/lookup.ts'
import { STD_LINES, smallFacts } from './small-facts.ts'

/** A database with crates in memory. */
export interface World {
  readonly db: Database
  /** `demo`, `demo::a::b`. */
  module(path: string): ModId
  /** What a path means, in short: the definition's path, or the kind of the outcome. */
  resolve(module: string, path: string, namespace?: Namespace): string
}

/**
 * Files of one or more crates: `//- /demo/src/lib.rs crate:demo deps:x,y=z edition:2018 features:on absent` starts a file, and a
 * crate if it says so (the file is its root then). Text before the first such line is the root of crate `demo`.
 */
export function world(text: string, facts: FactsDb = smallFacts({ std: STD_LINES })): World {
  const db = new Database()
  const crates = new Map<string, Crate>()
  const source = text.trimStart().startsWith('//-') ? text : `//- /demo/src/lib.rs crate:demo\n${text}`
  for (const part of source.split(/^\s*\/\/- /m).slice(1)) {
    const [head = '', ...lines] = part.split('\n')
    const [path = '', ...words] = head.trim().split(/\s+/)
    const option = (name: string): string | undefined => words.find((word) => word.startsWith(`${name}:`))?.slice(name.length + 1)
    const body = lines.join('\n')
    const name = option('crate')
    if (name !== undefined) crates.set(name, crateNamed(name, words.includes('absent') ? null : path, option, words))
    if (!words.includes('absent')) db.setText(path, body)
  }
  provideCrates(db, (_, id) => crates.get(id) ?? null)
  provideFacts(db, facts)
  const module = (path: string): ModId => {
    const [crate = '', ...rest] = path.split('::')
    return moduleId(crate, rest.join('::'))
  }
  return {
    db,
    module,
    resolve: (at, path, namespace = 'type') => {
      const result = resolvePath(db, module(at), path, namespace)
      if (result.kind === 'found') return shortId(result.def)
      if (result.kind === 'ambiguous') return `ambiguous: ${result.defs.map(shortId).join(', ')}`
      if (result.kind === 'opaque') return `opaque: ${result.reason.code}`
      return result.kind === 'primitive' ? `primitive ${result.name}` : result.kind
    },
  }
}

/** `demo::a::Name` for an item, `#2` added to later ones of the same name. */
export function shortId(id: string): string {
  const parts = id.split('\t')
  if (parts[1] === '#fact') return parts.slice(3).join('::')
  const [crate = '', path = '', , name, ordinal, ...variant] = parts
  const nth = ordinal === undefined || ordinal === '0' ? '' : `#${ordinal}`
  return [crate, path, name === undefined ? '' : name + nth, ...variant].filter((part) => part !== '').join('::')
}

function crateNamed(
  id: string,
  root: string | null,
  option: (name: string) => string | undefined,
  words: readonly string[],
): Crate {
  const pairs = (option('deps') ?? '')
    .split(',')
    .filter(Boolean)
    .map((pair): [string, string] => {
      const [name = '', target = name] = pair.split('=')
      return [name, target]
    })
  const features = (option('features') ?? '')
    .split(',')
    .filter(Boolean)
    .map((each): [string, 'on' | 'off' | 'unknown'] => {
      const [name = '', state = 'on'] = each.split('=')
      return [name, state === 'off' || state === 'unknown' ? state : 'on']
    })
  return {
    id,
    name: option('name') ?? id,
    package: option('name') ?? id,
    version: option('version') ?? '1.0.0',
    edition: (option('edition') ?? '2021') as Crate['edition'],
    root,
    manifest: null,
    local: !words.includes('registry'),
    procMacro: false,
    dependencies: new Map(pairs),
    features: new Map(features),
    missing: root === null ? `crate ${id} is not downloaded (cargo fetch)` : null,
    assumed: false,
    openDependencies: words.includes('open'),
  }
}
