/**
 * Runs the suites inside a desktop VS Code that @vscode/test-electron downloads: for machines that can reach its update server
 * and have a display (or xvfb-run).
 *
 *   node scripts/editor/run-desktop.ts [--vscode VERSION] [--grep TEXT]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { runTests } from '@vscode/test-electron'
import { bundleSuites, prepare, root, SCENARIOS, type Scenario } from './suites.ts'

const { values } = parseArgs({ options: { vscode: { type: 'string', default: 'stable' }, grep: { type: 'string' } } })

const built = spawnSync(process.execPath, ['esbuild.mjs', '--quiet'], { cwd: root, stdio: 'inherit' })
if (built.status !== 0) process.exit(1)
const entry = await bundleSuites()
const folder = mkdtempSync(path.join(tmpdir(), 'desktop-'))
let passed = true
try {
  for (const scenario of Object.keys(SCENARIOS) as Scenario[]) {
    const prepared = prepare(scenario, entry, folder, values.grep ?? null)
    const code = await runTests({
      version: values.vscode,
      extensionDevelopmentPath: root,
      extensionTestsPath: prepared.entry,
      extensionTestsEnv: { ...prepared.env },
      launchArgs: [
        prepared.target,
        '--disable-extensions',
        '--disable-workspace-trust',
        `--user-data-dir=${path.join(folder, 'data')}`,
      ],
    }).catch((error: unknown) => {
      console.error(error)
      return 1
    })
    const { text, outcome } = prepared.result()
    console.log(text)
    console.log(`${scenario}: VS Code ended with ${code}`)
    passed = code === 0 && outcome !== null && outcome.ran > 0 && outcome.failures === 0 && passed
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}
process.exit(passed ? 0 : 1)
