/**
 * What is known of macros that are not expanded, by the last segment of their path. Only general-purpose macros whose
 * contract is documented stand here; a macro that is not listed makes its module opaque.
 */

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}

/** Bang macros in item position that add no type, trait, module or macro: only values, impls, or nothing. */
const NO_ITEMS: ReadonlySet<string> = new Set([
  // std
  ...words(`
    thread_local assert debug_assert compile_error global_asm concat println module_path
  `),
  // static assertions
  ...words(`
    const_assert const_assert_eq const_assert_ne assert_impl_all assert_impl_one assert_impl_any assert_not_impl_all
    assert_not_impl_any assert_eq_size assert_eq_align assert_obj_safe assert_type_eq_all assert_type_ne_all
    assert_fields assert_cfg assert_trait_sub_all assert_trait_super_all assert_type_eq
  `),
  // registries: each adds impls or statics with hygienic names
  ...words(`
    submit collect criterion_group criterion_main define_stub_info_gatherer
  `),
  // PyO3: impls and functions
  ...words(`
    wrap_pyfunction wrap_pymodule pyobject_native_type pyobject_native_type_core initialize_tp_dict
  `),
])

/** Bang macros that add items with names from their arguments: where the names stand. What the items are is not known. */
const ITEM_NAMES: ReadonlyMap<string, RegExp> = new Map([
  ['lazy_static', /\bstatic\s+ref\s+(\w+)/g],
  ['create_exception', /^[^,]*,\s*(\w+)\s*,/g],
  ['import_exception', /,\s*(\w+)\s*,?\s*$/g],
  ['import_exception_bound', /,\s*(\w+)\s*,?\s*$/g],
  ['bitflags', /\bstruct\s+(\w+)/g],
])

/** Attribute macros that leave the item's own fields as written and add no named type. */
const HARMLESS_ATTRIBUTES: ReadonlySet<string> = new Set([
  // the language's own
  ...words(`
    allow warn deny forbid expect doc inline cold must_use deprecated derive automatically_derived cfg cfg_attr
    cfg_eval test ignore should_panic bench repr non_exhaustive no_mangle export_name link link_name link_section
    link_ordinal no_link used target_feature track_caller instruction_set path macro_use macro_export macro_escape
    proc_macro proc_macro_derive proc_macro_attribute global_allocator panic_handler no_std no_core no_main no_builtins
    no_implicit_prelude recursion_limit type_length_limit feature crate_type crate_name windows_subsystem
    debugger_visualizer default unsafe diagnostic rustfmt clippy rustdoc rustc coverage optimize naked
    collapse_debuginfo fundamental marker may_dangle stable unstable lang type_const doc_cfg rustc_on_unimplemented
    test_case
  `),
  // PyO3's: the struct stays as written, impls and hidden items are added
  ...words(`
    pyclass pymethods pyfunction pymodule pyproto pyo3 new getter setter staticmethod classmethod classattr
    pymodule_init pymodule_export pyfn pass_module text_signature signature args deleter init
  `),
  // stub generators for PyO3: add impls
  ...words(`
    gen_stub_pyclass gen_stub_pymethods gen_stub_pyfunction gen_stub_pyclass_enum gen_stub_pyclass_complex_enum
    gen_stub remove_gen_stub
  `),
  // functions only
  ...words(`
    main tokio async_std instrument async_trait async_recursion rstest case fixture ctor dtor wasm_bindgen_test
    quickcheck proptest serial traced_test cached once inherent enum_dispatch typetag
  `),
  // pin-project-lite's names for projection types
  ...words(`
    project project_ref project_replace
  `),
  // helper attributes of derives
  ...words(`
    serde serde_as error from source backtrace arg command clap structopt strum builder educe derivative getset
    pin_project wasm_bindgen display into as_ref deref deref_mut index debug schemars sqlx prost zeroize num_enum value
    skip arbitrary derive_where borsh bincode rkyv diesel validate template darling pin allow_internal_unstable
    rustversion skip_serializing_none skip_serializing_if cfg_or_panic graphql tarpc musli
  `),
])

/** First segments of attribute paths that are tools or harmless as a whole: `rustfmt::skip`, `clippy::…`, `diagnostic::…`. */
const TOOLS: ReadonlySet<string> = new Set([
  ...words(`
    rustfmt clippy rustdoc diagnostic miri rust_analyzer tokio tracing serde_with pyo3 pyo3_stub_gen
  `),
])

/** Derives that add impls only. */
const IMPL_ONLY_DERIVES: ReadonlySet<string> = new Set([
  ...words(`
    Clone Copy Debug Default Eq PartialEq Ord PartialOrd Hash CoercePointee Serialize Deserialize Serialize_repr
    Deserialize_repr DeserializeFromStr SerializeDisplay FromPyObject IntoPyObject IntoPyObjectRef Error Display From
    Into TryFrom TryInto Deref DerefMut AsRef AsMut Add Sub Mul Div Rem Neg Not AddAssign SubAssign MulAssign DivAssign
    Sum Product Index IndexMut IntoIterator FromStr Constructor IsVariant Unwrap TryUnwrap BitAnd BitOr BitXor
    EnumString EnumIter AsRefStr IntoStaticStr EnumCount VariantNames EnumVariantNames VariantArray FromRepr EnumIs
    EnumTryAs EnumMessage EnumProperty ToString Parser Args Subcommand ValueEnum StructOpt Getters Setters MutGetters
    CopyGetters CloneGetters WithSetters Educe Derivative Zeroize ZeroizeOnDrop JsonSchema FromPrimitive ToPrimitive
    NumOps Num Zero One IntoPrimitive TryFromPrimitive UnsafeFromPrimitive FromBytes AsBytes IntoBytes KnownLayout
    Immutable Unaligned Pod Zeroable NoUninit AnyBitPattern CheckedBitPattern Arbitrary Encode Decode BorshSerialize
    BorshDeserialize Message Enumeration Oneof FromRow Validate Tabled Diagnostic Fail DekuRead DekuWrite Canonicalize
    MallocSizeOf GetSize DeepSizeOf HeapSize SmartDefault new Dissolve Copy UnwindSafe Equivalent Trace TraceableType
    Reflect EnumAsInner Unpin
  `),
])

/** Whether a bang macro at item level, by its last segment, adds nothing that a path in a type could name. */
export function addsNoItems(macro: string): boolean {
  return NO_ITEMS.has(macro)
}

/** Macros of PyO3: their items are plain exception types, for which its sources need not be read. */
const NOT_SEARCHED: ReadonlySet<string> = new Set(['create_exception', 'import_exception', 'import_exception_bound'])

/** Whether it is worth reading a dependency's sources for the definition of a bang macro, by its last segment. */
export function isWorthExpanding(macro: string): boolean {
  return !NO_ITEMS.has(macro) && !NOT_SEARCHED.has(macro)
}

/** The names of the items that a bang macro adds; null if that is not known of the macro. */
export function namesAdded(macro: string, args: string): readonly string[] | null {
  const pattern = ITEM_NAMES.get(macro)
  return pattern ? [...args.matchAll(pattern)].map(([, name = '']) => name) : null
}

/** Whether an attribute, by its path as written, leaves the item and the module's other names alone. */
export function isHarmlessAttribute(path: string): boolean {
  const segments = path.split('::')
  return HARMLESS_ATTRIBUTES.has(segments.at(-1) ?? '') || TOOLS.has(segments[0] ?? '')
}

/** Whether a derive, by its path as written, adds impls only. */
export function isImplOnlyDerive(path: string): boolean {
  return IMPL_ONLY_DERIVES.has(path.split('::').at(-1) ?? '')
}
