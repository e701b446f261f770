/**
 * Compares the macro expander with rustc: every case of test/macros-cases.ts is expanded by both.
 *
 *     node scripts/check-macros.ts           # prints what differs, exit status 1 if anything does
 *     node scripts/check-macros.ts --write   # also records rustc's answers in test/macros-rustc.json for the unit tests
 *
 * rustc shows an expansion through `stringify!` around each right-hand side, so no unstable option is needed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cases, forwardCases, type MacroCase, refusedCases } from '../test/macros-cases.ts'
import { expansionOf, forwardedRule, sameTokens } from '../test/macros-expand.ts'

const dir = mkdtempSync(join(tmpdir(), 'check-macros-'))

function definition(name: string, rules: MacroCase['rules']): string {
  return `macro_rules! ${name} { ${rules.map(([matcher, body]) => `(${matcher}) => { stringify!(${body}\n) };`).join('\n')} }`
}

/** One program prints all expansions of one edition. */
function expandAll(all: readonly MacroCase[], edition: string): string[] {
  const body = all.map((c, i) => `{ ${definition(`m${i}`, c.rules)} println!("{:?}", m${i}!{${c.args}\n}); }`)
  return run(`#![allow(unused)] fn main() { ${body.join('\n')} }`, edition)
}

function run(source: string, edition: string): string[] {
  const file = join(dir, 'main.rs')
  writeFileSync(file, source)
  execFileSync('rustc', ['--edition', edition, '-Awarnings', '-Cdebuginfo=0', '-o', join(dir, 'main'), file], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return execFileSync(join(dir, 'main'), { encoding: 'utf8' }).trimEnd().split('\n').map(unescapeDebug)
}

/** The text that Rust printed with `{:?}`. */
function unescapeDebug(line: string): string {
  return line
    .slice(1, -1)
    .replace(/\\(?:u\{([0-9a-f]+)\}|(.))/g, (_, hex: string | undefined, char: string) =>
      hex === undefined
        ? ({ n: '\n', t: '\t', r: '\r', '0': '\0' }[char] ?? char)
        : String.fromCodePoint(Number.parseInt(hex, 16)),
    )
}

function errorOf(c: MacroCase): string {
  const file = join(dir, 'refused.rs')
  writeFileSync(file, `fn main() { ${definition('m', c.rules)} m!{${c.args}\n}; }`)
  return spawnSync('rustc', ['--edition', c.edition ?? '2021', '--emit=metadata', '-o', join(dir, 'refused'), file], {
    encoding: 'utf8',
  }).stderr
}

const recorded: Record<string, string> = {}
let wrong = 0
function report(name: string, ours: string, rustc: string, same: boolean): void {
  if (same) return
  wrong++
  console.log(`${name}\n  ours:  ${ours}\n  rustc: ${rustc}`)
}

for (const edition of ['2021', '2018', '2024'] as const) {
  const group = cases.filter((c) => (c.edition ?? '2021') === edition)
  for (const [i, text] of expandAll(group, edition).entries()) {
    const c = group[i]
    if (c === undefined) throw new Error('rustc printed more lines than there are cases')
    recorded[c.name] = text
    const ours = expansionOf(c)
    report(
      c.name,
      ours.kind === 'text' ? ours.text : `refused: ${ours.reason}`,
      text,
      ours.kind === 'text' && sameTokens(ours.text, text),
    )
  }
}
const forwards = forwardCases.map((c, i) => {
  const [matcher, forwarded] = c.outer
  return `{ ${definition(`i${i}`, c.inner)} macro_rules! o${i} { (${matcher}) => { i${i}!(${forwarded}) } } println!("{:?}", o${i}!{${c.args}}); }`
})
for (const [i, text] of run(`fn main() { ${forwards.join('\n')} }`, '2021').entries()) {
  const c = forwardCases[i]
  if (c === undefined) throw new Error('rustc printed more lines than there are cases')
  recorded[c.name] = text
  report(c.name, forwardedRule(c), text, forwardedRule(c) === text)
}
for (const c of refusedCases) {
  const ours = expansionOf(c)
  const message = errorOf(c)
  report(
    c.name,
    ours.kind === 'text' ? ours.text : ours.reason,
    message.split('\n')[0] ?? '',
    ours.kind === 'refused' && ours.reason === c.reason && message.includes(c.message),
  )
}
rmSync(dir, { recursive: true })
if (process.argv.includes('--write'))
  writeFileSync(new URL('../test/macros-rustc.json', import.meta.url), `${JSON.stringify(recorded, null, 2)}\n`)
console.log(`${cases.length} expansions, ${forwardCases.length} forwarded, ${refusedCases.length} refused: ${wrong} differ`)
process.exitCode = wrong === 0 ? 0 : 1
