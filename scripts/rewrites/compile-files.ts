import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type CrateCheck, checkCrate } from './crate-check.ts'

/** Unused code is what a class without its crate is; all else that rustc says counts. */
const HEADER = '#![allow(dead_code, deprecated, unused_imports, unused_macros, unexpected_cfgs)]\n'

/** Lets `cargo check` look at files as the modules of one crate. Messages name them `src/NAME.rs`. */
export function compileFiles(
  folder: string,
  pyo3: string,
  files: ReadonlyMap<string, string>,
  crates: readonly string[] = [],
): CrateCheck {
  mkdirSync(path.join(folder, 'src'), { recursive: true })
  for (const old of readdirSync(path.join(folder, 'src'))) rmSync(path.join(folder, 'src', old))
  writeFileSync(
    path.join(folder, 'Cargo.toml'),
    `[package]\nname = "lifted"\nversion = "0.0.0"\nedition = "2021"\npublish = false\n\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\npyo3 = { version = "${pyo3}", features = ["multiple-pymethods"] }\n${crates.join('\n')}\n\n[workspace]\n`,
  )
  for (const [name, text] of files) writeFileSync(path.join(folder, 'src', `${name}.rs`), text)
  writeFileSync(path.join(folder, 'src', 'lib.rs'), HEADER + [...files.keys()].map((it) => `pub mod ${it};\n`).join(''))
  return checkCrate(folder, { targets: 'all-targets', features: [], unstable: [], timeoutMs: 10 * 60_000, target: 'lifted' })
}

/** Errors of each file. */
export function errorsByFile(check: CrateCheck): ReadonlyMap<string, readonly string[]> {
  const errors = new Map<string, string[]>()
  for (const line of check.lines) {
    const [, name = ''] = /^(?:\.\/)?src\/(\w+)\.rs:\d+:\d+: error/.exec(line) ?? []
    if (name !== '') errors.set(name, [...(errors.get(name) ?? []), line])
  }
  return errors
}
