import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const CLI = path.join(import.meta.dirname, '../dist/cli.mjs')
const folder = mkdtempSync(path.join(tmpdir(), 'cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

const MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\npyo3 = "0.30"\n'
const BAD = `use pyo3::prelude::*;
use std::cell::RefCell;

#[pyclass(frozen)]
pub struct Stats {
    names: RefCell<Vec<String>>,
}
`
const GOOD = BAD.replace('RefCell<Vec', 'std::sync::Mutex<Vec').replace('use std::cell::RefCell;\n', '')

function crate(name: string, source: string, manifest = MANIFEST): string {
  mkdirSync(path.join(folder, name, 'src'), { recursive: true })
  writeFileSync(path.join(folder, name, 'Cargo.toml'), manifest)
  writeFileSync(path.join(folder, name, 'src/lib.rs'), source)
  return path.join(folder, name)
}

function run(args: readonly string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  return { status, stdout, stderr }
}

describe('check', () => {
  const bad = crate('bad', BAD)
  const good = crate('good', GOOD)

  it('exits with 1 for findings, 0 without and 2 for what cannot be analysed, which beats 1', () => {
    expect(run(['check', good]).status).toBe(0)
    expect(run(['check', bad]).status).toBe(1)
    expect(run(['check', bad, '--fail-on', 'never']).status).toBe(0)
    const missing = run(['check', bad, 'no-such-folder'])
    expect(missing).toMatchObject({ status: 2, stderr: 'pyo3-thread-safety: no-such-folder: no such file or folder\n' })
    expect(missing.stdout).toContain('not-sync')
  })

  it.each([
    [['check', '--bogus'], "Unknown option '--bogus'"],
    [['check', '--format', 'xml'], "--format must be one of text, json, not 'xml'"],
    [['check', '--select', 'not-snyc'], "there is no rule 'not-snyc'"],
    [['check', '--assume-pyo3', 'new'], "--assume-pyo3 must be a version such as 0.27, not 'new'"],
    [['chekc'], "unknown command 'chekc'"],
    [['toString'], "unknown command 'toString'"],
    [['check', ''], 'a path is empty'],
    [['explain', 'NoSuchType'], 'NoSuchType: neither a rule nor a type of the crate here'],
  ])('says in one line what is wrong with %j', (args, message) => {
    const { status, stdout, stderr } = run(args)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })

  it('prints JSON of the documented shape', () => {
    const output = JSON.parse(run(['check', 'bad', '--format', 'json']).stdout)
    expect(output).toMatchObject({
      version: 1,
      crates: [
        {
          name: 'demo',
          manifest: 'bad/Cargo.toml',
          pyo3: { requirement: '0.30', locked: null },
          freeThreading: 'default',
          modules: [],
          classes: [
            {
              name: 'Stats',
              pythonName: 'Stats',
              file: 'bad/src/lib.rs',
              line: 5,
              frozen: true,
              unsendable: false,
              exportedBy: [],
              send: { verdict: 'yes', because: [] },
              sync: { verdict: 'no', because: ['Stats.names: RefCell<Vec<String>>', 'RefCell<T> is never Sync'] },
            },
          ],
        },
      ],
      diagnostics: [
        {
          rule: 'not-sync',
          severity: 'error',
          file: 'bad/src/lib.rs',
          range: { start: { line: 5, character: 11 }, end: { line: 5, character: 31 } },
        },
      ],
      stats: { files: 1, classes: 1, unreadable: 0, parseErrors: 0 },
    })
    const [first] = output.diagnostics
    expect(first.related[0]).toMatchObject({ file: 'bad/src/lib.rs', message: expect.any(String) })
    expect(first.fixes.filter((it: { preferred: boolean }) => it.preferred).length).toBeLessThanOrEqual(1)
  })

  it('says in one line that a crate does not use PyO3', () => {
    const plain = crate('plain', 'pub struct A;\n', MANIFEST.replace('pyo3 = "0.30"', ''))
    const { status, stdout, stderr } = run(['check', plain])
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toMatch(/no crate here depends on pyo3\n$/)
  })

  it('counts what it does not show', () => {
    const hints = crate('hints', `${GOOD}#[pymethods]\nimpl Stats {\n    fn a(&self) {}\n}\n`)
    writeFileSync(
      path.join(hints, 'src/lib.rs'),
      GOOD.replace('(frozen)', '').concat('#[pymethods]\nimpl Stats {\n    fn a(&mut self) {}\n}\n'),
    )
    expect(run(['check', hints]).stdout).toContain('1 info (1 not shown: --min-severity hint shows everything)')
  })

  it('checks a folder above crates, one file, and the folder it is in', () => {
    const all = JSON.parse(run(['check', '.', '--format', 'json', '--fail-on', 'never']).stdout)
    expect(all.crates.length).toBeGreaterThanOrEqual(3)
    expect(run(['check', path.join(bad, 'src/lib.rs')]).stdout).toContain('src/lib.rs:6:12 error[not-sync]')
    expect(run(['check'], bad).stdout).toContain('src/lib.rs:6:12 error[not-sync]')
  })
})

describe('a path inside a workspace', () => {
  const workspace = path.join(folder, 'workspace')
  const named = (name: string) => MANIFEST.replace('demo', name)
  for (const name of ['one', 'two']) crate(`workspace/${name}`, BAD.replace('Stats', `Stats_${name}`), named(name))
  crate('workspace/plain', 'pub struct A;\n', named('plain').replace('pyo3 = "0.30"', ''))
  writeFileSync(path.join(workspace, 'Cargo.toml'), '[workspace]\nmembers = ["one", "two", "plain"]\n')
  const check = (...paths: readonly string[]) => {
    const output = JSON.parse(run(['check', ...paths, '--format', 'json'], workspace).stdout)
    const files: string[] = output.diagnostics.map((it: { file: string }) => it.file)
    return { crates: output.crates.map((it: { name: string }) => it.name), files, stats: output.stats }
  }

  it.each(['one', 'one/src', 'one/src/lib.rs', 'one/Cargo.toml'])('stands for its crate: %s', (given) => {
    expect(check(given)).toMatchObject({ crates: ['one'], files: ['one/src/lib.rs'], stats: { files: 1, classes: 1 } })
  })

  it('counts what several paths share once', () => {
    const both = { crates: ['one', 'two'], files: ['one/src/lib.rs', 'two/src/lib.rs'], stats: { files: 3, classes: 2 } }
    expect(check('.')).toMatchObject(both)
    expect(check('one', 'one/src', '.', 'two')).toMatchObject(both)
  })

  it('says that a member does not use PyO3, whatever the others do', () => {
    const { status, stdout, stderr } = run(['check', 'plain'], workspace)
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    expect(stderr).toContain('plain: no crate here depends on pyo3')
  })

  it('keeps fixes out of the other members', () => {
    const diff = run(['fix', 'one', '--grade', 'suggested', '--diff'], workspace).stdout
    expect(diff).toContain('+++ b/one/src/lib.rs')
    expect(diff).not.toContain('two/src/lib.rs')
  })
})

describe('other commands', () => {
  it('prints help and version wherever they are asked for', () => {
    expect(run(['--quiet', '--help']).stdout).toBe(run(['--help']).stdout)
    expect(run(['check', '--version']).stdout).toBe(run(['--version']).stdout)
    expect(run(['--version']).stdout).toMatch(/^pyo3-thread-safety \d/)
  })

  it('is not upset by a reader that goes away', () => {
    const shell = `${JSON.stringify(process.execPath)} ${JSON.stringify(CLI)} rules | true; echo \${PIPESTATUS[0]}`
    const { stdout, stderr } = spawnSync('bash', ['-c', shell], { encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' })
  })

  it('shows one screen without a command', () => {
    const { status, stdout } = run([], path.join(folder, 'bad'))
    expect(status).toBe(1)
    expect(stdout).toContain('demo  PyO3 0.30, 1 class: 0 Send + Sync, 1 not')
    expect(stdout).toContain('src/lib.rs:6  not-sync')
  })

  it('lists types as rows', () => {
    expect(run(['types', 'bad']).stdout).toBe('demo\tsrc/lib.rs\t5\tstruct\tdemo::Stats\tyes\tno\n')
  })

  it('explains rules, lines and types', () => {
    expect(run(['explain', 'not-sync']).stdout).toMatch(/^# not-sync\n/)
    const byLine = run(['explain', 'bad/src/lib.rs:6']).stdout
    expect(byLine).toContain('✗ RefCell<T> is never Sync')
    expect(byLine).toContain('✗ Stats: Sync bad/src/lib.rs:5\n')
    expect(byLine).toContain('✗ Stats.names: RefCell<Vec<String>> bad/src/lib.rs:6\n')
    expect(run(['explain', 'Stats'], path.join(folder, 'bad')).stdout).toContain('✗ RefCell<T> is never Sync')
  })

  it('lists rules as text and JSON', () => {
    const rules = JSON.parse(run(['rules', '--format', 'json']).stdout)
    expect(rules).toContainEqual(expect.objectContaining({ id: 'not-sync', letter: 'A2', grades: ['suggested', 'risky'] }))
    expect(run(['rules']).stdout).toContain('not-sync')
  })

  it('fixes what is asked for, shows it first with --diff, and touches nothing else', () => {
    const source = `use pyo3::prelude::*;\n\n#[pyclass]\nstruct Lost {}\n\n#[pymodule]\nfn demo(_m: &Bound<'_, PyModule>) -> PyResult<()> {\n    Ok(())\n}\n`
    const lost = crate('lost', source.replace('_m', 'm'))
    const file = path.join(lost, 'src/lib.rs')
    const before = readFileSync(file, 'utf8')
    expect(run(['fix', lost]).stdout).toBe('Nothing to fix at this grade (--grade suggested or risky may offer more).\n')
    expect(run([], lost).stdout).toContain('\nNext: pyo3-thread-safety fix --grade suggested --diff\n')
    const diff = run(['fix', lost, '--grade', 'suggested', '--diff']).stdout
    expect(diff).toContain('+    m.add_class::<Lost>()?;')
    expect(readFileSync(file, 'utf8')).toBe(before)
    const applied = JSON.parse(run(['fix', lost, '--grade', 'suggested', '--format', 'json']).stdout)
    expect(applied).toMatchObject({
      applied: [{ title: 'Add `Lost` to module `demo`' }],
      refused: [],
      files: ['lost/src/lib.rs'],
    })
    expect(readFileSync(file, 'utf8')).toBe(before.replace('    Ok(())', '    m.add_class::<Lost>()?;\n    Ok(())'))
    expect(run(['fix', lost, '--grade', 'suggested']).status).toBe(0)
  })

  it('fixes one class, and says if there is none of that name', () => {
    const two = crate('two', `${BAD}\n#[pyclass(frozen)]\npub struct Other {\n    it: RefCell<u8>,\n}\n`)
    const missing = run(['fix', two, '--class', 'Othr', '--grade', 'suggested'])
    expect(missing).toMatchObject({ status: 2, stdout: '', stderr: "pyo3-thread-safety: there is no class 'Othr' here\n" })
    const rewrite = run(['fix', two, '--class', 'Othr', '--rewrite', 'frozen-mutex'])
    expect(rewrite).toMatchObject({ status: 2, stderr: missing.stderr })
    const diff = run(['fix', two, '--class', 'Other', '--grade', 'suggested', '--diff']).stdout
    expect(diff).toContain('-    it: RefCell<u8>')
    expect(diff).not.toContain('-    names:')
  })

  it('proposes a grade that changes something', () => {
    const module = '#[pymodule]\nfn demo(_m: &Bound<PyModule>) -> PyResult<()> {\n    Ok(())\n}\n'
    const old = crate('old', `use pyo3::prelude::*;\n${module}`, MANIFEST.replace('0.30', '0.26'))
    const next = /^Next: pyo3-thread-safety (.*)$/m.exec(run([], old).stdout)?.[1] ?? ''
    expect(next).toBe('fix --grade risky --diff')
    expect(run(next.split(' '), old).stdout).toContain('gil_used = false')
  })

  it('does not write into a file with bytes that it cannot keep', () => {
    const odd = crate('odd', '')
    const file = path.join(odd, 'src/lib.rs')
    const bytes = Buffer.concat([Buffer.from(BAD), Buffer.from([0x2f, 0x2f, 0xff, 0x0a])])
    writeFileSync(file, bytes)
    const { status, stderr } = run(['fix', odd, '--grade', 'suggested'])
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('odd/src/lib.rs is not UTF-8') })
    expect(readFileSync(file).equals(bytes)).toBe(true)
  })
})
