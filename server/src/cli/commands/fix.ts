import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createTwoFilesPatch } from 'diff'
import { analyze } from '../../analysis/analyze.ts'
import type { Finding } from '../../analysis/finding.ts'
import { type FixSelection, fixPass, refusals } from '../../analysis/fix-all.ts'
import type { Grade } from '../../fixes/fix.ts'
import type { PyClass } from '../../model/pyclass.ts'
import { pyCrates } from '../../model/pycrates.ts'
import { crateView } from '../../model/view.ts'
import { classWorld } from '../../model/world-features.ts'
import { workspacesAt } from '../../project/workspace.ts'
import type { Database } from '../../query/database.ts'
import { REWRITES, type RewriteName, rewriteOffer } from '../../rewrites/index.ts'
import { applyEdits } from '../../syntax/edits.ts'
import { type CliOptions, UsageError } from '../options.ts'
import { type Run, resolveArgument, runConfig, startRun } from '../run.ts'
import { type Scope, scopeOf } from '../scope.ts'
import { checkRuleIds } from './check.ts'

/** Fixes make room for other fixes; more passes than this mean that two of them undo each other. */
const MAX_PASSES = 10

interface Outcome {
  readonly applied: { readonly title: string; readonly file: string; readonly rule: string }[]
  readonly refused: { readonly fix: string; readonly reason: string; readonly detail: string; readonly file: string }[]
  /** Names that `--class` may give: classes, and other types that findings are about. */
  readonly names: Set<string>
  /** File → text before the first change. */
  readonly before: Map<string, string>
}

/** `fix [PATH…]`: 0 if all that was asked for was applied or there was nothing to do, 1 if something was refused. */
export async function fixCommand(options: CliOptions): Promise<number> {
  const rewrite = options.rewrite === null ? null : rewriteNamed(options.rewrite)
  checkRuleIds(options.rules)
  const run = await startRun(options)
  const outcome: Outcome = { applied: [], refused: [], names: new Set(), before: new Map() }
  for (const given of options.paths.length > 0 ? options.paths : ['.']) {
    const target = resolveArgument(given)
    if (rewrite) rewritePath(run, target, rewrite, options, outcome)
    else fixPath(run, target, options, outcome)
  }
  const { className } = options
  if (className !== null && !outcome.names.has(className)) throw new UsageError(`there is no class '${className}' here`)
  if (options.diff) {
    process.stdout.write(diffText(run, outcome))
    return outcome.refused.length > 0 ? 1 : 0
  }
  refuseIfChanged(run, outcome)
  for (const file of outcome.before.keys()) writeFileSync(file, run.db.text(file) ?? '')
  const broken = options.verify ? verify(outcome) : null
  process.stdout.write(options.format === 'json' ? json(run, outcome) : text(run, outcome, options, broken))
  return broken !== null || outcome.refused.length > 0 ? 1 : 0
}

/**
 * Nothing is written if somebody saved one of the files meanwhile, or if writing would change bytes that are not UTF-8: a fix
 * is taken whole or not at all.
 */
function refuseIfChanged(run: Run, { before }: Outcome): void {
  for (const [file, text] of before) {
    if (!existsSync(file) || !readFileSync(file).equals(Buffer.from(text)))
      throw new UsageError(`${run.sources.display(file)} is not UTF-8 or has changed meanwhile; nothing was written`)
  }
}

function fixPath(run: Run, target: string, options: CliOptions, outcome: Outcome): void {
  const selection: FixSelection = { grade: options.grade, rules: options.rules }
  const roots = run.ask((db) => workspacesAt(db, target))
  for (const root of roots.length > 0 ? roots : [target]) {
    let remaining: readonly Finding[] = []
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const world = run.ask((db) => classWorld(db, root))
      const scope = run.ask((db) => scopeOf(db, world, target))
      const { crates, findings: all } = run.ask((db) => analyze(db, world, runConfig(options)))
      const findings = all.flatMap((it) => within(scope, it))
      for (const { cls } of crates.flatMap((it) => it.classes)) if (scope.holdsFile(cls.itemAt.file)) outcome.names.add(cls.name)
      for (const { subject } of findings) if (subject !== undefined) outcome.names.add(subject)
      remaining = options.className === null ? findings : findings.filter((it) => it.subject === options.className)
      const { applied, texts } = fixPass(run.db, remaining, selection)
      if (applied.length === 0) break
      for (const [file, next] of texts) {
        if (!outcome.before.has(file)) outcome.before.set(file, run.db.text(file) ?? '')
        run.db.setText(file, next)
      }
      for (const { finding, fix } of applied)
        outcome.applied.push({ title: fix.title, file: finding.at.file, rule: finding.rule })
    }
    for (const { finding, refusal } of refusals(remaining, selection)) outcome.refused.push({ ...refusal, file: finding.at.file })
  }
}

/** A finding in scope, with the fixes that stay in scope. */
function within(scope: Scope, finding: Finding): Finding[] {
  if (!scope.holdsFile(finding.at.file)) return []
  const fixes = (finding.fixes ?? []).filter((fix) => fix.changes.every(({ file }) => scope.holdsFile(file)))
  return [{ ...finding, fixes }]
}

function rewriteNamed(name: string): RewriteName {
  const found = REWRITES.find((it) => it === name)
  if (!found) throw new UsageError(`--rewrite must be one of ${REWRITES.join(', ')}, not '${name}'`)
  return found
}

/** Rewrites one class after the other, since each rewrite moves what stands behind it. */
function rewritePath(run: Run, target: string, name: RewriteName, options: CliOptions, outcome: Outcome): void {
  const roots = run.ask((db) => workspacesAt(db, target))
  for (const root of roots.length > 0 ? roots : [target]) {
    const views = (db: Database) => {
      const world = classWorld(db, root)
      return pyCrates(db, world).map((crate) => crateView(db, world, crate))
    }
    const scope = run.ask((db) => scopeOf(db, classWorld(db, root), target))
    const wanted = (cls: PyClass): boolean =>
      scope.holdsFile(cls.itemAt.file) && (options.className === null || cls.name === options.className)
    const names = run.ask((db) => views(db).flatMap((view) => view.crate.classes.filter(wanted).map(({ id }) => id)))
    for (const id of names) {
      const offer = run.ask((db) => {
        for (const view of views(db)) {
          const cls = view.crate.classes.find((it) => it.id === id)
          if (cls) return { cls, ...rewriteOffer(view, cls, name) }
        }
        return null
      })
      const [fix] = offer?.fixes ?? []
      if (offer) outcome.names.add(offer.cls.name)
      if (offer && fix) {
        for (const { file, edits } of fix.changes) {
          const text = run.db.text(file) ?? ''
          if (!outcome.before.has(file)) outcome.before.set(file, text)
          run.db.setText(file, applyEdits(text, edits) ?? text)
        }
        outcome.applied.push({ title: fix.title, file: offer.cls.itemAt.file, rule: name })
      }
      for (const refusal of offer?.refused ?? [])
        outcome.refused.push({ ...refusal, fix: `${offer?.cls.name}: ${name}`, file: offer?.cls.itemAt.file ?? root })
    }
  }
}

function diffText(run: Run, outcome: Outcome): string {
  return [...outcome.before]
    .map(([file, before]) => {
      const name = run.sources.display(file)
      return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, run.db.text(file) ?? '', '', '', { context: 3 })
    })
    .join('')
}

/** Runs `cargo check` where the changes are; restores every file and returns cargo's words if it fails. */
function verify(outcome: Outcome): string | null {
  const folders = new Set([...outcome.before.keys()].map((it) => path.dirname(it)))
  for (const folder of folders) {
    const done = spawnSync('cargo', ['check', '--all-targets', '--quiet'], { cwd: folder, encoding: 'utf8' })
    if (done.status === 0) continue
    for (const [file, before] of outcome.before) writeFileSync(file, before)
    return done.error ? `cargo could not be run: ${done.error.message}` : done.stderr
  }
  return null
}

function json(run: Run, { applied, refused, before }: Outcome): string {
  const named = <T extends { readonly file: string }>(it: T): T => ({ ...it, file: run.sources.display(it.file) })
  const output = {
    version: 1,
    applied: applied.map(named),
    refused: refused.map(named),
    files: [...before.keys()].map((it) => run.sources.display(it)),
  }
  return `${JSON.stringify(output, null, 2)}\n`
}

const NOTHING: Readonly<Record<Grade, string>> = {
  safe: 'Nothing to fix at this grade (--grade suggested or risky may offer more).',
  suggested: 'Nothing to fix at this grade (--grade risky may offer more).',
  risky: 'Nothing to fix.',
}

function text(run: Run, { applied, refused }: Outcome, { grade }: CliOptions, broken: string | null): string {
  const lines = applied.map((it) => `${broken === null ? 'applied' : 'undone'}: ${run.sources.display(it.file)}: ${it.title}`)
  for (const it of refused) lines.push(`refused: ${run.sources.display(it.file)}: ${it.fix}: ${it.detail}`)
  if (broken !== null) lines.push('cargo check failed, so every file was put back as it was:', broken.trimEnd())
  if (lines.length === 0) lines.push(NOTHING[grade])
  return `${lines.join('\n')}\n`
}
