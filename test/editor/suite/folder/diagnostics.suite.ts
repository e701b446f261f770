import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import * as vscode from 'vscode'
import { actionsAt, api, codeOf, file, findings, open, reported, until } from '../extension.ts'

const CACHE = file(0, 'src', 'cache.rs')
const INDEX = file(0, 'src', 'index.rs')
const CLEAN = file(0, 'src', 'clean.rs')

describe('a file of a PyO3 crate', () => {
  it('shows a RefCell field as an error, with the rule as code and a link to its page', async () => {
    await open(CACHE)
    const [diagnostic] = await reported(CACHE, 'not-sync')
    assert.ok(diagnostic)
    assert.equal(diagnostic.severity, vscode.DiagnosticSeverity.Error)
    assert.equal(diagnostic.range.start.line, 7, diagnostic.message)
    assert.match(codeOf(diagnostic).link?.toString() ?? '', /not-sync/)
  })

  it('shows the class of the well-known report as a hint, not as a defect', async () => {
    await open(INDEX)
    const [diagnostic] = await reported(INDEX, 'implicit-send-sync')
    assert.equal(diagnostic?.severity, vscode.DiagnosticSeverity.Hint)
    assert.deepEqual(
      findings(INDEX).filter(({ severity }) => severity < vscode.DiagnosticSeverity.Hint),
      [],
    )
  })

  it('shows nothing in a sound file, and something once it is not', async () => {
    const editor = await open(CLEAN)
    const { status } = await api()
    await until('all classes', () => status()?.crates.some(({ classes }) => classes === 3))
    const field = editor.document.lineAt(6)
    assert.match(field.text, /AtomicU64/)
    await editor.edit((edit) => edit.replace(field.range, '    hits: std::cell::RefCell<u64>,'))
    await reported(CLEAN, 'not-sync')
    await vscode.commands.executeCommand('undo')
    await until('no findings', () => findings(CLEAN).length === 0)
  })

  it('has its findings again after it was closed and opened', async () => {
    for (let round = 0; round < 3; round++) {
      await open(CACHE)
      await reported(CACHE, 'not-sync')
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor')
      await until('no findings while it is closed', () => findings(CACHE).length === 0)
    }
  })

  it('loses a finding when its cause is typed away, and has it back after undo', async () => {
    const editor = await open(CACHE)
    const [diagnostic] = await reported(CACHE, 'not-sync')
    assert.ok(diagnostic)
    const line = editor.document.lineAt(7)
    await editor.edit((edit) => edit.replace(line.range, '    entries: std::sync::Mutex<Vec<u64>>,'))
    await until('no finding', () => findings(CACHE).length === 0)
    await vscode.commands.executeCommand('undo')
    await reported(CACHE, 'not-sync')
  })

  it('waits for the save where the setting says so', async () => {
    const settings = vscode.workspace.getConfiguration('pyo3ThreadSafety', CLEAN)
    const editor = await open(CLEAN)
    await settings.update('lint.run', 'onSave', vscode.ConfigurationTarget.Workspace)
    await new Promise((resolve) => setTimeout(resolve, 2000)) // after a change of settings all documents are looked at once more
    const original = editor.document.lineAt(6).text
    const type = (text: string) => editor.edit((edit) => edit.replace(editor.document.lineAt(6).range, text))
    try {
      await type('    hits: std::cell::RefCell<u64>,')
      await new Promise((resolve) => setTimeout(resolve, 1500)) // as you type it would have come in this time
      assert.deepEqual(findings(CLEAN), [])
      assert.ok(await editor.document.save())
      await reported(CLEAN, 'not-sync')
    } finally {
      await type(original)
      await editor.document.save()
      await settings.update('lint.run', undefined, vscode.ConfigurationTarget.Workspace)
    }
    await until('no findings', () => findings(CLEAN).length === 0)
  })

  it('explains a class on hover', async () => {
    await open(CACHE)
    await reported(CACHE, 'not-sync')
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      CACHE,
      new vscode.Position(6, 13),
    )
    const text = hovers.flatMap(({ contents }) =>
      contents.map((content) => (typeof content === 'string' ? content : content.value)),
    )
    assert.match(text.join('\n'), /Sync/)
    assert.match(text.join('\n'), /RefCell/)
  })

  it('offers a fix that removes the finding and leaves nothing behind', async () => {
    await open(CACHE)
    const [diagnostic] = await reported(CACHE, 'not-sync')
    assert.ok(diagnostic)
    const actions = await actionsAt(CACHE, diagnostic.range, vscode.CodeActionKind.QuickFix)
    const fix = actions.find(({ title }) => title.includes('Mutex'))
    assert.ok(fix?.edit, `offered: ${actions.map(({ title }) => title).join(' | ')}`)
    assert.ok(await vscode.workspace.applyEdit(fix.edit))
    await until('no finding', () => findings(CACHE).length === 0)
    assert.ok(await (await vscode.workspace.openTextDocument(CACHE)).save())
    const text = readFileSync(CACHE.fsPath, 'utf8')
    assert.match(text, /entries: (std::sync::)?Mutex<Vec<u64>>/)
    assert.match(text, /🦀/)
  })

  it('offers the unsafe impl for the class of the report', async () => {
    await open(INDEX)
    const [diagnostic] = await reported(INDEX, 'implicit-send-sync')
    assert.ok(diagnostic)
    const actions = await actionsAt(INDEX, diagnostic.range, vscode.CodeActionKind.QuickFix)
    assert.ok(
      actions.some(({ title }) => /unsafe impl/.test(title)),
      `offered: ${actions.map(({ title }) => title).join(' | ')}`,
    )
  })
})
