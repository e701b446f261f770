/** Which releases of PyO3 the facts rest on, and for which interpreters. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder } from './folders.ts'

/** First and last release of each minor version, and the newest CPython that it accepts. */
export const releases = [
  ['0.15.0', '0.15.2', '3.10'],
  ['0.16.0', '0.16.6', '3.11'],
  ['0.17.0', '0.17.3', '3.11'],
  ['0.18.0', '0.18.3', '3.11'],
  ['0.19.0', '0.19.2', '3.12'],
  ['0.20.0', '0.20.3', '3.12'],
  ['0.21.0', '0.21.2', '3.12'],
  ['0.22.3', '0.22.6', '3.13'],
  ['0.23.3', '0.23.5', '3.13'],
  ['0.24.0', '0.24.2', '3.13'],
  ['0.25.0', '0.25.1', '3.13'],
  ['0.26.0', '0.26.0', '3.14'],
  ['0.27.0', '0.27.2', '3.14'],
  ['0.28.2', '0.28.3', '3.14'],
  ['0.29.0', '0.29.3', '3.14'],
  ['0.30.1', '0.30.1', '3.14'],
] as const

const folder = join(cacheFolder, 'interpreters')

/** The variables that make PyO3 build for an interpreter that is not there. */
export function interpreter(python: string, freeThreaded: boolean): Record<string, string> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${python}${freeThreaded ? 't' : ''}.txt`)
  const lines = [
    'implementation=CPython',
    `version=${python}`,
    'shared=true',
    'abi3=false',
    'pointer_width=64',
    `build_flags=${freeThreaded ? 'Py_GIL_DISABLED' : ''}`,
    'suppress_build_script_link_lines=true',
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  return { PYO3_CONFIG_FILE: file }
}
