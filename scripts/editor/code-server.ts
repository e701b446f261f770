/** Where the installed code-server lies: one place for the installer and for the tests. */
import { homedir } from 'node:os'
import path from 'node:path'

/** npm version of code-server; 4.139.1 is VS Code 1.139.1. */
export const CODE_SERVER_VERSION = process.env['CODE_SERVER_VERSION'] ?? '4.139.1'

/** The folder that holds the installs: the user's cache folder unless CODE_SERVER_CACHE names another. */
export const CACHE =
  process.env['CODE_SERVER_CACHE'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'pyo3-thread-safety/code-server')

/** The install folder of the wanted version, whether it exists or not. */
export const installFolder = (): string => path.join(CACHE, `code-server-${CODE_SERVER_VERSION}`)

/** The two paths needed to start the install in `folder`: its own node, and the package that node runs. */
export function codeServerIn(folder: string): { readonly node: string; readonly entry: string } {
  const modules = path.join(folder, 'node_modules')
  return { node: path.join(modules, 'node/bin/node'), entry: path.join(modules, 'code-server') }
}
