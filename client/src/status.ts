/** The language status item: what the server found, shown for Rust files only, and only where a crate depends on pyo3. */
import * as vscode from 'vscode'
import type { CrateStatus, Status } from '../../server/src/lsp/protocol.ts'
import type { ServerState } from './client.ts'

const SELECTOR: vscode.DocumentSelector = [
  { scheme: 'file', language: 'rust' },
  { scheme: 'file', pattern: '**/Cargo.toml' },
]

/** Shows nothing until a status names a crate; from then on also says when the server is down. */
export class StatusItem implements vscode.Disposable {
  #item: vscode.LanguageStatusItem | null = null
  #status: Status | null = null
  #server: ServerState = 'stopped'

  show(status: Status): void {
    this.#status = status
    this.#render()
  }

  serverState(state: ServerState): void {
    this.#server = state
    this.#render()
  }

  dispose(): void {
    this.#item?.dispose()
    this.#item = null
  }

  #render(): void {
    const status = this.#status
    if (status === null || status.crates.length === 0) {
      this.dispose()
      return
    }
    this.#item ??= createItem()
    const item = this.#item
    const down = this.#server === 'failed' || this.#server === 'stopped'
    item.busy = !down && (status.busy || this.#server === 'starting')
    item.severity = this.#server === 'failed' ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information
    item.text = down ? vscode.l10n.t('PyO3: language server stopped') : status.text
    item.detail = detail(status.crates)
    item.command = down
      ? { command: 'pyo3ThreadSafety.restartServer', title: vscode.l10n.t('Restart') }
      : { command: 'pyo3ThreadSafety.showLog', title: vscode.l10n.t('Show log') }
  }
}

function createItem(): vscode.LanguageStatusItem {
  const item = vscode.languages.createLanguageStatusItem('pyo3ThreadSafety.status', SELECTOR)
  item.name = 'PyO3 Thread Safety'
  return item
}

/** The text says it all about one crate but its PyO3; several are told apart. */
function detail(crates: readonly CrateStatus[]): string {
  const [only] = crates
  return crates.length === 1 && only !== undefined ? pyo3(only) : crates.map(describeCrate).join(' · ')
}

const pyo3 = (crate: CrateStatus): string => (crate.pyo3 === null ? 'PyO3' : `PyO3 ${crate.pyo3}`)

/** One line for a crate, such as `demo: 3 classes, 1 not Send + Sync`. */
function describeCrate(crate: CrateStatus): string {
  const parts = [vscode.l10n.t('{0} classes', crate.classes)]
  if (crate.blocked > 0) parts.push(vscode.l10n.t('{0} not Send + Sync', crate.blocked))
  if (crate.unsendable > 0) parts.push(vscode.l10n.t('{0} unsendable', crate.unsendable))
  if (crate.unknown > 0) parts.push(vscode.l10n.t('{0} unknown', crate.unknown))
  return `${crate.name}: ${parts.join(', ')}`
}
