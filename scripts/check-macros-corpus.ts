/**
 * Compares the macro expander with rustc on the macros of real crates: every call of a `macro_rules!` macro that is
 * defined once in the same package, nested calls left alone, is expanded by both and the tokens are compared.
 *
 *     node scripts/check-macros-corpus.ts [FOLDER…]     # default: every package of the downloaded corpus
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { isRefusal, parseMacroRules } from '../server/src/resolve/macros/expand.ts'
import { matchRule } from '../server/src/resolve/macros/match.ts'
import { render } from '../server/src/resolve/macros/render.ts'
import { readTokens, type Tok } from '../server/src/resolve/macros/tokens.ts'
import { transcribe } from '../server/src/resolve/macros/transcribe.ts'
import { sameTokens } from '../test/macros-expand.ts'

interface Definition {
  readonly file: string
  readonly body: string
}

interface Call {
  readonly macro: string
  readonly file: string
  readonly body: string
  readonly args: string
}

const ROUNDS = 12
const BATCH = 400
const corpus =
  process.env['PYO3_CORPUS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pyo3-thread-safety/corpus')
const packages =
  process.argv.length > 2
    ? process.argv.slice(2)
    : readdirSync(corpus)
        .filter((name) => name !== 'archives')
        .map((name) => join(corpus, name))
const dir = mkdtempSync(join(tmpdir(), 'check-macros-'))
const total = { calls: 0, equal: 0, brackets: 0, bothRefuse: 0, differ: 0 }

function rustFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.rs'))
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Definitions and calls of one file, from its tokens. */
function scan(file: string, definitions: Map<string, Definition[]>, calls: { name: string; file: string; args: string }[]): void {
  const text = readFileSync(file, 'utf8')
  const toks = readTokens(text, 'args', [])
  if (toks === null) return
  const inside = (open: Tok): string => text.slice(open.end, toks[open.partner]?.start)
  for (const [at, tok] of toks.entries()) {
    const name = toks[at - 2]
    const bang = toks[at - 1]
    if (tok.kind !== 'open') continue
    if (toks[at - 3]?.text === 'macro_rules' && bang?.kind === 'ident') {
      definitions.set(bang.text, [...(definitions.get(bang.text) ?? []), { file, body: inside(tok) }])
    } else if (bang?.text === '!' && name?.kind === 'ident' && !inside(tok).includes('$'))
      calls.push({ name: name.text, file, args: inside(tok) })
  }
}

function callsOf(folder: string): Call[] {
  const definitions = new Map<string, Definition[]>()
  const calls: { name: string; file: string; args: string }[] = []
  for (const file of rustFiles(folder)) scan(file, definitions, calls)
  const seen = new Set<string>()
  return calls.flatMap(({ name, file, args }) => {
    const found = definitions.get(name) ?? []
    const local = found.filter((definition) => definition.file === file)
    const chosen = found.length === 1 ? found[0] : local.length === 1 ? local[0] : undefined
    const key = `${name}\0${args}\0${chosen?.body}`
    if (chosen === undefined || seen.has(key)) return []
    seen.add(key)
    return [{ macro: name, file, body: chosen.body, args }]
  })
}

/** The definition with `stringify!` around every right-hand side. */
function showing(body: string): string {
  const toks = readTokens(body, 'definition', []) ?? []
  let [shown, done] = ['', 0]
  for (let at = 0; at < toks.length; ) {
    const left = toks[at]
    const right = left?.kind === 'open' ? toks[left.partner + 2] : undefined
    if (right?.kind !== 'open') break
    shown += `${body.slice(done, right.start)}{ stringify!(${body.slice(right.end, toks[right.partner]?.start)}\n) }`
    done = toks[right.partner]?.end ?? body.length
    at = right.partner + 2
  }
  return shown + body.slice(done)
}

/** rustc's expansions; null where it reports an error. Calls with errors are taken out and the rest is tried again. */
function rustc(calls: readonly Call[], edition: string): (string | null)[] {
  const results: (string | null)[] = calls.map(() => null)
  let left = calls.map((_, index) => index)
  for (let round = 0; round < ROUNDS && left.length > 0; round++) {
    const starts: number[] = []
    let source = '#![allow(warnings)]\n#![recursion_limit = "1024"]\n'
    for (const index of left) {
      const call = calls[index]
      if (call === undefined) continue
      starts.push(source.split('\n').length)
      source += `fn f${index}() { macro_rules! m { ${showing(call.body)} } println!("{:?}", m!{${call.args}\n}); }\n`
    }
    const lines = source.split('\n').length
    writeFileSync(join(dir, 'main.rs'), `${source}fn main() { ${left.map((index) => `f${index}();`).join(' ')} }`)
    const built = spawnSync('rustc', ['--edition', edition, '-Cdebuginfo=0', '-o', join(dir, 'main'), join(dir, 'main.rs')], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    })
    if (built.status === 0) {
      const printed = execFileSync(join(dir, 'main'), { encoding: 'utf8', maxBuffer: 2 ** 28 })
        .trimEnd()
        .split('\n')
      for (const [i, index] of left.entries()) results[index] = unescapeDebug(printed[i] ?? '""')
      return results
    }
    const bad = new Set<number>()
    for (const [, line] of built.stderr.matchAll(/main\.rs:(\d+):/g)) {
      const at = starts.findLastIndex((start) => start <= Number(line))
      if (Number(line) < lines && at >= 0) bad.add(left[at] ?? -1)
    }
    if (bad.size === 0) throw new Error(built.stderr.slice(0, 2000))
    left = left.filter((index) => !bad.has(index))
  }
  return results
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

/** The tokens before brackets are added around fragments and `concat!` in attributes is evaluated: rustc does neither here. */
function ours(call: Call, edition: '2018' | '2021' | '2024'): string | { readonly reason: string } {
  const rules = parseMacroRules(call.body, edition)
  if (isRefusal(rules)) return rules
  const toks = readTokens(call.args, 'args', [])
  if (toks === null) return { reason: 'parse-error' }
  for (const rule of rules.rules) {
    const bindings = matchRule(rule, toks, edition, { left: 1_000_000 })
    if (bindings === null) continue
    if (isRefusal(bindings)) return bindings
    const out = transcribe(rule.body, bindings, '$crate', { left: 1_000_000 })
    return isRefusal(out) ? out : render(out, call.args, rules.definition).text
  }
  return { reason: 'no-arm-matches' }
}

/** Without the commas and brackets that rustc's printer adds to captured fragments or drops. */
const loosely = (text: string): string =>
  (readTokens(text, 'args', []) ?? []).map((tok) => tok.text.replace(/[()<>,\s]/g, '')).join('')

function compare(call: Call, mine: string | { readonly reason: string }, theirs: string | null): void {
  total.calls++
  if (typeof mine !== 'string' && theirs === null) total.bothRefuse++
  else if (typeof mine === 'string' && theirs !== null && sameTokens(mine, theirs)) total.equal++
  else if (typeof mine === 'string' && theirs !== null && loosely(mine) === loosely(theirs)) total.brackets++
  else {
    total.differ++
    const show = (side: typeof mine | null): string =>
      typeof side === 'string' ? side.replace(/\s+/g, ' ').slice(0, 700) : (side?.reason ?? 'error')
    console.log(
      `${call.file}: ${call.macro}!(${call.args.replace(/\s+/g, ' ').slice(0, 200)})\n  ours:  ${show(mine)}\n  rustc: ${show(theirs)}`,
    )
  }
}

function editionOf(folder: string): '2018' | '2021' | '2024' {
  const manifest = spawnSync('grep', ['-rhoE', '--include=Cargo.toml', '^edition *= *"20[0-9]+"', folder], {
    encoding: 'utf8',
  }).stdout
  const found = /20(?:18|21|24)/.exec(manifest)?.[0]
  return found === '2018' || found === '2024' ? found : '2021'
}

for (const folder of packages) {
  const edition = editionOf(folder)
  const calls = callsOf(folder)
  for (let at = 0; at < calls.length; at += BATCH) {
    const batch = calls.slice(at, at + BATCH)
    const answers = rustc(batch, edition)
    for (const [i, call] of batch.entries()) compare(call, ours(call, edition), answers[i] ?? null)
  }
}
rmSync(dir, { recursive: true })
console.log(total)
process.exitCode = total.differ === 0 ? 0 : 1
