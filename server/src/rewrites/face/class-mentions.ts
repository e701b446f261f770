import { effectiveMetas } from '../../model/attributes.ts'
import type { ModId } from '../../resolve/defs.ts'
import type { Span } from '../../syntax/span.ts'
import type { ClassSource } from '../class-source.ts'
import { codeText, expandedArguments } from '../code-texts.ts'
import { codeToSearch } from '../crate-code.ts'
import { macrosAround } from '../enclosing-macros.ts'
import { type FunctionSource, functionsIn } from '../functions.ts'
import { isNamesake } from '../namesakes.ts'
import { isName, matesOf, tokensIn, type Word } from '../tokens.ts'
import { itemAt, moduleAt } from './code-modules.ts'
import { isHarmlessMacro } from './macro-words.ts'

/** What a place that names the class wants of it. */
export type MentionForm =
  /** A Rust type, which it stays. */
  | { readonly kind: 'plain' }
  /** A leaf of a `use`; `exported` puts it into a Python module. */
  | { readonly kind: 'import'; readonly exported: boolean }
  /** It gets another name there. */
  | { readonly kind: 'alias'; readonly name: string }
  /** What only a Python class is: the face's name goes there. */
  | { readonly kind: 'class'; readonly head: string }
  /** A shared borrow of an object: `PyRef<C>`. `outer` is all of it. */
  | { readonly kind: 'guard'; readonly outer: Span }
  /** `&C`, `&mut C` or a guard in the signature of a function that Python calls. */
  | { readonly kind: 'param'; readonly fn: FunctionSource }
  | {
      readonly kind: 'refused'
      readonly reason: 'mutable-access' | 'inheritance' | 'used-elsewhere' | 'macro'
      readonly clause: string
    }

/** One place that names the class. */
export interface ClassMention {
  /** Or the expansion that it is in, see `codeText`. */
  readonly file: string
  /** Of the last segment of its path. */
  readonly at: Span
  /** Segments of the path, the class's name last; null where it begins with a type. */
  readonly segments: readonly string[] | null
  /** The module (or block) that the name is looked up in; null where that is not known. */
  readonly module: ModId | null
  readonly form: MentionForm
}

/** Functions and types that take a class of PyO3 as their only type argument, or the last after lifetimes. */
const CLASS_HEADS = new Set(
  'Py Bound Borrowed PyClassInitializer add_class get_type get_type_bound type_object type_object_bound cast cast_exact cast_into cast_into_exact cast_unchecked cast_into_unchecked downcast downcast_exact downcast_into downcast_into_exact downcast_unchecked downcast_into_unchecked is_instance_of is_exact_instance_of PyTypeInfo register_exception'.split(
    ' ',
  ),
)
const GUARDS = new Set(['PyRef', 'PyClassGuard'])
const MUTABLE_GUARDS = new Set(['PyRefMut', 'PyClassGuardMut'])
const CLASS_ITEMS = /^(?:type_object(?:_bound|_raw)?|is_type_of(?:_bound)?|is_exact_type_of(?:_bound)?|lazy_type_object)$/
const CLASS_TRAITS = /^(?:PyTypeInfo|PyClass|PyTypeCheck|PyClassImpl|DerefToPyAny)$/

/** Every place of the workspace that names the class, but the heads of its struct and of its `#[pymethods]`, which are its own. */
export function classMentions(source: ClassSource): readonly ClassMention[] {
  const names = new Set([source.cls.name])
  for (let fuel = 8; fuel > 0; fuel--) {
    const found = mentionsNamed(source, names)
    const aliases = found.flatMap(({ form }) => (form.kind === 'alias' ? [form.name] : []))
    if (aliases.every((it) => names.has(it))) return found
    for (const alias of aliases) names.add(alias)
  }
  return mentionsNamed(source, names)
}

function mentionsNamed(source: ClassSource, names: ReadonlySet<string>): ClassMention[] {
  const { db } = source.view
  const { crate, name } = source.cls
  const found: ClassMention[] = []
  const expanded = expandedArguments(db, crate)
  for (const file of codeToSearch(source)) {
    const text = codeText(db, file)
    const own = [...source.impls.map((it) => it.file), ...source.madeImpls.map((it) => it.code)].includes(file)
    if (text === null || !(own || [...names].some((it) => text.includes(it)))) continue
    const tokens = tokensIn(text)
    const functions = functionsIn(db, crate, new Set([file]))
    const code: Code = { source, file, tokens, mates: matesOf(tokens), functions }
    const elsewhere = expanded.get(file) ?? []
    for (const [i, token] of tokens.entries()) {
      if (!names.has(token.text) && !(token.text === 'Self' && inOwnImpl(source, file, token))) continue
      if (elsewhere.some((it) => it.start <= token.start && token.end <= it.end) || isOwnHead(source, file, token)) continue
      if (tokens[i - 1]?.text === '.' || (token.text === name && isNamesake(source, file, tokens, i))) continue
      const at = { start: token.start, end: token.end }
      const module = moduleAt(db, crate, file, token.start)
      found.push({ file, at, segments: segmentsAt(tokens, i), module, form: formAt(code, i) })
    }
  }
  return found
}

interface Code {
  readonly source: ClassSource
  readonly file: string
  readonly tokens: readonly Word[]
  readonly mates: Int32Array
  readonly functions: readonly FunctionSource[]
}

function inOwnImpl(source: ClassSource, file: string, { start }: Word): boolean {
  const written = source.impls.some((it) => it.file === file && it.start <= start && start < it.end)
  return written || source.madeImpls.some((it) => it.code === file && it.start <= start && start < it.end)
}

/** The struct up to its name; what stands before the bodies of its `#[pymethods]`. */
function isOwnHead(source: ClassSource, file: string, { start, end }: Word): boolean {
  if (file === source.file && start >= source.structAt.start && end <= source.cls.nameAt.span.end) return true
  const impl = source.impls.find((it) => it.kind === 'pymethods' && it.file === file && it.start <= start && start < it.end)
  return impl !== undefined && !source.methods.some((it) => it.impl === impl && it.body.start <= start && start < it.body.end)
}

function segmentsAt(tokens: readonly Word[], i: number): string[] | null {
  const segments = [tokens[i]?.text ?? '']
  let at = i
  for (; tokens[at - 1]?.text === ':' && tokens[at - 2]?.text === ':'; at -= 3) {
    const before = tokens[at - 3]?.text
    if (!isName(before)) return before === '>' ? null : ['', ...segments]
    segments.unshift(before ?? '')
  }
  return segments
}

/** First token of the path whose last segment is at `i`. */
function pathStart(tokens: readonly Word[], i: number): number {
  let at = i
  while (tokens[at - 1]?.text === ':' && tokens[at - 2]?.text === ':') at -= isName(tokens[at - 3]?.text) ? 3 : 2
  return at
}

function formAt(code: Code, i: number): MentionForm {
  const { tokens, source, file } = code
  const name = tokens[i]?.text ?? ''
  const first = pathStart(tokens, i)
  if (useBefore(tokens, first) >= 0) {
    const alias = tokens[i + 1]?.text === 'as' ? tokens[i + 2]?.text : undefined
    if (alias !== undefined && alias !== '_') return { kind: 'alias', name: alias }
    return { kind: 'import', exported: isExported(source, file, tokens[i]?.start ?? 0) }
  }
  const isType = tokens[first - 1]?.text === '=' && tokens[first - 3]?.text === 'type' && tokens[i + 1]?.text === ';'
  if (isType && itemAt(source.view.db, source.cls.crate, file, tokens[i]?.start ?? 0)?.item.kind === 'type')
    return { kind: 'alias', name: tokens[first - 2]?.text ?? '' }
  if (tokens[first - 1]?.text === '=' && tokens[first - 2]?.text === 'extends')
    return refused('inheritance', `a class extends \`${name}\``)
  const macro = macroAround(code, i)
  // The text of a definition is no code: what it comes to is looked at where it is called.
  const isDefinition = macro === 'macro_rules'
  const form = classForm(code, i, first)
  const isOpaque = macro !== null && (form.kind !== 'plain' || !isHarmlessMacro(source, file, macro))
  return isOpaque && !(isDefinition && form.kind === 'plain') ? refused('macro', `\`${macro}!\` gets \`${name}\``) : form
}

/** Whether a `use` has `#[pymodule_export]`. */
function isExported(source: ClassSource, file: string, offset: number): boolean {
  const use = itemAt(source.view.db, source.cls.crate, file, offset)?.item
  return use !== undefined && effectiveMetas(use.attrs).some(({ meta }) => /(?:^|::)pymodule_export$/.test(meta.path))
}

function classForm(code: Code, i: number, first: number): MentionForm {
  const { tokens } = code
  const name = tokens[i]?.text ?? ''
  const head = genericHead(tokens, first, i)
  const headName = tokens[head]?.text ?? ''
  const guard = GUARDS.has(headName) || MUTABLE_GUARDS.has(headName)
  const param = guard ? signatureOf(code, i) : null
  if (param) return { kind: 'param', fn: param }
  if (MUTABLE_GUARDS.has(headName)) return refused('mutable-access', `\`${headName}<${name}>\``)
  if (GUARDS.has(headName))
    return { kind: 'guard', outer: { start: tokens[pathStart(tokens, head)]?.start ?? 0, end: tokens[i + 1]?.end ?? 0 } }
  if (CLASS_HEADS.has(headName)) return { kind: 'class', head: headName }
  const item = tokens[i + 3]?.text ?? ''
  const isPath = tokens[i + 1]?.text === ':' && tokens[i + 2]?.text === ':'
  if (isPath && CLASS_ITEMS.test(item) && !code.source.methods.some((it) => it.name === item))
    return { kind: 'class', head: item }
  if (tokens[i + 1]?.text === 'as' && tokens[first - 1]?.text === '<') {
    const end = tokens.findIndex((it, at) => at > i && (it.text === '>' || it.text === '<'))
    const trait = tokens[end - 1]?.text ?? ''
    if (CLASS_TRAITS.test(trait)) return { kind: 'class', head: trait }
  }
  const isTarget = tokens[first - 1]?.text === '=' && tokens[first - 2]?.text === 'Target' && tokens[first - 3]?.text === 'type'
  if (isTarget && isPythonImpl(code, i)) return { kind: 'class', head: 'Target' }
  return referenceForm(code, i, first)
}

function referenceForm(code: Code, i: number, first: number): MentionForm {
  const { tokens } = code
  let at = first - 1
  if (tokens[at]?.text === 'mut') at--
  if (tokens[at]?.text.startsWith("'")) at--
  const fn = tokens[at]?.text === '&' ? signatureOf(code, i) : null
  return fn ? { kind: 'param', fn } : { kind: 'plain' }
}

/** The function that Python calls in whose signature a token stands; null if it stands elsewhere. */
function signatureOf({ tokens, functions }: Code, i: number): FunctionSource | null {
  const { start } = tokens[i] ?? { start: 0 }
  const fn = functions.findLast((it) => it.start <= start && start < it.body.start)
  return fn && isForPython(fn) ? fn : null
}

/** Whether Python calls a function: `#[pyfunction]`, or a member of `#[pymethods]`. */
function isForPython({ fn, owner, of }: FunctionSource): boolean {
  if (effectiveMetas(fn.attrs).some(({ meta }) => /(?:^|::)(?:pyfunction|pyfn)$/.test(meta.path))) return true
  if (of === null) return false
  return owner?.item.kind !== 'impl' || effectiveMetas(owner.item.attrs).some(({ meta }) => /(?:^|::)pymethods$/.test(meta.path))
}

function refused(reason: Extract<MentionForm, { kind: 'refused' }>['reason'], clause: string): MentionForm {
  return { kind: 'refused', reason, clause }
}

/** Index of the `use` of the import that a path stands in; -1 if it stands in none. */
export function useBefore(tokens: readonly Word[], at: number): number {
  for (let i = at - 1; i >= 0; i--) {
    const text = tokens[i]?.text ?? ''
    if (text === 'use') return i
    if (!/^[{},:*]$/.test(text) && !isName(text)) return -1
    if (/^(?:fn|let|impl|struct|enum|match|if|for|return|where|mod|type|const|static)$/.test(text)) return -1
  }
  return -1
}

/** Index of the `Py` for the `C` of `Py<C>`, of the `cast` for that of `cast::<C>`; -1 where the type is not the last argument of one. */
function genericHead(tokens: readonly Word[], first: number, i: number): number {
  if (tokens[i + 1]?.text !== '>') return -1
  let at = first - 1
  while (tokens[at]?.text === ',' || tokens[at]?.text.startsWith("'")) at--
  if (tokens[at]?.text !== '<') return -1
  return tokens[at - 1]?.text === ':' ? at - 3 : at - 1
}

/** Whether a token stands in an impl of `IntoPyObject`. */
function isPythonImpl({ source, file, tokens }: Code, i: number): boolean {
  const item = itemAt(source.view.db, source.cls.crate, file, tokens[i]?.start ?? 0)?.item
  return item?.kind === 'impl' && item.trait?.path.segments.at(-1)?.name === 'IntoPyObject'
}

/** Path of the macro that gets a token; null if none does. */
function macroAround({ tokens, mates }: Code, i: number): string | null {
  for (const { name, at } of macrosAround(tokens, mates, i)) {
    // `$callback!` stands in a definition, which is around.
    if (tokens[at - 1]?.text === '$' || /^(?:if|return|while|match|in|else)$/.test(name)) continue
    return (segmentsAt(tokens, at) ?? [name]).join('::')
  }
  return null
}
