/**
 * Entry of the tests inside the extension host: VS Code loads it (`extensionTestsPath`) and calls `run`. The same file serves
 * code-server and desktop VS Code.
 */
import { appendFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { format } from 'node:util'

/** What the runner outside says, through the environment variable EDITOR_TESTS. */
interface Options {
  /** Which folder of suites to run. */
  readonly scenario: string
  /** File that gets what the run prints, and a last line of {@link Outcome}. */
  readonly output: string
  readonly grep: string | null
}

/** The last line of the output, as JSON. */
export interface Outcome {
  readonly ran: number
  readonly failures: number
}

/** Rejects if a test fails: VS Code then reports a non-zero exit code. */
export async function run(): Promise<void> {
  const options = JSON.parse(process.env['EDITOR_TESTS'] ?? '{}') as Options
  const print = (...parts: readonly unknown[]) => appendFileSync(options.output, `${format(...parts)}\n`)
  // VS Code's console ignores new methods: the object itself is replaced, before mocha keeps what it finds.
  const value = print
  globalThis.console = Object.create(console, { log: { value }, info: { value }, warn: { value }, error: { value } }) as Console
  const { default: Mocha } = await import('mocha')
  const grep = options.grep === null ? {} : { grep: options.grep }
  const mocha = new Mocha({ ui: 'bdd', reporter: 'spec', color: false, timeout: 30_000, forbidOnly: true, ...grep })
  const folder = path.join(__dirname, options.scenario)
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.suite.cjs')) mocha.addFile(path.join(folder, file))
  }
  await mocha.loadFilesAsync()
  let ran = 0
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve).on('test end', () => ran++)
  })
  print(JSON.stringify({ ran, failures } satisfies Outcome))
  if (failures > 0 || ran === 0) throw new Error(`${failures} of ${ran} tests failed`)
}
