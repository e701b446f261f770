import type { Condition } from '../resolve/conditions.ts'
import type { ModId } from '../resolve/defs.ts'
import { moduleItems, moduleScope } from '../resolve/scopes.ts'
import { indentationAt, insert, lineEnding, replace, type TextEdit } from '../syntax/edits.ts'
import { filePositions } from '../syntax/queries.ts'
import type { ClassSource } from './class-source.ts'
import { tokensIn } from './tokens.ts'

/** How names of `std` modules can be written in a class's module, and the edit that makes it so. */
export interface Imports {
  /** `Mutex`, or `std::sync::Mutex` where the short name means something else. */
  readonly names: ReadonlyMap<string, string>
  readonly edits: readonly TextEdit[]
}

/** A module that gets imports. */
export interface ImportPlace {
  readonly view: ClassSource['view']
  readonly module: ModId
  readonly file: string
  readonly text: string
  /** Where a `use` stands in a module that has none yet; null where names are written in full then. */
  readonly before: number | null
}

/** The class's own module. */
export function ownModule({ view, cls, file, text, structAt }: ClassSource): ImportPlace {
  return { view, module: cls.module, file, text, before: structAt.start }
}

/**
 * Brings names of one module into scope: an existing `use` of it takes them in, else there is a new one among the others.
 * @param path as `std::sync`
 */
export function importNames(place: ImportPlace, path: string, wanted: readonly string[]): Imports {
  const { db } = place.view
  const scope = moduleScope(db, place.module)
  const names = new Map<string, string>()
  const missing: string[] = []
  const tokens = tokensIn(place.text)
  for (const name of wanted) {
    const imports = scope?.imports.get(name) ?? []
    const declared = scope?.names.get(name) ?? []
    const known =
      imports.length === 1 &&
      declared.length === 0 &&
      imports[0]?.path.join('::') === `${path}::${name}` &&
      isPlain(imports[0].condition)
    // A name that is used and not imported comes from a glob: an import would change what it means.
    const used =
      imports.length > 0 || declared.length > 0 || tokens.some((it, i) => it.text === name && tokens[i - 1]?.text !== ':')
    names.set(name, known || !used ? name : `${path}::${name}`)
    if (!known && !used) missing.push(name)
  }
  const edit = missing.length > 0 ? importEdit(place, path, missing) : null
  if (missing.length > 0 && !edit) for (const name of missing) names.set(name, `${path}::${name}`)
  return { names, edits: edit ? [edit] : [] }
}

function isPlain(condition: Condition): boolean {
  return condition.kind === 'const' && condition.value
}

interface UseLine {
  readonly start: number
  readonly end: number
  readonly text: string
}

function importEdit(place: ImportPlace, path: string, missing: readonly string[]): TextEdit | null {
  const uses = useLines(place)
  const same = uses.find((it) => new RegExp(`^use ${path}::(?:\\w+|\\{[\\w\\s,]*\\});$`).test(it.text))
  if (same) {
    const known = same.text
      .slice(`use ${path}::`.length, -1)
      .replaceAll(/[{}\s]/g, '')
      .split(',')
      .filter(Boolean)
    return replace({ start: same.start, end: same.end }, useText(path, [...known, ...missing]))
  }
  return newUse(place, uses, useText(path, missing))
}

/** One line where rustfmt would have one; else names wrapped as rustfmt does. */
function useText(path: string, names: readonly string[]): string {
  const sorted = [...new Set(names)].sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1))
  const line = sorted.length === 1 ? `use ${path}::${sorted[0]};` : `use ${path}::{${sorted.join(', ')}};`
  return line.length <= MAX_WIDTH ? line : `use ${path}::{\n${packed(sorted).join('\n')}\n};`
}

/** rustfmt's `max_width`. */
const MAX_WIDTH = 100

/** As many names on a line as there is room for. */
function packed(names: readonly string[]): string[] {
  const lines: string[] = []
  for (const name of names) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + name.length + 2 <= MAX_WIDTH) lines.push(`${lines.pop()} ${name},`)
    else lines.push(`    ${name},`)
  }
  return lines
}

/** rustfmt's order: modules, types, constants. */
function order(name: string): number {
  return /^[a-z]/.test(name) ? 0 : /[a-z]/.test(name) ? 1 : 2
}

/** The private, unconditional `use`s of the module, in source order. */
function useLines({ view, module, file, text }: ImportPlace): UseLine[] {
  const positions = filePositions(view.db, file)
  return moduleItems(view.db, module).flatMap(({ item, origin }) => {
    if (item.kind !== 'use' || origin.expansion !== null || origin.file !== file || item.attrs.length > 0) return []
    const at = positions?.items.get(item.key)
    if (!at) return []
    return [{ start: at.headStart, end: at.end, text: text.slice(at.headStart, at.end) }]
  })
}

function newUse({ text, before }: ImportPlace, uses: readonly UseLine[], line: string): TextEdit | null {
  const ending = lineEnding(text)
  const group = groupFor(text, uses)
  const [first] = group
  if (!first) {
    if (before === null) return null
    const indent = indentationAt(text, before)
    return insert(before, `${line}${ending}${ending}${indent}`)
  }
  const indent = indentationAt(text, first.start)
  const next = group.find((it) => sortKey(it.text) > sortKey(line))
  if (next) return insert(next.start, `${line}${ending}${indent}`)
  const last = group.at(-1) ?? first
  return insert(last.end, `${ending}${indent}${line}`)
}

/** `use` lines without a blank line between them: those with `std`, else the last group. */
function groupFor(text: string, uses: readonly UseLine[]): readonly UseLine[] {
  const groups: UseLine[][] = []
  for (const use of uses) {
    const before = groups.at(-1)?.at(-1)
    const touches = before && /^[^\S\n]*\r?\n[^\S\n]*$/.test(text.slice(before.end, use.start))
    if (touches) groups.at(-1)?.push(use)
    else groups.push([use])
  }
  return groups.find((it) => it.some((use) => /^use (?:std|core)::/.test(use.text))) ?? groups[0] ?? []
}

function sortKey(text: string): string {
  const path = text.replace(/^(?:pub(?:\([^)]*\))?\s+)?use\s+/, '').replaceAll('::', '\u0001')
  const rank = /^self\b/.test(path) ? 0 : /^super\b/.test(path) ? 1 : /^crate\b/.test(path) ? 2 : 3
  return `${rank}${path}`
}
