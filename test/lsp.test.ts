import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import type { CodeAction, Diagnostic, Hover } from 'vscode-languageserver/node'
import { type ClientOptions, type LspClient, startClient } from './support/lsp-client.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'lsp test 🦀 '))
afterAll(() => rmSync(folder, { recursive: true }))

const MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\npyo3 = "0.30"\n'
const SOURCE = `// 🦀
use pyo3::prelude::*;
use std::cell::RefCell;

#[pyclass(frozen)]
pub struct Stats {
    names: RefCell<Vec<String>>,
}
`

/** Writes a crate and returns the URI of its lib.rs. */
function crate(name: string, manifest: string, source: string): string {
  const src = path.join(folder, name, 'src')
  mkdirSync(src, { recursive: true })
  writeFileSync(path.join(folder, name, 'Cargo.toml'), manifest)
  writeFileSync(path.join(src, 'lib.rs'), source)
  return pathToFileURL(path.join(src, 'lib.rs')).toString()
}

async function client(options: ClientOptions): Promise<LspClient> {
  const started = await startClient(options)
  onTestFinished(() => started.stop())
  return started
}

async function open({ connection }: LspClient, uri: string, text: string): Promise<void> {
  await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'rust', version: 1, text } })
}

async function pull({ connection }: LspClient, uri: string): Promise<Diagnostic[]> {
  const { items } = await connection.sendRequest<{ items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } })
  return items
}

describe('language server', () => {
  it('gives diagnostics with code, link and UTF-16 positions, and follows incremental edits', async () => {
    const uri = crate('pull', MANIFEST, SOURCE)
    const lsp = await client({ pull: true })
    await open(lsp, uri, SOURCE)
    const [first] = await pull(lsp, uri)
    expect(first).toMatchObject({ code: 'not-sync', source: 'pyo3', severity: 1 })
    expect(first?.range.start).toEqual({ line: 6, character: 11 })
    expect(first?.codeDescription?.href).toMatch(/docs\/rules\/not-sync\.md$/)
    const change = (version: number, line: number, start: number, end: number, text: string) =>
      lsp.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: { line, character: start }, end: { line, character: end } }, text }],
      })
    await change(2, 6, 11, 18, 'std::sync::Mutex')
    expect(await pull(lsp, uri)).toEqual([])
    await change(3, 6, 11, 27, 'RefCell')
    expect((await pull(lsp, uri)).map((it) => it.code)).toEqual(['not-sync'])
    expect(lsp.statuses.at(-1)).toMatchObject({ text: '1 class: 1 not Send + Sync', crates: [{ classes: 1, blocked: 1 }] })
  })

  it('keeps diagnostics over close and open, and sees what changed on disk meanwhile', async () => {
    const uri = crate('reopen', MANIFEST, SOURCE)
    const lsp = await client({ pull: true })
    await open(lsp, uri, SOURCE)
    expect(await pull(lsp, uri)).toHaveLength(1)
    await lsp.connection.sendNotification('textDocument/didClose', { textDocument: { uri } })
    writeFileSync(path.join(folder, 'reopen/src/lib.rs'), SOURCE.replace('RefCell<Vec', 'std::sync::Mutex<Vec'))
    const changes = [{ uri, type: 2 }]
    await lsp.connection.sendNotification('workspace/didChangeWatchedFiles', { changes })
    expect(await pull(lsp, uri)).toEqual([])
    await open(lsp, uri, SOURCE)
    expect(await pull(lsp, uri)).toHaveLength(1)
  })

  it('pushes to clients that cannot pull', async () => {
    const uri = crate('push', MANIFEST, SOURCE)
    const lsp = await client({ pull: false })
    await open(lsp, uri, SOURCE)
    await expect.poll(() => lsp.pushed.get(uri)?.map((it) => it.code), { timeout: 10_000 }).toEqual(['not-sync'])
    await lsp.connection.sendNotification('textDocument/didClose', { textDocument: { uri } })
    await expect.poll(() => lsp.pushed.get(uri), { timeout: 10_000 }).toEqual([])
  })

  it('sees a member whose folder is new', async () => {
    const root = path.join(folder, 'members')
    const member = (name: string) => crate(`members/crates/${name}`, MANIFEST.replace('demo', name), SOURCE)
    const first = member('one')
    writeFileSync(path.join(root, 'Cargo.toml'), '[workspace]\nmembers = ["crates/*"]\n')
    const lsp = await client({ pull: true })
    await open(lsp, first, SOURCE)
    await pull(lsp, first)
    expect(lsp.statuses.at(-1)).toMatchObject({ crates: [{ name: 'one' }] })
    member('two')
    const changes = [{ uri: pathToFileURL(path.join(root, 'crates/two/Cargo.toml')).toString(), type: 1 }]
    await lsp.connection.sendNotification('workspace/didChangeWatchedFiles', { changes })
    await pull(lsp, first)
    expect(lsp.statuses.at(-1)).toMatchObject({ crates: [{ name: 'one' }, { name: 'two' }] })
  })

  it('says nothing where nothing depends on PyO3', async () => {
    const plain = MANIFEST.replace('pyo3 = "0.30"', 'serde = "1"')
    const uri = crate('plain', plain, SOURCE)
    const lsp = await client({ pull: true })
    await open(lsp, uri, SOURCE)
    expect(await pull(lsp, uri)).toEqual([])
    expect(lsp.statuses).toEqual([])
  })

  it('explains in hovers and offers to allow, never on save', async () => {
    const uri = crate('hover', MANIFEST, SOURCE)
    const lsp = await client({ pull: true })
    await open(lsp, uri, SOURCE)
    const [found] = await pull(lsp, uri)
    const range = found?.range
    const hover = await lsp.connection.sendRequest<Hover>('textDocument/hover', { textDocument: { uri }, position: range?.start })
    expect(hover.contents).toMatchObject({ value: expect.stringContaining('RefCell<T> is never Sync') })
    const actions = (context: object) =>
      lsp.connection.sendRequest<CodeAction[]>('textDocument/codeAction', { textDocument: { uri }, range, context })
    const asked = await actions({ diagnostics: [], triggerKind: 1 })
    const titles = asked.map((it) => it.title)
    for (const where of ['line', 'item', 'file', 'workspace']) expect(titles).toContain(`Allow not-sync for this ${where}`)
    const allow = asked.find((it) => it.title === 'Allow not-sync for this line')
    expect(allow?.edit?.documentChanges?.[0]).toMatchObject({
      textDocument: { uri, version: 1 },
      edits: [{ range: { start: { line: 6, character: 0 } }, newText: '    // pyo3-thread-safety: allow(not-sync): \n' }],
    })
    const onSave = await actions({ diagnostics: [], triggerKind: 2, only: ['source.fixAll'] })
    expect(onSave).toEqual([])
  })

  it('survives nonsense', async () => {
    const uri = crate('broken', MANIFEST, SOURCE)
    const lsp = await client({ pull: true, settings: { lint: { profile: 7, rules: 'no' } } })
    await open(lsp, uri, `${SOURCE}\nimpl Stats { fn f(&self) { let x = "unterminated`)
    expect((await pull(lsp, uri)).map((it) => it.code)).toContain('not-sync')
    const nowhere = 'untitled:Untitled-1'
    await open(lsp, nowhere, SOURCE)
    expect(await pull(lsp, nowhere)).toEqual([])
  })
})
