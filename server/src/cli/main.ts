#!/usr/bin/env node
import { styleText } from 'node:util'
import { checkCommand } from './commands/check.ts'
import { explainCommand } from './commands/explain.ts'
import { fixCommand } from './commands/fix.ts'
import { lspCommand } from './commands/lsp.ts'
import { rulesCommand } from './commands/rules.ts'
import { summaryCommand } from './commands/summary.ts'
import { typesCommand } from './commands/types.ts'
import { type CliOptions, parseOptions, UsageError } from './options.ts'
import { VERSION } from './version.ts'

/** One command: its output formats (the first is the default), what it does, and its exit status (see the contract in README). */
interface Command {
  readonly formats: readonly string[]
  readonly help: string
  run(options: CliOptions): Promise<number>
}

const SUMMARY: Command = {
  formats: ['text'],
  help: '(none)             one screen about the crate in this folder',
  run: summaryCommand,
}

const COMMANDS: Readonly<Record<string, Command>> = {
  check: {
    formats: ['text', 'json'],
    help: 'check [PATH…]      find what is not thread-safe (default: this folder)',
    run: checkCommand,
  },
  types: {
    formats: ['text'],
    help: 'types [PATH]       Send/Sync of every struct, enum and union, tab-separated',
    run: typesCommand,
  },
  explain: {
    formats: ['text'],
    help: 'explain TARGET     a rule id, FILE:LINE or a class name: why the verdict is what it is',
    run: explainCommand,
  },
  fix: {
    formats: ['text', 'json'],
    help: 'fix [PATH…]        apply fixes: --grade safe|suggested|risky, --rule ID, --class NAME, --diff',
    run: fixCommand,
  },
  rules: { formats: ['text', 'json'], help: 'rules              all rules', run: rulesCommand },
  lsp: { formats: ['text'], help: 'lsp --stdio        the language server, for any editor', run: lspCommand },
}

const OPTIONS_HELP = `options
  --features a,b  --all-features  --no-default-features  --target TRIPLE
  --python free-threaded|gil|auto   --assume-pyo3 0.27
  --format text|json   --min-severity error|warning|info|hint   --fail-on error|warning|info|hint|never
  --select ID  --ignore ID  --profile default|checklist|strict  --quiet`

async function main(args: readonly string[]): Promise<number> {
  const [first, ...rest] = args
  if (first === 'help') return print(help())
  const named = first !== undefined && !first.startsWith('-')
  if (named && !Object.hasOwn(COMMANDS, first))
    throw new UsageError(`unknown command '${first}' (there are ${Object.keys(COMMANDS).join(', ')})`)
  const command = (named ? COMMANDS[first] : null) ?? SUMMARY
  const options = parseOptions(named ? rest : args, command.formats)
  if (options.help) return print(help())
  return options.version ? print(`pyo3-thread-safety ${VERSION}\n`) : command.run(options)
}

function help(): string {
  const commands = [SUMMARY, ...Object.values(COMMANDS)].map((it) => `  ${it.help}`)
  return `${styleText('bold', 'pyo3-thread-safety')}: PyO3 crates that are right on free-threaded Python\n\ncommands\n${commands.join('\n')}\n\n${OPTIONS_HELP}\n`
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const usage = error instanceof UsageError
  const bug = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`pyo3-thread-safety: ${usage ? error.message : `this is a bug, please report it: ${bug}`}\n`)
  // Not 1, which says that the code under analysis has findings.
  process.exitCode = 2
}
