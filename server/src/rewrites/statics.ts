import type { Fix, Offer } from '../fixes/fix.ts'
import type { CrateView } from '../model/crate-view.ts'
import type { Location } from '../model/location.ts'
import { placeOf } from '../model/place.ts'
import type { ModId } from '../resolve/defs.ts'
import { crateItems } from '../resolve/items.ts'
import { lowerType } from '../resolve/lowering.ts'
import { itemPosition } from '../resolve/positions.ts'
import type { ModuleItem } from '../resolve/scopes.ts'
import { scopeInside } from '../resolve/type-scope.ts'
import { remove, replace, type TextEdit } from '../syntax/edits.ts'
import type { ValueItem } from '../syntax/summary.ts'
import { type AtomicField, atomicType } from './atomic-plan.ts'
import { bits } from './atomic-words.ts'
import { byFile, type PlacedEdit, placed } from './file-edits.ts'
import { importNames } from './imports.ts'
import { type Problem, placeText } from './problems.ts'
import { isClosedCrate } from './public-api.ts'
import { bodyEdits, type StaticBody, staticBody } from './static-steps.ts'
import { staticUses } from './static-uses.ts'
import { tokensIn } from './tokens.ts'

/** A `static mut` that is written in a file. */
export interface StaticSource {
  readonly view: CrateView
  readonly it: ModuleItem
  readonly item: ValueItem
  readonly file: string
  readonly text: string
  readonly start: number
  readonly headStart: number
  readonly end: number
  /** The expression that it starts with. */
  readonly value: { readonly start: number; readonly end: number }
}

/** A `static mut` made an atomic with all its uses, or why that cannot be done. Every use in the crate has to be one step. */
export function staticOffer(view: CrateView, at: Location): Offer {
  const it = crateItems(view.db, view.crate.crate.id).find(({ item, origin }) => {
    const place = item.kind === 'static' ? placeOf(view.db, origin, item)?.name : null
    return place?.file === at.file && place.span.start === at.span.start
  })
  if (it?.item.kind !== 'static') return { fixes: [], refused: [] }
  const title = `Make \`${it.item.name}\` an atomic`
  const source = sourceOf(view, it, it.item)
  const found = 'reason' in source ? source : attempt(source)
  return 'reason' in found ? { fixes: [], refused: [{ fix: title, ...found }] } : { fixes: [found], refused: [] }
}

/** Attributes that do not care for what a static is. */
const HARMLESS = /^(?:doc|allow|expect|warn|deny)$/

/** A static with its value, as it is written; a problem where it cannot be edited. */
export function sourceOf(view: CrateView, it: ModuleItem, item: ValueItem): StaticSource | Problem {
  const { db } = view
  const { file, expansion } = it.origin
  const position = itemPosition(db, it.origin, item.key)
  const text = db.text(file)
  if (expansion !== null) return { reason: 'macro-made', detail: `a macro makes \`${item.name}\`` }
  if (!position || text === null || !item.type) return { reason: 'parse-error', detail: `\`${item.name}\` cannot be read` }
  const why = (reason: Problem['reason'], clause: string): Problem => ({
    reason,
    detail: `${placeText(db, file, position.headStart)}: ${clause}`,
  })
  const odd = item.attrs.find((attr) => !HARMLESS.test(attr.meta.path))
  if (odd) return why(/^cfg/.test(odd.meta.path) ? 'cfg' : 'attribute', `\`#[${odd.meta.path}]\` stands on \`${item.name}\``)
  if (item.vis === 'pub' && !isClosedCrate(db, view.crate.crate.id))
    return why('public-field', `\`${item.name}\` is public in a library that others may use`)
  const { start, headStart, end } = position
  const typeEnd = start + item.type.span.end
  const equals = tokensIn(text, { start: typeEnd, end }).find((each) => each.text === '=')
  const last = tokensIn(text, { start: typeEnd, end }).at(-1)
  if (!equals || last?.text !== ';') return why('parse-error', `\`${item.name}\` has no value`)
  const from = equals.end + (/^\s*/.exec(text.slice(equals.end))?.[0].length ?? 0)
  return { view, it, item, file, text, start, headStart, end, value: { start: from, end: last.start } }
}

function attempt(source: StaticSource): Fix | Problem {
  const { view, it, item, file, headStart } = source
  const { db } = view
  const ty = item.type ? lowerType(db, scopeInside(it), item.type) : null
  const field = ty?.kind === 'prim' ? atomicType(ty.name, item.name) : null
  if (!field)
    return {
      reason: 'not-atomic',
      detail: `${placeText(db, file, headStart)}: \`${item.name}\` is not an integer of up to 64 bits, a float or a \`bool\``,
    }
  const uses = staticUses(source)
  if ('reason' in uses) return uses
  const bodies: StaticBody[] = []
  for (const use of uses) {
    const found = staticBody(source, use, field)
    if ('reason' in found) return found
    bodies.push(found)
  }
  const steps = bodies.flatMap((each) => each.steps)
  const count = `${steps.length} use${steps.length === 1 ? '' : 's'}`
  const wraps = steps.some((each) => each.wraps) ? '; overflow wraps instead of panicking in debug' : ''
  // A flag, or a value that is set, may say that something else was done before; a number that is only counted does not.
  const publishes = field.primitive === 'bool' || steps.some((each) => each.kind === 'store')
  return {
    title: `Make \`${item.name}\` an \`${field.atomic}\`: ${count}${wraps}`,
    grade: 'risky',
    changes: byFile(editsOf(source, field, bodies, publishes), (each) => db.text(each)),
  }
}

function editsOf(source: StaticSource, field: AtomicField, bodies: readonly StaticBody[], publishes: boolean): PlacedEdit[] {
  const { view, it, item, file, text, start, value } = source
  const publishing = new Set(publishes ? [item.name] : [])
  const inside = (module: ModId): readonly StaticBody[] =>
    bodies.filter((each) => each.use.module === module && each.steps.length > 0)
  const home = importNames({ view, module: it.module, file, text, before: start }, 'std::sync::atomic', [
    field.atomic,
    ...(inside(it.module).length > 0 ? ['Ordering'] : []),
  ])
  const atomic = home.names.get(field.atomic) ?? `std::sync::atomic::${field.atomic}`
  const edits = placed(file, [...home.edits, ...declaration(source, atomic, bits(field, text.slice(value.start, value.end)))])
  for (const module of new Set(bodies.map((each) => each.use.module))) {
    const own = inside(module)
    const from = own[0]?.use.fn.file
    if (from === undefined) continue
    const place = { view, module, file: from, text: view.db.text(from) ?? '', before: null }
    const imports = module === it.module ? home : importNames(place, 'std::sync::atomic', ['Ordering'])
    const words = { ordering: imports.names.get('Ordering') ?? 'std::sync::atomic::Ordering', publishing }
    if (module !== it.module) edits.push(...placed(from, imports.edits))
    for (const body of own) edits.push(...placed(body.use.fn.file, bodyEdits(source, body, words)))
  }
  return edits
}

/** `static mut N: u64 = 0` → `static N: AtomicU64 = AtomicU64::new(0)`. */
function declaration({ item, text, start, headStart, value }: StaticSource, atomic: string, written: string): TextEdit[] {
  const span = { start: start + (item.type?.span.start ?? 0), end: start + (item.type?.span.end ?? 0) }
  const tokens = tokensIn(text, { start: headStart, end: span.start })
  const at = tokens.findIndex((each) => each.text === 'mut')
  const [mut, name] = [tokens[at], tokens[at + 1]]
  return [
    ...(mut && name ? [remove({ start: mut.start, end: name.start })] : []),
    replace(span, atomic),
    replace(value, `${atomic}::new(${written})`),
  ]
}
