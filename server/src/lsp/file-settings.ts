import { SETTINGS_SECTION, type Settings } from './protocol.ts'
import type { ServerContext } from './server.ts'
import { pathOfUri } from './uris.ts'

/** The settings of open files: in a workspace of several folders each folder has its own. */
export interface FileSettings {
  /** Sees to it that the workspace knows a file's settings. Asks the editor once per file; nothing where it cannot be asked. */
  ready(uri: string): Promise<void>
  /** A document was closed. */
  forget(uri: string): void
  /** Settings have changed: all are asked for again when they are needed. */
  reset(): void
}

/** Starts without any settings. */
export function fileSettings(cx: ServerContext): FileSettings {
  const asked = new Map<string, Promise<void>>()
  const ask = async (uri: string): Promise<void> => {
    const settings: Settings | null = await cx.connection.workspace.getConfiguration({ scopeUri: uri, section: SETTINGS_SECTION })
    cx.workspace.configureFile(pathOfUri(uri), settings)
  }
  return {
    ready(uri) {
      if (!cx.abilities.configuration) return Promise.resolve()
      let answer = asked.get(uri)
      if (!answer) {
        // An editor that cannot answer now is asked again next time; until then the window's settings hold.
        answer = ask(uri).catch(() => void asked.delete(uri))
        asked.set(uri, answer)
      }
      return answer
    },
    forget(uri) {
      asked.delete(uri)
      cx.workspace.configureFile(pathOfUri(uri), null)
    },
    reset() {
      asked.clear()
    },
  }
}
