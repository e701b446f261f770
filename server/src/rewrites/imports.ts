import type { Condition } from '../resolve/conditions.ts'
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

/**
 * Brings names of one std module into scope: an existing `use` of it takes them in, else there is a new one among the others.
 * @param path as `std::sync`
 */
export function importNames(source: ClassSource, path: string, wanted: readonly string[]): Imports {
  const { db } = source.view
  const scope = moduleScope(db, source.cls.module)
  const names = new Map<string, string>()
  const missing: string[] = []
  const tokens = tokensIn(source.text)
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
  return { names, edits: missing.length > 0 ? [importEdit(source, path, missing)] : [] }
}

function isPlain(condition: Condition): boolean {
  return condition.kind === 'const' && condition.value
}

interface UseLine {
  readonly start: number
  readonly end: number
  readonly text: string
}

function importEdit(source: ClassSource, path: string, missing: readonly string[]): TextEdit {
  const uses = useLines(source)
  const same = uses.find((it) => new RegExp(`^use ${path}::(?:\\w+|\\{[\\w\\s,]*\\});$`).test(it.text))
  if (same) {
    const known = same.text
      .slice(`use ${path}::`.length, -1)
      .replaceAll(/[{}\s]/g, '')
      .split(',')
      .filter(Boolean)
    return replace({ start: same.start, end: same.end }, useText(path, [...known, ...missing]))
  }
  return newUse(source, uses, useText(path, missing))
}

/** One line where rustfmt would have one; else names wrapped as rustfmt does. */
function useText(path: string, names: readonly string[]): string {
  const sorted = [...new Set(names)].sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1))
  return sorted.length === 1 ? `use ${path}::${sorted[0]};` : `use ${path}::{${sorted.join(', ')}};`
}

/** rustfmt's order: modules, types, constants. */
function order(name: string): number {
  return /^[a-z]/.test(name) ? 0 : /[a-z]/.test(name) ? 1 : 2
}

/** The private, unconditional `use`s of the module, in source order. */
function useLines(source: ClassSource): UseLine[] {
  const positions = filePositions(source.view.db, source.file)
  return moduleItems(source.view.db, source.cls.module).flatMap(({ item, origin }) => {
    if (item.kind !== 'use' || origin.expansion !== null || origin.file !== source.file || item.attrs.length > 0) return []
    const at = positions?.items.get(item.key)
    if (!at) return []
    return [{ start: at.headStart, end: at.end, text: source.text.slice(at.headStart, at.end) }]
  })
}

function newUse(source: ClassSource, uses: readonly UseLine[], line: string): TextEdit {
  const ending = lineEnding(source.text)
  const group = groupFor(source, uses)
  const [first] = group
  if (!first) {
    const at = source.structAt.start
    const indent = indentationAt(source.text, at)
    return insert(at, `${line}${ending}${ending}${indent}`)
  }
  const indent = indentationAt(source.text, first.start)
  const next = group.find((it) => sortKey(it.text) > sortKey(line))
  if (next) return insert(next.start, `${line}${ending}${indent}`)
  const last = group.at(-1) ?? first
  return insert(last.end, `${ending}${indent}${line}`)
}

/** `use` lines without a blank line between them: those with `std`, else the last group. */
function groupFor(source: ClassSource, uses: readonly UseLine[]): readonly UseLine[] {
  const groups: UseLine[][] = []
  for (const use of uses) {
    const before = groups.at(-1)?.at(-1)
    const touches = before && /^[^\S\n]*\r?\n[^\S\n]*$/.test(source.text.slice(before.end, use.start))
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
