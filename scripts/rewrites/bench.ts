/**
 * Compiles the written classes of test/fixtures/rewrites before and after each rewrite, with real PyO3, and lets rustfmt look at them.
 *
 *   node scripts/rewrites/bench.ts [--pyo3 0.27,0.30]
 *
 * One crate holds all files before, one for each rewrite all files after it; warnings are errors. Status 1: something that was
 * offered does not compile, an expectation is wrong, or rustfmt would change a result although it left the input alone.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { REWRITES } from '../../server/src/rewrites/index.ts'
import { crateOfModules, rewrittenFiles } from '../../test/rewrites/apply.ts'
import { type RewriteCase, type RewriteFixture, rewriteFixtures } from '../../test/rewrites/cases.ts'
import { cacheRoot } from '../corpus/packages.ts'

const FOLDER = join(cacheRoot(), 'rewrites')
const CHECK_TIMEOUT_MS = 20 * 60 * 1000

/** Unused code is what a fixture is; all else that rustc says is a defect. */
const HEADER = '#![deny(warnings)]\n#![allow(dead_code, deprecated, unused_imports, unused_macros)]\n'

function main(): number {
  const { values } = parseArgs({ options: { pyo3: { type: 'string', default: '0.27,0.30' } } })
  let problems = 0
  for (const version of values.pyo3.split(',')) {
    const fixtures = rewriteFixtures()
    problems += compile(
      version,
      'before',
      fixtures.flatMap((it) => Object.entries(it.files)),
    )
    for (const rewrite of [...REWRITES, 'face'] as const) problems += judge(version, rewrite, fixtures)
  }
  console.log(`rewrites: ${problems} problems`)
  return problems === 0 ? 0 : 1
}

/** Applies one rewrite to every class it is offered for, and compiles what comes out. */
function judge(version: string, rewrite: RewriteCase['rewrite'], fixtures: readonly RewriteFixture[]): number {
  let offered = 0
  let wrong = 0
  const refused = new Map<string, number>()
  const after: [string, string][] = []
  for (const fixture of fixtures) {
    let { files } = fixture
    for (const each of casesOf(fixture, rewrite)) {
      const found = rewrittenFiles(files, each.className, rewrite, crateOfModules(files, version))
      const outcome = found.fix ? 'offered' : (found.refusal?.reason ?? 'nothing')
      if (each.expected !== '' && outcome !== each.expected)
        wrong += complain(`${fixture.name}: ${each.className}: ${outcome}, not ${each.expected}: ${found.refusal?.detail}`)
      if (found.fix === null) refused.set(outcome, (refused.get(outcome) ?? 0) + 1)
      else {
        offered++
        files = found.files
      }
    }
    after.push(...Object.entries(files))
  }
  const failed = compile(version, rewrite, after)
  const reasons = [...refused].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${reason} ${count}`)
  console.log(
    `PyO3 ${version}, ${rewrite}: ${offered} offered, ${failed === 0 ? 'all compile' : 'NOT ALL COMPILE'}; refused: ${reasons.join(', ')}`,
  )
  return wrong + failed + (version === '0.30' ? unformatted(fixtures, after) : 0)
}

/** For the second form of `frozen-mutex` also every class that the first form refuses: whatever comes of it has to compile. */
function casesOf({ cases }: RewriteFixture, rewrite: RewriteCase['rewrite']): readonly RewriteCase[] {
  const own = cases.filter((it) => it.rewrite === rewrite)
  if (rewrite !== 'face') return own
  const refused = cases.filter((it) => it.rewrite === 'frozen-mutex' && it.expected !== 'offered')
  const others = refused.filter((it) => !own.some((each) => each.className === it.className))
  return [...own, ...others.map((it): RewriteCase => ({ ...it, rewrite, expected: '' }))]
}

function complain(text: string): number {
  console.error(`rewrites: ${text}`)
  return 1
}

/** Number of errors; each is a line on standard error. */
function compile(version: string, name: string, files: readonly (readonly [string, string])[]): number {
  const folder = join(FOLDER, `${version}-${name}`)
  rmSync(join(folder, 'src'), { recursive: true, force: true })
  mkdirSync(join(folder, 'src'), { recursive: true })
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `[package]\nname = "bench"\nversion = "0.0.0"\nedition = "2021"\npublish = false\n\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\npyo3 = "${version}"\n\n[workspace]\n`,
  )
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, 'src', file)), { recursive: true })
    writeFileSync(join(folder, 'src', file), text)
  }
  const modules = new Set(files.map(([file]) => file.replace(/(?:\.rs|\/.*)$/, '')))
  writeFileSync(join(folder, 'src', 'lib.rs'), `${HEADER}\n${[...modules].map((it) => `pub mod ${it};\n`).join('')}`)
  const check = spawnSync('nice', ['-n', '10', 'cargo', 'check', '--quiet', '--all-targets', '--message-format', 'short'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CARGO_TARGET_DIR: join(cacheRoot(), 'target', 'rewrites') },
    timeout: CHECK_TIMEOUT_MS,
  })
  if (check.status === 0) return 0
  const lines = check.stderr.split('\n').filter((it) => it.includes('error'))
  for (const line of lines) complain(`PyO3 ${version}, ${name}: ${line}`)
  return Math.max(1, lines.length)
}

/** Results that rustfmt would change, of inputs that it would not. */
function unformatted(before: readonly RewriteFixture[], after: readonly (readonly [string, string])[]): number {
  return after.reduce((sum, [name, text]) => {
    const input = before.find((it) => name in it.files)?.files[name] ?? ''
    const diff = isFormatted(input) ? rustfmt(text) : ''
    return diff === '' ? sum : sum + complain(`rustfmt: ${name}:\n${diff}`)
  }, 0)
}

function isFormatted(text: string): boolean {
  return rustfmt(text) === ''
}

function rustfmt(text: string): string {
  const done = spawnSync('rustfmt', ['--edition', '2021', '--check', '--color', 'never'], { input: text, encoding: 'utf8' })
  return done.stdout + done.stderr
}

process.exitCode = main()
