/**
 * Rewrites classes where they stand: copies corpus crates, applies what is offered, and lets `cargo check --all-targets` of the whole
 * crate judge, with the crate's own PyO3 and lock file. No new warnings are allowed. `building.tsv` says which crates build here.
 *
 *   node scripts/rewrites/in-place.ts --all [--failures FILE]
 *   node scripts/rewrites/in-place.ts [--rewrite frozen-mutex] NAME…
 *
 * Classes get a lock first, then those that can have them get atomics, on a fresh copy. What does not compile is tried class by class,
 * and written to `--failures`.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import type { RewriteName } from '../../server/src/rewrites/index.ts'
import { type CorpusPackage, cacheRoot, corpusPackages, packageFolder } from '../corpus/packages.ts'
import { type Applied, applyOffered, rewritesNamed } from './apply-offered.ts'
import { type BuildingCrate, buildingCrates } from './building-list.ts'
import { type CrateCheck, checkCrate, exclusively, newMessages, syncFolder } from './crate-check.ts'

const CHECK_TIMEOUT_MS = 15 * 60 * 1000

const { values, positionals } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    rewrite: { type: 'string' },
    failures: { type: 'string' },
  },
  allowPositionals: true,
})

/** A crate after one rewrite of all its classes. */
interface Judged {
  readonly applied: readonly Applied[]
  readonly again: readonly string[]
  /** Errors and new warnings. */
  readonly messages: readonly string[]
  readonly compiles: boolean
}

function main(): number {
  let [crates, rewritten, failed] = [0, 0, 0]
  console.log('crate\ttargets\trewrite\trewritten\tcompiles\tnew warnings\tclasses')
  for (const building of buildingCrates().filter((it) => values.all || positionals.includes(it.package))) {
    const pack = corpusPackages().find((it) => it.name === building.package)
    if (!pack || !existsSync(packageFolder(pack))) continue
    const copy = path.join(cacheRoot(), 'rewrites', 'in-place', `${pack.name}-${pack.version}`)
    const counts = exclusively(copy, () => rewritesNamed(values.rewrite).map((it) => judge(pack, building, copy, it)))
    if (!counts) console.log(`${pack.name}\tanother process works on it`)
    const own = counts?.reduce((sum, it) => sum + it.rewritten, 0) ?? 0
    crates += own > 0 ? 1 : 0
    rewritten += own
    failed += counts?.reduce((sum, it) => sum + it.failed, 0) ?? 1
  }
  console.log(`in place: ${rewritten} rewritten in ${crates} crates, ${failed} problems (goal: 60 in 10, 0 problems)`)
  return failed === 0 ? 0 : 1
}

/** Prints a row of the table. */
function judge(
  pack: CorpusPackage,
  crate: BuildingCrate,
  copy: string,
  rewrite: RewriteName,
): { rewritten: number; failed: number } {
  const { applied, again, messages, compiles } = tried(pack, crate, copy, rewrite, () => true)
  if (applied.length === 0) return { rewritten: 0, failed: 0 }
  const names = applied.map((it) => it.className).join(', ')
  const name = crate.folder === '.' ? pack.name : `${pack.name} ${crate.folder}`
  console.log(
    [name, crate.targets, rewrite, applied.length, compiles ? 'yes' : 'NO', compiles ? messages.length : '-', names].join('\t'),
  )
  if (again.length > 0) complain(`${name}: ${again.join(', ')}: ${rewrite} is offered a second time`)
  if (messages.length > 0) for (const it of applied) explain(pack, crate, copy, rewrite, it, applied.length > 1)
  return { rewritten: applied.length, failed: (messages.length > 0 ? 1 : 0) + again.length }
}

/** The messages of one class alone. */
function explain(
  pack: CorpusPackage,
  crate: BuildingCrate,
  copy: string,
  rewrite: RewriteName,
  { className, file }: Applied,
  alone: boolean,
): void {
  const { messages } = tried(pack, crate, copy, rewrite, (it) => !alone || (it.className === className && it.file === file))
  if (messages.length === 0) return
  const lines = messages.slice(0, 6).map((it) => `    ${it.slice(0, 300)}`)
  complain(`${pack.name} ${path.relative(copy, file)} ${className}, ${rewrite}:\n${lines.join('\n')}`)
}

function complain(text: string): void {
  console.log(`  ${text}`)
  if (values.failures !== undefined)
    appendFileSync(values.failures, `- [in place, ${new Date().toISOString().slice(11, 16)}] ${text}\n`)
}

function tried(
  pack: CorpusPackage,
  crate: BuildingCrate,
  copy: string,
  rewrite: RewriteName,
  wanted: (it: { className: string; file: string }) => boolean,
): Judged {
  syncFolder(packageFolder(pack), copy)
  const folder = path.join(copy, crate.folder)
  const { applied, again } = applyOffered(copy, [rewrite], (it) => path.dirname(it.manifest) === folder && wanted(it))
  if (applied.length === 0) return { applied, again, messages: [], compiles: true }
  const after = checkCrate(folder, { ...crate, timeoutMs: CHECK_TIMEOUT_MS })
  syncFolder(packageFolder(pack), copy)
  const messages = newMessages(checkedBefore(pack, crate, folder), after)
  const compiles = after.status === 0 || (crate.targets === 'keep-going' && after.status !== null && messages.length === 0)
  return { applied, again, messages: compiles || messages.length > 0 ? messages : [`status ${after.status}`], compiles }
}

/** What the crate's own text gives: the same every time, so it is kept. */
function checkedBefore(pack: CorpusPackage, crate: BuildingCrate, folder: string): CrateCheck {
  const name = `${pack.name}-${pack.version}-${crate.folder.replaceAll('/', '+')}-${crate.targets}.json`
  const store = path.join(cacheRoot(), 'rewrites', 'before', name)
  if (existsSync(store)) return JSON.parse(readFileSync(store, 'utf8')) as CrateCheck
  const before = checkCrate(folder, { ...crate, timeoutMs: CHECK_TIMEOUT_MS })
  if (before.status !== 0 && (crate.targets !== 'keep-going' || before.status === null))
    throw new Error(`${folder} does not build here: ${before.lines[0]}`)
  mkdirSync(path.dirname(store), { recursive: true })
  writeFileSync(store, JSON.stringify(before))
  return before
}

process.exitCode = main()
