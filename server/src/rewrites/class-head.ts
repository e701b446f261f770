import { signature } from '../resolve/signature.ts'
import { indentationAt, remove, replace, type TextEdit, wholeLines } from '../syntax/edits.ts'
import type { Attr, Meta } from '../syntax/summary.ts'
import { classAttribute, frozenEdits, leavesNothing } from './class-attributes.ts'
import type { ClassSource } from './class-source.ts'
import { isQuietClone } from './clone-reach.ts'
import { type Problem, placeText } from './problems.ts'
import { fieldReach } from './python-free.ts'

/** What becomes of a class's attributes. */
export interface HeadPlan {
  readonly edits: readonly TextEdit[]
  /** Derives of the inner struct. */
  readonly innerDerives: readonly string[]
  /** Traits that are implemented by hand instead of derived. */
  readonly byHand: ReadonlySet<'Clone' | 'PartialEq' | 'Eq'>
  readonly problem: Problem | null
}

/** Options that explicit accessors take over. */
const ACCESSORS = /^[gs]et_all$/

/** Adds `frozen`, takes `get_all`/`set_all` away, and splits the derives between the class and what is behind its lock. */
export function headPlan(source: ClassSource, moved: ReadonlySet<string>): HeadPlan {
  const fail = (reason: Problem['reason'], detail: string): HeadPlan => ({
    edits: [],
    innerDerives: [],
    byHand: new Set(),
    problem: headProblem(source, reason, detail),
  })
  const attribute = classAttribute(source)
  if ('reason' in attribute) return fail(attribute.reason, attribute.detail)
  const option = [...source.cls.options.all.keys()].find((it) => it === 'hash' || it === 'ord')
  if (option !== undefined) return fail('derive-breaks', `the class has the option \`${option}\``)
  if (leavesNothing(source, ACCESSORS)) return fail('attribute', '`get_all` or `set_all` stands in an attribute of its own')
  return withDerives(source, moved, frozenEdits(source, attribute, ACCESSORS), fail)
}

/** The edit that only makes a class frozen: nothing of it changes after it was made. */
export function frozenHead(source: ClassSource): TextEdit[] | Problem {
  const attribute = classAttribute(source)
  return 'reason' in attribute
    ? headProblem(source, attribute.reason, attribute.detail)
    : frozenEdits(source, attribute, /^set_all$/)
}

function headProblem({ view, file, cls }: ClassSource, reason: Problem['reason'], detail: string): Problem {
  return { reason, detail: `${placeText(view.db, file, cls.nameAt.span.start)}: ${detail}` }
}

function withDerives(
  source: ClassSource,
  moved: ReadonlySet<string>,
  edits: TextEdit[],
  fail: (reason: Problem['reason'], detail: string) => HeadPlan,
): HeadPlan {
  const inner: string[] = []
  const byHand = new Set<'Clone' | 'PartialEq' | 'Eq'>()
  for (const attr of source.struct.attrs) {
    if (attr.meta.path !== 'derive') continue
    const kept: Meta[] = []
    for (const meta of attr.meta.args ?? []) {
      const name = meta.path.split('::').at(-1) ?? ''
      if (name === 'Debug' || name === 'Default') {
        kept.push(meta)
        inner.push(name)
      } else if (name === 'Clone' || name === 'PartialEq' || name === 'Eq') {
        byHand.add(name)
        inner.push(name)
      } else return fail('derive-breaks', `\`${name}\` is derived, which a lock has not`)
    }
    if (kept.length !== (attr.meta.args ?? []).length) edits.push(deriveEdit(source, attr, kept))
  }
  if (byHand.has('PartialEq') && !byHand.has('Clone'))
    return fail('derive-breaks', '`PartialEq` is derived without `Clone`: two locks at a time would be needed')
  const reach = fieldReach(source)
  // Comparing runs what is behind a pointer, cloning only counts it.
  const isQuiet = (name: string): boolean =>
    (reach.get(name) ?? 'opaque') === 'free' || (!byHand.has('PartialEq') && clonesQuietly(source, name))
  if (byHand.size > 0 && ![...moved].every(isQuiet))
    return fail('derive-breaks', '`Clone` of the fields may run code that is not known, under the lock')
  return { edits, innerDerives: inner, byHand, problem: null }
}

function clonesQuietly({ view, cls }: ClassSource, field: string): boolean {
  const types = (signature(view.db, cls.id)?.fields ?? []).filter((it) => it.name === field)
  return types.length > 0 && types.every((it) => isQuietClone(view.db, it.ty))
}

function deriveEdit({ text, structAt }: ClassSource, attr: Attr, kept: readonly Meta[]): TextEdit {
  const span = { start: structAt.start + attr.span.start, end: structAt.start + attr.span.end }
  if (kept.length === 0) {
    const lines = wholeLines(text, span)
    const rest = /^\s*/.exec(text.slice(span.end))?.[0] ?? ''
    return remove(
      lines.start === span.start && lines.end === span.end ? { start: span.start, end: span.end + rest.length } : lines,
    )
  }
  const list = kept.map((it) => text.slice(structAt.start + it.span.start, structAt.start + it.span.end))
  return replace(span, `#[derive(${list.join(', ')})]`)
}

/** Impls for the traits that cannot be derived over a lock, one after the other. Lines without the impl's indentation. */
export function handImpls(
  source: ClassSource,
  moved: ReadonlySet<string>,
  byHand: HeadPlan['byHand'],
  lockField: string,
  lock: string,
  read: string,
): string[] {
  const { name } = source.cls
  const kept = source.struct.fields.filter((it) => !moved.has(it.name)).map((it) => it.name)
  const unit = indentationAt(source.text, source.structAt.headStart).includes('\t') ? '\t' : '    '
  const found: string[] = []
  if (byHand.has('Clone')) {
    const fields = [...kept.map((it) => `${it}: self.${it}.clone(),`), `${lockField}: ${lock}::new(self.${read}().clone()),`]
    const literal =
      source.struct.shape === 'tuple'
        ? [`Self(${lock}::new(self.${read}().clone()))`]
        : ['Self {', ...fields.map((it) => `${unit}${it}`), '}']
    const body = literal.map((it) => `${unit}${unit}${it}`)
    found.push([`impl Clone for ${name} {`, `${unit}fn clone(&self) -> Self {`, ...body, `${unit}}`, '}'].join('\n'))
  }
  if (byHand.has('PartialEq')) {
    // A copy of the other one first: two locks held at once could be taken in either order.
    const same = [`*self.${read}() == theirs`, ...kept.map((it) => `self.${it} == other.${it}`)].join(' && ')
    const body = [`let theirs = other.${read}().clone();`, same].map((it) => `${unit}${unit}${it}`)
    found.push(
      [`impl PartialEq for ${name} {`, `${unit}fn eq(&self, other: &Self) -> bool {`, ...body, `${unit}}`, '}'].join('\n'),
    )
  }
  if (byHand.has('Eq')) found.push(`impl Eq for ${name} {}`)
  return found
}
