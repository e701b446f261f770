import type { Span } from '../../server/src/syntax/span.ts'
import { type ParsedFile, parseSummary, readTypeAt } from '../../server/src/syntax/summarize.ts'
import type { Attr, Bound, GenericArgs, Item, Path, TypeExpr } from '../../server/src/syntax/summary.ts'
import type { FieldNode, NamedType, SourcePlace, TypeGraph, TypeNode } from './mutants-graph.ts'
import { afterGroup, blankLiterals, lineOf } from './source-text.ts'

/** A type as its file has it. Spans are absolute in the file's text. */
export interface TypeSource {
  readonly keyword: 'struct' | 'enum' | 'union' | 'type'
  readonly head: Span
  readonly name: Span
  /** Parameters with their bounds and without defaults, as between the angle brackets of an impl. */
  readonly params: string
  readonly where: string
  /** What a copy must not have: attributes of fields and variants, those that decide whether they exist apart. */
  readonly attributes: readonly Span[]
  readonly fields: readonly FieldSource[]
}

export interface FieldSource {
  readonly node: FieldNode
  readonly type: Span
  /** Where the named types of `node` stand; null if the two cannot be matched. */
  readonly places: readonly TypeExpr[] | null
}

const PARSED = new Map<string, ParsedFile>()

function parsed(text: string): ParsedFile {
  const found = PARSED.get(text) ?? parseSummary(text)
  PARSED.set(text, found)
  return found
}

/** Finds a type in the text of its file; null if a macro wrote it, or a field that rustdoc knows is not written there. */
export function typeSource(text: string, node: TypeNode): TypeSource | null {
  const { summary, positions } = parsed(text)
  const wanted = node.kind === 'alias' ? 'type' : node.kind
  const found = everyItem(summary.items).flatMap((item) => {
    const at = positions.items.get(item.key)
    const here = at?.name && item.kind === wanted && item.name === node.name
    return here && lineOf(text, at.headStart) === node.at.line ? [{ item, at, name: at.name }] : []
  })[0]
  if (!found || !('generics' in found.item)) return null
  const { item, at, name } = found
  const written = writtenFields(text, item, at.start)
  const fields = node.fields.map((field): FieldSource | null => {
    const type = written.find((it) => it.name === field.name && it.variant === field.variant)?.type
    return type ? { node: field, type, places: placesOf(text, type, field) } : null
  })
  if (fields.includes(null)) return null
  return {
    keyword: wanted,
    head: { start: at.headStart, end: at.end },
    name,
    ...genericTexts(text, name.end, at.end, node),
    attributes: innerAttributes(item).map(({ span }) => ({ start: span.start + at.start, end: span.end + at.start })),
    fields: fields.filter((field) => field !== null),
  }
}

/**
 * The graph with the aliases that fields are written with: rustdoc shows what an alias stands for instead. Only those without
 * type parameters, of which what they stand for is written down in one place.
 */
export function withAliases(graph: TypeGraph, read: (file: string) => string): TypeGraph {
  const aliases = [...graph.nodes.values()].filter(
    ({ kind, params, fields }) => kind === 'alias' && fields[0] && params.every((it) => it.kind === 'lifetime'),
  )
  const nodes = [...graph.nodes].map(([id, node]): readonly [string, TypeNode] => {
    const source = node.fields.some(({ names }) => names.some((it) => it.node !== null))
      ? typeSource(read(node.at.file), node)
      : null
    const fields = source?.fields.map(({ node: field, type, places }) => {
      const others = aliases.filter((it) => it.id !== id)
      return places
        ? field
        : { ...field, names: namesAsWritten(pathsIn(readTypeAt(read(node.at.file), type)), field.names, others) }
    })
    return [id, fields ? { ...node, fields } : node]
  })
  return { ...graph, nodes: new Map(nodes) }
}

/** The names of a field with an alias in place of what it stands for, as the text has it; as they are if that does not work. */
function namesAsWritten(
  written: readonly TypeExpr[],
  names: readonly NamedType[],
  aliases: readonly TypeNode[],
): readonly NamedType[] {
  let rest = names
  const found: NamedType[] = []
  for (const path of written) {
    const alias = aliases.find((it) => it.name === lastName(path) && startsWith(rest, it.fields[0]?.names ?? []))
    const next = alias ? { name: alias.name, node: alias.id } : rest[0]
    if (!next) return names
    found.push(next)
    rest = rest.slice(alias ? (alias.fields[0]?.names.length ?? 0) : 1)
  }
  return rest.length === 0 ? found : names
}

function startsWith(names: readonly NamedType[], start: readonly NamedType[]): boolean {
  return start.length > 0 && start.every(({ name, node }, index) => names[index]?.name === name && names[index]?.node === node)
}

/** The text of an impl that rustdoc places at some lines. */
export function implSource(text: string, at: SourcePlace): Span | null {
  const { summary, positions } = parsed(text)
  for (const item of everyItem(summary.items)) {
    const place = item.kind === 'impl' ? positions.items.get(item.key) : undefined
    if (place && lineOf(text, place.headStart) === at.line) return { start: place.headStart, end: place.end }
  }
  return null
}

function everyItem(items: readonly Item[]): readonly Item[] {
  return items.flatMap((item) => [item, ...('children' in item ? everyItem(item.children ?? []) : [])])
}

function writtenFields(
  text: string,
  item: Item,
  start: number,
): readonly { readonly name: string; readonly variant: string | null; readonly type: Span }[] {
  const absolute = ({ span }: TypeExpr): Span => ({ start: span.start + start, end: span.end + start })
  if (item.kind === 'type') return item.type ? [{ name: '', variant: null, type: absolute(item.type) }] : []
  if (item.kind !== 'struct' && item.kind !== 'union' && item.kind !== 'enum') return []
  // A field that stands there twice, each under its own condition, cannot be told from the other.
  const names = item.fields.map(({ name, variant }) => `${variant}.${name}`)
  return item.fields.flatMap(({ name, variant, type }) =>
    names.filter((each) => each === `${variant}.${name}`).length === 1 && text !== ''
      ? [{ name, variant, type: absolute(type) }]
      : [],
  )
}

function innerAttributes(item: Item): readonly Attr[] {
  if (item.kind !== 'struct' && item.kind !== 'union' && item.kind !== 'enum') return []
  const variants = item.kind === 'enum' ? item.variants : []
  return [...item.fields, ...variants].flatMap(({ attrs }) => attrs.filter(({ meta }) => meta.path !== 'cfg'))
}

/** `<…>` after the name without defaults, and the where clause. */
function genericTexts(text: string, nameEnd: number, end: number, node: TypeNode): { params: string; where: string } {
  const blank = blankLiterals(text.slice(nameEnd, end))
  let at = blank.search(/\S/)
  let params = ''
  if (node.params.length > 0 && blank[at] === '<') {
    const close = closingAngle(blank, at)
    const parts = commaParts(text.slice(nameEnd + at + 1, nameEnd + close - 1))
    params = parts.map((part) => part.replace(/(?<![=!<>])=(?![=>])[\s\S]*$/, '').trim()).join(', ')
    at = close
  }
  const rest = blank.slice(at)
  const body = /^\s*\(/.exec(rest)
  const from = at + (body ? afterGroup(rest, body[0].length - 1) : 0)
  const where = /^\s*where\b[^{;=]*/.exec(blank.slice(from))
  return { params, where: where ? text.slice(nameEnd + from, nameEnd + from + where[0].length).trim() : '' }
}

function closingAngle(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '<') depth++
    else if (text[at] === '>' && text[at - 1] !== '-' && --depth === 0) return at + 1
  }
  return text.length
}

/** The stretches between the commas of a list of generic parameters or arguments. */
export function commaParts(text: string): readonly string[] {
  const parts: string[] = []
  let begin = 0
  let angles = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if ('([{'.includes(character)) at = afterGroup(text, at) - 1
    else if (character === '<') angles++
    else if (character === '>' && text[at - 1] !== '-') angles--
    else if (character === ',' && angles === 0) {
      parts.push(text.slice(begin, at))
      begin = at + 1
    }
  }
  return [...parts, text.slice(begin)].map((part) => part.trim()).filter((part) => part !== '')
}

/** Matches the named types that stand in a field with those that rustdoc lists, by order, or by name if that does not work. */
function placesOf(text: string, span: Span, { names }: FieldNode): readonly TypeExpr[] | null {
  const written = pathsIn(readTypeAt(text, span))
  if (written.length === names.length) return written
  const places = names.map(({ name, node }) => (node === null ? undefined : written.find((it) => lastName(it) === name)))
  const found = places.filter((place) => place !== undefined)
  if (names.some(({ node }, index) => node !== null && places[index] === undefined)) return null
  return new Set(found).size === found.length ? places.map((place) => place ?? readTypeAt(text, span)) : null
}

function lastName(type: TypeExpr): string {
  return type.kind === 'path' ? (type.path.segments.at(-1)?.name ?? '') : ''
}

/** Named types in a type, outer before inner. */
function pathsIn(type: TypeExpr): readonly TypeExpr[] {
  switch (type.kind) {
    case 'path':
      return [type, ...insidePath(type.path)]
    case 'qpath':
      return [
        ...pathsIn(type.self),
        ...(type.trait ? insidePath(type.trait) : []),
        ...type.rest.flatMap(({ args }) => insideArgs(args)),
      ]
    case 'tuple':
      return type.items.flatMap(pathsIn)
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return pathsIn(type.inner)
    case 'dyn':
    case 'impl':
      return type.bounds.flatMap(({ path }: Bound) => (path ? insidePath(path) : []))
    default:
      return []
  }
}

function insidePath({ segments }: Path): readonly TypeExpr[] {
  return segments.flatMap(({ args }) => insideArgs(args))
}

function insideArgs(args: GenericArgs | null): readonly TypeExpr[] {
  if (!args) return []
  const output = args.call?.output
  return [...args.args, ...args.assoc.map(({ type }) => type), ...(output ? [output] : [])].flatMap(pathsIn)
}
