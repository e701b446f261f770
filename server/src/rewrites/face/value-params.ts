import { derives } from '../../model/attributes.ts'
import { factsOf } from '../../syntax/body.ts'
import { indentationAt, insert, replace, type TextEdit } from '../../syntax/edits.ts'
import type { Param, TypeExpr } from '../../syntax/summary.ts'
import type { ClassSource } from '../class-source.ts'
import { codeText, isExpansion } from '../code-texts.ts'
import { type PlacedEdit, placed } from '../file-edits.ts'
import { type FunctionSource, factsOfFunction } from '../functions.ts'
import { type Problem, placeText } from '../problems.ts'
import { isClosed } from '../public-api.ts'
import { columns } from '../rust-format.ts'
import { snapshotProblem } from '../snapshot.ts'
import { tokensIn } from '../tokens.ts'
import type { ClassMention } from './class-mentions.ts'
import { rustCallerOf } from './fn-callers.ts'

interface ValueParam {
  readonly param: Param
  readonly name: string
  readonly optional: boolean
  /** The `&` and what belongs to it, absolute. */
  readonly mark: { readonly start: number; readonly end: number }
}

/**
 * `c: &C` → `c: C` in functions that Python calls: the argument is a copy that is made under the object's lock, so that the body
 * holds none. PyO3 takes `&C` for classes only, and `C` for whatever `FromPyObject` gives (PyO3 guide, "Function signatures").
 */
export function valueParams(
  source: ClassSource,
  mentions: readonly ClassMention[],
): { readonly edits: readonly PlacedEdit[]; readonly functions: number } | Problem {
  const byFunction = new Map<string, { fn: FunctionSource; mentions: ClassMention[] }>()
  for (const each of mentions) {
    if (each.form.kind !== 'reference') continue
    const { fn } = each.form
    const key = `${fn.file}\n${fn.start}`
    const known = byFunction.get(key)
    if (known) known.mentions.push(each)
    else byFunction.set(key, { fn, mentions: [each] })
  }
  if (byFunction.size === 0) return { edits: [], functions: 0 }
  const edits: PlacedEdit[] = []
  for (const { fn, mentions: own } of byFunction.values()) {
    const found = functionEdits(source, fn, own)
    if ('reason' in found) return found
    edits.push(...placed(fn.file, found.edits))
  }
  return { edits, functions: byFunction.size }
}

function functionEdits(
  source: ClassSource,
  fn: FunctionSource,
  mentions: readonly ClassMention[],
): { readonly edits: readonly TextEdit[] } | Problem {
  const { db } = source.view
  const { crate, name } = source.cls
  const at = placeText(db, fn.file, mentions[0]?.at.start ?? fn.start)
  const fail = (clause: string): Problem => ({ reason: 'used-elsewhere', detail: `${at}: \`${fn.fn.name}\` ${clause}` })
  const text = codeText(db, fn.file)
  const facts = factsOfFunction(db, fn)
  if (isExpansion(fn.file)) return { ...fail(`, which a macro writes, takes \`&${name}\``), reason: 'macro' }
  if (text === null || !facts || fn.owner === null) return fail(`takes \`&${name}\` and cannot be read`)
  if (!isClone(source)) return fail(`takes \`&${name}\`, of which no copy can be made`)
  const snapshot = snapshotProblem(source)
  if (snapshot) return { ...snapshot, detail: `${at}: \`${fn.fn.name}\` takes \`&${name}\`: ${snapshot.detail}` }
  if (fn.fn.async) return fail(`is async and takes \`&${name}\``)
  if (fn.fn.vis === 'pub' && !isClosed(db, crate)) return fail(`takes \`&${name}\`, and others may call it`)
  const caller = rustCallerOf(db, crate, fn)
  if (caller) return fail(`takes \`&${name}\`, and Rust calls it (${placeText(db, caller.file, caller.at)})`)
  const params: ValueParam[] = []
  for (const mention of mentions) {
    const param = valueParam(fn, text, mention)
    if (!param) return fail(`takes \`&${name}\` in a form that is not known`)
    if (borrowsFrom(fn, text, param)) return fail(`may give something that borrows from its \`&${name}\``)
    params.push(param)
  }
  const used = new Set(factsOf(facts, 'path').map(({ fact }) => fact.text))
  const opaque = factsOf(facts, 'macro', 'item').flatMap(({ fact }) =>
    tokensIn(fact.kind === 'macro' ? fact.args : fact.text).map((it) => it.text),
  )
  for (const each of opaque) used.add(each)
  for (const inline of text.slice(fn.body.start, fn.body.end).matchAll(/\{(\w+)(?::[^}]*)?\}/g)) used.add(inline[1] ?? '')
  const lets = params
    .filter((it) => used.has(it.name))
    .map((it) => `let ${it.name} = ${it.optional ? `${it.name}.as_ref()` : `&${it.name}`};`)
  return { edits: [...headEdits(fn, text, params), ...bodyEdit(fn, text, lets)] }
}

export function isClone(source: ClassSource): boolean {
  const written = source.impls.some((it) => it.item.trait?.path.segments.at(-1)?.name === 'Clone')
  return written || derives(source.struct.attrs).includes('Clone')
}

function valueParam(fn: FunctionSource, text: string, { at }: ClassMention): ValueParam | null {
  const param = fn.fn.params.find((it) => fn.start + it.type.span.start <= at.start && at.end <= fn.start + it.type.span.end)
  if (!param || param.attrs.length > 0 || !/^\w+$/.test(param.pattern)) return null
  const optional = isOption(param.type)
  const inner = optional ?? param.type
  if (inner.kind !== 'ref' || inner.inner.kind !== 'path' || inner.inner.path.segments.at(-1)?.args) return null
  const start = fn.start + inner.span.start
  const end = fn.start + inner.inner.span.start
  if (text[start] !== '&') return null
  return { param, name: param.pattern, optional: optional !== null, mark: { start, end } }
}

/** What an `Option` holds; null for any other type. */
function isOption(type: TypeExpr): TypeExpr | null {
  const last = type.kind === 'path' ? type.path.segments.at(-1) : undefined
  return last?.name === 'Option' ? (last.args?.args[0] ?? null) : null
}

/** Whether the result may hold the parameter's borrow: its lifetime has a name, or the result has one that only it can give. */
function borrowsFrom(fn: FunctionSource, text: string, { mark }: ValueParam): boolean {
  if (/'/.test(text.slice(mark.start, mark.end).replace("'_", ''))) return true
  if (fn.fn.receiver || fn.fn.ret === null) return false
  const ret = text.slice(fn.start + fn.fn.ret.span.start, fn.start + fn.fn.ret.span.end)
  return /&(?!'static|'py\b)|'_\b/.test(ret)
}

/** The `&`s go; a head that then fits on one line goes there, as rustfmt has it. */
function headEdits(fn: FunctionSource, text: string, params: readonly ValueParam[]): TextEdit[] {
  const edits = params.map((it) => replace(it.mark, ''))
  const start = headStart(text, fn)
  const span = { start, end: fn.body.start + 1 }
  let head = text.slice(span.start, span.end)
  if (!head.includes('\n') || /\/[/*]|#\[/.test(head)) return edits
  for (const { mark } of [...params].sort((a, b) => b.mark.start - a.mark.start))
    head = head.slice(0, mark.start - start) + head.slice(mark.end - start)
  const one = head.replaceAll(/\s+/g, ' ').replaceAll('( ', '(').replaceAll(/,? \)/g, ')')
  return columns(indentationAt(text, start)) + one.length <= 100 && /\) ?(?:->[^\n]*)?\{$/.test(one)
    ? [replace(span, one)]
    : edits
}

/** Where `pub fn` stands, after attributes and comments. */
function headStart(text: string, fn: FunctionSource): number {
  const before = text.slice(fn.start, fn.body.start)
  const at = new RegExp(`(?:\\b(?:pub(?:\\([^)]*\\))?|unsafe|extern|const)\\s+)*\\bfn\\s+${fn.fn.name}\\b`).exec(before)
  return fn.start + (at?.index ?? 0)
}

function bodyEdit(fn: FunctionSource, text: string, lets: readonly string[]): TextEdit[] {
  if (lets.length === 0) return []
  const after = fn.body.start + 1
  const rest = text.slice(after, fn.body.end)
  const line = /^[^\S\n]*\r?\n(\s*)/.exec(rest)
  if (!line) return [insert(after, ` ${lets.join(' ')}`)]
  const indent = indentationAt(text, after + line[0].length)
  return [insert(after, lets.map((it) => `\n${indent}${it}`).join(''))]
}
