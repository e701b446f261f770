import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import * as vscode from 'vscode'
import { api, file, open, until } from '../extension.ts'

const environment = file(0, '.venv').fsPath

/** Puts a program into the workspace's virtual environment: the tasks must find and run this one, and read what it prints. */
function tool(name: string, lines: readonly string[], exitCode: number): void {
  const bin = path.join(environment, 'bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(path.join(environment, 'pyvenv.cfg'), 'home = /usr/bin\n')
  const print = lines.map((line) => `printf '%s\\n' '${line}'`)
  writeFileSync(
    path.join(bin, name),
    ['#!/bin/sh', 'sleep 0.3', 'echo "$0 $* in $PWD with $VIRTUAL_ENV" > "$VIRTUAL_ENV/ran"', ...print, `exit ${exitCode}`].join(
      '\n',
    ),
  )
  chmodSync(path.join(bin, name), 0o755)
}

async function finished(start: () => Thenable<unknown>): Promise<number | undefined> {
  const ended = new Promise<number | undefined>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.definition.type !== 'pyo3') return
      listener.dispose()
      resolve(exitCode)
    })
  })
  await start()
  return ended
}

const ran = async (): Promise<string> => (await vscode.workspace.fs.readFile(file(0, '.venv', 'ran'))).toString()

// The programs are shell scripts.
const describeUnix = process.platform === 'win32' ? describe.skip : describe

describeUnix('tasks', () => {
  before(() => api())
  after(() => rmSync(environment, { recursive: true, force: true }))

  it('run maturin of the workspace’s environment, in the crate’s folder, and turn its errors into problems', async () => {
    tool('maturin', ['error[E0277]: `RefCell<Vec<u64>>` cannot be shared', '  --> src/cache.rs:8:14', '   |'], 1)
    const uri = file(0, 'src', 'cache.rs')
    await open(uri)
    const code = await finished(() => vscode.commands.executeCommand('pyo3ThreadSafety.maturinDevelop'))
    assert.equal(code, 1)
    assert.equal((await ran()).trim(), `${environment}/bin/maturin develop in ${file(0).fsPath} with ${environment}`)
    const problem = await until('the problem', () =>
      vscode.languages.getDiagnostics(uri).find(({ source }) => source === 'rustc'),
    )
    assert.equal(problem.range.start.line, 7)
    assert.equal(problem.code, 'E0277')
  })

  it('take rustc’s problem away when the next build succeeds', async () => {
    tool('maturin', ['    Finished'], 0)
    const uri = file(0, 'src', 'cache.rs')
    await open(uri)
    assert.equal(await finished(() => vscode.commands.executeCommand('pyo3ThreadSafety.maturinDevelopRelease')), 0)
    assert.match(await ran(), /develop --release in/)
    await until('no problem', () => !vscode.languages.getDiagnostics(uri).some(({ source }) => source === 'rustc'))
  })

  it('turn pytest’s failures into problems', async () => {
    const test = file(0, 'tests', 'test_cache.py')
    await vscode.workspace.fs.writeFile(test, Buffer.from('def test_len():\n    assert 1 == 2\n'))
    tool('pytest', ['>       assert 1 == 2', 'E       assert 1 == 2', '', 'tests/test_cache.py:2: AssertionError'], 1)
    await open(file(0, 'src', 'cache.rs'))
    assert.equal(await finished(() => vscode.commands.executeCommand('pyo3ThreadSafety.pytest')), 1)
    const problem = await until('the problem', () =>
      vscode.languages.getDiagnostics(test).find(({ source }) => source === 'pytest'),
    )
    assert.equal(problem.range.start.line, 1)
  })

  it('are offered for the crate, as processes with arguments', async () => {
    await open(file(0, 'src', 'cache.rs'))
    const tasks = await vscode.tasks.fetchTasks({ type: 'pyo3' })
    assert.deepEqual(tasks.map(({ name }) => name).sort(), [
      'build wheel',
      'cargo test',
      'maturin develop',
      'maturin develop --release',
      'pytest',
    ])
    assert.ok(tasks.every(({ execution }) => execution instanceof vscode.ProcessExecution))
  })
})
