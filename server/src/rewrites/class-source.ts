import type { CrateView } from '../model/crate-view.ts'
import { implsOfType } from '../model/impls-of-type.ts'
import type { PyClass } from '../model/pyclass.ts'
import { methodBlocksOf } from '../model/pymethods.ts'
import type { Database } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { itemOf, type ModuleItem } from '../resolve/scopes.ts'
import type { BodyFacts } from '../syntax/body.ts'
import type { Span } from '../syntax/span.ts'
import type { FnItem, ImplItem, StructItem } from '../syntax/summary.ts'
import { codeFacts, codePositions, codeText, isExpansion } from './code-texts.ts'
import { type Problem, placeText } from './problems.ts'

/** A class with everything that is written for it in its crate. Spans are absolute; those of impls and methods are of their own files. */
export interface ClassSource {
  readonly view: CrateView
  readonly cls: PyClass
  readonly file: string
  readonly text: string
  readonly struct: StructItem
  readonly structAt: { readonly start: number; readonly headStart: number; readonly end: number }
  readonly impls: readonly ImplSource[]
  /** Impls that macros write for a class that is written itself; and all that do not stand with a class that a macro makes. */
  readonly madeImpls: readonly MadeImpl[]
  readonly methods: readonly MethodSource[]
}

/** An impl that cannot be edited, and need not be where it neither names a moved field nor takes the object exclusively. */
export interface MadeImpl {
  readonly id: DefId
  /** The expansion or file, see `codeText`. */
  readonly code: string
  readonly start: number
  readonly end: number
}

export interface ImplSource {
  readonly id: DefId
  readonly file: string
  /** Of the whole file. */
  readonly text: string
  readonly item: ImplItem
  /** The class as the head names it. */
  readonly self: string
  readonly kind: 'pymethods' | 'inherent' | 'trait'
  readonly start: number
  readonly headStart: number
  readonly end: number
  readonly module: ModuleItem
}

/** How a method gets at its object. */
export type SelfKind = 'ref' | 'mut' | 'value' | 'typed' | 'guard' | 'guard-mut' | 'none'

export interface MethodSource {
  readonly impl: ImplSource
  readonly fn: FnItem
  readonly name: string
  readonly self: SelfKind
  /** It takes `&mut self` and is content with `&self`, as which it counts. */
  readonly relaxed?: boolean
  /** `self`, or the name of the first parameter where that is a `PyRef`/`PyRefMut` of the class. */
  readonly selfName: string
  readonly start: number
  readonly headStart: number
  readonly end: number
  readonly nameAt: Span
  readonly body: Span
  /** Spans relative to `body.start`. */
  readonly facts: BodyFacts
}

/** Collects a class's sources; a problem where they cannot be edited as one. */
export function classSource(view: CrateView, cls: PyClass): ClassSource | Problem {
  if (cls.macroMade) return { reason: 'macro-made', detail: 'a macro writes the class' }
  return sourceIn(view, cls)
}

/**
 * The same for a class that a macro makes: its file is the expansion, and so are all places in it. What else is written for such
 * a class counts among `madeImpls`: it stands elsewhere than what can be changed.
 */
export function sourceIn(view: CrateView, cls: PyClass): ClassSource | Problem {
  const { db } = view
  const it = itemOf(db, cls.id)
  if (!it) return { reason: 'parse-error', detail: `\`${cls.name}\` cannot be read` }
  const file = codeOf(it)
  const text = codeText(db, file)
  if (text === null) return { reason: 'parse-error', detail: `\`${cls.name}\` cannot be read` }
  // Nothing else that stands in the way matters for a class that only its own thread uses.
  if (cls.options.unsendable) {
    const at = placeText(db, file, cls.nameAt.span.start)
    return { reason: 'unsendable-class', detail: `${at}: the class is \`unsendable\`: it stays with its thread anyway` }
  }
  if (it.item.kind !== 'struct' || it.item.shape === 'unit')
    return { reason: 'not-a-struct', detail: 'only structs with fields can be rewritten' }
  if (it.untrusted) return { reason: 'attribute', detail: it.untrusted.text }
  const position = codePositions(db, file)?.items.get(it.item.key)
  if (!position) return { reason: 'parse-error', detail: `${placeText(db, file, cls.nameAt.span.start)} cannot be read` }
  const impls: ImplSource[] = []
  const madeImpls: MadeImpl[] = []
  const methods: MethodSource[] = []
  for (const id of implsOfType(db, cls.crate, cls.id)) {
    const impl = itemOf(db, id)
    const code = impl ? codeOf(impl) : file
    const here = cls.macroMade ? code === file : impl?.origin.expansion === null
    const problem = here ? addImpl(view, cls, id, impls, methods) : addMadeImpl(db, id, code, madeImpls)
    if (problem) return problem
  }
  const { start, headStart, end } = position
  const place = { file, span: position.name ?? { start: headStart, end } }
  const placed = cls.macroMade ? { ...cls, nameAt: place, itemAt: { file, span: { start, end } } } : cls
  return { view, cls: placed, file, text, struct: it.item, structAt: { start, headStart, end }, impls, madeImpls, methods }
}

/** The file or expansion that an item stands in. */
function codeOf({ origin }: ModuleItem): string {
  return origin.expansion ?? origin.file
}

function addImpl(view: CrateView, cls: PyClass, id: DefId, impls: ImplSource[], methods: MethodSource[]): Problem | null {
  const { db } = view
  const it = itemOf(db, id)
  if (it?.item.kind !== 'impl') return null
  const file = codeOf(it)
  const text = codeText(db, file)
  const at = placeText(db, file, 0).replace(/:\d+$/, '')
  const position = codePositions(db, file)?.items.get(it.item.key)
  if (!position || text === null) return { reason: 'parse-error', detail: `an impl in ${at} cannot be read` }
  const kind = it.item.trait ? 'trait' : methodBlocksOf(db, cls.id).includes(id) ? 'pymethods' : 'inherent'
  const { span } = it.item.self
  const self = text.slice(position.start + span.start, position.start + span.end)
  const impl: ImplSource = { id, file, text, item: it.item, self, kind, module: it, ...pick(position) }
  impls.push(impl)
  for (const child of it.item.children) {
    if (child.kind === 'macro_call')
      return { reason: 'macro', detail: `${placeText(db, file, position.start)}: \`${child.path}!\` makes members of the impl` }
    if (child.kind !== 'fn') continue
    const problem = addMethod(view, impl, child, methods)
    if (problem) return problem
  }
  return null
}

function addMadeImpl(db: Database, id: DefId, code: string, made: MadeImpl[]): Problem | null {
  const it = itemOf(db, id)
  if (it?.item.kind !== 'impl') return null
  const position = codePositions(db, code)?.items.get(it.item.key)
  const fail = (what: string): Problem => ({
    reason: 'macro-made',
    detail: `${placeText(db, code, position?.headStart ?? 0)}: ${isExpansion(code) ? 'a macro writes' : 'there is'} ${what}`,
  })
  if (!position || it.untrusted) return fail('an impl of the class that cannot be read')
  for (const child of it.item.children) {
    if (child.kind === 'macro_call') return fail(`an impl of the class with members made by \`${child.path}!\``)
    if (child.kind === 'fn' && child.receiver?.kind === 'mut' && !it.item.trait) return fail(`\`${child.name}(&mut self)\``)
  }
  made.push({ id, code, start: position.start, end: position.end })
  return null
}

function pick({ start, headStart, end }: { start: number; headStart: number; end: number }) {
  return { start, headStart, end }
}

function addMethod({ db }: CrateView, impl: ImplSource, fn: FnItem, methods: MethodSource[]): Problem | null {
  const { file } = impl
  const position = codePositions(db, file)?.items.get(fn.key)
  const facts = codeFacts(db, file, fn.key)
  if (!position?.body || !position.name || !facts || facts.failure !== null || facts.errors.length > 0) {
    const where = position ? placeText(db, file, position.headStart) : `\`${fn.name}\``
    if (fn.key.includes('macro_call '))
      return {
        reason: 'macro-made',
        detail: `${placeText(db, file, impl.headStart)}: a macro writes \`${fn.name}\` into the impl`,
      }
    return { reason: 'parse-error', detail: `${where}: \`${fn.name}\` cannot be read in full` }
  }
  const { start, headStart, end, name, body } = position
  methods.push({ impl, fn, name: fn.name, ...selfOf(fn), start, headStart, end, nameAt: name, body, facts })
  return null
}

const GUARDS: Readonly<Record<string, SelfKind>> = {
  PyRef: 'guard',
  PyClassGuard: 'guard',
  PyRefMut: 'guard-mut',
  PyClassGuardMut: 'guard-mut',
}

function selfOf(fn: FnItem): { self: SelfKind; selfName: string } {
  if (fn.receiver) return { self: fn.receiver.kind, selfName: 'self' }
  const [first] = fn.params
  const type = first?.type.kind === 'path' ? first.type.path.segments.at(-1) : undefined
  const guard = GUARDS[type?.name ?? '']
  const arg = type?.args?.args[0]
  const ofSelf = arg?.kind === 'path' && arg.path.segments.at(-1)?.name === 'Self'
  return guard && ofSelf && first
    ? { self: guard, selfName: first.pattern.replace(/^mut\s+/, '') }
    : { self: 'none', selfName: 'self' }
}
