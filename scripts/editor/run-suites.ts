/**
 * Runs the suites inside the extension host of a real VS Code (code-server), against what is in the package.
 *
 *   node scripts/editor/run-suites.ts [--vsix FILE] [--scenario NAME] [--grep TEXT] [--timeout SECONDS] [--verbose]
 *
 * Exit code: 0 all tests passed; 1 a test failed, none ran, or VS Code reported an error.
 */
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { format, parseArgs } from 'node:util'
import { makeProfile } from './profile.ts'
import { bundleSuites, prepare, root, SCENARIOS, type Scenario } from './suites.ts'
import { installExtension, openBrowser, remoteUri, startWorkbench, workbenchUrl } from './workbench.ts'

const { values } = parseArgs({
  options: {
    vsix: { type: 'string', default: 'pyo3-thread-safety.vsix' },
    scenario: { type: 'string' },
    grep: { type: 'string' },
    timeout: { type: 'string', default: '240' },
    verbose: { type: 'boolean', default: false },
  },
})

/** Runs one scenario in a profile of its own; true if all its tests passed. */
async function runScenario(scenario: Scenario, entry: string): Promise<boolean> {
  const began = performance.now()
  const profile = makeProfile()
  installExtension(profile, path.resolve(root, values.vsix))
  const installed = readdirSync(profile.extensions).find((name) => name.startsWith('pyo3-thread-safety.'))
  if (installed === undefined) throw new Error(`${values.vsix} was not installed`)
  const prepared = prepare(scenario, entry, profile.folder, values.grep ?? null)
  const workbench = await startWorkbench(profile, { env: prepared.env, runsTests: true })
  const browser = await openBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    // The workbench calls these two when it runs tests of an extension.
    const exit = new Promise<number>((resolve) => void page.exposeFunction('codeAutomationExit', resolve))
    await page.exposeFunction('codeAutomationLog', (level: string, parts: readonly unknown[]) => {
      if (values.verbose) console.error(`[VS Code ${level}] ${format(...parts)}`)
    })
    await page.goto(
      workbenchUrl(workbench, prepared.target, {
        // Tests run only for an extension under development: the installed one is named as that.
        extensionDevelopmentPath: remoteUri(workbench, path.join(profile.extensions, installed)),
        extensionTestsPath: remoteUri(workbench, prepared.entry),
        skipWelcome: 'true',
      }),
    )
    const limit = Number(values.timeout) * 1000
    const code = await Promise.race([exit, sleep(limit, 'timeout' as const, { ref: false })])
    const { text, outcome } = prepared.result()
    console.log(text)
    if (code === 'timeout') console.error(`no result after ${values.timeout} s\n${workbench.log()}`)
    console.log(`${scenario}: VS Code ended with ${code} after ${((performance.now() - began) / 1000).toFixed(1)} s`)
    return code === 0 && outcome !== null && outcome.ran > 0 && outcome.failures === 0
  } finally {
    await browser.close()
    await workbench.stop()
  }
}

const entry = await bundleSuites()
let passed = true
for (const scenario of Object.keys(SCENARIOS) as Scenario[]) {
  if (values.scenario === undefined || values.scenario === scenario) passed = (await runScenario(scenario, entry)) && passed
}
process.exit(passed ? 0 : 1)
