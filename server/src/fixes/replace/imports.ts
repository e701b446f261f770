import type { ModId } from '../../resolve/defs.ts'
import { expandedModule } from '../../resolve/expansions.ts'
import { crateOfId } from '../../resolve/ids.ts'
import { resolveTargets } from '../../resolve/lookup.ts'
import { moduleTree } from '../../resolve/module-tree.ts'
import { itemPosition } from '../../resolve/positions.ts'
import { moduleItems, moduleScope } from '../../resolve/scopes.ts'
import { applyEdits, indentationAt, lineEnding, lineStart, wholeLines } from '../../syntax/edits.ts'
import type { Span } from '../../syntax/span.ts'
import type { UseItem } from '../../syntax/summary.ts'
import { edit, type Job } from './job.ts'
import { isInside } from './scope.ts'
import { countWord } from './words.ts'

/** A `use a::b::{C, D};` on one level, as it stands in a file. */
interface SimpleUse {
  readonly item: UseItem
  readonly file: string
  readonly span: Span
  readonly prefix: string
  readonly names: readonly string[]
}

const SIMPLE = /^use\s+((?:\w+::)+)(?:(\w+)|\{([\w\s,]*)\})\s*;$/

/** Adds the imports that the new text needs and removes those that nothing uses any more. Comes last: it looks at all other edits. */
export function fixImports(job: Job, modules: readonly ModId[]): undefined {
  const gone = goneNames(job)
  for (const module of new Set(modules)) fixModule(job, module, gone)
}

/** Canonical paths that the edits take out of the code. */
function goneNames({ target }: Job): string[] {
  return target.layers.map((it) => it.path).filter((it) => it !== 'std::sync::Arc' && it !== 'std::sync::mpsc::Receiver')
}

function fixModule(job: Job, module: ModId, gone: readonly string[]): undefined {
  const uses = simpleUses(job, module)
  const lines = new Map(uses.map((it) => [it, [...it.names]]))
  for (const path of gone) {
    const from = uses.find(
      (it) => it.item.vis === 'private' && it.item.attrs.length === 0 && gone.length > 0 && namesPath(it, path),
    )
    const name = path.slice(path.lastIndexOf(':') + 1)
    if (!from || isStillUsed(job, module, name)) continue
    lines.set(
      from,
      (lines.get(from) ?? []).filter((it) => it !== name),
    )
  }
  const added = new Map<string, string[]>()
  for (const { module: wanting, path } of job.wanted) {
    if (wanting !== module) continue
    const prefix = path.slice(0, path.lastIndexOf(':') + 1)
    const name = path.slice(prefix.length)
    const host = uses.find(
      (it) => it.prefix === prefix && it.item.vis === 'private' && it.item.attrs.length === 0 && it.names.length > 0,
    )
    if (host) lines.set(host, insertSorted(lines.get(host) ?? [], name))
    else added.set(prefix, insertSorted(added.get(prefix) ?? [], name))
  }
  for (const [use, names] of lines) rewriteUse(job, use, names)
  for (const [prefix, names] of added) addUse(job, uses, useText(prefix, names))
}

function simpleUses(job: Job, module: ModId): SimpleUse[] {
  const { db } = job.cx
  return moduleItems(db, module).flatMap((it): SimpleUse[] => {
    if (it.item.kind !== 'use' || it.origin.expansion !== null) return []
    const position = itemPosition(db, it.origin, it.item.key)
    const { file } = it.origin
    if (!position) return []
    const span = { start: position.start, end: position.end }
    const match = SIMPLE.exec((db.text(file) ?? '').slice(position.headStart, position.end))
    const names = match ? (match[2] ?? match[3] ?? '').split(',').map((name) => name.trim()) : []
    return [{ item: it.item, file, span, prefix: match?.[1] ?? '', names: names.filter(Boolean) }]
  })
}

function namesPath(use: SimpleUse, path: string): boolean {
  return use.prefix + (use.names.find((it) => use.prefix + it === path) ?? '\n') === path
}

/** Whether the name that the import brings is used once all edits are done: in its module, or in one inside it that sees it. */
function isStillUsed(job: Job, module: ModId, name: string): boolean {
  const { db } = job.cx
  const meant = resolveTargets(db, module, [name], false, 'type').targets[0]?.def
  const modules = moduleTree(db, crateOfId(job.owner.id)).modules.filter((it) => isInside(it.id, module) && !it.block)
  return modules.some(({ id, file }) => {
    const left = countWord(textOfModule(job, id, file), name) - (id === module ? 1 : 0)
    if (left <= 0) return false
    const scope = moduleScope(db, id)
    const own = id !== module && (scope?.names.has(name) || scope?.imports.has(name))
    // Its own declaration or import, unless that one comes through here.
    if (own) return scope?.imports.get(name)?.some((it) => /^(?:crate|self|super)$/.test(it.path[0] ?? '')) ?? false
    return resolveTargets(db, id, [name], false, 'type').targets.some((it) => it.def === meant)
  })
}

/** Text of a module once the job's edits are done, without the modules written inside it. */
function textOfModule(job: Job, module: ModId, file: string): string {
  const { db } = job.cx
  const text = db.text(file) ?? ''
  const inner: Span[] = []
  const whole = moduleSpan(job, module, file) ?? { start: 0, end: text.length }
  for (const { item, origin } of moduleItems(db, module)) {
    const position =
      item.kind === 'mod' && item.children !== null && origin.expansion === null ? itemPosition(db, origin, item.key) : null
    if (position) inner.push({ start: position.start, end: position.end })
  }
  const edits = (job.edits.get(file) ?? []).filter(
    (it) => inWhole(whole, it.span) && !inner.some((other) => inWhole(other, it.span)),
  )
  const cut = [...edits, ...inner.map((span) => ({ span, newText: '' }))]
  const outside = [
    { span: { start: 0, end: whole.start }, newText: '' },
    { span: { start: whole.end, end: text.length }, newText: '' },
  ]
  return applyEdits(text, [...cut, ...outside]) ?? text
}

function inWhole(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}

/** Where an inline module stands in its file; null for one that is the file. */
function moduleSpan(job: Job, module: ModId, file: string): Span | null {
  const { db } = job.cx
  const parent = moduleTree(db, crateOfId(module)).modules.find((it) => it.id === module)?.parent ?? null
  if (parent === null) return null
  const found = expandedModule(db, parent)?.children.find(({ child }) => child.id === module)
  const item = found?.child.item
  const it = item && moduleItems(db, parent).find((each) => each.item === item)
  if (!it || it.origin.file !== file || it.origin.expansion !== null || item.kind !== 'mod' || item.children === null) return null
  const position = itemPosition(db, it.origin, item.key)
  return position ? { start: position.start, end: position.end } : null
}

function insertSorted(names: readonly string[], name: string): string[] {
  const at = names.findIndex((it) => /^[A-Z]/.test(it) && it > name)
  return at < 0 ? [...names, name] : [...names.slice(0, at), name, ...names.slice(at)]
}

function useText(prefix: string, names: readonly string[]): string {
  return names.length === 1 ? `use ${prefix}${names[0]};` : `use ${prefix}{${names.join(', ')}};`
}

function rewriteUse(job: Job, use: SimpleUse, names: readonly string[]): undefined {
  if (names.join() === use.names.join()) return
  const text = job.cx.db.text(use.file) ?? ''
  if (names.length === 0) edit(job, use.file, wholeLines(text, use.span), '')
  else edit(job, use.file, use.span, useText(use.prefix, names))
}

/** Puts a new `use` where rustfmt would: in order among the lines of the block of imports that has std's. */
function addUse(job: Job, uses: readonly SimpleUse[], line: string): undefined {
  const { db } = job.cx
  const block = importBlock(db.text.bind(db), uses)
  const [first] = block
  if (!first) return
  const text = db.text(first.file) ?? ''
  const indentation = indentationAt(text, first.span.start)
  const before = block.find((it) => order(headOf(text, it)) > order(line))
  const last = block.at(-1) ?? first
  if (before) return edit(job, first.file, point(lineStart(text, before.span.start)), indentation + line + lineEnding(text))
  const newline = text.indexOf('\n', last.span.end)
  const at = newline < 0 ? text.length : newline + 1
  edit(job, first.file, point(at), `${newline < 0 ? lineEnding(text) : ''}${indentation}${line}${lineEnding(text)}`)
}

function point(at: number): Span {
  return { start: at, end: at }
}

function headOf(text: string, use: SimpleUse): string {
  return text.slice(use.span.start, use.span.end).replace(/^(?:#\[[^\]]*\]\s*)*(?:pub(?:\([^)]*\))?\s+)?/, '')
}

/** Sorts as rustfmt does: `crate`, `self` and `super` first, then modules before types before groups, by name. */
function order(line: string): string {
  const path = line.replace(/^use\s+/, '').replace(/[;\s]/g, '')
  const segments = path.split('{')[0]?.split('::').filter(Boolean) ?? []
  const ranks = segments.map((it) => (/^(?:crate|self|super)$/.test(it) ? '0' : /^[A-Z*]/.test(it) ? '2' : '1') + it)
  return [...ranks, ...(path.includes('{') ? ['3'] : [])].join('\t')
}

/** The lines of imports that follow each other without a gap and hold one of std's; else the first such lines. */
function importBlock(read: (file: string) => string | null, uses: readonly SimpleUse[]): SimpleUse[] {
  const blocks: SimpleUse[][] = []
  for (const use of uses) {
    const text = read(use.file) ?? ''
    const previous = blocks.at(-1)?.at(-1)
    const gap = previous && previous.file === use.file ? text.slice(previous.span.end, use.span.start) : 'x'
    if (/^\r?\n[ \t]*$/.test(gap)) blocks.at(-1)?.push(use)
    else blocks.push([use])
  }
  const isStd = (it: SimpleUse) => it.item.imports.some(({ path }) => path[0] === 'std')
  return blocks.find((block) => block.some(isStd)) ?? blocks[0] ?? []
}
