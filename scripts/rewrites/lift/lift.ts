import { afterGroup, blankLiterals } from '../../suites/source-text.ts'
import { commaParts, itemsIn } from '../list/text.ts'
import type { SourceFile, SourceItem } from './items.ts'

/** Crates that a lifted class may use, with the versions that it gets: small ones that many fields are made of. */
export const CRATES: Readonly<Record<string, string>> = {
  ahash: '"0.8"',
  anyhow: '"1"',
  dashmap: '"6"',
  hashbrown: '"0.15"',
  indexmap: '"2"',
  itertools: '"0.14"',
  log: '"0.4"',
  once_cell: '"1"',
  parking_lot: '"0.12"',
  petgraph: '"0.8"',
  rpds: '"1"',
  smallvec: '"1"',
  thiserror: '"2"',
  uuid: '{ version = "1", features = ["v4"] }',
}
const ALLOWED = new Set(['std', 'core', 'alloc', 'pyo3', ...Object.keys(CRATES)])
const STD_DERIVES = new Set('Debug Clone Copy Default PartialEq Eq PartialOrd Ord Hash FromPyObject IntoPyObject'.split(' '))
/** Attributes that mean something without the crates that the class came from. */
const KEPT = new Set(
  'derive pyclass pymethods pyo3 doc allow warn deny expect inline must_use new getter setter deleter staticmethod classmethod classattr args cfg_attr cfg default repr macro_export non_exhaustive deprecated cold track_caller'.split(
    ' ',
  ),
)
const MAX_ITEMS = 80
const MAX_LENGTH = 120_000

/**
 * A class with its impls and all items of its crate that they name, directly or not, as one file that needs the standard library and
 * PyO3 only. Null, where something of another crate is named.
 */
export function lifted(files: readonly SourceFile[], file: string, className: string): string | null {
  const lift = new Lift(files)
  const isClass = (it: SourceItem): boolean => it.kind === 'type' && it.name === className
  const home = files.find((it) => it.file === file && it.items.some(isClass))
  const cls = home?.items.find(isClass)
  if (!home || !cls || !lift.take(home, cls)) return null
  return lift.text()
}

class Lift {
  private readonly files: readonly SourceFile[]
  private readonly taken = new Map<SourceItem, string>()
  private readonly names = new Map<string, SourceItem>()
  private readonly uses = new Set<string>()
  /** Names that are brought in for their methods, as traits are. */
  private readonly imported = new Map<string, string>()

  constructor(files: readonly SourceFile[]) {
    this.files = files
  }

  /** Takes an item and what it needs; false leaves the lift useless. */
  take(home: SourceFile, item: SourceItem): boolean {
    if (this.taken.has(item)) return true
    if (this.taken.size >= MAX_ITEMS || item.kind === 'mod') return false
    if (item.kind !== 'impl') {
      const key = `${item.kind === 'fn' || item.kind === 'value' ? 'value' : item.kind} ${item.name}`
      if (this.names.has(key)) return false
      this.names.set(key, item)
    }
    const { source, blank } = this.flat(home, stripped(item))
    this.taken.set(item, source)
    for (const [name, path] of home.imports) {
      if (ALLOWED.has(path.split('::')[0] ?? '') && !this.imported.has(name)) this.imported.set(name, path)
    }
    for (const glob of home.globs) if (ALLOWED.has(glob.split('::')[0] ?? '')) this.uses.add(`use ${glob};`)
    if (!this.needs(home, blank)) return false
    return item.kind !== 'type' || this.impls(item.name)
  }

  /** All impls for a type, as far as they can be had: whole blocks of traits, single methods of others. */
  private impls(name: string): boolean {
    for (const home of this.files) {
      for (const item of home.items.filter((it) => it.kind === 'impl' && it.name === name)) {
        if (this.attempt(() => this.take(home, item)) || item.trait !== null) continue
        const parts = methodParts(item).filter((it) => this.attempt(() => this.take(home, it)))
        this.join(parts)
      }
    }
    return true
  }

  /** Makes one block of methods that were taken one by one. */
  private join(parts: readonly SourceItem[]): void {
    const [first, ...rest] = parts
    if (!first) return
    const inside = (it: SourceItem): string => {
      const text = this.taken.get(it) ?? ''
      return text.slice(openOf(text) + 1, text.lastIndexOf('}'))
    }
    const text = this.taken.get(first) ?? ''
    const joined = `${text.slice(0, openOf(text) + 1)}${parts.map(inside).join('')}}`
    for (const it of rest) this.taken.delete(it)
    this.taken.set(first, joined)
  }

  /** Takes what `use` takes, or nothing. */
  private attempt(use: () => boolean): boolean {
    const [taken, names, uses] = [new Map(this.taken), new Map(this.names), new Set(this.uses)]
    if (use()) return true
    restore(this.taken, taken)
    restore(this.names, names)
    this.uses.clear()
    for (const it of uses) this.uses.add(it)
    return false
  }

  private needs(home: SourceFile, text: string): boolean {
    const blank = withoutAttributes(text)
    const words = new Set([...blank.matchAll(/(?<![.\w'$]|\bfn\s|\blet\s|::)[A-Za-z_]\w*/g)].map((it) => it[0]))
    for (const word of words) if (!this.need(home, word, blank)) return false
    return true
  }

  private need(home: SourceFile, word: string, blank: string): boolean {
    const isCall = new RegExp(`\\b${word}\\s*(?:!|\\(|::|<)`).test(blank)
    const local = this.find(home, word, isCall)
    const path = home.imports.get(word)
    if (path === undefined && local) return this.take(local.home, local.item)
    if (path === undefined) return !isForeignPath(word, blank)
    const [root = ''] = path.split('::')
    if (ALLOWED.has(root)) {
      this.imported.set(word, path)
      return true
    }
    const found = this.findIn(this.files, path.split('::').at(-1) ?? '', true)
    if (found && found.item.name === word) return this.take(found.home, found.item)
    // A module of the crate is gone from the paths that name it; anything else is of another crate.
    return /^(?:crate|self|super)$/.test(root) && /^[a-z]/.test(word) && !new RegExp(`\\b${word}\\s*(?:::|!|\\()`).test(blank)
  }

  private find(home: SourceFile, word: string, isCall: boolean): { home: SourceFile; item: SourceItem } | null {
    return this.findIn([home], word, isCall) ?? (/^[A-Z]/.test(word) || isCall ? this.findIn(this.files, word, isCall) : null)
  }

  private findIn(files: readonly SourceFile[], word: string, isCall: boolean): { home: SourceFile; item: SourceItem } | null {
    const matching = files.flatMap((home) =>
      home.items.flatMap((item) => {
        const fits = item.name === word && ['type', 'trait', 'value', 'macro', 'fn'].includes(item.kind)
        return fits && (isCall || (item.kind !== 'fn' && item.kind !== 'macro')) ? [{ home, item }] : []
      }),
    )
    return matching.length === 1 ? (matching[0] ?? null) : null
  }

  /** Paths through the crate's modules lose them: all that is taken stands in one file. */
  private flat(home: SourceFile, { source, blank }: Texts): Texts {
    let [text, flatBlank] = [source, blank]
    const paths = [...blank.matchAll(/\b(?:[a-z_]\w*\s*::\s*)+(?=\w|\{)/g)].reverse()
    for (const match of paths) {
      const [first = ''] = match[0].split('::')
      const root = first.trim()
      const isModule = home.imports.get(root)?.match(/^(?:crate|self|super)\b/) !== null && home.imports.has(root)
      if (!['crate', 'super', 'self'].includes(root) && !isModule) continue
      text = text.slice(0, match.index) + text.slice(match.index + match[0].length)
      flatBlank = flatBlank.slice(0, match.index) + flatBlank.slice(match.index + match[0].length)
    }
    return { source: text, blank: flatBlank }
  }

  text(): string | null {
    const order = (it: SourceItem): number => (it.kind === 'macro' ? 0 : 1)
    const items = [...this.taken].sort((a, b) => order(a[0]) - order(b[0])).map(([, text]) => `${text.trim()}\n`)
    const own = new Set([...this.names.values()].map((it) => it.name))
    const imports = [...this.imported].filter(([name]) => name === '_' || !own.has(name))
    const uses = imports.map(([name, path]) => (path.split('::').at(-1) === name ? `use ${path};` : `use ${path} as ${name};`))
    const text = `${[...this.uses, ...uses].sort().join('\n')}\n\n${items.join('\n')}`
    return text.length > MAX_LENGTH ? null : text
  }
}

/** Where the block of an `impl` begins. */
function openOf(text: string): number {
  const blank = blankLiterals(text)
  return blank.indexOf('{', blank.search(/\bimpl\b/))
}

/** One block for each method of a block. */
function methodParts(item: SourceItem): readonly SourceItem[] {
  const open = item.blank.indexOf('{', item.blank.search(/\bimpl\b/))
  const inside = item.blank.slice(open + 1, item.blank.lastIndexOf('}'))
  return itemsIn(inside).map(({ head, body, start }): SourceItem => {
    const from = open + 1 + start
    const to = from + head.length + (body === '' && inside.charAt(start + head.length) === ';' ? 1 : body.length + 2)
    const block = (text: string): string => `${text.slice(0, open + 1)}${text.slice(from, to)}\n}`
    return { ...item, source: block(item.source), blank: block(item.blank) }
  })
}

/** What attributes name are lints, options and strings, no items. */
function withoutAttributes(text: string): string {
  let kept = text
  for (const match of text.matchAll(/#\s*!?\s*\[/g)) {
    const end = afterGroup(text, match.index + match[0].length - 1)
    kept = kept.slice(0, match.index) + ' '.repeat(end - match.index) + kept.slice(end)
  }
  return kept
}

function restore<K, V>(map: Map<K, V>, before: ReadonlyMap<K, V>): void {
  map.clear()
  for (const [key, value] of before) map.set(key, value)
}

/** `word::…` that is no module of std or PyO3 and no primitive is of another crate. */
function isForeignPath(word: string, blank: string): boolean {
  if (!/^[a-z]/.test(word) || ALLOWED.has(word) || PRIMITIVES.has(word)) return false
  return new RegExp(`(?<!::\\s*)\\b${word}\\s*::`).test(blank)
}

const PRIMITIVES = new Set(
  'u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char str self crate super'.split(' '),
)

interface Texts {
  readonly source: string
  readonly blank: string
}

/** The item without derives and attributes of other crates, and as if all features were on. */
function stripped({ source, blank }: SourceItem): Texts {
  let [text, plain] = [source, blank]
  const replace = (start: number, end: number, by: string): void => {
    text = text.slice(0, start) + by + text.slice(end)
    plain = plain.slice(0, start) + by + plain.slice(end)
  }
  for (const match of [...blank.matchAll(/#\s*!?\s*\[\s*([\w:]+)/g)].reverse()) {
    const end = afterGroup(blank, blank.indexOf('[', match.index))
    const name = match[1]?.split('::').at(-1) ?? ''
    if (name === 'cfg_attr') {
      const [, ...conditional] = commaParts(text.slice(text.indexOf('(', match.index) + 1, end - 2))
      const kept = conditional.filter(
        (it) => KEPT.has(/^[\w:]+/.exec(it)?.[0].split('::').at(-1) ?? '') && !it.startsWith('derive'),
      )
      replace(match.index, end, kept.map((it) => `#[${it}]`).join('\n'))
    } else if (name === 'cfg' && /feature/.test(text.slice(match.index, end))) replace(match.index, end, '')
    else if (!KEPT.has(name)) replace(match.index, end, '')
    else if (name === 'derive') {
      const content = blank.slice(blank.indexOf('(', match.index) + 1, end - 2)
      const kept = commaParts(content).filter((it) => STD_DERIVES.has(it))
      if (kept.length !== commaParts(content).length)
        replace(match.index, end, kept.length > 0 ? `#[derive(${kept.join(', ')})]` : '')
    }
  }
  return { source: text, blank: plain }
}
