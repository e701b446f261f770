import { replace } from '../syntax/edits.ts'
import type { ClassSource } from './class-source.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import type { MovePlan } from './plan.ts'
import type { Problem } from './problems.ts'

/**
 * A lock is only `Sync` around what is `Send` (docs of `std::sync::Mutex`). Fields that are not, under an `unsafe impl Send` of the class,
 * take that promise along: it is then made for the same fields, all of which have to move.
 */
export function movesPromise(source: ClassSource, sendless: ReadonlySet<string>): boolean {
  return sendless.size > 0 && promises(source).length > 0
}

function promises({ view, cls }: ClassSource) {
  return view.unsafeImpls().filter((it) => it.trait === 'Send' && it.type === cls.id)
}

/** `unsafe impl Send for Counter` → `unsafe impl Send for CounterInner`; a problem where it cannot be edited. */
export function promiseEdits(
  source: ClassSource,
  plan: MovePlan,
  sendless: ReadonlySet<string>,
  inner: string,
): { readonly edits: readonly PlacedEdit[] } | Problem {
  if (!movesPromise(source, sendless)) return { edits: [] }
  const [promise, ...more] = promises(source)
  const all = source.struct.fields.every((it) => plan.fields.has(it.name))
  const { file, text, cls } = source
  const head = promise?.headAt.file === file ? text.slice(promise.headAt.span.start, promise.headAt.span.end) : ''
  const at = head.lastIndexOf(cls.name)
  if (!promise || more.length > 0 || promise.macroMade || !all || at < 0 || !head.endsWith(cls.name))
    return {
      reason: 'inner-not-send',
      detail: `\`${[...sendless][0]}\` is not known to be \`Send\`, which the lock asks for, and the class promises it by \`unsafe impl\``,
    }
  const start = promise.headAt.span.start + at
  return { edits: placed(file, [replace({ start, end: start + cls.name.length }, inner)]) }
}
