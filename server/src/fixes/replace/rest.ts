import { join } from '../../project/paths.ts'
import { expandedModule } from '../../resolve/expansions.ts'
import { crateOfId } from '../../resolve/ids.ts'
import { moduleTree } from '../../resolve/module-tree.ts'
import { filePositions, fileSummary } from '../../syntax/queries.ts'
import type { Item, ModItem, Positions } from '../../syntax/summary.ts'
import { type Job, refuse } from './job.ts'
import type { Body } from './scope.ts'
import { isTuple, mentionsOwner } from './words.ts'

/** Files of modules inside modules that are switched off; a bound against circles. */
const MAX_HIDDEN_FILES = 1000

/**
 * Refuses where anything beside the functions at hand may touch the field: macros, constants, and code that is switched off
 * now (`#[cfg(test)]`, another platform) and has to compile as well when it is on.
 */
export function checkRest(job: Job, bodies: readonly Body[], word: RegExp): undefined {
  const known = new Set(bodies.map((it) => `${it.file}:${it.span.start}`))
  const tree = moduleTree(job.cx.db, crateOfId(job.owner.id))
  for (const file of tree.files) checkFile(job, file, known, word)
  for (const file of hiddenFiles(job, new Set(tree.files))) {
    if (mayTouch(job, job.cx.db.text(file) ?? '', word))
      refuse(job, 'cfg', 'a module that is switched off mentions the field', { file, span: { start: 0, end: 0 } })
  }
}

function checkFile(job: Job, file: string, known: ReadonlySet<string>, word: RegExp): undefined {
  const { db } = job.cx
  const positions = filePositions(db, file)
  const text = db.text(file)
  if (!positions || text === null) return
  const visit = (item: Item): void => {
    checkItem(job, file, text, positions, item, known, word)
    if ('children' in item) for (const child of item.children ?? []) visit(child)
  }
  for (const item of fileSummary(db, file)?.items ?? []) visit(item)
  const [error] = positions.errors
  if (error && word.test(text)) refuse(job, 'parse-error', 'a part of the file could not be read', { file, span: error })
}

function checkItem(
  job: Job,
  file: string,
  text: string,
  positions: Positions,
  item: Item,
  known: ReadonlySet<string>,
  word: RegExp,
): undefined {
  const position = positions.items.get(item.key)
  if (!position) return
  const span = { start: position.start, end: position.end }
  const source = text.slice(span.start, span.end)
  const { name } = job.owner
  if (item.kind === 'macro_rules' || item.kind === 'macro_call') {
    const inside = item.kind === 'macro_rules' ? item.body : item.args
    if (word.test(inside) || (item.kind === 'macro_call' && mentionsOwner(name).test(inside)))
      refuse(job, 'macro-made', 'a macro mentions the field or its type', { file, span })
  }
  if (item.kind === 'const' || item.kind === 'static') {
    const makes = new RegExp(`(?<!\\bfor\\s+)\\b(?:${name}|Self)\\s*(?:\\{|\\(|::\\s*\\w)`)
    if (new RegExp(`\\.\\s*${job.field.name}\\b`).test(source) || makes.test(source.slice(source.indexOf('=') + 1)))
      refuse(job, 'used-elsewhere', 'a constant may hold the field', { file, span })
  }
  const { body } = position
  if (item.kind !== 'fn' || !body || known.has(`${file}:${body.start}`)) return
  const inside = text.slice(body.start, body.end)
  if (mayTouch(job, inside, word)) refuse(job, 'cfg', 'a function that is switched off mentions the field', { file, span })
}

/** Whether code that was not looked into may be about the field and not just about something of the same name. */
function mayTouch(job: Job, text: string, word: RegExp): boolean {
  const { name } = job.field
  if (new RegExp(`\\.\\s*(?:r#)?${name}\\b`).test(text)) return true
  return mentionsOwner(job.owner.name).test(text) && (isTuple(name) || word.test(text))
}

/** Files of modules that are declared with `mod name;` and switched off, as far as they exist where they should. */
function hiddenFiles(job: Job, known: ReadonlySet<string>): string[] {
  const { db } = job.cx
  const found: string[] = []
  const pending: (readonly [readonly Item[], string, string])[] = []
  for (const { id } of moduleTree(db, crateOfId(job.owner.id)).modules) {
    const expanded = expandedModule(db, id)
    if (!expanded || expanded.source.block) continue
    const { items, childDir, pathBase } = expanded.source
    const on = new Set(expanded.children.map(({ child }) => child.item))
    pending.push([items.filter((it) => !on.has(it)), childDir, pathBase])
  }
  for (let next = pending.pop(); next && found.length < MAX_HIDDEN_FILES; next = pending.pop()) {
    const [items, folder, base] = next
    for (const item of items) {
      if (item.kind !== 'mod') continue
      if (item.children) pending.push([item.children, join(folder, item.name), join(base, item.name)])
      const file = item.children ? undefined : candidates(item, folder, base).find((it) => !known.has(it) && db.text(it) !== null)
      if (file === undefined || found.includes(file)) continue
      found.push(file)
      pending.push([fileSummary(db, file)?.items ?? [], join(folder, item.name), join(folder, item.name)])
    }
  }
  return found
}

function candidates(item: ModItem, folder: string, base: string): string[] {
  const path = item.attrs.find(({ meta }) => meta.path === 'path')?.meta.value
  return path ? [join(base, path)] : [join(folder, `${item.name}.rs`), join(folder, `${item.name}/mod.rs`)]
}
