import type { FnItem, TypeExpr } from '../syntax/summary.ts'
import { type AttributeNames, effectiveMetas, lastSegment } from './attributes.ts'
import type { PyMethod, Receiver } from './pyclass.ts'

/** What a function in a `#[pymethods]` block is to Python, without its places. */
export type MethodShape = Pick<PyMethod, 'name' | 'pythonName' | 'receiver' | 'kind' | 'async'>

/** Reads name, kind and receiver of a function in a `#[pymethods]` block (PyO3 guide, "Instance methods" and following). */
export function methodShape(item: FnItem, names: AttributeNames): MethodShape {
  const kinds = new Map<string, string>()
  let renamed: string | null = null
  for (const { meta } of effectiveMetas(item.attrs)) {
    const leaf = lastSegment(meta.path)
    kinds.set(leaf, meta.args?.[0]?.path ?? '')
    if (leaf === 'pyo3' || names.pyo3Macro(meta.path) === 'pyo3') {
      for (const option of meta.args ?? []) if (option.path === 'name' && option.value) renamed = option.value
    }
  }
  const kind = kindOf(item, kinds)
  const accessor = kind === 'getter' ? kinds.get('getter') : kind === 'setter' ? kinds.get('setter') : ''
  return {
    name: item.name,
    pythonName: renamed ?? (accessor || defaultName(item.name, kind)),
    receiver: receiverOf(item, kind),
    kind,
    async: item.async,
  }
}

function kindOf(item: FnItem, kinds: ReadonlyMap<string, string>): PyMethod['kind'] {
  if (kinds.has('new') || kinds.has('__new__')) return 'new'
  if (kinds.has('getter')) return 'getter'
  if (kinds.has('setter') || kinds.has('deleter')) return 'setter'
  if (kinds.has('staticmethod')) return 'static'
  if (kinds.has('classmethod')) return 'class'
  if (kinds.has('classattr')) return 'attribute'
  return item.name === '__new__' && item.receiver === null ? 'new' : 'method'
}

function defaultName(name: string, kind: PyMethod['kind']): string {
  if (kind === 'new') return '__new__'
  if (kind === 'getter') return name.replace(/^get_/, '')
  if (kind === 'setter') return name.replace(/^set_/, '')
  return name
}

/** How the method borrows its object: `&mut self` and `PyRefMut` take the exclusive borrow, which can fail at run time. */
function receiverOf(item: FnItem, kind: PyMethod['kind']): Receiver {
  if (item.receiver?.kind === 'mut') return '&mut self'
  if (item.receiver?.kind === 'ref' || item.receiver?.kind === 'value') return '&self'
  if (item.receiver?.type) return smartReceiver(item.receiver.type) ?? '&self'
  if (kind === 'static' || kind === 'class' || kind === 'attribute' || kind === 'new') return 'none'
  const first = item.params[0]
  return (first && smartReceiver(first.type)) ?? 'none'
}

const SMART: Readonly<Record<string, Receiver>> = {
  PyRef: 'PyRef',
  PyClassGuard: 'PyRef',
  PyRefMut: 'PyRefMut',
  PyClassGuardMut: 'PyRefMut',
  Bound: 'Bound',
  Borrowed: 'Bound',
  PyCell: 'Bound',
  Py: 'Py',
}

function smartReceiver(type: TypeExpr): Receiver | null {
  if (type.kind === 'ref') return smartReceiver(type.inner)
  if (type.kind !== 'path') return null
  return SMART[type.path.segments.at(-1)?.name ?? ''] ?? null
}
