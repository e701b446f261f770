import { indentationAt, remove, replace, type TextEdit, wholeLines } from '../syntax/edits.ts'
import type { Attr, Meta } from '../syntax/summary.ts'
import type { ClassSource } from './class-source.ts'
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

const KNOWN_ATTRIBUTES =
  /^(?:doc|allow|expect|warn|deny|must_use|deprecated|repr|non_exhaustive|rustfmt::skip|(?:\w+::)*(?:gen_stub_)?pyclass|(?:\w+::)*pyo3|derive)$/
/** Options of `#[pyclass]` that mean the same for a frozen class (PyO3 guide, "Customizing the class"). */
const KNOWN_OPTIONS = new Set(
  'name module subclass weakref dict get_all set_all eq str freelist sequence mapping crate rename_all text_signature from_py_object skip_from_py_object immutable_type generic hash ord'.split(
    ' ',
  ),
)

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
  return withDerives(source, moved, [frozenEdit(source, attribute, /^[gs]et_all$/)], fail)
}

/** The edit that only makes a class frozen: nothing of it changes after it was made. */
export function frozenHead(source: ClassSource): TextEdit | Problem {
  const attribute = classAttribute(source)
  return 'reason' in attribute
    ? headProblem(source, attribute.reason, attribute.detail)
    : frozenEdit(source, attribute, /^set_all$/)
}

function headProblem({ view, file, cls }: ClassSource, reason: Problem['reason'], detail: string): Problem {
  return { reason, detail: `${placeText(view.db, file, cls.nameAt.span.start)}: ${detail}` }
}

/** The attribute that takes the options; a problem where it or what stands beside it is of a kind that is not handled. */
function classAttribute({ cls, struct }: ClassSource): Attr | Problem {
  const fail = (reason: Problem['reason'], detail: string): Problem => ({ reason, detail })
  if (cls.condition !== null || cls.cfgText.length > 0 || !cls.literalAttribute)
    return fail('cfg', 'a cfg decides whether this is a class')
  if (cls.options.unsendable) return fail('unsendable-class', 'the class is `unsendable`: it stays with its thread anyway')
  if (cls.options.extends !== null) return fail('inheritance', `the class extends \`${cls.options.extends}\``)
  if (struct.generics.params.length > 0) return fail('generic', 'the class is generic')
  const odd = struct.attrs.find((it) => !KNOWN_ATTRIBUTES.test(it.meta.path))
  if (odd) return fail(odd.meta.path.startsWith('cfg') ? 'cfg' : 'attribute', `\`#[${odd.meta.path}]\` stands on the class`)
  const option = [...cls.options.all.keys()].find((it) => !KNOWN_OPTIONS.has(it))
  if (option !== undefined) return fail('attribute', `the class has the option \`${option}\``)
  const attribute = struct.attrs.find((it) => /(?:^|::)pyclass$/.test(it.meta.path))
  if (!attribute) return fail('attribute', 'the class attribute cannot be read')
  const all = (cls.options.getAll || cls.options.setAll) && !attribute.meta.args?.some((it) => /^[gs]et_all$/.test(it.path))
  if (all) return fail('attribute', '`get_all` or `set_all` stands in an attribute of its own')
  for (const field of struct.fields) {
    const bad = field.attrs.find((it) => it.meta.path !== 'pyo3' && it.meta.path !== 'doc' && it.meta.path !== 'allow')
    if (bad)
      return fail(
        bad.meta.path.startsWith('cfg') ? 'cfg' : 'attribute',
        `\`#[${bad.meta.path}]\` stands on the field \`${field.name}\``,
      )
  }
  return attribute
}

/** `#[pyclass]` → `#[pyclass(frozen)]`, without the options that explicit accessors take over. */
function frozenEdit({ text, structAt }: ClassSource, { meta, span }: Attr, replaced: RegExp): TextEdit {
  const at = { start: structAt.start + span.start, end: structAt.start + span.end }
  const args = (meta.args ?? []).filter((it) => !replaced.test(it.path))
  const path = text.slice(at.start).match(/^#\s*\[\s*/)?.[0].length ?? 2
  const open = text.indexOf('(', at.start)
  const nameEnd = at.start + path + meta.path.length
  if (meta.args === null || open < 0 || open > at.end) return replace({ start: nameEnd, end: at.end - 1 }, '(frozen)')
  if (args.length === (meta.args ?? []).length) {
    const space = /^\s*/.exec(text.slice(open + 1))?.[0] ?? ''
    const first = args[0]
    return replace({ start: open + 1, end: open + 1 + space.length }, first ? `${space}frozen,${space || ' '}` : 'frozen')
  }
  const list = ['frozen', ...args.map((it) => text.slice(structAt.start + it.span.start, structAt.start + it.span.end))]
  return replace({ start: open + 1, end: text.lastIndexOf(')', at.end) }, list.join(', '))
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
  if (byHand.size > 0 && [...moved].some((it) => (reach.get(it) ?? 'opaque') !== 'free'))
    return fail('derive-breaks', '`Clone` of the fields may run code that is not known, under the lock')
  return { edits, innerDerives: inner, byHand, problem: null }
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
