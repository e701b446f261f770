import type { CfgExpr } from '../project/cfg.ts'
import type { LocalField, LocalType } from './local-type.ts'
import type { Location } from './location.ts'

/** A `#[pyclass]` struct or enum, in whatever spelling. Locations are absolute. */
export interface PyClass extends LocalType {
  /** `name = "…"`, else the Rust name. */
  readonly pythonName: string
  readonly kind: 'struct' | 'enum'
  readonly options: PyClassOptions
  readonly fields: readonly PyField[]
  readonly methods: readonly PyMethod[]
  /** The attribute that makes it a class. */
  readonly attributeAt: Location
  /** Whether the attribute is a literal `#[pyclass]`, not one inside `cfg_attr` or renamed: what PyO3's module macro sees. */
  readonly literalAttribute: boolean
  /** When the class exists: its own `cfg`s and the condition of its `cfg_attr`. */
  readonly condition: CfgExpr | null
}

/** Options of `#[pyclass(…)]` and of `#[pyo3(…)]` beside it. */
export interface PyClassOptions {
  readonly frozen: boolean
  readonly unsendable: boolean
  readonly subclass: boolean
  readonly extends: string | null
  readonly getAll: boolean
  readonly setAll: boolean
  /** Every option as written: name → value text ('' without a value). */
  readonly all: ReadonlyMap<string, string>
}

/** A field; readable and writable from Python by its own `#[pyo3(…)]` or by `get_all`, `set_all` of the class. */
export interface PyField extends LocalField {
  readonly get: boolean
  readonly set: boolean
}

/** How a method takes `self`; `none` for static and class methods and constructors. */
export type Receiver = '&self' | '&mut self' | 'PyRef' | 'PyRefMut' | 'Bound' | 'Py' | 'none'

/** A function of a `#[pymethods]` block. */
export interface PyMethod {
  readonly name: string
  readonly pythonName: string
  readonly receiver: Receiver
  readonly kind: 'new' | 'method' | 'getter' | 'setter' | 'static' | 'class' | 'attribute'
  readonly async: boolean
  readonly nameAt: Location
  readonly itemAt: Location
  /** Braces included; null for macro-made methods. */
  readonly bodyAt: Location | null
  readonly macroMade: boolean
}
