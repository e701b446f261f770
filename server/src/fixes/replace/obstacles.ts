import { effectiveMetas, lastSegment } from '../../model/attributes.ts'
import type { CrateView } from '../../model/crate-view.ts'
import type { LocalType } from '../../model/local-type.ts'
import { typeItem } from '../../model/local-types.ts'
import { crateGraph } from '../../project/crate-graph.ts'
import type { RefusalReason } from '../fix.ts'
import type { FieldPlan } from './plan.ts'

/** Why a field cannot get another type, whatever its uses are. */
export interface Obstacle {
  readonly reason: RefusalReason
  readonly detail: string
}

/** Derives that every replacement keeps; those of `Rc` are the same for `Arc`. */
const DERIVES_OF_LOCKS = new Set(['Debug', 'Default'])
const DERIVES_OF_POINTERS = new Set(['Debug', 'Default', 'Clone', 'PartialEq', 'Eq', 'PartialOrd', 'Ord', 'Hash'])

/** Attributes that do not look at the fields. */
const HARMLESS = new Set('doc allow warn deny expect cfg must_use deprecated non_exhaustive derive pyclass pyo3 repr'.split(' '))

/** What stands against editing a type's fields at all. */
export function typeObstacle(cx: CrateView, owner: LocalType): Obstacle | null {
  const item = typeItem(cx.db, owner.id)?.item
  if (owner.macroMade) return { reason: 'macro-made', detail: `a macro writes \`${owner.name}\`` }
  if (item?.kind !== 'struct') return { reason: 'unsupported-use', detail: `\`${owner.name}\` is not a struct` }
  const strange = effectiveMetas(item.attrs).find(({ meta }) => !HARMLESS.has(lastSegment(meta.path)))?.meta
  if (strange) return { reason: 'macro-made', detail: `\`#[${strange.path}]\` may depend on the type of the field` }
  return null
}

/** What the field's surroundings rule out: derives, attributes, visibility. */
export function fieldObstacle(cx: CrateView, owner: LocalType, plan: FieldPlan): Obstacle | null {
  const { syntax, layers, field } = plan
  const name = `${owner.name}.${field.name}`
  for (const { meta } of syntax.attrs) {
    if (meta.path === 'cfg' || meta.path === 'cfg_attr') return { reason: 'cfg', detail: `\`${name}\` depends on a \`cfg\`` }
    if (meta.path !== 'doc' && meta.path !== 'allow')
      return { reason: 'used-elsewhere', detail: `\`#[${meta.path}]\` on \`${name}\` uses the field` }
  }
  const options =
    'options' in owner ? (owner as { readonly options: { readonly getAll: boolean; readonly setAll: boolean } }).options : null
  if (options && (options.getAll || options.setAll))
    return { reason: 'used-elsewhere', detail: `\`get_all\` or \`set_all\` exposes \`${name}\`` }
  const pointer = layers[0]?.path === 'std::rc::Rc' || layers[0]?.path === 'std::sync::Arc'
  const plainPointer = pointer && layers.length === 1
  const kept = plainPointer ? DERIVES_OF_POINTERS : pointer ? new Set([...DERIVES_OF_LOCKS, 'Clone']) : DERIVES_OF_LOCKS
  const once = layers.at(-1)?.path === 'std::cell::OnceCell' ? new Set([...kept, 'Clone', 'PartialEq', 'Eq']) : kept
  const breaking = owner.derives.find((it) => !once.has(it))
  if (breaking)
    return { reason: 'derive-breaks', detail: `\`#[derive(${breaking})]\` on \`${owner.name}\` asks it of \`${name}\` too` }
  return visibility(cx, owner, plan)
}

/** A public field of a crate that others can depend on may be used by code that nobody here can see. */
function visibility(cx: CrateView, owner: LocalType, { syntax, field }: FieldPlan): Obstacle | null {
  if (syntax.vis !== 'pub') return null
  const { crate } = cx.crate
  const types = crate.manifest?.lib?.crateTypes ?? []
  const closed = types.length > 0 && types.every((it) => it === 'cdylib' || it === 'staticlib')
  const graph = crate.manifest ? crateGraph(cx.db, crate.manifest.path) : null
  const others = [...(graph?.crates.values() ?? [])].some((it) => [...it.dependencies.values()].includes(crate.id))
  if (closed && !others) return null
  return { reason: 'public-field', detail: `\`${owner.name}.${field.name}\` is public: other crates may use it` }
}
