import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import * as vscode from 'vscode'
import { api, file, findings, open, reported, until } from '../extension.ts'

const FIRST = 0
const SECOND = 1
const PLAIN = 2

describe('a workspace of several folders', () => {
  it('shows nothing and says nothing in a crate without pyo3', async () => {
    const uri = file(PLAIN, 'src', 'lib.rs')
    await open(uri)
    const { status } = await api()
    // A later answer for another folder shows that this one has been dealt with.
    await open(file(FIRST, 'src', 'lib.rs'))
    await reported(file(FIRST, 'src', 'lib.rs'), 'not-sync')
    await until('a status', () => status()?.crates.some(({ name }) => name === 'first'))
    assert.deepEqual(findings(uri), [])
    assert.ok(!status()?.crates.some(({ name }) => name === 'plain'))
  })

  it('shows the findings of each folder’s crate', async () => {
    for (const folder of [FIRST, SECOND]) {
      const uri = file(folder, 'src', 'lib.rs')
      await open(uri)
      const [diagnostic] = await reported(uri, 'not-sync')
      assert.equal(diagnostic?.range.start.line, 6)
    }
    const { status } = await api()
    await until('both crates', () => ['first', 'second'].every((name) => status()?.crates.some((crate) => crate.name === name)))
  })

  it('obeys a folder’s own settings', async () => {
    const uri = file(SECOND, 'src', 'lib.rs')
    await open(uri)
    await reported(uri, 'not-sync')
    const settings = vscode.workspace.getConfiguration('pyo3ThreadSafety', uri)
    await settings.update('enable', false, vscode.ConfigurationTarget.WorkspaceFolder)
    await until('no findings in the second folder', () => findings(uri).length === 0)
    await settings.update('enable', undefined, vscode.ConfigurationTarget.WorkspaceFolder)
    await reported(uri, 'not-sync')
  })

  it('runs a task in the folder of the active file, and finds the files it names', async function () {
    if (process.platform === 'win32') this.skip() // the program is a shell script
    const environment = file(SECOND, '.venv')
    mkdirSync(`${environment.fsPath}/bin`, { recursive: true })
    writeFileSync(`${environment.fsPath}/pyvenv.cfg`, 'home = /usr/bin\n')
    const maturin = `${environment.fsPath}/bin/maturin`
    writeFileSync(
      maturin,
      '#!/bin/sh\nsleep 0.3\nprintf \'error[E0277]: in %s\\n  --> src/lib.rs:7:12\\n\' "$(basename "$PWD")"\nexit 1\n',
    )
    chmodSync(maturin, 0o755)
    try {
      const uri = file(SECOND, 'src', 'lib.rs')
      await open(uri)
      await vscode.commands.executeCommand('pyo3ThreadSafety.maturinDevelop')
      const problem = await until('the problem', () =>
        vscode.languages.getDiagnostics(uri).find(({ source }) => source === 'rustc'),
      )
      assert.equal(problem.message, 'in second')
      assert.ok(!vscode.languages.getDiagnostics(file(FIRST, 'src', 'lib.rs')).some(({ source }) => source === 'rustc'))
    } finally {
      rmSync(environment.fsPath, { recursive: true, force: true })
    }
  })
})
