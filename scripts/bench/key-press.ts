import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { type LspClient, startClient } from '../../test/support/lsp-client.ts'

/** Milliseconds from a key to the diagnostics that belong to it, one number a key. */
export interface KeyTimes {
  readonly lines: number
  /** From opening the file to its first diagnostics. */
  readonly opening: number
  readonly inBody: readonly number[]
  readonly inField: readonly number[]
}

const KEYS = 30
const WARM_UP = 5

/** Types into a file of a real crate as an editor would: a change, then a pull of the diagnostics, over standard input and output. */
export async function keyTimes(file: string): Promise<KeyTimes> {
  const client = await startClient({ pull: true })
  try {
    const text = readFileSync(file, 'utf8')
    const uri = pathToFileURL(file).toString()
    const began = performance.now()
    await client.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'rust', version: 1, text },
    })
    await pull(client, uri)
    const opening = performance.now() - began
    let version = 1
    const type = async (offset: number, keys: string): Promise<number[]> => {
      const at = position(text, offset)
      const times: number[] = []
      for (let key = 0; key < KEYS + WARM_UP; key++) {
        // A key, and the same key taken back.
        const end = key % 2 === 0 ? at : { line: at.line, character: at.character + keys.length }
        const change = { range: { start: at, end }, text: key % 2 === 0 ? keys : '' }
        const pressed = performance.now()
        await client.connection.sendNotification('textDocument/didChange', {
          textDocument: { uri, version: ++version },
          contentChanges: [change],
        })
        await pull(client, uri)
        if (key >= WARM_UP) times.push(performance.now() - pressed)
      }
      return times
    }
    const middle = Math.floor(text.length / 2)
    return {
      lines: text.split('\n').length,
      opening,
      inBody: await type(after(text, /\bfn\s+\w+[^;{]*\{/g, middle), 'x'),
      inField: await type(
        after(text, /\b(?:struct|enum)\s+\w+\s*\{\s*(?:#\[[^\]]*\]\s*|\/\/[^\n]*\s*)*(?:pub\s+)?/g, middle),
        'x',
      ),
    }
  } finally {
    await client.stop()
  }
}

async function pull({ connection }: LspClient, uri: string): Promise<void> {
  await connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } })
}

/** Offset after the first match behind `from`, or the last before it. */
function after(text: string, pattern: RegExp, from: number): number {
  const matches = [...text.matchAll(pattern)]
  const match = matches.find(({ index }) => index >= from) ?? matches.at(-1)
  if (!match) throw new Error(`nothing in the file looks like ${pattern.source}`)
  return match.index + match[0].length
}

/** Files on disk may have any line ending; none of those measured has a lone carriage return. */
function position(text: string, offset: number): { readonly line: number; readonly character: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length - 1, character: offset - (before.lastIndexOf('\n') + 1) }
}
