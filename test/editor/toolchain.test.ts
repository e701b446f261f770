import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ToolSettings } from '../../client/src/config.ts'
import { activation, createEnvironmentCommand, findEnvironment, findTool, installCommand } from '../../client/src/toolchain.ts'

const NONE: ToolSettings = { environment: '', maturin: '', maturinArgs: [], pytestArgs: [], targetDir: '' }
let top: string

beforeEach(() => {
  top = mkdtempSync(path.join(tmpdir(), 'toolchain-'))
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

function environment(folder: string, config = 'home = /usr/bin\n'): string {
  mkdirSync(path.join(folder, 'bin'), { recursive: true })
  writeFileSync(path.join(folder, 'pyvenv.cfg'), config)
  return folder
}

function program(file: string): string {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, '#!/bin/sh\n')
  chmodSync(file, 0o755)
  return file
}

// Paths as on Unix: on Windows the folder of an environment's programs has another name.
describe.skipIf(process.platform === 'win32')('the virtual environment', () => {
  it('is the nearest of .venv, venv and env, up to the workspace folder', () => {
    const crate = path.join(top, 'crates/a')
    mkdirSync(crate, { recursive: true })
    expect(findEnvironment(crate, top, NONE, {})).toBeNull()
    const outer = environment(path.join(top, 'env'))
    expect(findEnvironment(crate, top, NONE, {})?.folder).toBe(outer)
    const inner = environment(path.join(crate, 'venv'))
    expect(findEnvironment(crate, top, NONE, {})?.folder).toBe(inner)
    const first = environment(path.join(crate, '.venv'))
    expect(findEnvironment(crate, top, NONE, {})?.folder).toBe(first)
  })

  it('is not a folder of that name without a pyvenv.cfg, nor one above the workspace folder', () => {
    const workspace = path.join(top, 'workspace')
    mkdirSync(path.join(workspace, 'env'), { recursive: true })
    environment(path.join(top, '.venv'))
    expect(findEnvironment(workspace, workspace, NONE, {})).toBeNull()
  })

  it('is $VIRTUAL_ENV only where the workspace has none, and the setting above all', () => {
    const active = environment(path.join(top, 'active'))
    const set = environment(path.join(top, 'set'))
    const workspace = path.join(top, 'workspace')
    mkdirSync(workspace)
    expect(findEnvironment(workspace, workspace, NONE, { VIRTUAL_ENV: active })?.folder).toBe(active)
    const own = environment(path.join(workspace, '.venv'))
    expect(findEnvironment(workspace, workspace, NONE, { VIRTUAL_ENV: active })?.folder).toBe(own)
    expect(findEnvironment(workspace, workspace, { ...NONE, environment: '../set' }, {})?.folder).toBe(set)
    expect(findEnvironment(workspace, workspace, { ...NONE, environment: 'missing' }, { VIRTUAL_ENV: active })).toBeNull()
  })
})

describe.skipIf(process.platform === 'win32')('a tool', () => {
  it('comes from the environment before PATH, and is null where there is none', () => {
    const venv = findEnvironment(top, top, { ...NONE, environment: environment(path.join(top, '.venv')) }, {})
    const onPath = program(path.join(top, 'path/maturin'))
    const env = { PATH: `relative:${path.dirname(onPath)}` }
    expect(findTool('maturin', venv, NONE, env)).toBe(onPath)
    const own = program(path.join(top, '.venv/bin/maturin'))
    expect(findTool('maturin', venv, NONE, env)).toBe(own)
    expect(findTool('pytest', venv, NONE, env)).toBeNull()
  })

  it('is the one from the settings or none', () => {
    const chosen = program(path.join(top, 'chosen'))
    expect(findTool('maturin', null, { ...NONE, maturin: chosen }, {})).toBe(chosen)
    expect(findTool('maturin', null, { ...NONE, maturin: path.join(top, 'missing') }, {})).toBeNull()
  })

  it('must be executable', () => {
    const file = program(path.join(top, 'path/maturin'))
    chmodSync(file, 0o644)
    expect(findTool('maturin', null, NONE, { PATH: path.dirname(file) })).toBeNull()
  })

  it('runs with the environment activated', () => {
    const venv = findEnvironment(top, top, { ...NONE, environment: environment(path.join(top, '.venv')) }, {})
    expect(activation(venv, { PATH: '/usr/bin' })).toEqual({
      VIRTUAL_ENV: path.join(top, '.venv'),
      PATH: `${top}/.venv/bin:/usr/bin`,
    })
    expect(activation(null, { PATH: '/usr/bin' })).toEqual({})
  })
})

describe.skipIf(process.platform === 'win32')('the command to copy', () => {
  it('installs into the environment, with uv where it has no pip of its own', () => {
    const pip = findEnvironment(top, top, { ...NONE, environment: environment(path.join(top, '.venv')) }, {})
    expect(installCommand('maturin', pip)).toBe(`${top}/.venv/bin/python -m pip install maturin`)
    const uv = findEnvironment(
      top,
      top,
      { ...NONE, environment: environment(path.join(top, 'uv'), 'home = /usr\nuv = 0.9.1\n') },
      {},
    )
    expect(installCommand('pytest', uv)).toBe(`uv pip install --python ${top}/uv/bin/python pytest`)
    expect(installCommand('maturin', null)).toBe('python3 -m pip install maturin')
  })

  it('quotes a path that a shell would split', () => {
    expect(createEnvironmentCommand("/home/o'neil/my crate")).toBe("python3 -m venv '/home/o'\\''neil/my crate/.venv'")
  })
})
