/**
 * Rewrites classes where they stand: copies corpus crates, applies what is offered, and lets `cargo check --all-targets` of the whole
 * crate judge, with the crate's own PyO3. The copy is checked before too, so that a crate that does not build here proves nothing.
 *
 *   node scripts/rewrites/in-place.ts [--rewrite frozen-mutex] NAME…
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { REWRITES } from '../../server/src/rewrites/index.ts'
import { applyEdits } from '../../server/src/syntax/edits.ts'
import { cacheRoot, corpusPackages, packageFolder } from '../corpus/packages.ts'
import { rewriteAll } from './rewrite-all.ts'

const CHECK_TIMEOUT_MS = 9 * 60 * 1000
/** A rewrite changes what the next one sees; more rounds than any crate has classes. */
const MAX_ROUNDS = 200

const { values, positionals } = parseArgs({
  options: { rewrite: { type: 'string', default: 'frozen-mutex' } },
  allowPositionals: true,
})
const rewrite = REWRITES.find((it) => it === values.rewrite) ?? 'frozen-mutex'

function main(): number {
  let failed = 0
  for (const pack of corpusPackages().filter((it) => positionals.includes(it.name))) {
    const copy = realpathSync(mkdtempSync(path.join(tmpdir(), 'rewrites-')))
    cpSync(packageFolder(pack), copy, { recursive: true, filter: (it) => path.basename(it) !== 'target' })
    if (!judge(pack.name, copy)) failed++
    rmSync(copy, { recursive: true, force: true })
  }
  return failed === 0 ? 0 : 1
}

function judge(name: string, copy: string): boolean {
  const [first] = rewriteAll(copy, rewrite).filter((it) => it.fix)
  if (!first) return say(name, 'nothing offered', true)
  const folder = path.dirname(first.manifest)
  const before = check(name, folder)
  if (before.status !== 0) return say(name, `does not build here: ${before.lines[0] ?? before.status}`, true)
  const classes = applyAll(copy)
  const after = check(name, folder)
  if (after.status !== 0) {
    for (const line of after.lines.slice(0, 12)) console.log(`  ${line}`)
    return say(name, `${classes.length} rewritten, DOES NOT COMPILE: ${classes.join(', ')}`, false)
  }
  const fresh = after.lines.length - before.lines.length
  return say(
    name,
    `${classes.length} rewritten, compiles${fresh > 0 ? ` WITH ${fresh} NEW WARNINGS` : ''}: ${classes.join(', ')}`,
    fresh <= 0,
  )
}

function say(name: string, text: string, ok: boolean): boolean {
  console.log(`${name}: ${text}`)
  return ok
}

/** Applies one class after the other, each on the text that the one before left. */
function applyAll(copy: string): string[] {
  const classes: string[] = []
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let applied = false
    rewriteAll(copy, rewrite, (db, attempts) => {
      const next = attempts.find((it) => it.fix)
      if (!next?.fix || applied) return
      for (const { file, edits } of next.fix.changes) {
        const text = applyEdits(db.text(file) ?? '', edits)
        if (text === null) throw new Error(`${next.className}: edits overlap`)
        writeFileSync(file, text)
      }
      classes.push(next.className)
      applied = true
    })
    if (!applied) break
  }
  return classes
}

interface Check {
  readonly status: number | null
  /** Errors and warnings, one a line. */
  readonly lines: readonly string[]
}

function check(name: string, folder: string): Check {
  const done = spawnSync('nice', ['-n', '10', 'cargo', 'check', '--all-targets', '--quiet', '--message-format', 'short'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CARGO_TARGET_DIR: path.join(cacheRoot(), 'target', `in-place-${name}`) },
    timeout: CHECK_TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
  })
  return {
    status: done.status,
    lines: done.stderr.split('\n').filter((it) => /\b(?:error|warning)\b/.test(it) && !/generated \d+ warning/.test(it)),
  }
}

process.exitCode = main()
