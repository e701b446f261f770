/** Finds the tools that tasks run: the virtual environment, maturin, pytest, cargo. Looks at the disk, runs nothing. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import type { ToolSettings } from './config.ts'

const windows = process.platform === 'win32'
const ENVIRONMENT_NAMES = ['.venv', 'venv', 'env'] as const
const MAX_DEPTH = 64

export type Tool = 'maturin' | 'pytest' | 'cargo'

/** A Python environment on disk. */
export interface Environment {
  /** Absolute path of its root folder. */
  readonly folder: string
  /** Absolute path of the folder with its executables. */
  readonly bin: string
  /** Made by uv: such an environment has no pip of its own. */
  readonly uv: boolean
}

/**
 * The environment to use in `folder`: the one from the settings, else `.venv`, `venv` or `env` in the folder or above it up to
 * `top`, else `$VIRTUAL_ENV`. Null if there is none.
 */
export function findEnvironment(folder: string, top: string, settings: ToolSettings, env = process.env): Environment | null {
  if (settings.environment !== '') return environmentAt(path.resolve(top, settings.environment))
  let current = folder
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    for (const name of ENVIRONMENT_NAMES) {
      const found = environmentAt(path.join(current, name))
      if (found !== null) return found
    }
    const parent = path.dirname(current)
    if (current === top || parent === current) break
    current = parent
  }
  const active = env['VIRTUAL_ENV']
  return active === undefined || active === '' ? null : environmentAt(active)
}

/** PEP 405: an environment is a folder with a pyvenv.cfg. */
function environmentAt(folder: string): Environment | null {
  const config = path.join(folder, 'pyvenv.cfg')
  if (!existsSync(config)) return null
  return { folder, bin: path.join(folder, windows ? 'Scripts' : 'bin'), uv: /^uv\s*=/m.test(readFileSync(config, 'utf8')) }
}

/** The absolute path of a tool: from the settings, the environment or PATH, in this order; null if it is in none of them. */
export function findTool(tool: Tool, environment: Environment | null, settings: ToolSettings, env = process.env): string | null {
  if (tool === 'maturin' && settings.maturin !== '') return executable(settings.maturin)
  const folders = [
    ...(environment !== null && tool !== 'cargo' ? [environment.bin] : []),
    ...(pathVariable(env) ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder)),
    // rustup's default: an editor started from a desktop icon often lacks it on PATH.
    path.join(homedir(), '.cargo', 'bin'),
  ]
  for (const folder of folders) {
    const found = executable(path.join(folder, windows ? `${tool}.exe` : tool))
    if (found !== null) return found
  }
  return null
}

function executable(file: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat?.isFile() === true && (windows || (stat.mode & 0o111) !== 0) ? file : null
}

/** Windows spells the variable `Path`. */
function pathVariable(env: NodeJS.ProcessEnv): string | undefined {
  return Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1]
}

/** The variables that activate an environment for a child process, as its own `activate` script sets them. */
export function activation(environment: Environment | null, env = process.env): Record<string, string> {
  if (environment === null) return {}
  const name = Object.keys(env).find((each) => each.toUpperCase() === 'PATH') ?? 'PATH'
  return { VIRTUAL_ENV: environment.folder, [name]: `${environment.bin}${path.delimiter}${env[name] ?? ''}` }
}

/** The command a user can paste to install a tool, for the environment if there is one. */
export function installCommand(tool: Tool, environment: Environment | null): string {
  if (tool === 'cargo') {
    return windows ? 'winget install Rustlang.Rustup' : "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
  }
  if (environment === null) return windows ? `py -m pip install ${tool}` : `python3 -m pip install ${tool}`
  const python = quoted(path.join(environment.bin, windows ? 'python.exe' : 'python'))
  return environment.uv ? `uv pip install --python ${python} ${tool}` : `${call(python)}${python} -m pip install ${tool}`
}

/** The command a user can paste to make an environment in `folder`. */
export function createEnvironmentCommand(folder: string): string {
  const target = quoted(path.join(folder, '.venv'))
  return windows ? `py -m venv ${target}` : `python3 -m venv ${target}`
}

/** For the clipboard only: what we run ourselves is never a shell string. */
const quoted = (file: string): string =>
  /^[\w./:\\~-]+$/.test(file) ? file : windows ? `"${file}"` : `'${file.replaceAll("'", "'\\''")}'`

/** PowerShell runs a quoted path only with the call operator. */
const call = (file: string): string => (windows && file.startsWith('"') ? '& ' : '')
