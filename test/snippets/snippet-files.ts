import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One snippet as it stands in a `.code-snippets` file. */
export interface Snippet {
  readonly name: string
  /** Language identifier of VS Code. */
  readonly scope: string
  readonly prefix: string
  readonly description: string
  /** Lines joined by `\n`. */
  readonly body: string
}

const FOLDER = join(import.meta.dirname, '..', '..', 'snippets')
const FILES = ['rust.code-snippets', 'python.code-snippets'] as const
const LANGUAGES = ['rust', 'python', 'toml', 'yaml', 'shellscript']

/** Every snippet of the project. Throws at the first entry that is not of the shape the project keeps to. */
export function readSnippets(): readonly Snippet[] {
  return FILES.flatMap((file) => {
    const entries: unknown = JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))
    if (typeof entries !== 'object' || entries === null) throw new Error(`${file}: not an object`)
    return Object.entries(entries).map(([name, entry]) => readEntry(`${file}: ${name}`, name, entry))
  })
}

function readEntry(where: string, name: string, entry: unknown): Snippet {
  const { scope, prefix, description, body, ...others } = entry as Record<string, unknown>
  if (Object.keys(others).length > 0) throw new Error(`${where}: unknown key ${Object.keys(others).join(', ')}`)
  if (typeof scope !== 'string' || !LANGUAGES.includes(scope)) throw new Error(`${where}: scope`)
  if (typeof prefix !== 'string' || !/^[a-z][a-z0-9-]+$/.test(prefix)) throw new Error(`${where}: prefix`)
  if (typeof description !== 'string' || description === '') throw new Error(`${where}: description`)
  if (!Array.isArray(body) || !body.every((line) => typeof line === 'string' && !/[\n\t]|\s$/.test(line))) {
    throw new Error(`${where}: body must be lines without tabs or trailing blanks`)
  }
  return { name, scope, prefix, description, body: body.join('\n') }
}
