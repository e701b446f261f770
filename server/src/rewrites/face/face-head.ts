import { derives, effectiveMetas } from '../../model/attributes.ts'
import { remove, type TextEdit } from '../../syntax/edits.ts'
import type { Meta } from '../../syntax/summary.ts'
import { classCondition, isPyo3 } from '../class-attributes.ts'
import type { ClassSource } from '../class-source.ts'
import { type Problem, placeText } from '../problems.ts'
import { attributeCuts, isPythons, partedLead } from './face-attributes.ts'

/** What becomes of a class's attributes when its struct stays as data. */
export interface FaceHead {
  /** What stands above the face: docs and its own `#[pyclass(frozen, …)]`. */
  readonly lines: readonly string[]
  /** Takes PyO3's attributes from the struct and its fields. */
  readonly edits: readonly TextEdit[]
  /** `#[cfg(…)]` lines for each new item. */
  readonly cfgs: readonly string[]
  /** Condition of the `cfg_attr` around the class attribute; null without. */
  readonly condition: string | null
}

/** Options that mean the same for a frozen class around the data (PyO3 guide, "Customizing the class"). */
const KEPT = new Set(
  'name module subclass weakref dict eq ord str freelist sequence mapping rename_all text_signature immutable_type generic'.split(
    ' ',
  ),
)
/** Those that the face's own getters, setters and conversions take over. */
const DROPPED = new Set(['get_all', 'set_all', 'from_py_object', 'skip_from_py_object', 'frozen'])

/** The attributes of the face; a problem where they say what a face cannot do. */
export function faceHead(source: ClassSource): FaceHead | Problem {
  const { cls, struct, text, structAt, file, view } = source
  const at = placeText(view.db, file, cls.nameAt.span.start)
  const fail = (reason: Problem['reason'], clause: string): Problem => ({ reason, detail: `${at}: ${clause}` })
  if (cls.options.extends !== null) return fail('inheritance', `the class extends \`${cls.options.extends}\``)
  if (struct.generics.params.length > 0) return fail('generic', 'the class is generic')
  const option = [...cls.options.all].find(([it, value]) => !(KEPT.has(it) || DROPPED.has(it)) || (it === 'str' && value !== ''))
  if (option) return fail('attribute', `the class has the option \`${option[0]}\``)
  const metas = effectiveMetas(struct.attrs)
  const attributes = metas.filter(({ meta }) => /(?:^|::)pyclass$/.test(meta.path))
  const [attribute] = attributes
  if (!attribute || /gen_stub/.test(attribute.meta.path)) return fail('attribute', 'the class attribute cannot be read')
  if (attributes.length > 1 || attribute.conditions.length > 1)
    return fail('cfg', 'the class attribute depends on several `cfg`s')
  const described = [...metas, ...source.impls.flatMap((it) => effectiveMetas(it.item.attrs))].find(({ meta }) =>
    /gen_stub/.test(meta.path),
  )
  // The face's signatures name the data, which would have to be described too.
  if (described) return fail('attribute', `\`#[${described.meta.path}]\` describes the class's signatures`)
  const made = derives(struct.attrs).find((it) => /Py(?!$)|pyo3/i.test(it) && !/^Copy$/.test(it))
  if (made !== undefined) return fail('derive-breaks', `\`${made}\` is derived, which makes something for Python`)
  const conditional = metas.find(({ meta, conditions }) => meta.path === 'derive' && conditions.length > 0 && hasClone(meta))
  if (conditional) return fail('cfg', 'a `cfg_attr` derives `Clone` for some builds only')
  const lead = partedLead(text, structAt.start, structAt.headStart, struct.attrs, cls.name, /(?:^|::)(?:pyclass|pyo3|cfg)$/)
  if ('reason' in lead) return { ...lead, detail: `${at}: ${lead.detail}` }
  const fields = fieldEdits(source)
  if ('reason' in fields) return fields
  const condition = classCondition(source)
  const beside = besideTexts(source)
  return {
    lines: [...lead.lines, `#[${classText(source, attribute.meta, beside)}]`],
    edits: [...lead.cuts, ...fields.edits],
    cfgs: [...cls.cfgText, ...(condition === null ? [] : [`#[cfg(${condition})]`])],
    condition,
  }
}

function hasClone(meta: Meta): boolean {
  return (meta.args ?? []).some((it) => it.path.split('::').at(-1) === 'Clone')
}

/** The options of `#[pyo3(…)]`s beside the class attribute, which the face has in its one attribute. */
function besideTexts({ struct, text, structAt }: ClassSource): string[] {
  return effectiveMetas(struct.attrs)
    .filter(({ meta }) => /(?:^|::)pyo3$/.test(meta.path))
    .flatMap(({ meta }) => (meta.args ?? []).filter((it) => !DROPPED.has(it.path)))
    .map((it) => text.slice(structAt.start + it.span.start, structAt.start + it.span.end))
}

/** `pyclass(frozen, name = "Curve", …)`. */
function classText({ cls, text, structAt }: ClassSource, meta: Meta, beside: readonly string[]): string {
  const written = (meta.args ?? [])
    .filter((it) => !DROPPED.has(it.path))
    .map((it) => text.slice(structAt.start + it.span.start, structAt.start + it.span.end))
  const name = cls.options.all.has('name') ? [] : [`name = "${cls.name}"`]
  return `${meta.path}(${['frozen', ...name, ...written, ...beside].join(', ')})`
}

/** Takes PyO3's attributes from the fields. */
function fieldEdits({ struct, text, structAt, cls, view, file }: ClassSource): { readonly edits: TextEdit[] } | Problem {
  const edits: TextEdit[] = []
  for (const field of struct.fields) {
    const own = field.attrs.filter(isPythons)
    const at = placeText(view.db, file, structAt.start + field.nameSpan.start)
    const odd = own.find((it) => !isPyo3(it) || effectiveMetas([it]).some(({ meta }) => meta.path !== 'pyo3'))
    if (odd) return { reason: 'attribute', detail: `${at}: \`#[${odd.meta.path}]\` stands on the field \`${field.name}\`` }
    const shown = own.length > 0 || cls.options.getAll || cls.options.setAll
    if (shown && field.attrs.some(({ meta }) => meta.path === 'cfg'))
      return { reason: 'cfg', detail: `${at}: a \`cfg\` decides whether there is \`${field.name}\`` }
    const spans = own.map((it) => ({ start: structAt.start + it.span.start, end: structAt.start + it.span.end }))
    // On one line: `#[pyo3(get)] pub id: u64`.
    edits.push(...(struct.shape === 'tuple' ? spans.map((it) => withSpace(text, it)) : attributeCuts(text, spans)))
  }
  return { edits }
}

function withSpace(text: string, { start, end }: { start: number; end: number }): TextEdit {
  return remove({ start, end: end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0) })
}
