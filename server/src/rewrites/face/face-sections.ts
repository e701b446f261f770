import { applyEdits, indentationAt } from '../../syntax/edits.ts'
import { cachedOf } from '../cache-form.ts'
import type { ClassSource, MethodSource } from '../class-source.ts'
import { flowOf } from '../flow.ts'
import type { Flow } from '../flow-types.ts'
import { holdsOtherLock } from '../held-guards.ts'
import { loudMethods } from '../judged-plan.ts'
import { isWithin } from '../lock-places.ts'
import { narrowSection } from '../narrow.ts'
import { narrowedEdits } from '../narrowed-edits.ts'
import { type MovePlan, movePlan, type Narrowed } from '../plan.ts'
import { hasRustCaller } from '../rust-callers.ts'
import { borrows } from '../signature.ts'
import { tokensIn } from '../tokens.ts'
import type { LockNames } from '../wrapper.ts'
import { partedLead, withSelf } from './face-attributes.ts'
import type { FaceNames } from './face-names.ts'

/** The class as the first form would see it if everything moved: what may run under the lock, and what may not. */
export interface SectionPlan {
  readonly draft: MovePlan
  readonly loud: ReadonlySet<MethodSource>
}

export function sectionPlan(source: ClassSource): SectionPlan {
  const plan = movePlan(source, new Set(source.struct.fields.map((it) => it.name)))
  const loud = new Set(loudMethods(source, plan).keys())
  const draft: MovePlan = {
    ...plan,
    moved: plan.moved.filter((it) => !loud.has(it)),
    narrowed: new Map([...loud].map((it) => [it, NOTHING])),
  }
  return { draft, loud }
}

const NOTHING: Flow = { uses: [], steps: [] }

/**
 * A method that only Python calls and that runs Python code goes to the face whole, and holds the lock for what needs the data: the
 * same sections as in the first form. null where there are none, or where other Rust code calls it.
 */
export function faceSection(source: ClassSource, { draft }: SectionPlan, method: MethodSource): Narrowed | null {
  const { fn, impl } = method
  if ((method.self !== 'ref' && method.self !== 'mut') || fn.async || fn.const || fn.unsafe || fn.extern) return null
  // What is private to the module of the data has to be seen from the face's method.
  if (!isWithin(impl.module.module, source.cls.module)) return null
  const named = fn.params.some((it) =>
    tokensIn(impl.text, { start: method.start + it.span.start, end: method.start + it.span.end }).some(
      ({ text }) => text === 'Self' || text === source.cls.name,
    ),
  )
  if (named || (fn.ret && borrows(source, method, fn.ret))) return null
  if (holdsOtherLock(draft, method)) return null
  if (hasRustCaller(source, { ...draft, moved: [], narrowed: new Map() }, method)) return null
  const found =
    narrowSection(source, draft, method) ?? cachedOf(source, draft, method) ?? flowOf(source, draft, method, new Map())
  return found && 'tries' in found && found.tries ? null : found
}

/** The whole method with its sections under the lock, for the face: docs, attributes and body, indented. null where it cannot be laid out. */
export function sectionText(
  source: ClassSource,
  method: MethodSource,
  section: Narrowed,
  { type, locked }: FaceNames,
): string | null {
  const { impl } = method
  const names: LockNames = {
    inner: source.cls.name,
    lockField: 'inner',
    read: locked,
    write: locked,
    tryRead: locked,
    both: type,
    poison: 'std::sync::PoisonError',
    open: false,
  }
  const lead = partedLead(impl.text, method.start, method.headStart, method.fn.attrs, impl.self)
  if ('reason' in lead) return null
  const edits = narrowedEdits(method, section, names)
  const from = method.headStart
  const shifted = edits.map((it) => ({ ...it, span: { start: it.span.start - from, end: it.span.end - from } }))
  const text = applyEdits(impl.text.slice(from, method.end), shifted)
  if (text === null) return null
  const indent = indentationAt(impl.text, method.headStart)
  const whole = withSelf(text.replace(/^pub(?:\s*\([^)]*\))?\s+/, ''), impl.self)
  return [...lead.lines.map((it) => indent + it), indent + whole].join('\n')
}
