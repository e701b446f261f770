/**
 * Builds written classes before and after each rewrite for free-threaded Python, and hammers them: 8 threads, 20,000 calls each.
 *
 *   node scripts/rewrites/behaviour.ts   (needs scripts/free-threaded-python.sh)
 *
 * Before, calls are expected to raise; after, none may, and no call may be lost. Status 1 if one is.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RewriteName } from '../../server/src/rewrites/index.ts'
import { rewritten } from '../../test/rewrites/apply.ts'
import { cacheRoot } from '../corpus/packages.ts'

interface Probe {
  readonly fixture: string
  readonly className: string
  readonly rewrite: RewriteName
  /** Python: makes the object, calls it once, and what all calls together must come to (`n` calls). */
  readonly make: string
  readonly call: string
  readonly total: string
}

const PROBES: readonly Probe[] = [
  {
    fixture: 'counter',
    className: 'Counter',
    rewrite: 'frozen-mutex',
    make: 'Counter()',
    call: 'o.hit(1)',
    total: 'o.hits == 2 * n',
  },
  {
    fixture: 'counter',
    className: 'Counter',
    rewrite: 'frozen-rwlock',
    make: 'Counter()',
    call: 'o.hit(1)',
    total: 'o.hits == 2 * n',
  },
  {
    fixture: 'atomics',
    className: 'Hits',
    rewrite: 'frozen-atomics',
    make: 'Hits("x")',
    call: 'o.add(2)',
    total: 'o.count == 2 * n',
  },
  {
    fixture: 'constructors',
    className: 'Cloned',
    rewrite: 'frozen-mutex',
    make: 'Cloned("x")',
    call: 'o.hit(); o.named()',
    total: 'True',
  },
  {
    fixture: 'constructors',
    className: 'Defaulted',
    rewrite: 'frozen-mutex',
    make: 'Defaulted()',
    call: 'o.see(1)',
    total: 'o.see(1) == n + 1',
  },
  {
    fixture: 'python_calls',
    className: 'Holder',
    rewrite: 'frozen-mutex',
    make: 'Holder(None)',
    call: 'o.push([]); o.get(0)',
    total: 'len(o) == n',
  },
  {
    fixture: 'python_calls',
    className: 'SetsObject',
    rewrite: 'frozen-mutex',
    make: 'SetsObject([])',
    call: 'o.target = [o.target is None]; o.tick()',
    total: 'o.tick() == n + 1',
  },
]

const HAMMER = `
import faulthandler, sys, threading
faulthandler.dump_traceback_later(60, exit=True)
from probe import *
o = MAKE
errors = []
def work():
    for _ in range(20000):
        try:
            CALL
        except BaseException as error:
            errors.append(type(error).__name__)
threads = [threading.Thread(target=work) for _ in range(8)]
for it in threads: it.start()
for it in threads: it.join()
n = 160000
print(len(errors), bool(TOTAL), sys._is_gil_enabled())
`

const FOLDER = join(cacheRoot(), 'rewrites', 'behaviour')

function main(): number {
  const python = join(cacheRoot(), 'python-3.14t', 'bin', 'python3.14t')
  if (!existsSync(python)) {
    console.error(`${python} is not there: scripts/free-threaded-python.sh brings it`)
    return 2
  }
  let failed = 0
  for (const probe of PROBES) {
    const text = readFileSync(join(import.meta.dirname, '../../test/fixtures/rewrites', `${probe.fixture}.rs`), 'utf8')
    const after = rewritten(text, probe.className, probe.rewrite).text
    const results = [text, after].map((it) => (it === null ? 'not offered' : run(python, probe, it)))
    const good = results[1] === '0 True False'
    if (!good) failed++
    console.log(
      `${good ? 'ok' : 'FAILED'}\t${probe.className}\t${probe.rewrite}\tbefore: ${results[0]}\tafter: ${results[1]}\t(exceptions, total right, GIL on)`,
    )
  }
  return failed === 0 ? 0 : 1
}

/** What the hammer prints, or what went wrong. */
function run(python: string, probe: Probe, text: string): string {
  rmSync(join(FOLDER, 'src'), { recursive: true, force: true })
  mkdirSync(join(FOLDER, 'src'), { recursive: true })
  const manifest = `[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2021"\npublish = false\n\n[lib]\ncrate-type = ["cdylib"]\n\n[dependencies]\npyo3 = "0.30"\n\n[workspace]\n`
  writeFileSync(join(FOLDER, 'Cargo.toml'), manifest)
  writeFileSync(join(FOLDER, 'src', 'classes.rs'), text)
  writeFileSync(
    join(FOLDER, 'src', 'lib.rs'),
    `#![allow(warnings)]\nmod classes;\n#[pyo3::pymodule(gil_used = false)]\nmod probe {\n    #[pymodule_export]\n    use super::classes::${probe.className};\n}\n`,
  )
  const target = join(cacheRoot(), 'target', 'rewrites')
  const build = spawnSync('nice', ['-n', '10', 'cargo', 'build', '--quiet', '--release'], {
    cwd: FOLDER,
    encoding: 'utf8',
    env: { ...process.env, CARGO_TARGET_DIR: target, PYO3_PYTHON: python, PYO3_BUILD_EXTENSION_MODULE: '1' },
  })
  if (build.status !== 0) return build.stderr.split('\n')[0] ?? 'does not build'
  copyFileSync(join(target, 'release', 'libprobe.so'), join(FOLDER, 'probe.so'))
  const program = HAMMER.replace('MAKE', probe.make).replace('CALL', probe.call).replace('TOTAL', probe.total)
  const done = spawnSync(python, ['-c', program], { cwd: FOLDER, encoding: 'utf8', timeout: 120_000 })
  return done.status === 0 ? done.stdout.trim() : `status ${done.status}: ${done.stderr.trim().split('\n').at(-1)}`
}

process.exitCode = main()
