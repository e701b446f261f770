/** A throw-away VS Code profile: user data, extensions and settings that keep the workbench quiet. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Settings that make screenshots and timings stable. */
const QUIET = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'git.enabled': false,
  'files.autoSave': 'off',
}

/** Folders of one profile; all lie in `folder`. */
export interface Profile {
  readonly folder: string
  readonly data: string
  readonly extensions: string
  /** An empty configuration for code-server, which would otherwise write one into the user's home. */
  readonly config: string
}

/** Makes a profile. It is removed when the process ends; EDITOR_KEEP=1 keeps it, with VS Code's logs in data/logs. */
export function makeProfile(settings: Readonly<Record<string, unknown>> = {}): Profile {
  const folder = mkdtempSync(path.join(tmpdir(), 'editor-'))
  process.on('exit', () => {
    if (process.env['EDITOR_KEEP'] !== undefined) console.error(`kept: ${folder}`)
    else rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  })
  const profile = {
    folder,
    data: path.join(folder, 'data'),
    extensions: path.join(folder, 'extensions'),
    config: path.join(folder, 'config.yaml'),
  }
  mkdirSync(path.join(profile.data, 'User'), { recursive: true })
  mkdirSync(profile.extensions)
  writeFileSync(profile.config, '')
  writeFileSync(path.join(profile.data, 'User/settings.json'), JSON.stringify({ ...QUIET, ...settings }, null, 2))
  return profile
}
