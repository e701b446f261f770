import type { Dependency } from './manifest.ts'
import { isAbsolute, join } from './paths.ts'
import { booleanAt, entriesAt, lookup, stringAt, stringsAt, type TomlEntry, type TomlTable } from './toml.ts'

/** Whether the entry wrote `default-features`, and what: needed to inherit from a workspace. */
export interface RawDependency extends Dependency {
  readonly writtenDefaultFeatures: boolean | null
}

const TABLES: readonly (readonly [string, Dependency['kind']])[] = [
  ['dependencies', 'normal'],
  ['dev-dependencies', 'dev'],
  ['dev_dependencies', 'dev'],
  ['build-dependencies', 'build'],
  ['build_dependencies', 'build'],
]

/** All dependency tables of a manifest, `[target.'…'.dependencies]` included. `dir`: the manifest's folder. */
export function readDependencies(root: TomlTable, dir: string): RawDependency[] {
  const found = readTables(root, dir, null)
  for (const target of entriesAt(root, 'target')) {
    if (target.value.kind === 'table') found.push(...readTables(target.value, dir, target.key))
  }
  return found
}

function readTables(table: TomlTable, dir: string, target: string | null): RawDependency[] {
  return TABLES.flatMap(([name, kind]) => entriesAt(table, name).map((entry) => readDependency(entry, dir, kind, target)))
}

/** One `name = "1"` or `name = { … }`; a relative `path` is seen from `dir`. */
export function readDependency(entry: TomlEntry, dir: string, kind: Dependency['kind'], target: string | null): RawDependency {
  const { value } = entry
  const table = value.kind === 'table' ? value : null
  const path = stringAt(table, 'path')
  const written = booleanAt(table, 'default-features') ?? booleanAt(table, 'default_features')
  return {
    name: entry.key,
    package: stringAt(table, 'package') ?? entry.key,
    kind,
    requirement: value.kind === 'string' ? value.value : stringAt(table, 'version'),
    path: path === null ? null : isAbsolute(path) ? join('/', path) : join(dir, path),
    git: lookup(table, 'git') !== null,
    inherited: booleanAt(table, 'workspace') === true,
    optional: booleanAt(table, 'optional') === true,
    defaultFeatures: written ?? true,
    writtenDefaultFeatures: written,
    features: stringsAt(table, 'features'),
    target,
    span: { start: Math.min(entry.keySpan.start, value.span.start), end: Math.max(entry.keySpan.end, value.span.end) },
  }
}

/**
 * A `workspace = true` dependency completed from the workspace's entry: features are added up, `default-features` can
 * be turned on by a member but not off (The Cargo Book, "Inheriting a dependency from a workspace").
 */
export function inheritDependency(own: RawDependency, from: RawDependency | undefined): Dependency {
  if (!from) return own
  return {
    ...own,
    package: from.package,
    requirement: from.requirement,
    path: from.path,
    git: from.git,
    defaultFeatures: from.writtenDefaultFeatures === false ? own.writtenDefaultFeatures === true : true,
    features: [...new Set([...from.features, ...own.features])],
  }
}
