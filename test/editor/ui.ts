/**
 * The packaged extension as a user sees it, in a real workbench: squiggle, hint, light bulb, fix, save, and the file on disk;
 * then the same window without trust. Screenshots go to test-results/editor.
 *
 *   node test/editor/ui.ts [--vsix FILE] [--window NAME] [--verbose]
 */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { Locator, Page } from 'playwright-core'
import { makeProfile } from '../../scripts/editor/profile.ts'
import {
  installExtension,
  openBrowser,
  remoteUri,
  startWorkbench,
  type Workbench,
  workbenchUrl,
} from '../../scripts/editor/workbench.ts'

const root = path.join(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: {
    vsix: { type: 'string', default: 'pyo3-thread-safety.vsix' },
    window: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})
const shots = path.join(root, 'test-results/editor')
mkdirSync(shots, { recursive: true })

/** A window on a copy of the workspace. */
interface Window {
  readonly page: Page
  readonly workspace: string
  /** Prints what was reached and how long it took since the last step. */
  step(what: string): void
  shot(name: string): Promise<void>
}

/** What differs from a trusted window on the workspace as it is. */
interface Setting {
  readonly restricted?: boolean
  /** Changes the copy of the workspace before it is opened. */
  readonly prepare?: (workspace: string) => void
}

/** Runs `use` in a window that shows `src/<file>`; takes a screenshot `failed-…` if it throws. */
async function inWindow(
  name: string,
  file: string,
  use: (window: Window) => Promise<void>,
  setting: Setting = {},
): Promise<void> {
  if (values.window !== undefined && values.window !== name) return
  const settings = setting.restricted
    ? { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' }
    : {}
  const profile = makeProfile(settings)
  const workspace = path.join(profile.folder, 'workspace')
  cpSync(path.join(root, 'test/editor/workspace'), workspace, { recursive: true })
  setting.prepare?.(workspace)
  installExtension(profile, path.resolve(root, values.vsix))
  let last = performance.now()
  const step = (what: string) => {
    const now = performance.now()
    console.log(`${String(Math.round(now - last)).padStart(7)} ms  ${name}: ${what}`)
    last = now
  }
  const workbench = await startWorkbench(profile, {
    workspaceTrust: setting.restricted === true,
    // No tools but those that the workspace brings.
    env: { PATH: '/usr/bin:/bin', HOME: profile.folder, VIRTUAL_ENV: '' },
  })
  const browser = await openBrowser()
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  const shot = async (picture: string) => void (await page.screenshot({ path: path.join(shots, `${name}-${picture}.png`) }))
  if (values.verbose) page.on('console', (message) => console.log(`[page ${message.type()}] ${message.text()}`))
  try {
    step('workbench and browser are up')
    await openFile(page, workbench, workspace, file)
    step('the file is shown')
    await use({ page, workspace, step, shot })
  } catch (error) {
    await shot('failed')
    console.error(`${name} failed; EDITOR_KEEP=1 keeps the profile, with VS Code's logs`)
    throw error
  } finally {
    await browser.close()
    await workbench.stop()
  }
}

async function openFile(page: Page, workbench: Workbench, workspace: string, file: string): Promise<void> {
  const uri = remoteUri(workbench, path.join(workspace, 'src', file))
  await page.goto(workbenchUrl(workbench, workspace, { openFile: uri }))
  await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 })
  await page.locator('.view-line', { hasText: 'use pyo3' }).first().waitFor({ timeout: 60_000 })
}

/** Puts the cursor on a line of the editor and waits for the light bulb: keys sent before are lost. */
async function lightBulb({ page }: Window, line: number): Promise<void> {
  await page.locator('.monaco-editor .view-lines').first().click()
  await page.keyboard.press('Control+G')
  await page.locator('.quick-input-widget input').fill(`:${line}:20`)
  await page.keyboard.press('Enter')
  await page
    .locator('.statusbar-item', { hasText: `Ln ${line}, Col 20` })
    .first()
    .waitFor()
  await page.locator('.monaco-editor.focused').first().waitFor()
  await page.locator('.lightBulbWidget').first().waitFor()
}

/** Opens the light bulb's menu and takes the first entry with this text. */
async function takeFix(window: Window, title: RegExp, picture: string): Promise<string> {
  const { page, shot } = window
  const entry = page.locator('.action-widget .monaco-list-row', { hasText: title }).first()
  // The light bulb can show before VS Code takes the key: the user would press again, too.
  for (let attempt = 0; attempt < 5 && !(await entry.isVisible()); attempt++) {
    await page.keyboard.press('Control+.')
    await entry.waitFor({ timeout: 3000 }).catch(() => page.keyboard.press('Escape'))
  }
  await entry.waitFor({ timeout: 3000 })
  const text = (await entry.innerText()).trim()
  await shot(picture)
  await entry.click()
  return text
}

/** A risky fix asks first: ticks it in VS Code's preview of the change, where it is not ticked, and applies it. */
async function confirmPreview({ page, step, shot }: Window): Promise<void> {
  const apply = page.locator('.bulk-edit-panel .monaco-button', { hasText: 'Apply' })
  await apply.waitFor()
  await shot('2-preview')
  step('the change is shown before it is made')
  await page.locator('.bulk-edit-panel .monaco-list-row .edit-checkbox').first().click()
  await apply.click()
  await apply.waitFor({ state: 'hidden' })
}

async function save(window: Window): Promise<void> {
  await window.page.keyboard.press('Control+S')
  await window.page.locator('.tab.dirty').waitFor({ state: 'detached' })
}

/** Opens the palette and types `query`, which begins with `PyO3`; returns the commands that are listed then. */
async function palette({ page }: Window, query: string): Promise<readonly string[]> {
  await page.keyboard.press('F1')
  await page.locator('.quick-input-widget input').fill(`>${query}`)
  const rows = page.locator('.quick-input-list .monaco-list-row')
  await rows.filter({ hasText: /^PyO3/ }).first().waitFor()
  await page.waitForFunction(
    "[...document.querySelectorAll('.quick-input-list .monaco-list-row')].every((row) => /^PyO3/.test(row.innerText.trim()))",
  )
  const texts = await rows.allInnerTexts()
  return texts.map((text) => text.replace(/\s+/g, ' ').trim())
}

/** The hover on a class says which field decides. */
async function hover({ page, step, shot }: Window): Promise<void> {
  await page
    .locator('.view-line', { hasText: 'struct' })
    .locator('span', { hasText: /^Cache$/ })
    .first()
    .hover()
  await page.locator('.monaco-hover', { hasText: 'RefCell' }).first().waitFor()
  await shot('1-hover')
  step('hover')
}

async function refCell(window: Window): Promise<void> {
  const { page, workspace, step, shot } = window
  await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 })
  step('squiggle')
  await hover(window)
  await page.keyboard.press('Control+Shift+M')
  await page.locator('.markers-panel .monaco-list-row', { hasText: 'not-sync' }).first().waitFor()
  await shot('1-squiggle')
  await lightBulb(window, 8)
  step('light bulb')
  step(`took "${await takeFix(window, /Mutex/, '2-menu')}"`)
  await page.locator('.view-line', { hasText: 'Mutex<Vec<u64>>' }).first().waitFor()
  await page.locator('.squiggly-error').waitFor({ state: 'detached' })
  step('fix applied, squiggle gone')
  await save(window)
  await shot('3-saved')
  const text = readFileSync(path.join(workspace, 'src/cache.rs'), 'utf8')
  assert.match(text, /entries: (std::sync::)?Mutex<Vec<u64>>/)
  assert.doesNotMatch(text, /entries: RefCell/)
  step('the file on disk is fixed')
}

/** The language status item: shown for Rust files, in the `{}` menu of the status bar. */
async function languageStatus({ page, step, shot }: Window): Promise<void> {
  await page.locator('#status\\.languageStatus').click()
  await page.locator('.hover-language-status', { hasText: '3 classes' }).first().waitFor()
  await shot('4-status')
  step('language status')
  await page.keyboard.press('Escape')
}

async function globalIndex(window: Window): Promise<void> {
  const { page, workspace, step, shot } = window
  await page.locator('.squiggly-hint').first().waitFor({ timeout: 60_000 })
  step('hint')
  await shot('1-hint')
  assert.equal(await page.locator('.squiggly-error, .squiggly-warning').count(), 0)
  await lightBulb(window, 13)
  step('light bulb')
  step(`took "${await takeFix(window, /unsafe impl/, '2-menu')}"`)
  await confirmPreview(window)
  await page
    .locator('.view-line', { hasText: /unsafe\simpl\sS(end|ync)/ })
    .first()
    .waitFor()
  await page.locator('.squiggly-hint').waitFor({ state: 'detached' })
  step('fix applied, hint gone')
  await save(window)
  await shot('3-saved')
  const text = readFileSync(path.join(workspace, 'src/index.rs'), 'utf8')
  assert.match(text, /SAFETY:[\s\S]*unsafe impl Send for MutableGlobalIndex/)
  assert.match(text, /SAFETY:[\s\S]*unsafe impl Sync for MutableGlobalIndex/)
  step('the file on disk has both impls')
}

async function untrusted(window: Window): Promise<void> {
  const { page, step, shot } = window
  await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 })
  step('squiggle without trust')
  const commands = await palette(window, 'PyO3:')
  await shot('1-palette')
  assert.ok(
    commands.some((text) => text.includes('PyO3: restart language server')),
    commands.join(' | '),
  )
  assert.deepEqual(
    commands.filter((text) => /maturin|wheel|cargo test|pytest/.test(text)),
    [],
  )
  step('the palette offers nothing that runs')
}

async function trusted(window: Window): Promise<void> {
  const commands = await palette(window, 'PyO3:')
  await window.shot('1-palette')
  for (const title of ['maturin develop', 'maturin develop --release', 'build wheel', 'cargo test', 'run pytest', 'show log']) {
    assert.ok(
      commands.some((text) => text.includes(`PyO3: ${title}`)),
      `${title} is not in: ${commands.join(' | ')}`,
    )
  }
  window.step('the palette offers the tasks')
}

/** A virtual environment whose maturin fails as a compile error makes it fail. */
function failingMaturin(workspace: string): void {
  const environment = path.join(workspace, '.venv')
  mkdirSync(path.join(environment, 'bin'), { recursive: true })
  writeFileSync(path.join(environment, 'pyvenv.cfg'), 'home = /usr/bin\n')
  const output = 'error[E0277]: `RefCell<Vec<u64>>` cannot be shared between threads safely\n  --> src/cache.rs:8:14\n'
  writeFileSync(path.join(environment, 'bin/maturin'), `#!/bin/sh\ncat <<'END'\n${output}END\nexit 1\n`, { mode: 0o755 })
}

/** Runs a command of the palette. */
async function command(window: Window, title: string): Promise<void> {
  const { page } = window
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first()
  // Just after the start VS Code does not know yet that it trusts the workspace, and leaves out what needs trust.
  for (let attempt = 0; attempt < 5 && !(await row.isVisible()); attempt++) {
    await page.keyboard.press('Escape')
    await palette(window, title)
    await row.waitFor({ timeout: 2000 }).catch(() => {})
  }
  await row.click() // not Enter: the list is filtered a moment after the text was typed
}

/** Waits for a notification with this text. */
async function notification({ page }: Window, text: RegExp): Promise<Locator> {
  const toast = page.locator('.notification-toast', { hasText: text }).first()
  await toast.waitFor()
  return toast
}

async function failedBuild(window: Window): Promise<void> {
  const { page, step, shot } = window
  await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 })
  await command(window, 'PyO3: maturin develop')
  const toast = await notification(window, /build failed: Python still imports the previous library/)
  await shot('1-message')
  step('maturin failed, the message says what Python does now')
  await page.locator('.terminal-wrapper').first().waitFor()
  await toast.locator('.monaco-button', { hasText: 'Open Docs' }).click()
  await page.locator('.tab', { hasText: 'class-not-exported' }).first().waitFor()
  const preview = page.frameLocator('iframe.webview').frameLocator('iframe#active-frame')
  await preview.locator('h1', { hasText: 'class-not-exported' }).waitFor({ timeout: 60_000 })
  await shot('2-docs')
  step('the page about missing classes is open')
}

async function missingTool(window: Window): Promise<void> {
  const { page, step, shot } = window
  await page.locator('.squiggly-error').first().waitFor({ timeout: 60_000 })
  await command(window, 'PyO3: maturin develop')
  const toast = await notification(window, /maturin was not found on PATH/)
  await shot('1-message')
  await toast.locator('.monaco-button', { hasText: 'Copy Command' }).click()
  await toast.waitFor({ state: 'detached' })
  await page.waitForFunction("navigator.clipboard.readText().then((text) => text === 'python3 -m pip install maturin')")
  step('the install command is in the clipboard')
}

const COUNTER = `use pyo3::prelude::*;

/// How often something happened.
#[pyclass]
pub struct Counter {
    #[pyo3(get)]
    hits: u64,
    callback: Option<Py<PyAny>>,
}

#[pymethods]
impl Counter {
    #[new]
    fn new(callback: Option<Py<PyAny>>) -> Self {
        Self { hits: 0, callback }
    }

    fn hit(&mut self, py: Python<'_>) -> PyResult<u64> {
        self.hits += 1;
        let hits = self.hits;
        if let Some(callback) = self.callback.as_ref().map(|it| it.clone_ref(py)) {
            callback.call1(py, (hits,))?;
        }
        Ok(hits)
    }
}
`

/** The rewrite of a whole class: previewed, applied, taken back by one undo. */
async function rewrite(window: Window): Promise<void> {
  const { page, workspace, step, shot } = window
  const read = () => readFileSync(path.join(workspace, 'src/clean.rs'), 'utf8')
  await page.locator('.squiggly-warning').first().waitFor({ timeout: 60_000 })
  step('mut-self is a warning')
  await lightBulb(window, 5)
  step(`took "${await takeFix(window, /frozen behind a Mutex/, '1-menu')}"`)
  await confirmPreview(window)
  await page.locator('.view-line', { hasText: 'inner: Mutex<CounterInner>' }).first().waitFor()
  await page.locator('.squiggly-warning').waitFor({ state: 'detached' })
  await shot('3-rewritten')
  await save(window)
  assert.match(read(), /#\[pyclass\(frozen\)\][\s\S]*let this = &mut \*self\.locked\(\);/)
  step('the class on disk is frozen')
  await page.locator('.monaco-editor .view-lines').first().click()
  await page.keyboard.press('Control+Z')
  await page
    .locator('.view-line', { hasText: /hits:\su64,/ })
    .first()
    .waitFor()
  await save(window)
  assert.equal(read(), COUNTER)
  step('one undo brings every byte back')
}

await inWindow('refcell', 'cache.rs', async (window) => {
  await refCell(window)
  await languageStatus(window)
  await trusted(window)
})
await inWindow('index', 'index.rs', globalIndex)
await inWindow('rewrite', 'clean.rs', rewrite, {
  prepare: (workspace) => writeFileSync(path.join(workspace, 'src/clean.rs'), COUNTER),
})
await inWindow('failed-build', 'cache.rs', failedBuild, { prepare: failingMaturin })
await inWindow('missing-tool', 'cache.rs', missingTool)
await inWindow('untrusted', 'cache.rs', untrusted, { restricted: true, prepare: failingMaturin })
console.log('passed')
process.exit(0)
