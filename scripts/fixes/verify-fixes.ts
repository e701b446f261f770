/**
 * Compiles every fix of every fixture with real PyO3.
 *
 *   node scripts/fixes/verify-fixes.ts [--only TEXT] [--pyo3 0.30] [--seeds]
 *
 * Each text is an example of one package per PyO3 version, so that they cannot hide each other's errors. What a fix makes of a
 * text may have no error and no warning that the text had not; where no finding is left that PyO3 rejects, it has to compile.
 * What has such a finding must fail to compile before. Status 1: something is wrong; each is a line.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { cacheRoot } from '../corpus/packages.ts'
import { type Case, casesOf } from './cases.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const VERSIONS = ['0.27', '0.30']
const TIMEOUT_MS = 30 * 60 * 1000
const OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024
/** Fixtures and examples are not used by anything. */
const ATTRIBUTES = '#![allow(dead_code, unused_variables, unused_mut, static_mut_refs)]\n'

function main(args: readonly string[]): number {
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
  const only = option('--only') ?? ''
  const versions = args.includes('--pyo3') ? [option('--pyo3') ?? ''] : VERSIONS
  const globs = args.includes('--seeds')
    ? ['test/fixtures/seeds/*.rs']
    : ['test/fixtures/{fixes,rules/*,seeds}/*.rs', 'examples/refused/src/*.rs']
  const files = globs
    .flatMap((it) => globSync(it, { cwd: ROOT }))
    .filter((it) => it.includes(only) && !/\.after\.rs$|src\/lib\.rs$/.test(it))
    .sort()
  const problems = versions.flatMap((version) => {
    const cases: Case[] = []
    for (const file of files) {
      const own = casesOf(file, readFileSync(join(ROOT, file), 'utf8'), version)
      const first = cases.length
      cases.push(...own.map((it) => ({ ...it, before: it.before === null ? null : first + it.before })))
    }
    return verify(version, cases)
  })
  for (const problem of problems) console.error(`verify-fixes: ${problem}`)
  return problems.length === 0 ? 0 : 1
}

function verify(version: string, cases: readonly Case[]): string[] {
  const messages = compile(version, cases)
  const problems: string[] = []
  let compiled = 0
  for (const [i, each] of cases.entries()) {
    const own = messages.get(exampleName(i)) ?? []
    const errors = own.filter((it) => it.startsWith('error'))
    const say = (text: string) => problems.push(`${version} ${each.file}: ${each.title ?? 'as it is'}: ${text}`)
    if (each.before === null) {
      if (each.rejected && errors.length === 0) say('a finding says that PyO3 rejects it, and it compiles')
      if (!each.rejected && errors.length > 0) {
        // Fixtures of rules may be about what no compiler accepts; those of fixes and examples are programs.
        if (each.file.includes('/rules/'))
          console.log(`${version} ${each.file}: does not compile by itself: ${errors.join(' | ')}`)
        else say(`does not compile: ${errors.join(' | ')}`)
      }
      continue
    }
    const before = messages.get(exampleName(each.before)) ?? []
    const fresh = beyond(before, own)
    if (fresh.length > 0) say(`new: ${fresh.join(' | ')}`)
    // A text that is no program with this PyO3, whatever its findings are, cannot become one by a fix.
    const broken = !cases[each.before]?.rejected && before.some((it) => it.startsWith('error'))
    if (!each.rejected && !broken && errors.length > 0) say(`still does not compile: ${errors.join(' | ')}`)
    if (errors.length === 0) compiled++
  }
  const fixes = cases.filter((it) => it.before !== null)
  console.log(
    `PyO3 ${version}: ${cases.length - fixes.length} texts, ${fixes.length} fixes, ${compiled} of them compile alone, ${problems.length} problems`,
  )
  return problems
}

/** Messages in `after` that are not in `before`, counted. */
function beyond(before: readonly string[], after: readonly string[]): string[] {
  const left = [...before]
  return after.filter((it) => {
    const at = left.indexOf(it)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

function exampleName(index: number): string {
  return `case_${index}`
}

interface CargoLine {
  readonly reason: string
  readonly target?: { readonly name: string }
  readonly message?: { readonly level: string; readonly message: string; readonly code: { readonly code: string } | null }
}

/** Level, code and text of each message by example, without places. */
function compile(version: string, cases: readonly Case[]): Map<string, string[]> {
  const folder = join(cacheRoot(), `fixes-${version}`)
  rmSync(join(folder, 'examples'), { recursive: true, force: true })
  mkdirSync(join(folder, 'examples'), { recursive: true })
  mkdirSync(join(folder, 'src'), { recursive: true })
  const targets = cases.map((_, i) => `[[example]]\nname = "${exampleName(i)}"\ncrate-type = ["lib"]\n`)
  const manifest = `[package]\nname = "fixes"\nversion = "0.0.0"\nedition = "2021"\nautoexamples = false\n\n[features]\npython = []\n\n[dependencies]\npyo3 = "~${version}"\n\n[workspace]\n\n${targets.join('\n')}`
  writeFileSync(join(folder, 'Cargo.toml'), manifest)
  writeFileSync(join(folder, 'src', 'lib.rs'), '')
  for (const [i, { text }] of cases.entries()) writeFileSync(join(folder, 'examples', `${exampleName(i)}.rs`), ATTRIBUTES + text)
  const run = spawnSync(
    'nice',
    ['cargo', 'check', '--examples', '--keep-going', '--message-format', 'json', '--features', 'python'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, CARGO_TARGET_DIR: join(cacheRoot(), 'target', `fixes-${version}`) },
      maxBuffer: OUTPUT_LIMIT_BYTES,
      timeout: TIMEOUT_MS,
    },
  )
  const found = new Map<string, string[]>()
  let checked = 0
  for (const line of run.stdout.split('\n')) {
    if (!line.startsWith('{')) continue
    const { reason, target, message } = JSON.parse(line) as CargoLine
    if (reason === 'compiler-artifact') checked++
    if (
      reason !== 'compiler-message' ||
      !message ||
      !target ||
      /aborting due to|warnings? emitted|error generated/.test(message.message)
    )
      continue
    if (message.level !== 'error' && message.level !== 'warning') continue
    checked++
    found.set(target.name, [
      ...(found.get(target.name) ?? []),
      `${message.level} ${message.code?.code ?? ''}: ${message.message}`,
    ])
  }
  if (checked === 0) throw new Error(`cargo check did nothing in ${basename(folder)}: ${run.stderr.slice(-2000)}`)
  return found
}

process.exitCode = main(process.argv.slice(2))
