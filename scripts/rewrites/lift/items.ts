import { afterGroup, blankLiterals } from '../../suites/source-text.ts'
import { withoutAngles } from '../list/methods.ts'
import { leadingAttributes } from '../list/text.ts'

/** An item of a file's top level, with the comments and attributes before it. */
export interface SourceItem {
  /** Name that it declares, or that the `impl` is for; empty for what declares none. */
  readonly name: string
  readonly kind: 'type' | 'fn' | 'value' | 'trait' | 'macro' | 'impl' | 'use' | 'mod' | 'other'
  /** Trait of an `impl`, its last segment; null for others. */
  readonly trait: string | null
  readonly source: string
  /** The same without comments and literals; offsets agree. */
  readonly blank: string
}

/** A file that items can be taken out of. */
export interface SourceFile {
  readonly file: string
  readonly items: readonly SourceItem[]
  /** Full path of each name that a `use` brings in. */
  readonly imports: ReadonlyMap<string, string>
  /** Paths of `use …::*`. */
  readonly globs: readonly string[]
}

/** The top level of a file and of the modules in it, those of tests left out. */
export function sourceFiles(file: string, source: string): readonly SourceFile[] {
  const top = sourceFile(file, source)
  const inner = top.items.flatMap((it) => {
    if (it.kind !== 'mod' || /#\s*\[\s*cfg\s*\([^\]]*\btest\b/.test(it.blank)) return []
    const open = it.blank.indexOf('{')
    return open < 0 ? [] : sourceFiles(file, it.source.slice(open + 1, it.source.lastIndexOf('}')))
  })
  // What a module takes from outside with `use super::*` is found by name.
  return [
    top,
    ...inner.map((it) => ({ ...it, imports: new Map([...top.imports, ...it.imports]), globs: [...top.globs, ...it.globs] })),
  ]
}

function sourceFile(file: string, source: string): SourceFile {
  const blank = blankLiterals(source)
  const items = ranges(blank).map(([start, end]) => itemOf(source.slice(start, end), blank.slice(start, end)))
  const trees = items
    .filter((it) => it.kind === 'use')
    .flatMap((it) => flattened(it.blank.replace(/^[\s\S]*?\buse\s/, '').replace(/;\s*$/, '')))
  return {
    file,
    items,
    imports: new Map(trees.filter((it) => it.name !== '*').map((it) => [it.name, it.path])),
    globs: trees.filter((it) => it.name === '*').map((it) => it.path),
  }
}

/** Where each item starts and ends: at a semicolon or after a block, whichever its kind ends with. */
function ranges(text: string): readonly (readonly [number, number])[] {
  const found: [number, number][] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    const ends = character === ';' || (character === '{' && !endsInSemicolon(text.slice(start, at)))
    if ('([{'.includes(character)) at = afterGroup(text, at) - 1
    if (!ends) continue
    found.push([start, at + 1])
    start = at + 1
  }
  return found
}

function endsInSemicolon(head: string): boolean {
  const { rest } = leadingAttributes(head)
  return /^\s*(?:pub\s*(?:\([^)]*\))?\s*)?(?:use|static|type|const(?!\s+(?:unsafe\s+)?(?:extern\s+\S+\s+)?fn))\b/.test(rest)
}

const DECLARED =
  /^\s*(?:pub\s*(?:\([^)]*\))?\s*)?(?:default\s+|unsafe\s+|async\s+|const\s+(?=fn|unsafe|async|extern)|extern\s+(?:"[^"]*"|\s+)\s*(?=fn))*(struct|enum|union|type|fn|const|static|trait|mod|use|impl|macro_rules\s*!)\s*(?:mut\s+)?(\w*)/

function itemOf(source: string, blank: string): SourceItem {
  const { rest } = leadingAttributes(blank)
  const [, keyword = '', name = ''] = DECLARED.exec(rest) ?? []
  const kinds: Readonly<Record<string, SourceItem['kind']>> = {
    ...{ struct: 'type', enum: 'type', union: 'type', type: 'type', fn: 'fn', const: 'value', static: 'value' },
    ...{ trait: 'trait', mod: 'mod', use: 'use', impl: 'impl' },
  }
  if (keyword.startsWith('macro_rules')) return { name, kind: 'macro', trait: null, source, blank }
  const kind = kinds[keyword] ?? 'other'
  if (kind !== 'impl') return { name, kind, trait: null, source, blank }
  const header = withoutAngles(rest.slice(rest.indexOf('impl') + 4, rest.indexOf('{'))).replace(/\bwhere\b[\s\S]*/, '')
  const [first = '', second] = header.split(/\bfor\b/)
  const last = (path: string): string => /(\w+)\s*$/.exec(path.trim())?.[1] ?? ''
  return { name: last(second ?? first), kind, trait: second === undefined ? null : last(first), source, blank }
}

/** Names of a `use` tree with their paths. */
function flattened(tree: string, prefix = ''): readonly { readonly name: string; readonly path: string }[] {
  const trimmed = tree.trim()
  const open = trimmed.indexOf('{')
  if (open >= 0) {
    const inside = trimmed.slice(open + 1, afterGroup(trimmed, open) - 1)
    return splitTrees(inside).flatMap((it) => flattened(it, prefix + trimmed.slice(0, open).replaceAll(/\s/g, '')))
  }
  const [path = '', alias] = trimmed.split(/\s+as\s+/)
  const full = (prefix + path.replaceAll(/\s/g, '')).replace(/::self$/, '').replace(/^::/, '')
  if (full === '') return []
  return [{ name: alias?.trim() ?? full.split('::').at(-1) ?? '', path: full }]
}

function splitTrees(inside: string): readonly string[] {
  const parts: string[] = []
  let start = 0
  for (let at = 0; at < inside.length; at++) {
    if (inside.charAt(at) === '{') at = afterGroup(inside, at) - 1
    else if (inside.charAt(at) === ',') {
      parts.push(inside.slice(start, at))
      start = at + 1
    }
  }
  return [...parts, inside.slice(start)].filter((it) => it.trim() !== '')
}
