import { definitionOfType } from '../../model/type-names.ts'
import type { Database } from '../../query/database.ts'
import type { DefId, ModId } from '../../resolve/defs.ts'
import { moduleTree } from '../../resolve/module-tree.ts'
import { itemPosition } from '../../resolve/positions.ts'
import { type ModuleItem, moduleItems } from '../../resolve/scopes.ts'
import { bodyFacts } from '../../syntax/bodies.ts'
import type { BodyFacts } from '../../syntax/body.ts'
import type { Span } from '../../syntax/span.ts'
import type { FnItem, TypeExpr } from '../../syntax/summary.ts'
import { type Job, refuse } from './job.ts'
import { checkRest } from './rest.ts'
import { isTuple, mentionsOwner, wordOf } from './words.ts'

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
  checkRest(job, bodies, word)
  return uses
}

function mayName(job: Job, module: ModId): boolean {
  return job.syntax.vis !== 'private' || isInside(module, job.owner.module)
}
