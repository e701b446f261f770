import { effectiveMetas } from '../model/attributes.ts'
import type { Attr } from '../syntax/summary.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { codeItems } from './code-texts.ts'
import { type Problem, placeText } from './problems.ts'
import { tokensIn } from './tokens.ts'

/**
 * Attributes of an impl that leave its methods as they are. Those of pyo3-stub-gen only read signatures and doc comments, and emit
 * a description beside them (pyo3-stub-gen-derive, `pymethods`: the item itself comes out unchanged).
 */
const OF_IMPLS =
  /^(?:cfg|doc|allow|expect|warn|deny|automatically_derived|rustfmt::skip|(?:\w+::)*(?:pymethods|gen_stub_pymethods))$/

/** The same for methods; PyO3's own are read by `#[pymethods]`, which finds them on the method that stays. */
const OF_METHODS =
  /^(?:doc|allow|expect|warn|deny|inline|must_use|deprecated|cold|track_caller|rustfmt::skip|new|getter|setter|deleter|staticmethod|classmethod|classattr|pyo3|pyo3::\w+|args|text_signature|gen_stub|cfg|test)$/

/** The first attribute of an impl or method of which it is not known that it leaves the signature and the meaning alone. */
export function attributeProblem(source: ClassSource): Problem | null {
  const { db } = source.view
  for (const impl of source.impls) {
    const odd = effectiveMetas(impl.item.attrs).find((it) => !OF_IMPLS.test(it.meta.path))
    if (odd)
      return {
        reason: 'attribute',
        detail: `${placeText(db, impl.file, impl.headStart)}: \`#[${odd.meta.path}]\` stands on an impl`,
      }
  }
  for (const method of source.methods) {
    const odd = effectiveMetas(method.fn.attrs).find(({ meta, attr }) => !OF_METHODS.test(meta.path) && !isSpan(method, attr))
    if (odd)
      return {
        reason: 'attribute',
        detail: `${placeText(db, method.impl.file, method.nameAt.start)}: \`#[${odd.meta.path}]\` stands on \`${method.name}\``,
      }
  }
  return codeItems(db, source.file).length > 0 ? null : { reason: 'parse-error', detail: 'the file cannot be read' }
}

/**
 * `#[instrument]` of tracing wraps the body in a span (docs of tracing-attributes), and so may stay on the method that calls it.
 * It records the arguments, and what `fields(…)` computes of them: not the object, if that is skipped.
 */
function isSpan(method: MethodSource, { meta, span }: Attr): boolean {
  if (!/^(?:tracing::)?instrument$/.test(meta.path)) return false
  const words = tokensIn(method.impl.text, { start: method.start + span.start, end: method.start + span.end }).map(
    (it) => it.text,
  )
  const own = words.flatMap((it, i) => (it === method.selfName ? [i] : []))
  const skipped = own.some(
    (i) => words.lastIndexOf('skip', i) >= 0 && !words.slice(words.lastIndexOf('skip', i), i).includes(')'),
  )
  return (method.self === 'none' || skipped || words.includes('skip_all')) && !own.some((i) => words[i + 1] === '.')
}
