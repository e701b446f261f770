import type { Span } from '../../server/src/syntax/span.ts'
import type { TypeExpr } from '../../server/src/syntax/summary.ts'
import { between, type TypeGraph, type TypeNode } from './mutants-graph.ts'
import { commaParts, type FieldSource, implSource, type TypeSource, typeSource, withAliases } from './mutants-source.ts'

/*
 * What rustc is asked instead of being given each mutant: for one mutant every type on the way from the class to the changed
 * field is copied, renamed, beside the original, where the same names are in scope; the copies refer to each other and to
 * nothing else that changed. So thousands of mutants stand in one crate, whose own code still fits its own types.
 */

/** A module at the crate's root: `Slot<K, (arguments)>` names copy K from everywhere, whatever is private. */
export const FAMILY_MODULE = `
#[doc(hidden)] #[allow(warnings)] pub mod mutant_probe {
    pub trait Family { type Type: ?Sized; }
    pub struct Slot<const K: u32, A>(core::marker::PhantomData<A>);
    pub struct Probe<T: ?Sized>(core::marker::PhantomData<T>);
    pub trait Otherwise {
        #[deprecated(note = "mutant: no")] const SEND: bool = false;
        #[deprecated(note = "mutant: no")] const SYNC: bool = false;
    }
    impl<T: ?Sized> Otherwise for Probe<T> {}
    impl<T: ?Sized + Send> Probe<T> { #[deprecated(note = "mutant: yes")] pub const SEND: bool = true; }
    impl<T: ?Sized + Sync> Probe<T> { #[deprecated(note = "mutant: yes")] pub const SYNC: bool = true; }
}
`

/** Two lines that make the compiler say whether a type is Send and Sync: it warns of the constant that it takes. */
export function probeLines(type: string): readonly [send: string, sync: string] {
  const line = (trait: string): string =>
    `const _: bool = { use crate::mutant_probe::Otherwise as _; #[warn(deprecated)] let answer = <crate::mutant_probe::Probe<${type}>>::${trait}; answer };`
  return [line('SEND'), line('SYNC')]
}

/** Text to put into a file, at an offset of the original text. */
export interface Insertion {
  readonly file: string
  readonly at: number
  readonly text: string
  /** Put in only when the compiler asked for it: `Name: Trait`, the type by its name in the crate. Null for always. */
  readonly onlyFor: string | null
}

/** A field of a type and what becomes of its type. */
export interface Change {
  readonly node: string
  readonly field: FieldSource
  readonly wrap: (type: string) => string
}

/** Texts of the crate by file, and each type's place in them, read once. */
export interface CrateSource {
  readonly graph: TypeGraph
  readonly text: (file: string) => string
  readonly sourceOf: (node: TypeNode) => TypeSource | null
}

/** Access to the files of a crate. `read` gives the text of a file as rustdoc names it. */
export function crateSource(described: TypeGraph, read: (file: string) => string): CrateSource {
  const texts = new Map<string, string>()
  const text = (file: string): string => {
    const known = texts.get(file) ?? read(file)
    texts.set(file, known)
    return known
  }
  const graph = withAliases(described, text)
  const sources = new Map<string, TypeSource | null>()
  const sourceOf = (node: TypeNode): TypeSource | null => {
    const known = sources.has(node.id) ? (sources.get(node.id) ?? null) : typeSource(text(node.at.file), node)
    sources.set(node.id, known)
    return known
  }
  return { graph, text, sourceOf }
}

/** Copies for one mutant; `class` is what the class's copy is called. */
export interface Family {
  readonly class: string
  readonly insertions: readonly Insertion[]
}

/** Why a mutant cannot be put to rustc this way. */
export interface Unfit {
  readonly why: string
}

/** Copies everything between a class and the type that changes. Copies are numbered from `first`. */
export function copyFamily(crate: CrateSource, cls: string, change: Change, first: number): Family | Unfit {
  const members = between(crate.graph, cls, change.node)
  const numbers = new Map(members.map((id, index) => [id, first + index]))
  const insertions: Insertion[] = []
  for (const id of members) {
    const copied = copyType(crate, id, numbers, change)
    if ('why' in copied) return copied
    insertions.push(...copied)
  }
  const node = crate.graph.nodes.get(cls)
  return node ? { class: copyName(node, numbers), insertions } : { why: 'not in the graph' }
}

function copyName({ name, id }: TypeNode, numbers: ReadonlyMap<string, number>): string {
  return `Mutant${numbers.get(id)}${name.replace('r#', '')}`
}

function copyType(
  crate: CrateSource,
  id: string,
  numbers: ReadonlyMap<string, number>,
  change: Change,
): readonly Insertion[] | Unfit {
  const node = crate.graph.nodes.get(id)
  const source = node && crate.sourceOf(node)
  if (!node || !source) return { why: 'a type that a macro writes' }
  const text = crate.text(node.at.file)
  const name = copyName(node, numbers)
  const edits: Edit[] = [
    { start: source.head.start, end: source.name.end, text: `pub ${source.keyword} ${name}` },
    ...source.attributes.map(({ start, end }) => ({ start, end, text: '' })),
  ]
  for (const field of source.fields) {
    const type = copyOfField(crate, text, field, numbers)
    if (typeof type !== 'string') return type
    const isChanged = id === change.node && field.type.start === change.field.type.start
    edits.push({ ...field.type, text: isChanged ? change.wrap(type) : type })
  }
  const copy = edited(text, source.head, edits)
  const impls = node.impls.map((place): Insertion | null => {
    const span = implSource(crate.text(place.file), place)
    if (!span) return null
    const written = crate.text(place.file).slice(span.start, span.end)
    const renamed = written.replace(new RegExp(`(\\bfor\\s+)${node.name}\\b`), `$1${name}`)
    return { file: place.file, at: span.end, text: renamed, onlyFor: null }
  })
  if (impls.includes(null)) return { why: 'an impl that a macro writes' }
  const here = { file: node.at.file, at: source.head.end }
  const needed = implsOfCopy(node, source, name, numbers).map((it) => ({ ...here, ...it }))
  return [{ ...here, text: copy, onlyFor: null }, ...needed, ...impls.filter((it) => it !== null)]
}

/** Traits that types ask of their arguments in their own declaration; what they do is nobody's business here. */
const COMMON_TRAITS: readonly (readonly [trait: string, items: string])[] = [
  ['::core::fmt::Debug', "fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result { loop {} }"],
  ['::core::clone::Clone', 'fn clone(&self) -> Self { loop {} }'],
  ['::core::hash::Hash', 'fn hash<H: ::core::hash::Hasher>(&self, _: &mut H) { loop {} }'],
  ['::std::io::Read', 'fn read(&mut self, _: &mut [u8]) -> ::std::io::Result<usize> { loop {} }'],
]

/** Lets the copy be named as `Slot<K, …>`, and be an argument of types that ask for one of the common traits. */
function implsOfCopy(
  node: TypeNode,
  source: TypeSource,
  name: string,
  numbers: ReadonlyMap<string, number>,
): readonly Pick<Insertion, 'text' | 'onlyFor'>[] {
  const args = node.params.map((param) => (param.kind === 'lifetime' ? `'${param.name}` : param.name))
  const slot = slotName(numbers.get(node.id) ?? 0, node, args)
  const type = `${name}${args.length > 0 ? `<${args.join(', ')}>` : ''}`
  const impl = (trait: string, self: string, items: string): string =>
    `#[allow(warnings)] impl${source.params === '' ? '' : `<${source.params}>`} ${trait} for ${self} ${source.where} { ${items} }`
  const family = { text: impl('crate::mutant_probe::Family', slot, `type Type = ${type};`), onlyFor: null }
  if (node.kind === 'alias') return [family]
  const others = COMMON_TRAITS.map(([trait, items]) => {
    const onlyFor = `${node.name}: ${trait.split('::').at(-1)}`
    return { text: impl(trait, type, items), onlyFor }
  })
  const equal = impl('::core::cmp::PartialEq', type, 'fn eq(&self, _: &Self) -> bool { loop {} }')
  const equality = { text: `${equal} ${impl('::core::cmp::Eq', type, '')}`, onlyFor: `${node.name}: Eq` }
  return [family, ...others, equality]
}

function slotName(number: number, node: TypeNode, args: readonly string[]): string {
  const kinds = {
    lifetime: (it: string) => `&${it} ()`,
    const: (it: string) => `[(); ${it}]`,
    type: (it: string) => `*const ${it}`,
  }
  const parts = args.map((arg, index) => `${kinds[node.params[index]?.kind ?? 'type'](arg)},`)
  return `crate::mutant_probe::Slot<${number}, (${parts.join(' ')})>`
}

/** The field's type, with the copies in place of the types that are copied. */
function copyOfField(crate: CrateSource, text: string, field: FieldSource, numbers: ReadonlyMap<string, number>): string | Unfit {
  const { names } = field.node
  if (!names.some(({ node }) => node !== null && numbers.has(node))) return text.slice(field.type.start, field.type.end)
  const { places } = field
  if (!places) return { why: 'a type that rustdoc and the text name differently' }
  const copies = names.flatMap(({ node }, index): { at: TypeExpr; node: TypeNode }[] => {
    const target = node !== null && numbers.has(node) ? crate.graph.nodes.get(node) : undefined
    const at = places[index]
    return target && at && text.slice(at.span.start, at.span.end) !== 'Self' ? [{ at, node: target }] : []
  })
  return withCopies(text, field.type, copies, numbers)
}

function withCopies(
  text: string,
  span: Span,
  copies: readonly { readonly at: TypeExpr; readonly node: TypeNode }[],
  numbers: ReadonlyMap<string, number>,
): string | Unfit {
  const inside = copies.filter(({ at }) => span.start <= at.span.start && at.span.end <= span.end)
  const outer = inside.filter(({ at }) => !inside.some((it) => it.at !== at && contains(it.at.span, at.span)))
  const edits: Edit[] = []
  for (const { at, node } of outer) {
    if (at.kind !== 'path') return { why: 'a reference that is no path' }
    const args = argumentSpans(text, at)
    if (args.length !== node.params.length) return { why: 'arguments that are left out' }
    const written: string[] = []
    for (const arg of args) {
      const rest = inside.filter((it) => it.at !== at)
      const copy = withCopies(text, arg, rest, numbers)
      if (typeof copy !== 'string') return copy
      written.push(copy)
    }
    const slot = slotName(numbers.get(node.id) ?? 0, node, written)
    edits.push({ ...at.span, text: `<${slot} as crate::mutant_probe::Family>::Type` })
  }
  return edited(text, span, edits)
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}

/** The arguments after the last name of a path, lifetimes included. */
function argumentSpans(text: string, path: TypeExpr): readonly Span[] {
  const written = text.slice(path.span.start, path.span.end)
  const open = written.indexOf('<')
  if (open < 0) return []
  const spans: Span[] = []
  let from = path.span.start + open + 1
  for (const part of commaParts(written.slice(open + 1, written.lastIndexOf('>')))) {
    const start = text.indexOf(part, from)
    spans.push({ start, end: start + part.length })
    from = start + part.length
  }
  return spans
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text of a span with edits that lie in it, which must not overlap. */
function edited(text: string, span: Span, edits: readonly Edit[]): string {
  let from = span.start
  let result = ''
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(from, edit.start) + edit.text
    from = edit.end
  }
  return result + text.slice(from, span.end)
}
