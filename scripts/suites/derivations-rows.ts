import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../../server/src/query/database.ts'
import { crateOf } from '../../server/src/resolve/crates.ts'
import type { DefId } from '../../server/src/resolve/defs.ts'
import { itemPosition } from '../../server/src/resolve/positions.ts'
import { itemOf } from '../../server/src/resolve/scopes.ts'
import { genericsOf } from '../../server/src/resolve/type-scope.ts'
import { oracleRows } from '../oracle/rows.ts'
import type { Documented } from '../oracle/run-rustdoc.ts'
import { type Namer, ROWS } from './derivations-names.ts'
import { afterGroup, blankLiterals } from './source-text.ts'

/** A type that rustc is asked about. */
export interface Row {
  readonly id: number
  /** Rust text, see `Namer`. */
  readonly text: string
  /** The definition whose parameters the text names; null if it names none. */
  readonly owner: DefId | null
}

/** rustc's answers about a row: `yes`, `no`, `yes if T: Send`. */
export interface RowAnswer {
  readonly Send: string
  readonly Sync: string
}

/** Texts of the files of a crate with rows in them, by absolute path. */
export type CrateText = ReadonlyMap<string, string>

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The rows without parameters: a constant each, whose value only type-checking that one constant gives. */
function rowsModule(rows: readonly Row[], namer: Namer): string {
  const crates = [...namer.crates].map((name) => `pub(crate) extern crate ${name} as x_${name};`)
  const constants = rows
    .filter(({ owner }) => owner === null)
    .map(({ id, text }) => `pub const R${id}: u8 = <Probe<${text}>>::SEND + <Probe<${text}>>::SYNC;`)
  return `#![allow(warnings)]
${crates.join('\n')}
pub struct Probe<T: ?Sized>(::core::marker::PhantomData<T>);
pub trait Otherwise { const SEND: u8 = 0; const SYNC: u8 = 0; }
impl<T: ?Sized> Otherwise for Probe<T> {}
impl<T: ?Sized + ::core::marker::Send> Probe<T> { pub const SEND: u8 = 1; }
impl<T: ?Sized + ::core::marker::Sync> Probe<T> { pub const SYNC: u8 = 2; }
${constants.join('\n')}
`
}

/**
 * The crate's files with the rows: those without parameters in a module of their own, the others behind the type whose
 * parameters they name.
 */
export function withRows(db: Database, crate: string, rows: readonly Row[], namer: Namer, folder: string): CrateText {
  const edits = new Map<string, Edit[]>()
  const add = (file: string, edit: Edit): void => {
    edits.set(file, [...(edits.get(file) ?? []), edit])
  }
  for (const { item, origin } of namer.visible) {
    const position = itemPosition(db, origin, item.key)
    if (!position) continue
    const written = /^pub\s*\([^)]*\)\s*/.exec((db.text(origin.file) ?? '').slice(position.headStart))
    add(origin.file, { start: position.headStart, end: position.headStart + (written?.[0].length ?? 0), text: 'pub(crate) ' })
  }
  for (const row of rows) {
    const at = row.owner === null ? null : genericRow(db, row, row.owner)
    if (at) add(at.file, at.edit)
  }
  const root = crateOf(db, crate)?.root ?? ''
  const module = join(folder, `${ROWS}.rs`)
  const end = (db.text(root) ?? '').length
  add(root, { start: end, end, text: `\n#[path = "${module}"] mod ${ROWS};\n` })
  const texts = [...edits].map(([file, list]) => [file, applied(db.text(file) ?? '', list)] as const)
  return new Map([...texts, [module, rowsModule(rows, namer)]])
}

/** Where a row with parameters goes: directly behind their owner. null if that is not written out. */
function genericRow(db: Database, row: Row, owner: DefId): { readonly file: string; readonly edit: Edit } | null {
  const each = itemOf(db, owner)
  if (!each || each.origin.expansion !== null) return null
  const position = itemPosition(db, each.origin, each.item.key)
  if (!position) return null
  const source = blankLiterals((db.text(each.origin.file) ?? '').slice(position.headStart, position.end))
  const { params, where } = genericsText(source)
  const kept = genericsOf(each.item).params
  const uses = kept.flatMap((param) => {
    if (param.kind === 'const') return []
    return param.kind === 'lifetime' ? [`&${param.name} ()`] : [`*const ${param.name}`]
  })
  const long = kept.filter(({ kind }) => kind === 'type').map(({ name }) => `${name}: 'static`)
  const bounds = [...(where === '' ? [] : [where.replace(/,\s*$/, '')]), ...long].join(', ')
  const phantom = `::core::marker::PhantomData<fn(${uses.join(', ')})>`
  const text = `pub(crate) struct DerivationRow${row.id}<${params}>(${phantom}, ${row.text}) where ${bounds};`
  return { file: each.origin.file, edit: { start: position.end, end: position.end, text: `\n${text.replaceAll(/\s+/g, ' ')}` } }
}

/** Parameters without their defaults, and the where clause, of a struct, enum or union as written. */
function genericsText(source: string): { readonly params: string; readonly where: string } {
  const open = source.indexOf('<')
  let depth = 0
  let close = open
  for (; close < source.length; close++) {
    const character = source.charAt(close)
    if (character === '<') depth++
    else if (character === '>' && source.charAt(close - 1) !== '-' && --depth === 0) break
  }
  const params = topLevel(source.slice(open + 1, close), ',').map((param) => topLevel(param, '=')[0]?.trim() ?? '')
  let rest = source.slice(close + 1)
  if (/^\s*\(/.test(rest)) rest = rest.slice(afterGroup(rest, rest.indexOf('(')))
  const where = /^\s*where\b([^{;]*)/.exec(rest)?.[1]?.trim() ?? ''
  return { params: params.filter((param) => param !== '').join(', '), where }
}

/** The parts of a text between separators that stand in no brackets. */
function topLevel(text: string, separator: string): readonly string[] {
  const parts = ['']
  let depth = 0
  for (const [i, character] of [...text].entries()) {
    if ('<([{'.includes(character)) depth++
    else if (')]}'.includes(character) || (character === '>' && text.charAt(i - 1) !== '-')) depth--
    if (depth === 0 && character === separator) parts.push('')
    else parts.push((parts.pop() ?? '') + character)
  }
  return parts
}

function applied(text: string, edits: readonly Edit[]): string {
  // What is inserted at one place keeps its order.
  const ordered = edits.map((edit, i) => ({ ...edit, i })).sort((a, b) => b.start - a.start || b.i - a.i)
  return ordered.reduce((before, { start, end, text: inserted }) => before.slice(0, start) + inserted + before.slice(end), text)
}

/** Writes the files and returns what puts the former ones back. */
export function writeCrate(texts: CrateText): () => void {
  const before = [...texts.keys()].map((file) => {
    try {
      return [file, readFileSync(file, 'utf8')] as const
    } catch {
      return [file, ''] as const
    }
  })
  for (const [file, text] of texts) writeFileSync(file, text)
  return () => {
    for (const [file, text] of before) writeFileSync(file, text)
  }
}

/** Rows on the lines that the compiler's errors name. */
export function refusedRows(texts: CrateText, errors: string): ReadonlySet<number> {
  const refused = new Set<number>()
  for (const [, file = '', line] of errors.matchAll(/^(?:Error: )?([^\s:]+\.rs):(\d+):\d+: error/gm)) {
    const text = [...texts].find(([path]) => path.endsWith(file))?.[1]
    const here = text?.split('\n')[Number(line) - 1] ?? ''
    for (const [, id] of here.matchAll(/\b(?:const R|struct DerivationRow)(\d+)\b/g)) refused.add(Number(id))
  }
  return refused
}

/** rustc's answers by the id of the row. */
export function rowAnswers({ doc }: Documented): ReadonlyMap<number, RowAnswer> {
  const found = new Map<number, RowAnswer>()
  for (const { name, inner } of Object.values(doc.index)) {
    const id = /^R(\d+)$/.exec(name ?? '')?.[1]
    const value = (inner['constant'] as { readonly const?: { readonly value?: string | null } } | undefined)?.const?.value
    const bits = /^([0-3])/.exec(value ?? '')?.[1]
    if (id === undefined || bits === undefined) continue
    found.set(Number(id), { Send: Number(bits) & 1 ? 'yes' : 'no', Sync: Number(bits) & 2 ? 'yes' : 'no' })
  }
  for (const { path, send, sync } of oracleRows(doc, (file) => file)) {
    const id = /DerivationRow(\d+)$/.exec(path)?.[1]
    if (id !== undefined) found.set(Number(id), { Send: send, Sync: sync })
  }
  return found
}
