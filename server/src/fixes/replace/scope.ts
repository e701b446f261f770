import { definitionOfType } from '../../model/type-names.ts'
import type { Database } from '../../query/database.ts'
import type { DefId, ModId } from '../../resolve/defs.ts'
import { crateOfId } from '../../resolve/ids.ts'
import { moduleTree } from '../../resolve/module-tree.ts'
import { itemPosition } from '../../resolve/positions.ts'
import { type ModuleItem, moduleItems } from '../../resolve/scopes.ts'
import { bodyFacts } from '../../syntax/bodies.ts'
import type { BodyFacts } from '../../syntax/body.ts'
import { lex } from '../../syntax/lexer.ts'
import { filePositions, fileSummary } from '../../syntax/queries.ts'
import type { Span } from '../../syntax/span.ts'
import type { FnItem, Item, TypeExpr } from '../../syntax/summary.ts'
import { type Job, refuse } from './job.ts'

/** A function with a body, written in a file. Spans absolute. */
export interface Body {
  readonly file: string
  /** The module its names are looked up in. */
  readonly module: ModId
  readonly span: Span
  /** The whole function. */
  readonly item: Span
  readonly fn: FnItem
  /** The type that `Self` and `self` are about; null outside impls, and where that is not known. */
  readonly self: DefId | null
  readonly selfType: TypeExpr | null
  /** Last segment of the trait of the impl it stands in. */
  readonly trait: string | null
}

/** Every function with a body of a crate. */
export function bodiesOf(db: Database, crate: string): Body[] {
  return moduleTree(db, crate).modules.flatMap(({ id }) => moduleItems(db, id).flatMap((it) => bodiesIn(db, it)))
}

function bodiesIn(db: Database, it: ModuleItem): Body[] {
  const { item } = it
  if (it.origin.expansion !== null) return []
  if (item.kind === 'fn') return body(db, it, item, null, null, null)
  if (item.kind === 'trait')
    return item.children.flatMap((each) => (each.kind === 'fn' ? body(db, it, each, null, null, null) : []))
  if (item.kind !== 'impl') return []
  const self = definitionOfType(db, it.module, item.self)
  const trait = item.trait?.path.segments.at(-1)?.name ?? null
  return item.children.flatMap((each) => (each.kind === 'fn' ? body(db, it, each, self, item.self, trait) : []))
}

function body(
  db: Database,
  it: ModuleItem,
  fn: FnItem,
  self: DefId | null,
  selfType: TypeExpr | null,
  trait: string | null,
): Body[] {
  const position = itemPosition(db, it.origin, fn.key)
  if (!position?.body) return []
  const { start, end } = position
  return [{ file: it.origin.file, module: it.module, span: position.body, item: { start, end }, fn, self, selfType, trait }]
}

/** Whether code of `module` may name a field that is private to `owner`. */
export function isInside(module: ModId, owner: ModId): boolean {
  return module === owner || module.startsWith(owner.endsWith('\t') ? owner : `${owner}::`)
}

/** A function that names the field, with what it does. */
export interface Use {
  readonly body: Body
  readonly facts: BodyFacts
  readonly text: string
}

/**
 * The functions that may touch the job's field. Refuses where something else may: a macro, a constant, or what could not be
 * read.
 */
export function usesOf(job: Job, bodies: readonly Body[]): Use[] {
  const { db } = job.cx
  const { owner, field } = job
  const word = wordOf(field.name)
  const uses: Use[] = []
  for (const body of bodies) {
    const text = db.text(body.file) ?? ''
    const source = text.slice(body.span.start, body.span.end)
    const touches = word.test(source) || (isTuple(field.name) && mentionsOwner(owner.name).test(source))
    if (!touches || !mayName(job, body.module)) continue
    const facts = bodyFacts(text, body.span)
    if (facts.failure !== null || facts.errors.length > 0)
      refuse(job, 'parse-error', 'a function could not be read', { file: body.file, span: body.item })
    uses.push({ body, facts, text })
  }
  for (const file of moduleTree(db, crateOfId(owner.id)).files) checkOutside(job, file, word)
  return uses
}

function mayName(job: Job, module: ModId): boolean {
  return job.syntax.vis !== 'private' || isInside(module, job.owner.module)
}

/** Macros and constants of a file that mention the field. */
function checkOutside(job: Job, file: string, word: RegExp): void {
  const { db } = job.cx
  const positions = filePositions(db, file)
  const text = db.text(file)
  if (!positions || text === null) return
  const check = (item: Item): void => {
    const at = positions.items.get(item.key)
    const span = at ? { start: at.start, end: at.end } : { start: 0, end: 0 }
    if (item.kind === 'macro_rules' || item.kind === 'macro_call') {
      const source = item.kind === 'macro_rules' ? item.body : item.args
      if (word.test(source) || (item.kind === 'macro_call' && mentionsOwner(job.owner.name).test(source)))
        refuse(job, 'macro-made', 'a macro mentions the field or its type', { file, span })
    }
    if (item.kind === 'const' || item.kind === 'static') {
      const source = text.slice(span.start, span.end)
      const makes = new RegExp(`(?<!\\bfor\\s+)\\b(?:${job.owner.name}|Self)\\s*(?:\\{|\\(|::\\s*\\w)`)
      if (new RegExp(`\\.\\s*${job.field.name}\\b`).test(source) || makes.test(source.slice(source.indexOf('=') + 1)))
        refuse(job, 'used-elsewhere', 'a constant may hold the field', { file, span })
    }
    if ('children' in item) for (const child of item.children ?? []) check(child)
  }
  for (const item of fileSummary(db, file)?.items ?? []) check(item)
  if (positions.errors.length > 0 && word.test(text))
    refuse(job, 'parse-error', 'a part of the file could not be read', {
      file,
      span: positions.errors[0] ?? { start: 0, end: 0 },
    })
}

/** Tells whether a text holds the name of a field as a word; positions of tuple fields as `.0`. */
export function wordOf(name: string): RegExp {
  return isTuple(name) ? new RegExp(`\\.\\s*${name}\\b`) : new RegExp(`(?<![\\w$])(?:r#)?${name}(?!\\w)`)
}

function isTuple(name: string): boolean {
  return /^\d+$/.test(name)
}

function mentionsOwner(name: string): RegExp {
  return new RegExp(`(?<!\\w)${name}(?!\\w)|\\bSelf\\b`)
}

/** How often an identifier stands in a text, comments and strings aside. */
export function countWord(text: string, name: string): number {
  const { count, starts, ends } = lex(text)
  let found = 0
  for (let i = 0; i < count; i++) if (text.slice(starts[i], ends[i]) === name) found++
  return found
}
