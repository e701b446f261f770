import { type Database, query } from '../query/database.ts'
import type { PyProject } from './manifest.ts'
import { booleanAt, lookup, stringAt, stringItems, stringsAt, type TomlTable, tableAt } from './toml.ts'
import { readToml } from './toml-reader.ts'

/** The pyproject.toml at `path`; null if there is none. */
export const pyprojectAt = query('pyprojectAt', (db: Database, path: string): PyProject | null => {
  const text = db.text(path)
  return text === null ? null : readPyProject(path, text)
})

/** Reads the text of a pyproject.toml. `maturin` is null without `[tool.maturin]` and without maturin as build backend. */
export function readPyProject(path: string, text: string): PyProject {
  const { root, problems } = readToml(text)
  const project = tableAt(root, 'project')
  return {
    path,
    name: stringAt(project, 'name'),
    requiresPython: stringAt(project, 'requires-python'),
    classifiers: stringItems(lookup(project, 'classifiers')).map((item) => ({ text: item.value, span: item.span })),
    maturin: readMaturin(root),
    setuptoolsRust: readSetuptoolsRust(root),
    problems,
  }
}

function readMaturin(root: TomlTable): PyProject['maturin'] {
  const table = tableAt(root, 'tool', 'maturin')
  const isBackend = stringAt(root, 'build-system', 'build-backend')?.startsWith('maturin') === true
  if (!table && !isBackend) return null
  return {
    manifestPath: stringAt(table, 'manifest-path'),
    moduleName: stringAt(table, 'module-name'),
    features: readFeatureList(table),
    noDefaultFeatures: booleanAt(table, 'no-default-features') === true,
    allFeatures: booleanAt(table, 'all-features') === true,
    pythonSource: stringAt(table, 'python-source'),
  }
}

/** `features = ["a", "b"]`, also `{ feature = "a", … }` with a condition on the interpreter, which counts as on. Flags in `cargo-extra-args` count too. */
function readFeatureList(table: TomlTable | null): readonly string[] {
  const listed = lookup(table, 'features')
  const conditional = (listed?.kind === 'array' ? listed.items : []).flatMap((item) => {
    const feature = item.kind === 'table' ? stringAt(item, 'feature') : null
    return feature === null ? [] : [feature]
  })
  const args = stringAt(table, 'cargo-extra-args')?.split(/\s+/) ?? stringsAt(table, 'cargo-extra-args')
  const extra = args.flatMap((arg, i) => {
    if (arg === '--features' || arg === '-F') return (args[i + 1] ?? '').split(/[,\s]+/)
    return arg.startsWith('--features=') ? arg.slice('--features='.length).split(/[,\s]+/) : []
  })
  return [...new Set([...stringsAt(table, 'features'), ...conditional, ...extra.filter((feature) => feature !== '')])]
}

/** `[[tool.setuptools-rust.ext-modules]]`. */
function readSetuptoolsRust(root: TomlTable): PyProject['setuptoolsRust'] {
  const modules = lookup(root, 'tool', 'setuptools-rust', 'ext-modules')
  if (modules?.kind !== 'array') return []
  return modules.items.flatMap((item) =>
    item.kind === 'table'
      ? [
          {
            moduleName: stringAt(item, 'target'),
            path: stringAt(item, 'path') ?? 'Cargo.toml',
            features: stringsAt(item, 'features'),
          },
        ]
      : [],
  )
}
