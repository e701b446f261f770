import type { Fix, Offer } from '../fixes/fix.ts'
import type { CrateView } from '../model/crate-view.ts'
import type { PyClass } from '../model/pyclass.ts'
import { insert, replace, type TextEdit } from '../syntax/edits.ts'
import { accessesOf } from './accesses.ts'
import { atomicAccessors, atomicFieldEdits, atomicLiterals } from './atomic-edits.ts'
import { atomicImpls } from './atomic-impls.ts'
import { attemptName, loopImpl, updateName } from './atomic-loops.ts'
import { type AtomicField, type AtomicPlan, atomicPlan } from './atomic-plan.ts'
import type { AtomicWords } from './atomic-words.ts'
import { attributeProblem } from './attributes.ts'
import { type HeadPlan, headPlan } from './class-head.ts'
import { type ClassSource, classSource } from './class-source.ts'
import { byFile, placed } from './file-edits.ts'
import { importNames, ownModule } from './imports.ts'
import { mentionsOf } from './mentions.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { publicProblem } from './public-api.ts'
import { selfUses } from './self-uses.ts'
import { tokensIn } from './tokens.ts'

/** The class made frozen, with its counters and flags as atomics; or why that cannot be done. */
export function frozenAtomicsOffer(view: CrateView, cls: PyClass): Offer {
  const title = `Make \`${cls.name}\` frozen with atomics`
  const found = attempt(view, cls, title)
  return 'reason' in found ? { fixes: [], refused: [{ fix: title, ...found }] } : { fixes: [found], refused: [] }
}

function attempt(view: CrateView, cls: PyClass, title: string): Fix | Problem {
  const source = classSource(view, cls)
  if ('reason' in source) return source
  const far = source.impls.find((it) => it.module.module !== source.cls.module)
  if (far && source.methods.some((it) => it.impl.module.module !== source.cls.module && it.self !== 'none'))
    return {
      reason: 'several-files',
      detail: `${placeText(view.db, far.file, far.headStart)}: an impl of the class stands in another module`,
    }
  const atomics = atomicPlan(source)
  if ('reason' in atomics) return atomics
  const names = new Set(atomics.fields.keys())
  const plan: MovePlan = {
    fields: names,
    moved: source.methods.filter((it) => it.self === 'ref' || it.self === 'mut'),
    uses: new Map(source.methods.map((it) => [it, selfUses(it.facts, it.selfName)])),
    narrowed: new Map(),
  }
  const head = headPlan(source, names)
  const problem =
    attributeProblem(source) ?? head.problem ?? publicProblem(source, plan) ?? deriveProblem(source, atomics, head.byHand)
  if (problem) return problem
  const found = mentionsOf(source)
  const { mentions, problem: mentioned } = found
  if (mentioned) return mentioned
  const accesses = accessesOf(source, plan, found, null)
  if (accesses.problem) return accesses.problem
  const edits = editsOf(source, atomics, head, mentions)
  if ('reason' in edits) return edits
  return {
    title: titleOf(title, atomics, accesses.callers),
    grade: 'risky',
    kind: 'refactor.rewrite.pyo3',
    changes: byFile([...placed(source.file, edits.edits), ...accesses.edits], (file) => source.view.db.text(file)),
  }
}

function titleOf(title: string, { fields, wraps }: AtomicPlan, callers: number): string {
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`
  const parts = [count(fields.size, 'field'), ...(callers > 0 ? [count(callers, 'caller')] : [])]
  return `${title}: ${parts.join(', ')}${wraps ? '; overflow wraps instead of panicking in debug' : ''}`
}

function deriveProblem(source: ClassSource, { fields }: AtomicPlan, byHand: ReadonlySet<string>): Problem | null {
  if (byHand.size > 0 && fields.size > 1)
    return {
      reason: 'joint-update',
      detail: `\`${[...byHand].join('` and `')}\` would read \`${[...fields.keys()].join('` and `')}\` one after the other`,
    }
  // `Default` is no problem: `0.0` has no bits set.
  const float = [...fields.values()].some((it) => it.float)
  return float && source.cls.derives.includes('Debug')
    ? { reason: 'derive-breaks', detail: '`Debug` is derived, and would show the bits of a float' }
    : null
}

function editsOf(
  source: ClassSource,
  plan: AtomicPlan,
  head: HeadPlan,
  mentions: Parameters<typeof atomicLiterals>[2],
): { edits: TextEdit[] } | Problem {
  const types = [...new Set([...plan.fields.values()].map((it) => it.atomic))]
  const imports = importNames(ownModule(source), 'std::sync::atomic', [...types, 'Ordering'])
  const word = (name: string): string => imports.names.get(name) ?? `std::sync::atomic::${name}`
  const fields = new Map([...plan.fields].map(([name, it]): [string, AtomicField] => [name, { ...it, atomic: word(it.atomic) }]))
  const words: AtomicWords = { ordering: word('Ordering'), publishing: plan.publishing }
  const clash = [...[...plan.loops.update].map(updateName), ...[...plan.loops.attempt].map(attemptName)].find((it) =>
    source.methods.some((method) => method.name === it),
  )
  if (clash !== undefined) return { reason: 'name-clash', detail: `there is a method \`${clash}\`` }
  const written: AtomicPlan = { ...plan, fields }
  const literals = atomicLiterals(source, written, mentions)
  if ('reason' in literals) return literals
  const accessors = atomicAccessors(source, written, words)
  if ('reason' in accessors) return accessors
  const methods = source.methods.flatMap((it) => [
    ...receiverEdit(it),
    ...(plan.steps.get(it) ?? []).flatMap((step) => step.write(words)),
  ])
  const impls = loopImpl(source.cls.name, plan.fields, plan.loops, words) + atomicImpls(source, written, head.byHand, words)
  const fieldEdits = [...atomicFieldEdits(source, written), ...(impls ? [insert(source.structAt.end, impls)] : [])]
  return { edits: [...imports.edits, ...head.edits, ...fieldEdits, ...literals.edits, ...accessors.edits, ...methods] }
}

/** `&mut self` → `&self`, and `PyRefMut` that is only handed back → `PyRef`. */
function receiverEdit(method: ClassSource['methods'][number]): TextEdit[] {
  if (method.impl.kind === 'trait') return []
  const tokens = tokensIn(method.impl.text, { start: method.headStart, end: method.body.start })
  if (method.self === 'guard-mut')
    return tokens.filter((it) => it.text === 'PyRefMut').map((it) => replace({ start: it.start, end: it.end }, 'PyRef'))
  const { receiver } = method.fn
  if (method.self !== 'mut' || !receiver) return []
  const from = method.start + receiver.span.start
  const mut = tokens.find((it) => it.start >= from && it.text === 'mut')
  const self = tokens.find((it) => it.start > from && it.text === 'self')
  return mut && self ? [replace({ start: mut.start, end: self.start }, '')] : [insert(from, '')]
}
