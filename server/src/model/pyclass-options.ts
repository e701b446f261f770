import type { EffectiveMeta } from './attributes.ts'
import { renderMeta } from './meta-text.ts'
import type { PyClassOptions } from './pyclass.ts'

/**
 * Options of `#[pyclass(…)]` joined with those of the `#[pyo3(…)]` attributes beside it (PyO3 guide, "Customizing the class").
 * `metas` are the class's own pyclass and pyo3 attributes.
 */
export function pyclassOptions(metas: readonly EffectiveMeta[]): PyClassOptions {
  const all = new Map<string, string>()
  for (const { meta } of metas) {
    for (const option of meta.args ?? []) {
      if (option.path) all.set(option.path, option.value ?? (option.args ? option.args.map(renderMeta).join(', ') : ''))
    }
  }
  return {
    frozen: all.has('frozen'),
    unsendable: all.has('unsendable'),
    subclass: all.has('subclass'),
    extends: all.get('extends') ?? null,
    getAll: all.has('get_all'),
    setAll: all.has('set_all'),
    all,
  }
}
