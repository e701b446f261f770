import type { Fix, Offer } from '../fixes/fix.ts'
import type { CrateView } from '../model/crate-view.ts'
import type { PyClass } from '../model/pyclass.ts'
import { pyCrate } from '../model/pycrates.ts'
import { crateView } from '../model/view.ts'
import { query } from '../query/database.ts'
import type { Expansion } from '../resolve/expansion-store.ts'
import { moduleScope } from '../resolve/scopes.ts'
import { type Accesses, accessesOf } from './accesses.ts'
import { attributeProblem } from './attributes.ts'
import { frozenHead, headPlan } from './class-head.ts'
import { type ClassSource, sourceIn } from './class-source.ts'
import { codeText, expansionsOf } from './code-texts.ts'
import { byFile, type PlacedEdit, placed } from './file-edits.ts'
import { inPlaceEdits } from './in-place-edits.ts'
import { inPlaceLiterals } from './in-place-literals.ts'
import { type InPlacePlan, inPlacePlan } from './in-place-plan.ts'
import { madeStruct, unknownCall } from './macro-calls.ts'
import { liftEdits } from './macro-lift.ts'
import { spanInDefinition } from './macro-texts.ts'
import { mentionsOf } from './mentions.ts'
import type { Problem } from './problems.ts'
import { publicProblem } from './public-api.ts'
import { fieldReach } from './python-free.ts'

/**
 * The classes that a macro makes of one struct in its definition, all made frozen by one change of the definition: the rewrite of
 * each class is found in its expansion, and all have to ask for the same.
 */
export function madeClassOffer(view: CrateView, cls: PyClass): Offer {
  const made = madeStruct(view.db, cls)
  const title = `Make \`${cls.name}\` frozen behind a Mutex`
  if (!made) return refusal(title, { reason: 'macro-made', detail: 'a macro writes the class' })
  const found = groupRewrite(view.db, [view.world, view.crate.crate.id, made.key].join(SEPARATOR))
  return 'reason' in found ? refusal(title, found) : { fixes: [found], refused: [] }
}

const SEPARATOR = '\u0000'

function refusal(fix: string, problem: Problem): Offer {
  return { fixes: [], refused: [{ fix, ...problem }] }
}

/** World, crate and struct of a macro → the rewrite of all its classes. Asked for by each of them, so it is remembered. */
const groupRewrite = query<string, Fix | Problem>('rewriteMadeClasses', (db, key) => {
  const [world = '', crate = '', struct = ''] = key.split(SEPARATOR)
  const view = crateView(db, world, pyCrate(db, world, crate))
  const classes = view.crate.classes.filter((it) => it.macroMade && madeStruct(db, it)?.key === struct)
  const parts: Part[] = []
  for (const cls of classes) {
    const part = partOf(view, cls)
    if ('reason' in part) return part
    parts.push(part)
  }
  return together(view, parts)
})

interface Part {
  readonly source: ClassSource
  readonly plan: InPlacePlan
  readonly accesses: Accesses
  readonly edits: readonly PlacedEdit[]
  /** Whether what is behind the lock may run Python code when it is dropped. */
  readonly loud: boolean
}

function partOf(view: CrateView, cls: PyClass): Part | Problem {
  const source = sourceIn(view, cls)
  if ('reason' in source) return source
  if (source.struct.shape !== 'named') return { reason: 'not-a-struct', detail: 'the fields of the class have no names' }
  const plan = inPlacePlan(source)
  if ('reason' in plan) return plan
  const fields = new Set(plan.fields)
  const head = headEdits(source, fields)
  if ('reason' in head) return head
  const problem =
    attributeProblem(source) ?? publicProblem(source, plan.moves) ?? fieldProblem(source, fields) ?? guardProblem(source, plan)
  if (problem) return problem
  const found = mentionsOf(source)
  const { mentions, problem: mentioned } = found
  if (mentioned) return mentioned
  const accesses = accessesOf(source, plan.moves, found, null)
  if (accesses.problem) return accesses.problem
  const literals = inPlaceLiterals(source, plan.fields, mentions)
  if ('reason' in literals) return literals
  const reach = fieldReach(source)
  const loud = plan.fields.some((it) => (reach.get(it) ?? 'opaque') !== 'free')
  return { source, plan, accesses, edits: [...placed(source.file, head), ...literals, ...accesses.edits], loud }
}

function headEdits(source: ClassSource, fields: ReadonlySet<string>) {
  if (fields.size === 0) {
    return frozenHead(source)
  }
  const head = headPlan(source, fields)
  const [derived] = head.byHand
  if (head.problem) return head.problem
  if (derived !== undefined)
    return { reason: 'derive-breaks' as const, detail: `\`${derived}\` is derived, which a lock has not` }
  return head.edits
}

/** Attributes for Python that would have to be written out. */
function fieldProblem({ cls }: ClassSource, fields: ReadonlySet<string>): Problem | null {
  const { getAll, setAll } = cls.options
  const field = cls.fields.find((it) => it.set || setAll || (fields.has(it.name) && (it.get || getAll)))
  return field ? { reason: 'accessor-type', detail: `\`${field.name}\` is an attribute that a macro makes` } : null
}

/** `PyRef` has to mean PyO3's wherever `PyRefMut` stood, and no import may be left over. */
function guardProblem({ view, cls }: ClassSource, { relaxed }: InPlacePlan): Problem | null {
  if (!relaxed.some((it) => it.self === 'guard-mut')) return null
  const scope = moduleScope(view.db, cls.module)
  const odd = ['PyRef', 'PyRefMut', 'PyClassGuard', 'PyClassGuardMut'].find(
    (it) => scope?.imports.has(it) || scope?.names.has(it),
  )
  return odd === undefined ? null : { reason: 'name-clash', detail: `\`${odd}\` is imported or declared by name` }
}

function together(view: CrateView, parts: readonly Part[]): Fix | Problem {
  const { db } = view
  const [first] = parts
  const made = first ? madeStruct(db, view.crate.classes.find((it) => it.id === first.source.cls.id) ?? first.source.cls) : null
  if (!first || !made) return { reason: 'macro-made', detail: 'a macro writes the class' }
  const crate = view.crate.crate.id
  const unknown = unknownCall(db, crate, made.expansion)
  if (unknown) return unknown
  const careful = parts.some((it) => it.loud)
  const edits = parts.flatMap((it) => [...it.edits, ...placed(it.source.file, inPlaceEdits(it.source, it.plan, careful))])
  const lifted = liftEdits(db, expansionsOf(db, crate), edits)
  if ('reason' in lifted) return lifted
  const macro = made.expansion.macro?.name ?? ''
  return {
    title: titleOf(parts, `\`${definedName(made.expansion, first.source)}\` of \`${macro}!\``, macro),
    grade: 'risky',
    kind: 'refactor.rewrite.pyo3',
    changes: byFile(unique(lifted), (file) => codeText(db, file)),
  }
}

/** A literal that several expansions share is one change. */
function unique(edits: readonly PlacedEdit[]): readonly PlacedEdit[] {
  const key = ({ file, edit }: PlacedEdit): string => `${file}\n${edit.span.start}:${edit.span.end}\n${edit.newText}`
  return [...new Map(edits.map((it) => [key(it), it])).values()]
}

/** What the macro's text calls the classes: `$name`. */
function definedName(expansion: Expansion, { cls }: ClassSource): string {
  const span = spanInDefinition(expansion, cls.nameAt.span)
  return span ? (expansion.macro?.body.slice(span.start, span.end) ?? cls.name) : cls.name
}

function titleOf(parts: readonly Part[], group: string, macro: string): string {
  const [first] = parts
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`
  const names =
    parts.length === 1 ? `\`${first?.source.cls.name}\`, made by \`${macro}!\`,` : `the ${parts.length} classes ${group}`
  const lock = (first?.plan.fields.length ?? 0) > 0 ? ' behind a Mutex' : ''
  const callers = parts.reduce((sum, it) => sum + it.accesses.callers, 0)
  const methods = first?.plan.relaxed.length ?? 0
  return `Make ${names} frozen${lock}: ${count(methods, 'method')}${callers > 0 ? `, ${count(callers, 'caller')}` : ''}`
}
