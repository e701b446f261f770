import type { Fix, Offer } from '../fixes/fix.ts'
import type { CrateView } from '../model/crate-view.ts'
import type { Location } from '../model/location.ts'
import { placeOf } from '../model/place.ts'
import { crateItems } from '../resolve/items.ts'
import { lowerType } from '../resolve/lowering.ts'
import { scopeInside } from '../resolve/type-scope.ts'
import { applyEdits, indentationAt, minimalEdit, replace, type TextEdit } from '../syntax/edits.ts'
import type { TypeExpr } from '../syntax/summary.ts'
import { byFile, type PlacedEdit, placed } from './file-edits.ts'
import { type Guarded, guardedChain } from './gil-chains.ts'
import { importNames } from './imports.ts'
import { type Problem, placeText } from './problems.ts'
import { type Reach, reachOf } from './python-types.ts'
import { staticUses } from './static-uses.ts'
import { type StaticSource, sourceOf } from './statics.ts'
import { withoutUnused } from './unused-imports.ts'

/** First PyO3 with `MutexExt::lock_py_attached` (PyO3#4934). */
const FIRST_WITH_MUTEX_EXT = 24

/** `GILProtected<RefCell<T>>` made a `Mutex<T>` with all its uses, or why that cannot be done. */
export function gilProtectedOffer(view: CrateView, at: Location): Offer {
  const it = crateItems(view.db, view.crate.crate.id).find(({ item, origin }) => {
    const place = item.kind === 'static' ? placeOf(view.db, origin, item)?.item : null
    return place?.file === at.file && place.span.start <= at.span.start && at.span.end <= place.span.end
  })
  if (it?.item.kind !== 'static') return { fixes: [], refused: [] }
  const title = `Put \`${it.item.name}\` behind a \`Mutex\``
  const source = sourceOf(view, it, it.item)
  const found = 'reason' in source ? source : attempt(source, title)
  return 'reason' in found ? { fixes: [], refused: [{ fix: title, ...found }] } : { fixes: [found], refused: [] }
}

function attempt(source: StaticSource, title: string): Fix | Problem {
  const { view, it, item, file, text, start, headStart, value } = source
  const { db } = view
  const why = (reason: Problem['reason'], clause: string): Problem => ({
    reason,
    detail: `${placeText(db, file, headStart)}: ${clause}`,
  })
  const { minor } = view.crate.pyo3
  if (minor === null || minor < FIRST_WITH_MUTEX_EXT)
    return why('unsupported-use', `PyO3 has \`lock_py_attached\` from 0.${FIRST_WITH_MUTEX_EXT} on`)
  const cell = argumentOf(item.type, 'GILProtected')
  const inner = argumentOf(cell, 'RefCell')
  const written = text.slice(value.start, value.end)
  const made = /^(?:\w+::)*GILProtected::new\(\s*(?:\w+::)*RefCell::new\(([\s\S]*)\)\s*,?\s*\)$/.exec(written)?.[1]
  if (!inner || made === undefined)
    return why('unsupported-use', `\`${item.name}\` is no \`GILProtected<RefCell<…>>\` made in one go`)
  const ty = lowerType(db, scopeInside(it), inner)
  const reach: Reach = reachOf(db, ty)
  const uses = staticUses(source)
  if ('reason' in uses) return uses
  const chains: { readonly use: (typeof uses)[number]; readonly chain: Guarded }[] = []
  for (const use of uses) {
    const found = guardedChain(db, use, item.name, reach, ty.kind === 'prim')
    if ('reason' in found) return found
    chains.push(...found.map((chain) => ({ use, chain })))
  }
  const edits: PlacedEdit[] = []
  const modules = new Set([it.module, ...chains.map(({ use }) => use.module)])
  const words = new Map<string, string>()
  for (const module of modules) {
    const own = chains.filter(({ use }) => use.module === module)
    const from = own[0]?.use.fn.file ?? file
    const home = module === it.module
    const place = { view, module, file: from, text: db.text(from) ?? '', before: home ? start : null }
    const std = importNames(place, 'std::sync', [...(home ? ['Mutex'] : []), ...(own.length > 0 ? ['PoisonError'] : [])])
    const pyo3 = importNames(place, 'pyo3::sync', own.length > 0 ? ['MutexExt'] : [])
    if (own.length > 0 && pyo3.names.get('MutexExt') !== 'MutexExt') return why('name-clash', '`MutexExt` cannot be imported')
    edits.push(...placed(from, [...std.edits, ...pyo3.edits]))
    if (home) words.set('Mutex', std.names.get('Mutex') ?? 'std::sync::Mutex')
    words.set(module, std.names.get('PoisonError') ?? 'std::sync::PoisonError')
  }
  const mutex = words.get('Mutex') ?? 'std::sync::Mutex'
  const innerText = text.slice(start + inner.span.start, start + inner.span.end)
  const typeSpan = { start: start + (item.type?.span.start ?? 0), end: start + (item.type?.span.end ?? 0) }
  edits.push(
    ...placed(file, [
      replace(typeSpan, `${mutex}<${innerText}>`),
      replace(value, `${mutex}::new(${made.trim().replace(/,$/, '')})`),
    ]),
  )
  for (const { use, chain } of chains)
    edits.push(
      ...placed(use.fn.file, [
        chainEdit(db.text(use.fn.file) ?? '', use.fn.body.start, chain, use.path, words.get(use.module) ?? ''),
      ]),
    )
  const changes = byFile(edits, (each) => db.text(each)).map(({ file: each, edits: list }) => ({
    file: each,
    edits: cleaned(db.text(each) ?? '', list),
  }))
  return { title: `${title}: ${chains.length} use${chains.length === 1 ? '' : 's'}`, grade: 'risky', changes }
}

/** `T` of `Name<T>`, as written. */
function argumentOf(type: TypeExpr | null, name: string): TypeExpr | null {
  const last = type?.kind === 'path' ? type.path.segments.at(-1) : undefined
  return last?.name === name ? (last.args?.args[0] ?? null) : null
}

/** `N.get(py).borrow_mut()` → `N.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)`: a `RefCell` has no poison. */
function chainEdit(text: string, offset: number, chain: Guarded, path: string, poison: string): TextEdit {
  const start = offset + chain.span.start
  const head = `${path}.lock_py_attached(${chain.token}).unwrap_or_else(${poison}::into_inner)`
  const rest = text.slice(offset + chain.span.end, offset + chain.whole.end)
  if (head.length + rest.length <= 60) return replace({ start, end: offset + chain.span.end }, head)
  const indent = indentationAt(text, start)
  const deeper = `\n${indent}${indent.includes('\t') ? '\t' : '    '}.`
  const lines = `${path}.lock_py_attached(${chain.token}).unwrap_or_else(${poison}::into_inner)${rest.replaceAll(/\s*\n\s*/g, '')}`
  return replace({ start, end: offset + chain.whole.end }, lines.replaceAll(/\.(?=[a-z_]+\()/g, deeper))
}

function cleaned(text: string, edits: readonly TextEdit[]): TextEdit[] {
  const after = applyEdits(text, edits)
  if (after === null) return [...edits]
  const edit = minimalEdit(text, withoutUnused(after, ['GILProtected', 'RefCell']))
  return edit ? [edit] : []
}
