import assert from 'node:assert/strict'
import * as vscode from 'vscode'
import { api, EXTENSION, file, findings, open, reported, until } from '../extension.ts'

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[]
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly default: unknown }>> }
  }
}

const manifest = vscode.extensions.getExtension(EXTENSION)?.packageJSON as Manifest

describe('the extension', () => {
  it('is activated by a Rust file and starts its server', async () => {
    await open(file(0, 'src', 'lib.rs'))
    await until('activation', () => vscode.extensions.getExtension(EXTENSION)?.isActive)
    const { serverState } = await api()
    assert.equal(serverState(), 'running')
  })

  it('registers every command it contributes', async () => {
    await api()
    const known = new Set(await vscode.commands.getCommands(true))
    assert.ok(manifest.contributes.commands.length >= 10)
    assert.deepEqual(
      manifest.contributes.commands.filter(({ command }) => !known.has(command)),
      [],
    )
  })

  it('has at most 15 settings, with the defaults of its manifest', () => {
    const properties = Object.entries(manifest.contributes.configuration.properties)
    assert.ok(properties.length <= 15)
    for (const [key, { default: expected }] of properties) {
      assert.deepEqual(vscode.workspace.getConfiguration().get(key), expected, key)
    }
  })

  it('counts the classes for the status item', async () => {
    await open(file(0, 'src', 'cache.rs'))
    const { status } = await api()
    const crate = await until('the crate', () =>
      status()?.crates.find(({ name, classes }) => name === 'editor-workspace' && classes === 3),
    )
    assert.equal(crate.safe + crate.blocked + crate.unsendable + crate.unknown, crate.classes)
    assert.notEqual(status()?.text, '')
  })

  it('restarts its server, however often it is asked at once, and reports again', async () => {
    const uri = file(0, 'src', 'cache.rs')
    await open(uri)
    await Promise.all([1, 2, 3].map(() => vscode.commands.executeCommand('pyo3ThreadSafety.restartServer')))
    const { serverState } = await api()
    assert.equal(serverState(), 'running')
    await until('findings', () => findings(uri).length > 0 || null)
  })

  it('shows nothing while its server is stopped', async () => {
    const uri = file(0, 'src', 'index.rs')
    await open(uri)
    await reported(uri, 'implicit-send-sync')
    await vscode.commands.executeCommand('pyo3ThreadSafety.stopServer')
    const { serverState } = await api()
    assert.equal(serverState(), 'stopped')
    await until('no findings', () => findings(uri).length === 0)
    await vscode.commands.executeCommand('pyo3ThreadSafety.startServer')
    await reported(uri, 'implicit-send-sync')
  })

  it('copies a report without paths of the workspace', async () => {
    await vscode.commands.executeCommand('pyo3ThreadSafety.copyDiagnosticsReport')
    const report = await vscode.env.clipboard.readText()
    assert.match(report, /server: running/)
    assert.ok(!report.includes(file(0).fsPath))
  })
})
