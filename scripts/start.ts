import { spawnSync } from 'node:child_process'
import path from 'node:path'

// `npm start [-- PATH …]`: analyses the bundled examples, or any crate. A first look, so that findings are no failure.

const root = path.join(import.meta.dirname, '..')
const given = process.argv.slice(2)
const examples = ['examples/gotchas', 'examples/refused']

function run(args: readonly string[], cwd: string): number {
  return spawnSync(process.execPath, [path.join(root, 'dist/cli.mjs'), ...args], { cwd, stdio: 'inherit' }).status ?? 2
}

if (given.length > 0) {
  // npm runs scripts in the package's folder; relative paths mean the one that the user is in.
  const from = process.env['INIT_CWD'] ?? process.cwd()
  const status = run(['check', '--fail-on', 'never', '--min-severity', 'info', ...given], from)
  process.exit(status)
}

for (const example of examples) {
  console.log(`\n── ${example} ──\n`)
  const status = run(['check', '--fail-on', 'never', '--min-severity', 'hint', example], root)
  if (status !== 0) process.exit(status)
}
console.log('That was the bundled examples. Your own crate: npm start -- PATH')
