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
  if (first === undefined) return summaryCommand(parseOptions([], ['text']))
  if (first === '--help' || first === '-h' || first === 'help') return print(help())
  if (first === '--version' || first === '-V') return print(`pyo3-thread-safety ${VERSION}\n`)
  const command = COMMANDS[first]
  if (!command) {
    if (first.startsWith('-')) return summaryCommand(parseOptions(args, ['text']))
    throw new UsageError(`unknown command '${first}' (there are ${Object.keys(COMMANDS).join(', ')})`)
  }
  const options = parseOptions(rest, command.formats)
  return options.help ? print(help()) : command.run(options)
}

function help(): string {
  const commands = Object.values(COMMANDS).map((it) => `  ${it.help}`)
  return `${styleText('bold', 'pyo3-thread-safety')}: PyO3 crates that are right on free-threaded Python\n\ncommands\n  (none)             one screen about the crate in this folder\n${commands.join('\n')}\n\n${OPTIONS_HELP}\n`
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`pyo3-thread-safety: ${error.message}\n`)
  process.exitCode = 2
}
