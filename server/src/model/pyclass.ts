import type { CfgExpr } from '../project/cfg.ts'
import type { CrateId } from '../project/crate-graph.ts'
import type { DefId, ModId } from '../resolve/defs.ts'
import type { Generics } from '../syntax/summary.ts'
import type { Location } from './location.ts'

/** A `#[pyclass]` struct or enum, in whatever spelling. Locations are absolute. */
export interface PyClass {
  readonly id: DefId
  readonly crate: CrateId
  readonly module: ModId
  /** Rust name. */
  readonly name: string
  /** `name = "…"`, else the Rust name. */
  readonly pythonName: string
  readonly kind: 'struct' | 'enum'
  readonly generics: Generics
  /** Traits named in `#[derive(…)]`, last segments. */
  readonly derives: readonly string[]
  readonly options: PyClassOptions
  readonly fields: readonly PyField[]
  readonly methods: readonly PyMethod[]
  /** The name in the item's head. For macro-made classes the call, as for every location here. */
  readonly nameAt: Location
  /** The `struct`/`enum` keyword's line is the line of this location. */
  readonly headAt: Location
  /** The whole item, attributes included. */
  readonly itemAt: Location
  /** The attribute that makes it a class. */
  readonly attributeAt: Location
  /** True if a macro wrote it: then nothing inside can be edited. */
  readonly macroMade: boolean
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

export interface PyField {
  readonly name: string
  readonly variant: string | null
  /** As written. */
  readonly type: string
  readonly public: boolean
  readonly get: boolean
  readonly set: boolean
  readonly at: Location
  readonly typeAt: Location
}

export type Receiver = '&self' | '&mut self' | 'PyRef' | 'PyRefMut' | 'Bound' | 'Py' | 'none'

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
