import { effectiveMetas } from '../model/attributes.ts'
import { replace, type TextEdit } from '../syntax/edits.ts'
import type { Attr, Meta } from '../syntax/summary.ts'
import type { ClassSource } from './class-source.ts'
import type { Problem } from './problems.ts'
import { tokensIn } from './tokens.ts'

const KNOWN_ATTRIBUTES =
  /^(?:doc|allow|expect|warn|deny|must_use|deprecated|repr|non_exhaustive|rustfmt::skip|cfg|(?:\w+::)*(?:gen_stub_)?pyclass|(?:\w+::)*pyo3|derive)$/
/** Options of `#[pyclass]` that mean the same for a frozen class (PyO3 guide, "Customizing the class"). */
const KNOWN_OPTIONS = new Set(
  'name module subclass weakref dict get_all set_all eq str freelist sequence mapping crate rename_all text_signature from_py_object skip_from_py_object immutable_type generic hash ord'.split(
    ' ',
  ),
)

/** First PyO3 with `frozen` (CHANGELOG, 0.17.0). */
const FIRST_WITH_FROZEN = 17

/** The `pyclass` meta item, inside `cfg_attr` or not; a problem where it or what stands beside it is of a kind that is not handled. */
export function classAttribute(source: ClassSource): Meta | Problem {
  const { cls, struct, view } = source
  const fail = (reason: Problem['reason'], detail: string): Problem => ({ reason, detail })
  const { minor } = view.crate.pyo3
  if (minor !== null && minor < FIRST_WITH_FROZEN) return fail('attribute', `PyO3 0.${minor} has no frozen classes`)
  if (cls.options.extends !== null) return fail('inheritance', `the class extends \`${cls.options.extends}\``)
  if (struct.generics.params.length > 0) return fail('generic', 'the class is generic')
  const metas = effectiveMetas(struct.attrs)
  const odd = metas.find(({ meta }) => !KNOWN_ATTRIBUTES.test(meta.path))
  if (odd) return fail('attribute', `\`#[${odd.meta.path}]\` stands on the class`)
  const derived = metas.find(({ meta, conditions }) => meta.path === 'derive' && conditions.length > 0)
  if (derived) return fail('derive-breaks', 'a `cfg_attr` derives traits for some builds only')
  const option = [...cls.options.all.keys()].find((it) => !KNOWN_OPTIONS.has(it))
  if (option !== undefined) return fail('attribute', `the class has the option \`${option}\``)
  const attributes = metas.filter(({ meta }) => /(?:^|::)pyclass$/.test(meta.path) && !/gen_stub_/.test(meta.path))
  const [attribute] = attributes
  if (!attribute) return fail('attribute', 'the class attribute cannot be read')
  if (attributes.length > 1) return fail('cfg', 'there is a class attribute for each of several cfgs')
  if (attribute.conditions.length > 1) return fail('cfg', 'the class attribute stands in several `cfg_attr`s')
  if (cls.cfgText.length > 0 && hasNamesake(source)) return fail('cfg', 'a cfg decides which of several types this is')
  return fieldProblem(source) ?? attribute.meta
}

function fieldProblem({ struct }: ClassSource): Problem | null {
  for (const field of struct.fields) {
    const metas = effectiveMetas(field.attrs).map((it) => it.meta.path)
    const bad = metas.find((it) => it !== 'pyo3' && it !== 'doc' && it !== 'allow')
    if (bad !== undefined)
      return { reason: bad === 'cfg' ? 'cfg' : 'attribute', detail: `\`#[${bad}]\` stands on the field \`${field.name}\`` }
    const mixed = field.attrs.some((it) => isPyo3(it) && effectiveMetas([it]).some(({ meta }) => meta.path !== 'pyo3'))
    if (mixed) return { reason: 'cfg', detail: `one \`cfg_attr\` says several things of the field \`${field.name}\`` }
  }
  return null
}

/** `#[pyo3(…)]`, or a `cfg_attr` with it. */
export function isPyo3(attr: Attr): boolean {
  return effectiveMetas([attr]).some(({ meta }) => meta.path === 'pyo3')
}

/** The condition of the `cfg_attr` around the class attribute as written; null without, or where there are several. */
export function classCondition({ struct, text, structAt }: ClassSource): string | null {
  return conditionText(struct.attrs, /(?:^|::)pyclass$/, text, structAt.start)
}

/** The condition of the `cfg_attr` around an attribute as written; null where it stands alone. */
export function conditionText(attrs: readonly Attr[], path: RegExp, text: string, start: number): string | null {
  const found = effectiveMetas(attrs).find(({ meta, conditions }) => path.test(meta.path) && conditions.length === 1)
  const condition = found?.attr.meta.args?.[0]
  return condition ? text.slice(start + condition.span.start, start + condition.span.end) : null
}

/** Whether the file has another type of the class's name, declared or imported, that another cfg may choose. */
function hasNamesake({ text, cls }: ClassSource): boolean {
  const tokens = tokensIn(text)
  return tokens.some((it, i) => {
    if (it.text !== cls.name || it.start === cls.nameAt.span.start) return false
    const before = tokens[i - 1]?.text ?? ''
    if (/^(?:struct|enum|union|type|trait|as)$/.test(before)) return true
    const statement = tokens.findLast((each, at) => at < i && (each.text === ';' || each.text === '}' || each.text === 'use'))
    return statement?.text === 'use'
  })
}

/** `pyclass` → `pyclass(frozen)`, without the options that explicit accessors take over, wherever on the class they stand. */
export function frozenEdits(source: ClassSource, meta: Meta, replaced: RegExp): TextEdit[] {
  const beside = effectiveMetas(source.struct.attrs)
    .map((it) => it.meta)
    .filter((it) => it !== meta && /(?:^|::)pyo3$/.test(it.path) && it.args?.some((arg) => replaced.test(arg.path)))
  return [frozenEdit(source, meta, replaced), ...beside.map((it) => withoutArgs(source, it, replaced))]
}

/** Whether an option that is taken away is all that its attribute says. */
export function leavesNothing({ struct }: ClassSource, replaced: RegExp): boolean {
  return effectiveMetas(struct.attrs).some(
    ({ meta }) => /(?:^|::)pyo3$/.test(meta.path) && meta.args?.every((arg) => replaced.test(arg.path)),
  )
}

function frozenEdit({ text, structAt }: ClassSource, meta: Meta, replaced: RegExp): TextEdit {
  const at = { start: structAt.start + meta.span.start, end: structAt.start + meta.span.end }
  const args = (meta.args ?? []).filter((it) => !replaced.test(it.path))
  const open = text.indexOf('(', at.start)
  if (meta.args === null || open < 0 || open > at.end) return replace({ start: at.end, end: at.end }, '(frozen)')
  if (args.length === (meta.args ?? []).length) {
    const space = /^\s*/.exec(text.slice(open + 1))?.[0] ?? ''
    const first = args[0]
    return replace({ start: open + 1, end: open + 1 + space.length }, first ? `${space}frozen,${space || ' '}` : 'frozen')
  }
  const list = ['frozen', ...args.map((it) => text.slice(structAt.start + it.span.start, structAt.start + it.span.end))]
  return replace({ start: open + 1, end: at.end - 1 }, list.join(', '))
}

function withoutArgs({ text, structAt }: ClassSource, meta: Meta, replaced: RegExp): TextEdit {
  const at = { start: structAt.start + meta.span.start, end: structAt.start + meta.span.end }
  const open = text.indexOf('(', at.start)
  const list = (meta.args ?? []).filter((it) => !replaced.test(it.path))
  const texts = list.map((it) => text.slice(structAt.start + it.span.start, structAt.start + it.span.end))
  return replace({ start: open + 1, end: at.end - 1 }, texts.join(', '))
}
