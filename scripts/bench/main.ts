/**
 * How long things take, in one run: key press to diagnostics, a cold `check`, and what to hold them against.
 *
 *   node scripts/bench/main.ts [--no-cargo]
 */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { downloadPackage } from '../corpus/download.ts'
import { analysisFolder, cacheRoot } from '../corpus/packages.ts'
import { CLI } from '../suites/command-line.ts'
import { packagesNamed } from '../suites/crates.ts'
import { median } from '../suites/figures.ts'
import { keyTimes } from './key-press.ts'

const REPEATS = 5
const CARGO_REPEATS = 3
/** A file of about 3,000 lines, and the largest one of the corpus's main crates. */
const TYPED: readonly (readonly [pack: string, file: string])[] = [
  ['nautilus-model', 'src/enums.rs'],
  ['py-horned-owl', 'src/model_generated.rs'],
]

async function main(): Promise<void> {
  const node = time(REPEATS, () => run(process.execPath, ['-e', '0']))
  console.log(`node -e 0\t${ms(node)}`)
  for (const [name, file] of TYPED) await typing(name, file)
  await cold(node)
  if (process.argv.includes('--no-cargo')) return
  cargoCheck('gotchas', join(import.meta.dirname, '../../examples/gotchas'))
  cargoCheck('pydantic-core', await folderOf('pydantic-core'))
}

async function typing(name: string, file: string): Promise<void> {
  const times = await keyTimes(join(await folderOf(name), file))
  const keys = (values: readonly number[]): string => `${ms(median(values))}\t95 %: ${ms(percentile(values, 0.95))}`
  console.log(`\n${name} ${file}, ${times.lines} lines`)
  console.log(`  open to diagnostics\t${ms(times.opening)}`)
  console.log(`  key in a body to diagnostics\t${keys(times.inBody)}`)
  console.log(`  key in a field to diagnostics\t${keys(times.inField)}`)
}

async function cold(node: number): Promise<void> {
  const folder = await folderOf('pydantic-core')
  const check = time(REPEATS, () => run(process.execPath, [CLI, 'check', folder, '--quiet']))
  const parse = time(REPEATS, () => run(process.execPath, [join(import.meta.dirname, 'parse-all.ts'), join(folder, 'src')]))
  console.log('\npydantic-core, a process each')
  console.log(`  check\t${ms(check)}`)
  console.log(`  parse all files with web-tree-sitter\t${ms(parse)}`)
  console.log(`  check / parse\t${(check / parse).toFixed(2)}\tcheck / node -e 0\t${(check / node).toFixed(0)}`)
}

/** `cargo check` of a crate after one line was changed, dependencies built. The crate is copied: it is edited. */
function cargoCheck(name: string, source: string): void {
  const folder = join(cacheRoot(), 'bench', name)
  cpSync(source, folder, { recursive: true })
  const environment = { CARGO_TARGET_DIR: join(cacheRoot(), 'bench', 'target') }
  const cargo = (): void => run('cargo', ['check', '--quiet'], folder, environment)
  try {
    cargo()
  } catch (error) {
    console.log(`\n${name}: cargo check not measured (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`)
    return
  }
  const file = join(folder, 'src/lib.rs')
  const text = readFileSync(file, 'utf8')
  let edits = 0
  const check = time(CARGO_REPEATS, () => {
    writeFileSync(file, `${text}\nconst _: usize = ${++edits};\n`)
    cargo()
  })
  const ours = time(CARGO_REPEATS, () => run(process.execPath, [CLI, 'check', folder, '--quiet']))
  console.log(`\n${name} after an edit of one line`)
  console.log(`  cargo check\t${ms(check)}\n  check, cold\t${ms(ours)}\n  cargo / check\t${(check / ours).toFixed(2)}`)
}

async function folderOf(name: string): Promise<string> {
  const [pack] = packagesNamed([name])
  if (!pack) throw new Error(`no package ${name}`)
  await downloadPackage(pack)
  return analysisFolder(pack)
}

function run(command: string, args: readonly string[], cwd?: string, environment: Readonly<Record<string, string>> = {}): void {
  const { error, status, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (error) throw error
  // 1: there are findings.
  if (status !== 0 && status !== 1) throw new Error(stderr.trim())
}

/** The median of some runs, in milliseconds. */
function time(repeats: number, action: () => void): number {
  const times = Array.from({ length: repeats }, () => {
    const began = performance.now()
    action()
    return performance.now() - began
  })
  return median(times)
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`
}

await main()
