/**
 * Builds the classes of test/behaviour with maturin before and after their rewrites, and compares what they do.
 *
 *   node scripts/rewrites/behaviour.ts   (needs scripts/free-threaded-python.sh; takes some minutes)
 *
 * One thread has to see the same before and after. On free-threaded Python 8 threads make 20,000 calls each: before, calls are
 * expected to raise; after, none may, and no update may be lost. Callbacks that come back to their object must not wait for ever,
 * with the GIL as without. Status 1 if one of these does not hold.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rewritten } from '../../test/rewrites/apply.ts'
import type { RewriteCase } from '../../test/rewrites/cases.ts'
import { cacheRoot } from '../corpus/packages.ts'

const SOURCES = join(import.meta.dirname, '../../test/behaviour')
const FOLDER = join(cacheRoot(), 'rewrites', 'behaviour')
const PYO3 = '0.30'
const MINUTES_10 = 600_000

interface Behaviour {
  readonly gil: boolean
  readonly found: Readonly<Record<string, unknown>>
}

interface Hammered {
  readonly exceptions: number
  readonly right: boolean
  readonly kinds: readonly string[]
}

function main(): number {
  const threaded = join(cacheRoot(), 'python-3.14t', 'bin', 'python3.14t')
  if (!existsSync(threaded)) {
    console.error(`${threaded} is not there: scripts/free-threaded-python.sh brings it`)
    return 2
  }
  const before = readFileSync(join(SOURCES, 'classes.rs'), 'utf8')
  const classes = [...before.matchAll(/^\/\/@ (\w+): ([\w-]+)$/gm)].map(([, name = '', rewrite = '']) => ({ name, rewrite }))
  let after = before
  const failures: string[] = []
  for (const { name, rewrite } of classes) {
    const { text, refusal } = rewritten(after, name, rewrite as RewriteCase['rewrite'], PYO3)
    if (text === null) failures.push(`${name}: ${rewrite} is not offered: ${refusal?.detail}`)
    else after = text
  }
  const names = classes.map((it) => it.name)
  build('before', threaded, before, names)
  build('after', threaded, after, names)
  failures.push(...sameAnswers(threaded, names), ...underThreads(threaded, names), ...comingBack(threaded, 'after'))
  build('after-gil', 'python3', after, names)
  failures.push(...comingBack('python3', 'after-gil'))
  for (const each of failures) console.error(`behaviour: ${each}`)
  console.log(`behaviour: ${classes.length} classes, ${failures.length} problems`)
  return failures.length === 0 ? 0 : 1
}

/** Builds a wheel with maturin for one interpreter and unpacks it into a folder of its own. */
function build(name: string, python: string, text: string, classes: readonly string[]): void {
  const crate = join(FOLDER, `${name}-crate`)
  const site = join(FOLDER, name)
  for (const each of [crate, site]) rmSync(each, { recursive: true, force: true })
  mkdirSync(join(crate, 'src'), { recursive: true })
  writeFileSync(
    join(crate, 'Cargo.toml'),
    `[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2021"\npublish = false\n\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\npyo3 = "${PYO3}"\n\n[workspace]\n`,
  )
  writeFileSync(join(crate, 'pyproject.toml'), '[build-system]\nrequires = ["maturin>=1.9,<2"]\nbuild-backend = "maturin"\n')
  writeFileSync(join(crate, 'src', 'classes.rs'), text)
  const exports = classes.map((it) => `    #[pymodule_export]\n    use super::classes::${exported(text, it)};\n`).join('')
  writeFileSync(join(crate, 'src', 'lib.rs'), `mod classes;\n\n#[pyo3::pymodule(gil_used = false)]\nmod probe {\n${exports}}\n`)
  const environment = {
    ...process.env,
    CARGO_TARGET_DIR: join(cacheRoot(), 'target', 'rewrites'),
    PATH: `${process.env['PATH']}:${join(cacheRoot(), 'tools', 'bin')}`,
  }
  const wheel = ['build', '--release', '--quiet', '--interpreter', python, '--out', join(crate, 'wheels')]
  run('nice', ['-n', '10', 'maturin', ...wheel], crate, environment)
  run('python3', ['-m', 'zipfile', '-e', ...wheelsIn(crate), site], crate, environment)
  cpSync(join(SOURCES, 'scenarios.py'), join(site, 'scenarios.py'))
}

/** What Python gets of a class: itself, or its face. */
function exported(text: string, name: string): string {
  return new RegExp(`struct Py${name}\\b`).test(text) ? `Py${name}` : name
}

function wheelsIn(crate: string): string[] {
  const listed = spawnSync('ls', [join(crate, 'wheels')], { encoding: 'utf8' }).stdout.trim()
  return listed.split('\n').map((it) => join(crate, 'wheels', it))
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): void {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', env, timeout: MINUTES_10 })
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.error?.message ?? done.stderr}`)
}

function behave(python: string, build: string, what: string): Behaviour {
  const done = spawnSync(python, ['scenarios.py', what], { cwd: join(FOLDER, build), encoding: 'utf8', timeout: MINUTES_10 })
  if (done.status !== 0) throw new Error(`${build}, ${what}: status ${done.status}\n${done.stderr}`)
  return JSON.parse(done.stdout) as Behaviour
}

function sameAnswers(python: string, classes: readonly string[]): string[] {
  const [before, after] = ['before', 'after'].map((it) => behave(python, it, 'single').found)
  const [one, other] = [before ?? {}, after ?? {}]
  const untold = classes.filter((it) => !(it in one)).map((it) => `${it}: scenarios.py does not know it`)
  const different = classes
    .filter((it) => JSON.stringify(one[it]) !== JSON.stringify(other[it]))
    .map((it) => `${it}: one thread sees ${JSON.stringify(other[it])}, not ${JSON.stringify(one[it])}`)
  return [...untold, ...different]
}

function underThreads(python: string, classes: readonly string[]): string[] {
  const before = behave(python, 'before', 'hammer').found as Record<string, Hammered>
  const after = behave(python, 'after', 'hammer')
  const failures = after.gil ? ['the GIL is on'] : []
  console.log('class\texceptions before\tafter\tright before\tafter')
  for (const name of classes) {
    const [old, now] = [before[name], (after.found as Record<string, Hammered>)[name]]
    console.log([name, old?.exceptions, now?.exceptions, old?.right, now?.right].join('\t'))
    if (now?.exceptions !== 0) failures.push(`${name}: ${now?.exceptions} exceptions: ${now?.kinds.join(', ')}`)
    if (!now?.right) failures.push(`${name}: an update was lost`)
  }
  return failures
}

/** What callbacks and finalizers see that use the object they are called from. */
function comingBack(python: string, build: string): string[] {
  const { found } = behave(python, build, 'reenter')
  const expected = '[1,2,3,1,2,2,1,[3,4],2,4,true,"range(0, 3)",true,false,10,[12,8]]'
  const seen = JSON.stringify(found['seen'])
  return seen === expected ? [] : [`${build}: callbacks that come back see ${seen}, not ${expected}`]
}

process.exitCode = main()
