import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { afterGroup, blankLiterals, lineOf } from './source-text.ts'

/**
 * Classes of a package counted from its text alone: nothing of the analyser is used, so that the two can be held against each
 * other. Knows attributes, `cfg_attr` and `macro_rules!`; knows no modules, features or procedural macros.
 */
export interface SourceClass {
  /** `/`-separated, relative to the folder that was scanned. */
  readonly file: string
  /** Line of the `struct` or `enum` keyword, or of the macro's call; 1-based. */
  readonly line: number
  readonly name: string
  /** `written`, `cfg_attr`, or the name of the macro with `!`. */
  readonly how: string
}

interface SourceFile {
  readonly path: string
  readonly text: string
  readonly macros: readonly MacroRange[]
}

interface MacroRange {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** Folders that hold other crates (examples, benchmarks), templates or build output. */
const SKIPPED = new Set(['target', 'tests', 'benches', 'examples', 'template', 'templates', 'node_modules', 'fuzz', '.git'])

/** All classes below a folder, by file and line. */
export function sourceClasses(folder: string): readonly SourceClass[] {
  const files = rustFiles(folder).map((path) => {
    const text = blankLiterals(readFileSync(path, 'utf8'))
    return { path: relative(folder, path).replaceAll('\\', '/'), text, macros: macroRanges(text) }
  })
  const makers = classMakers(files)
  return files
    .flatMap((file) => [...writtenClasses(file), ...calledClasses(file, makers)])
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1))
}

function rustFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : rustFiles(path)
    return entry.isFile() && entry.name.endsWith('.rs') ? [path] : []
  })
}

function macroRanges(text: string): MacroRange[] {
  return [...text.matchAll(/\bmacro_rules\s*!\s*(\w+)\s*([{([])/g)].map((match) => ({
    name: match[1] ?? '',
    start: match.index,
    end: afterGroup(text, match.index + match[0].length - 1),
  }))
}

const within = (at: number) => (range: MacroRange) => range.start <= at && at < range.end

/** `#[pyclass…]`, `#[pyo3::pyclass…]` and `cfg_attr(…, pyclass…)`, with the item they stand on. */
function* attributedItems(text: string): Generator<{ at: number; name: string; how: string }> {
  const seen = new Set<number>()
  for (const match of text.matchAll(/#\s*\[/g)) {
    const end = afterGroup(text, match.index + match[0].length - 1)
    const content = text.slice(match.index + match[0].length, end - 1).trim()
    const plain = /^(?:::)?(?:pyo3\s*::\s*(?:prelude\s*::\s*)?)?pyclass\b/.test(content)
    const conditional =
      /^cfg_attr\s*\(/.test(content) && /[,(]\s*(?:::)?(?:pyo3\s*::\s*(?:prelude\s*::\s*)?)?pyclass\s*(?:[(,)]|$)/.test(content)
    if (!plain && !conditional) continue
    const item = itemAfter(text, end)
    if (!item || seen.has(item.at)) continue
    seen.add(item.at)
    yield { ...item, how: plain ? 'written' : 'cfg_attr' }
  }
}

/** The struct or enum that follows further attributes, a visibility and macro fragments. */
function itemAfter(text: string, from: number): { at: number; name: string } | null {
  let at = from
  for (;;) {
    const attribute = /^(?:\s|\$\(|\)[*+?]?|\$\w+)*#\s*\[/.exec(text.slice(at, at + 400))
    if (!attribute) break
    at = afterGroup(text, at + attribute[0].length - 1)
  }
  const head = /^[\s$)*+?]*(?:\$\w+\s+)*(?:pub\s*(?:\([^)]*\))?\s*)?(?:\$\w+\s+)*(struct|enum)\s+(\$?\w+)/.exec(
    text.slice(at, at + 400),
  )
  if (!head) return null
  return { at: at + head[0].search(/\b(?:struct|enum)\s+\$?\w+$/), name: head[2] ?? '' }
}

function writtenClasses({ path, text, macros }: SourceFile): SourceClass[] {
  return [...attributedItems(text)]
    .filter(({ at }) => !macros.some(within(at)))
    .map(({ at, name, how }) => ({ file: path, line: lineOf(text, at), name, how }))
}

/** What one call of a macro makes: names, or `$parameters` of the macro; `repeated` if the parameter stands in a repetition. */
interface Made {
  readonly name: string
  readonly repeated: boolean
}

/** The classes that each macro makes, macros that call such macros included. */
function classMakers(files: readonly SourceFile[]): ReadonlyMap<string, readonly Made[]> {
  const makers = new Map<string, readonly Made[]>()
  for (const { text, macros } of files) {
    for (const { at, name } of attributedItems(text)) {
      const macro = macros.find(within(at))
      if (!macro) continue
      const made = makers.get(macro.name) ?? []
      const repeated = name.startsWith('$') && isRepeated(text.slice(macro.start, macro.end), name)
      if (!made.some((other) => other.name === name)) makers.set(macro.name, [...made, { name, repeated }])
    }
  }
  for (let before = -1; before !== makers.size; ) {
    before = makers.size
    for (const { text, macros } of files) {
      for (const macro of macros.filter(({ name }) => !makers.has(name))) {
        const body = text.slice(macro.start, macro.end)
        const called = [...calls(body, makers)].flatMap(({ made, content }) => {
          const argument = withoutGroups(content).match(/\$\w+|\b[A-Z]\w*/)?.[0] ?? '?'
          const names = made.map(({ name }) => (name.startsWith('$') ? argument : name))
          return names.map((name) => ({ name, repeated: name.startsWith('$') && isRepeated(body, name) }))
        })
        if (called.length > 0) makers.set(macro.name, called)
      }
    }
  }
  return makers
}

/** Whether the matcher has the parameter inside of `$( … )`. */
function isRepeated(macro: string, parameter: string): boolean {
  const declared = macro.search(new RegExp(`\\${parameter}\\s*:`))
  return [...macro.matchAll(/\$\(/g)].some(({ index }) => index < declared && declared < afterGroup(macro, index + 1))
}

/**
 * One class for each template of each call. The name of a `$parameter` is taken to be the first capitalised word of the call
 * that is in no group, or every one if the parameter is repeated, which is how such macros are written.
 */
function calledClasses({ path, text, macros }: SourceFile, makers: ReadonlyMap<string, readonly Made[]>): SourceClass[] {
  return [...calls(text, makers)].flatMap(({ at, macro, made, content }) => {
    if (macros.some(within(at))) return []
    const words = withoutGroups(content).match(/(?<!::|\w)[A-Z]\w*/g) ?? []
    const line = lineOf(text, at)
    return made.flatMap(({ name, repeated }) => {
      const names = name.startsWith('$') ? (repeated ? words : words.slice(0, 1)) : [name]
      return names.map((each) => ({ file: path, line, name: each, how: `${macro}!` }))
    })
  })
}

interface Call {
  readonly at: number
  readonly macro: string
  readonly made: readonly Made[]
  /** What stands between the brackets. */
  readonly content: string
}

function* calls(text: string, makers: ReadonlyMap<string, readonly Made[]>): Generator<Call> {
  for (const match of text.matchAll(/\b(\w+)\s*!\s*[({[]/g)) {
    const [head, macro = ''] = match
    const made = makers.get(macro)
    const open = match.index + head.length
    if (made) yield { at: match.index, macro, made, content: text.slice(open, afterGroup(text, open - 1) - 1) }
  }
}

function withoutGroups(text: string): string {
  let kept = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at)
    if ('([{'.includes(character)) at = afterGroup(text, at) - 1
    else kept += character
  }
  return kept
}
