/**
 * Lifts classes out of corpus crates, each with what it needs of its crate, compiles them with a PyO3 of our choice, rewrites those
 * that are offered and compiles them again: for crates that cannot be built here, or take long. Nothing that is lifted is committed.
 *
 *   node scripts/rewrites/lifted.ts [--pyo3 0.29] [--failures FILE] [--show CLASS]
 */
import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { REWRITES, type RewriteName } from '../../server/src/rewrites/index.ts'
import { rewritten } from '../../test/rewrites/apply.ts'
import { cacheRoot, corpusPackages, packageFolder } from '../corpus/packages.ts'
import { compileFiles, errorsByFile } from './compile-files.ts'
import { newMessages } from './crate-check.ts'
import { type SourceFile, sourceFiles } from './lift/items.ts'
import { CRATES, lifted } from './lift/lift.ts'
import { withoutMethodsAt } from './lift/repair.ts'
import { crateFolderOf, rustFilesIn } from './list/crates.ts'
import { type ClassRow, readClassList } from './list/rows.ts'

const { values } = parseArgs({
  options: { pyo3: { type: 'string', default: '0.29' }, failures: { type: 'string' }, show: { type: 'string' } },
})

const DEPENDENCIES = Object.entries(CRATES).map(([name, version]) => `${name} = ${version}`)
/** Errors of one phase of the compiler hide those of the next. */
const MAX_ROUNDS = 16
/** In the last of them nothing is repaired any more. */
const REPAIR_ROUNDS = 12

interface Lifted {
  readonly name: string
  readonly row: ClassRow
  readonly text: string
}

function main(): number {
  const folder = path.join(cacheRoot(), 'rewrites', `lifted-${values.pyo3}`)
  mkdirSync(folder, { recursive: true })
  const all = liftAll()
  const compiling = keptBy(folder, all)
  const before = compileFiles(folder, values.pyo3, texts(compiling), DEPENDENCIES)
  console.log(`lifted: ${all.length} classes can be taken out, ${compiling.length} of them compile alone (goal: 40)`)
  let failed = compiling.length >= 40 ? 0 : 1
  for (const rewrite of REWRITES) failed += judge(folder, before, compiling, rewrite)
  return failed === 0 ? 0 : 1
}

function texts(from: readonly Lifted[]): ReadonlyMap<string, string> {
  return new Map(from.map((it) => [it.name, it.text]))
}

/** Every written class of the list that can be taken out of its crate. */
function liftAll(): readonly Lifted[] {
  const found: Lifted[] = []
  for (const pack of corpusPackages()) {
    const rows = readClassList().filter((it) => it.package === pack.name && !it.blockers.includes('macro'))
    const root = packageFolder(pack)
    if (rows.length === 0 || !existsSync(root)) continue
    const crates = new Map<string, SourceFile[]>()
    const wanted = new Set(rows.map((it) => crateFolderOf(root, it.file) ?? '.'))
    for (const file of rustFilesIn(root)) {
      const crate = crateFolderOf(root, file) ?? '.'
      if (wanted.has(crate))
        crates.set(crate, [...(crates.get(crate) ?? []), ...sourceFiles(file, readFileSync(path.join(root, file), 'utf8'))])
    }
    for (const row of rows) {
      const text = lifted(crates.get(crateFolderOf(root, row.file) ?? '.') ?? [], row.file, row.class)
      const name = `${pack.name}_${row.class}`.replaceAll(/\W/g, '_').toLowerCase()
      const isClass = text !== null && /\bpyclass\b/.test(text) && /\bmut\s+self\b|PyRefMut/.test(text)
      if (isClass && !found.some((it) => it.name === name)) found.push({ name, row, text })
    }
  }
  if (values.show !== undefined) console.log(found.find((it) => it.row.class === values.show)?.text)
  return found
}

/** Those that compile, if need be without methods that miss something of another crate. */
function keptBy(folder: string, all: readonly Lifted[]): readonly Lifted[] {
  // What was found out the last time holds as long as the lifted texts are the same.
  const store = path.join(folder, 'kept.json')
  const key = createHash('sha256').update(JSON.stringify(all)).digest('hex')
  const stored = existsSync(store) ? (JSON.parse(readFileSync(store, 'utf8')) as { key: string; kept: readonly Lifted[] }) : null
  if (stored?.key === key) return stored.kept
  let left = all
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const check = compileFiles(folder, values.pyo3, texts(left), DEPENDENCIES)
    if (check.status === 0) break
    const errors = errorsByFile(check)
    if (errors.size === 0) throw new Error(`lifted: ${check.lines[0]}`)
    left = left.flatMap((it) => {
      const own = errors.get(it.name) ?? []
      if (own.length === 0) return [it]
      const text = round < REPAIR_ROUNDS ? withoutMethodsAt(it.text, linesOf(own)) : null
      if (text !== null) return [{ ...it, text }]
      appendFileSync(path.join(folder, 'failing.log'), `${it.name}: ${own[0]}\n`)
      return []
    })
  }
  writeFileSync(store, JSON.stringify({ key, kept: left }))
  return left
}

function linesOf(errors: readonly string[]): readonly number[] {
  return errors.map((it) => Number(/\.rs:(\d+):/.exec(it)?.[1] ?? 0))
}

/** Applies one rewrite to all classes that it is offered for; number of problems. */
function judge(folder: string, before: ReturnType<typeof compileFiles>, from: readonly Lifted[], rewrite: RewriteName): number {
  const reasons = new Map<string, number>()
  const offered: Lifted[] = []
  const after = from.map((it): Lifted => {
    const { text, refusal } = rewritten(it.text, it.row.class, rewrite, values.pyo3)
    if (text !== null) offered.push(it)
    else reasons.set(refusal?.reason ?? 'nothing', (reasons.get(refusal?.reason ?? 'nothing') ?? 0) + 1)
    return text === null ? it : { ...it, text }
  })
  const check = offered.length > 0 ? compileFiles(folder, values.pyo3, texts(after), DEPENDENCIES) : before
  const messages = newMessages(before, check)
  const refused = [...reasons].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `${reason} ${count}`)
  const verdict = messages.length === 0 ? 'all compile without new warnings' : 'NOT ALL COMPILE'
  console.log(`lifted, PyO3 ${values.pyo3}, ${rewrite}: ${offered.length} offered, ${verdict}; refused: ${refused.join(', ')}`)
  for (const it of offered) {
    const own = messages.filter((line) => line.includes(`src/${it.name}.rs`))
    if (own.length === 0) continue
    const text = `${it.row.package} ${it.row.file}:${it.row.line} ${it.row.class}, ${rewrite}:\n${own
      .slice(0, 6)
      .map((line) => `    ${line}`)
      .join('\n')}`
    console.log(`  ${text}`)
    if (values.failures !== undefined)
      appendFileSync(values.failures, `- [lifted, ${new Date().toISOString().slice(11, 16)}] ${text}\n`)
  }
  return messages.length === 0 ? 0 : 1
}

process.exitCode = main()
