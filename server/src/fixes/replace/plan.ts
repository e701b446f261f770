import type { AutoTrait } from '../../autotraits/oracle.ts'
import type { CrateView } from '../../model/crate-view.ts'
import { pathOf } from '../../model/culprits.ts'
import type { LocalField, LocalType } from '../../model/local-type.ts'
import { typeItem } from '../../model/local-types.ts'
import { idParts } from '../../resolve/ids.ts'
import { signature } from '../../resolve/signature.ts'
import type { Ty } from '../../resolve/ty.ts'
import { childFacts, factsOf } from '../../syntax/body.ts'
import { overlaps } from '../../syntax/edits.ts'
import type { Span } from '../../syntax/span.ts'
import type { Field } from '../../syntax/summary.ts'
import type { FileEdits } from '../fix.ts'
import { type Access, accessesIn, parentOf, valuesGiven } from './accesses.ts'
import { rewriteCounters } from './counters.ts'
import { rewriteAccess, rewriteValue } from './forms.ts'
import { fixImports } from './imports.ts'
import { edit, type Job, refuse } from './job.ts'
import { nameFor } from './names.ts'
import type { Obstacle } from './obstacles.ts'
import { checkRegions, type Locking, type Surroundings } from './regions.ts'
import { type Body, bodiesOf, type Use, usesOf } from './scope.ts'
import { type Layer, layersOf, type Target, targetsOf } from './shape.ts'

/** A field that could get another type. */
export interface FieldPlan {
  readonly index: number
  readonly field: LocalField
  readonly syntax: Field
  readonly layers: readonly Layer[]
  /** What the field's content lacks for any of this; null if nothing. */
  readonly missing: AutoTrait | null
  readonly candidates: readonly PlannedTarget[]
}

export interface PlannedTarget {
  readonly target: Target
  /** The new type for people: `Arc<Mutex<u8>>`. */
  readonly typeText: string
}

/** What field `index` of a type can become; null if the field is not known for sure. */
export function planOf(cx: CrateView, owner: LocalType, index: number): FieldPlan | null {
  const found = typeItem(cx.db, owner.id)
  const syntax = found?.item.fields[index]
  const field = owner.fields[index]
  const types = signature(cx.db, owner.id)?.fields.filter((it) => it.index === index) ?? []
  const [only] = types
  const text = cx.db.text(owner.itemAt.file)
  if (!syntax || !field || !only || types.length > 1 || text === null || !found) return null
  const source = ({ start, end }: { start: number; end: number }) =>
    text.slice(owner.itemAt.span.start + start, owner.itemAt.span.start + end)
  const layers = layersOf(cx.db, owner.module, syntax.type, only.ty, source)
  const { targets, missing } = targetsOf(cx.db, layers)
  const candidates = targets.map((target) => ({ target, typeText: typeText(target, source) }))
  return { index, field, syntax, layers, missing, candidates }
}

function typeText(target: Target, source: (span: { start: number; end: number }) => string): string {
  const last = (path: string) => path.slice(path.lastIndexOf(':') + 1)
  const inner = target.layers.at(-1)
  const held = inner ? source(inner.argument.span).replace(/\s+/g, ' ') : ''
  const becomes = last(target.becomes)
  const cell = target.style === 'atomic' ? becomes : target.style === 'queue' ? `Mutex<Receiver<${held}>>` : `${becomes}<${held}>`
  if (!target.pointer) return cell
  return `Arc<${target.cell ? cell : held}>`
}

/** Makes the edits for one target, or says what stands against it. */
export function runJob(
  cx: CrateView,
  owner: LocalType,
  plan: FieldPlan,
  { target }: PlannedTarget,
): { readonly changes: FileEdits[] } | Obstacle {
  const job: Job = {
    cx,
    owner,
    index: plan.index,
    field: plan.field,
    syntax: plan.syntax,
    target,
    edits: new Map(),
    wanted: [],
    accepted: new Set(),
    refused: null,
  }
  rewriteType(job)
  const bodies = bodiesOf(cx.db, owner.crate)
  const uses = usesOf(job, bodies)
  const lockings = new Map<Use, Locking[]>()
  for (const use of uses) if (!job.refused) lockings.set(use, rewriteUse(job, use))
  const around = surroundings(job, bodies, lockings)
  for (const [use, own] of lockings) if (!job.refused) checkRegions(job, use, own, around)
  if (!job.refused) removeImpls(job)
  if (!job.refused) fixImports(job, [owner.module, ...uses.map((it) => it.body.module)])
  if (!job.refused && [...job.edits.values()].some((it) => overlaps(it)))
    refuse(job, 'unsupported-use', 'two of the changes would touch')
  return job.refused ?? { changes: [...job.edits].map(([file, edits]) => ({ file, edits })) }
}

function rewriteType(job: Job): undefined {
  const { target, owner } = job
  const { file, span } = owner.itemAt
  const place = (it: { readonly start: number; readonly end: number }) => ({
    start: span.start + it.start,
    end: span.start + it.end,
  })
  if (target.pointer?.path === 'std::rc::Rc')
    edit(job, file, place(target.pointer.head), nameFor(job, owner.module, 'std::sync::Arc'))
  if (!target.cell) return
  const name = nameFor(job, owner.module, target.becomes)
  if (target.style === 'atomic') return edit(job, file, place(target.cell.whole), name)
  if (target.style !== 'queue') return edit(job, file, place(target.cell.head), name)
  const { start, end } = place(target.cell.whole)
  edit(job, file, { start, end: start }, `${name}<`)
  edit(job, file, { start: end, end }, '>')
}

function rewriteUse(job: Job, use: Use): Locking[] {
  const lockings: Locking[] = []
  const accesses = [...accessesIn(job, use)]
  for (const { index } of accesses) job.accepted.add(`access:${use.body.file}:${use.facts.facts[index]?.span.start}`)
  for (const given of valuesGiven(job, use, accesses)) rewriteValue(job, use, given)
  if (job.target.pointer) accesses.push(...aliasesIn(job, use, accesses))
  const isCell = job.target.cell?.path === 'std::cell::Cell'
  const left = isCell ? rewriteCounters(job, use, accesses) : accesses
  for (const access of left) if (!job.refused) rewriteAccess(job, use, access, lockings)
  return lockings
}

/** Local names for clones of the field's pointer: they are used like the field itself. */
function aliasesIn(job: Job, use: Use, accesses: readonly Access[]): Access[] {
  const { facts } = use
  return factsOf(facts, 'let').flatMap(({ index, fact }): Access[] => {
    const [value] = childFacts(facts, index, 'value')
    const [binding, ...more] = fact.bindings
    const clone = facts.facts[value ?? -1]
    const isClone =
      (clone?.kind === 'method' && clone.name === 'clone') || (clone?.kind === 'call' && /::clone$/.test(clone.path ?? ''))
    const ofField = accesses.some(({ index: access }) => {
      const parent = parentOf(facts, access)
      const through = parent?.fact.kind === 'borrow' ? parentOf(facts, parent.index) : parent
      return through?.index === value
    })
    const rebound = factsOf(facts, 'let', 'let-condition', 'closure', 'for', 'arm').some(
      (it) => it.index !== index && it.fact.bindings.some((other) => other.name === binding?.name),
    )
    if (!isClone || !ofField || !binding || more.length > 0 || rebound || fact.type || binding.ref) return []
    job.accepted.add(`alias:${use.body.file}:${fact.span.start}`)
    return factsOf(facts, 'path')
      .filter(
        (it) => it.fact.text === binding.name && it.fact.span.start >= fact.scope.start && it.fact.span.end <= fact.scope.end,
      )
      .map((it) => ({ index: it.index, alias: true }))
  })
}

function surroundings(job: Job, bodies: readonly Body[], lockings: ReadonlyMap<Use, readonly Locking[]>): Surroundings {
  const held = job.target.cell?.ty
  const locking = new Set([...lockings].filter(([, own]) => own.length > 0).map(([use]) => use.body))
  return {
    touching: locking.size > 0 ? touchingNames(job, bodies, locking) : new Set(),
    holdsPython: held ? mayHoldPython(job, held, new Set()) : false,
    plain: held ? isPlain(held) : true,
  }
}

/** Names of functions that lock, or that mention Python, or that call one of these by name. */
function touchingNames(job: Job, bodies: readonly Body[], locking: ReadonlySet<Body>): Set<string> {
  const called = bodies.map((body) => {
    const text = job.cx.db.text(body.file)?.slice(body.item.start, body.item.end) ?? ''
    return { body, text, calls: new Set([...text.matchAll(/(\w+)\s*(?:::\s*<[^;{}]*?>\s*)?\(/g)].map((it) => it[1] ?? '')) }
  })
  const names = new Set(
    called.filter((it) => locking.has(it.body) || /\b(?:py|Python)\b/.test(it.text)).map((it) => it.body.fn.name),
  )
  for (let fuel = called.length; fuel > 0; fuel--) {
    const before = names.size
    for (const { body, calls } of called) if ([...calls].some((it) => names.has(it))) names.add(body.fn.name)
    if (names.size === before) break
  }
  return names
}

/** Made of types whose methods are not written in this workspace. */
function isPlain(ty: Ty): boolean {
  switch (ty.kind) {
    case 'adt':
      return idParts(ty.def).kind === 'fact' && ty.args.every(isPlain)
    case 'ref':
    case 'array':
    case 'slice':
      return isPlain(ty.inner)
    case 'tuple':
      return ty.items.every(isPlain)
    default:
      return ty.kind === 'prim' || ty.kind === 'never'
  }
}

function mayHoldPython(job: Job, ty: Ty, seen: Set<number>): boolean {
  if (seen.has(ty.id) || seen.size > 200) return seen.size > 200
  seen.add(ty.id)
  switch (ty.kind) {
    case 'adt': {
      if (pathOf(job.cx.db, ty.def).startsWith('pyo3')) return true
      const fields = signature(job.cx.db, ty.def)?.fields ?? []
      return [...ty.args, ...fields.map((it) => it.ty)].some((it) => mayHoldPython(job, it, seen))
    }
    case 'ref':
    case 'array':
    case 'slice':
      return mayHoldPython(job, ty.inner, seen)
    case 'tuple':
      return ty.items.some((it) => mayHoldPython(job, it, seen))
    case 'dyn':
    case 'impl':
    case 'proj':
    case 'unknown':
      return true
    default:
      return false
  }
}

/** Explicit impls that only this field made necessary go away with it. */
function removeImpls(job: Job): undefined {
  const { cx, owner } = job
  const culprits = cx.culprits(owner).filter((it) => it.verdict === 'no')
  for (const impl of cx.unsafeImpls()) {
    if (impl.type !== owner.id) continue
    const own = culprits.filter((it) => it.trait === impl.trait)
    if (own.length === 0 || own.some((it) => it.field !== job.index)) continue
    if (impl.macroMade) return refuse(job, 'macro-made', 'a macro writes the `unsafe impl`', impl.headAt)
    const text = cx.db.text(impl.itemAt.file) ?? ''
    edit(job, impl.itemAt.file, linesWithGap(text, impl.itemAt.span), '')
  }
}

/** Whole lines of an item with the comments right above it, and one blank line before them. */
function linesWithGap(text: string, span: Span): Span {
  let start = text.lastIndexOf('\n', span.start - 1) + 1
  if (text.slice(start, span.start).trim() !== '') start = span.start
  const comments = /(?:(?<=\n|^)[ \t]*\/\/[^\n]*\n)*$/.exec(text.slice(0, start))?.[0] ?? ''
  start -= comments.length
  const newline = text.indexOf('\n', span.end)
  const end = newline < 0 ? text.length : newline + 1
  const blank = /(?<=\n)[ \t]*\r?\n$/.exec(text.slice(0, start))
  return { start: start - (blank?.[0].length ?? 0), end }
}
