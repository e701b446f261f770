import { afterGroup, lineOf } from '../../suites/source-text.ts'
import { commaParts, macroCalls, macroRanges } from './text.ts'

/** Text of a file without the macros that it defines, or what one call of such a macro writes, as far as text shows it. */
export interface TextFile {
  /** Relative to the package. */
  readonly file: string
  readonly text: string
  /** The macro that wrote the text, and the line of its call (1-based); null for the file itself. */
  readonly call: { readonly macro: string; readonly line: number } | null
}

interface Arm {
  readonly matcher: string
  readonly body: string
}

/** More than macros that make classes are nested in practice. */
const MAX_DEPTH = 5

/** The files of a crate, and one text for each call of a crate's macro that has to do with classes. */
export function expandedFiles(files: readonly { readonly file: string; readonly text: string }[]): readonly TextFile[] {
  const all = new Map<string, readonly Arm[]>()
  const byFile = new Map<string, Map<string, readonly Arm[]>>()
  const plain = files.map(({ file, text }): TextFile => {
    let kept = text
    for (const { name, start, end } of macroRanges(text)) {
      const definition = text.slice(start, end)
      const arms = armsOf(definition.slice(definition.search(/[({[]/) + 1, -1))
      all.set(name, [...(all.get(name) ?? []), ...arms])
      const own = byFile.get(file) ?? new Map<string, readonly Arm[]>()
      byFile.set(file, own.set(name, arms))
      kept = kept.slice(0, start) + text.slice(start, end).replaceAll(/[^\n]/g, ' ') + kept.slice(end)
    }
    return { file, text: kept, call: null }
  })
  const relevant = relevantMacros(all)
  const made = plain.flatMap(({ file, text }) => {
    // Two files may define macros of one name, each for itself.
    const macros = new Map([...all, ...(byFile.get(file) ?? [])])
    return macroCalls(text)
      .filter((it) => relevant.has(it.name))
      .flatMap(({ name, content, at }) =>
        expansions(macros, relevant, name, content, 0).map((it) => ({
          file,
          text: it,
          call: { macro: name, line: lineOf(text, at) },
        })),
      )
  })
  return [...plain, ...made]
}

/** Macros whose text writes classes or methods, or calls such a macro. */
function relevantMacros(macros: ReadonlyMap<string, readonly Arm[]>): ReadonlySet<string> {
  const relevant = new Set<string>()
  for (let before = -1; before !== relevant.size; ) {
    before = relevant.size
    for (const [name, arms] of macros) {
      const writes = (text: string): boolean =>
        /\bpyclass\b|\bpymethods\b/.test(text) || macroCalls(text).some((it) => relevant.has(it.name))
      if (arms.some((it) => writes(it.body))) relevant.add(name)
    }
  }
  return relevant
}

/** The arms of a definition: `(matcher) => { body };` */
function armsOf(inside: string): readonly Arm[] {
  const arms: Arm[] = []
  for (let at = 0; at < inside.length; ) {
    const open = inside.slice(at).search(/[({[]/)
    if (open < 0) break
    const end = afterGroup(inside, at + open)
    const arrow = /^\s*=>\s*/.exec(inside.slice(end))
    if (!arrow) break
    const bodyStart = end + arrow[0].length
    const bodyEnd = afterGroup(inside, bodyStart)
    arms.push({ matcher: inside.slice(at + open + 1, end - 1), body: inside.slice(bodyStart + 1, bodyEnd - 1) })
    at = bodyEnd
  }
  return arms
}

/** What a call writes, and what the calls in it write. */
function expansions(
  macros: ReadonlyMap<string, readonly Arm[]>,
  relevant: ReadonlySet<string>,
  name: string,
  content: string,
  depth: number,
): readonly string[] {
  if (depth > MAX_DEPTH) return []
  const texts = substituted(macros.get(name) ?? [], content)
  const nested = texts.flatMap((text) =>
    macroCalls(text).flatMap((it) => (relevant.has(it.name) ? expansions(macros, relevant, it.name, it.content, depth + 1) : [])),
  )
  return [...texts, ...nested]
}

/** The body of the arm that fits, with arguments in place; else of the first that writes something, with names put where names go. */
function substituted(arms: readonly Arm[], content: string): readonly string[] {
  const args = commaParts(content)
  for (const { matcher, body } of arms) {
    const params = commaParts(matcher)
    const names = params.map((it) => /^[^$]*\$(\w+)\s*:\s*\w+$/.exec(it)?.[1])
    // A literal at the end is blank.
    if ((params.length !== args.length && params.length !== args.length + 1) || names.some((it) => it === undefined)) continue
    return [names.reduce((text: string, it, index) => replaced(text, it ?? '', args[index] ?? ''), body)]
  }
  const arm = arms.find((it) => /\bpyclass\b|\bpymethods\b/.test(it.body)) ?? arms[0]
  if (!arm) return []
  const param = /\b(?:struct|enum)\s+\$(\w+)|\bimpl\s+\$(\w+)/.exec(arm.body)
  const name = param?.[1] ?? param?.[2]
  if (name === undefined) return [arm.body]
  const words = withoutGroups(content).match(/(?<!::|\w)[A-Z]\w*/g) ?? content.match(/(?<!::|\w)[A-Z]\w*/g) ?? []
  const path = /^\s*(?:\w+\s*::\s*)+([A-Z]\w*)/.exec(content)?.[1]
  const chosen = isRepeated(arm.matcher, name) ? words : path !== undefined ? [path] : words.slice(0, 1)
  const passed = /\bfrozen\b/.test(content) ? arm.body.replaceAll(/\bpyclass\s*\(/g, 'pyclass(frozen, ') : arm.body
  return chosen.map((it) => replaced(passed, name, it))
}

function replaced(text: string, param: string, argument: string): string {
  return text.replaceAll(new RegExp(`\\$${param}\\b`, 'g'), () => argument)
}

/** Whether the matcher has the parameter inside of `$( … )`. */
function isRepeated(matcher: string, param: string): boolean {
  const declared = matcher.search(new RegExp(`\\$${param}\\s*:`))
  return [...matcher.matchAll(/\$\(/g)].some(({ index }) => index < declared && declared < afterGroup(matcher, index + 1))
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
