import { childFacts } from '../syntax/body.ts'
import { insert, remove, replace, type TextEdit } from '../syntax/edits.ts'
import type { Span } from '../syntax/span.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { type InPlacePlan, type LockedForm, singleAssignment } from './in-place-plan.ts'
import { breaksLine, lineIndent } from './macro-texts.ts'
import { quote } from './quotes.ts'
import { tokensIn } from './tokens.ts'

/** The field that a lock of several values has. */
export const STATE = 'state'

/** The lock as it is written where nothing is known of what is in scope, as in a macro. */
export const MUTEX = 'std::sync::Mutex'

/**
 * All edits of a class but those of its attributes and of its literals: fields, the method that locks, receivers and bodies.
 * @param careful whether what is behind the lock may run Python code when it is dropped
 */
export function inPlaceEdits(source: ClassSource, plan: InPlacePlan, careful: boolean): TextEdit[] {
  const methods = [...plan.locking].flatMap(([method, form]) =>
    form === 'replace' ? replaceEdits(source, plan, method, careful) : bodyEdits(source, plan, method, form),
  )
  const receivers = plan.relaxed.flatMap((it) => receiverEdits(source, it))
  return [...(plan.fields.length > 0 ? [...fieldEdits(source, plan), lockMethod(source, plan)] : []), ...receivers, ...methods]
}

function fieldsOf({ struct, structAt }: ClassSource, plan: InPlacePlan) {
  const at = ({ start, end }: Span): Span => ({ start: structAt.start + start, end: structAt.start + end })
  return plan.fields.flatMap((name) => {
    const field = struct.fields.find((it) => it.name === name)
    return field ? [{ name, type: at(field.type.span), nameAt: at(field.nameSpan), whole: at(field.span) }] : []
  })
}

/** `f: T` → `f: Mutex<T>`; several → one `state: Mutex<(A, B)>`. */
function fieldEdits(source: ClassSource, plan: InPlacePlan): TextEdit[] {
  const [first, ...others] = fieldsOf(source, plan)
  if (!first) return []
  if (others.length === 0) return [insert(first.type.start, `${MUTEX}<`), insert(first.type.end, '>')]
  const types = [first, ...others].map((it) => quote(it.type)).join(', ')
  const one = replace({ start: first.nameAt.start, end: first.type.end }, `${STATE}: ${MUTEX}<(${types})>`)
  return [one, ...others.map((it) => remove(withLine(source.text, it.whole)))]
}

/** A field or a part of a literal with the comma after it and the line break and blanks before it. */
function withLine(text: string, { start, end }: Span): Span {
  const comma = /^\s*,/.exec(text.slice(end))?.[0].length ?? 0
  let from = start
  while (/\s/.test(text[from - 1] ?? '')) from--
  return { start: from, end: end + comma }
}

/** The method that locks, in an impl of its own after the struct. A panic under the lock means no more than it did under `PyRefMut`. */
function lockMethod(source: ClassSource, plan: InPlacePlan): TextEdit {
  const { view, file, structAt, cls } = source
  const indent = lineIndent(view.db, file, structAt.headStart)
  const unit = indent.includes('\t') ? '\t' : '    '
  const fields = fieldsOf(source, plan)
  const [first] = fields
  const types = fields.map((it) => quote(it.type))
  const type = types.length === 1 ? (types[0] ?? '') : `(${types.join(', ')})`
  const field = fields.length === 1 && first ? quote(first.nameAt) : STATE
  const lines = [
    `impl ${quote(cls.nameAt.span)} {`,
    `${unit}fn ${plan.lockMethod}(&self) -> std::sync::MutexGuard<'_, ${type}> {`,
    `${unit}${unit}self.${field}`,
    `${unit}${unit}${unit}.lock()`,
    `${unit}${unit}${unit}.unwrap_or_else(std::sync::PoisonError::into_inner)`,
    `${unit}}`,
    '}',
  ]
  return insert(structAt.end, `\n\n${lines.map((it) => indent + it).join('\n')}`)
}

/** `&mut self` → `&self`, `mut slf: PyRefMut<Self>` → `slf: PyRef<Self>`. */
function receiverEdits({ text }: ClassSource, method: MethodSource): TextEdit[] {
  const { receiver } = method.fn
  if (receiver) return [replace({ start: method.start + receiver.span.start, end: method.start + receiver.span.end }, '&self')]
  const [first] = method.fn.params
  if (!first) return []
  const tokens = tokensIn(text, { start: method.start + first.span.start, end: method.start + first.span.end })
  const mut = tokens[0]?.text === 'mut' ? tokens[1] : undefined
  const guards = tokens.filter((it) => /^Py(?:Ref|ClassGuard)Mut$/.test(it.text))
  return [
    ...(mut && tokens[0] ? [remove({ start: tokens[0].start, end: mut.start })] : []),
    ...guards.map((it) => replace(it, it.text.replace(/Mut$/, ''))),
  ]
}

function bodyEdits(
  source: ClassSource,
  plan: InPlacePlan,
  method: MethodSource,
  form: Exclude<LockedForm, 'replace'>,
): TextEdit[] {
  const uses = plan.moves.uses.get(method)
  const own = (uses?.fields ?? []).filter((it) => plan.fields.includes(it.name))
  const used = new Set(own.map((it) => it.name))
  const edits = own.flatMap(({ index, name }) => accessEdit(plan, method, index, name, form === 'whole'))
  return [...opening(source, method, bindingLines(source, plan, method, form, localsText(source, plan, used))), ...edits]
}

/** `f`, or `(a, _)` of the fields that a body uses. */
function localsText(source: ClassSource, plan: InPlacePlan, used: ReadonlySet<string>): string {
  const names = fieldsOf(source, plan).map((it) => (used.has(it.name) ? localText(plan, it.name, it.nameAt) : '_'))
  return names.length === 1 ? (names[0] ?? '') : `(${names.join(', ')})`
}

/** A local is named as its field where it can be: then the name is the call's to choose, if the field's is. */
function localText(plan: InPlacePlan, field: string, at: Span): string {
  const local = plan.locals.get(field) ?? field
  return local === field ? quote(at) : local
}

function bindingLines(
  source: ClassSource,
  plan: InPlacePlan,
  { selfName }: MethodSource,
  form: LockedForm,
  locals: string,
): string[] {
  const lock = `${selfName}.${plan.lockMethod}()`
  if (form === 'whole') return [`let ${locals} = &mut *${lock};`]
  if (form === 'whole-shared') return [`let ${locals} = &*${lock};`]
  const [first, ...others] = fieldsOf(source, plan)
  const field = first && others.length === 0 ? quote(first.nameAt) : STATE
  return [
    // The collector stops other threads, one of which may hold the lock: what it cannot see now, it sees the next time.
    `let Ok(${plan.guard}) = ${selfName}.${field}.try_lock() else {`,
    '    return Ok(());',
    '};',
    `let ${locals} = &*${plan.guard};`,
  ]
}

/** Where a body's first statement stands, and how lines are indented there. */
interface BodyLines {
  /** null for a body without statements. */
  readonly first: number | null
  readonly broken: boolean
  readonly indent: string
  readonly outer: string
}

function bodyLines({ view: { db }, file, text }: ClassSource, method: MethodSource): BodyLines {
  const { body } = method
  const outer = lineIndent(db, file, method.headStart)
  const first = body.start + 1 + (/^(?:\s|\/\/[^\n]*\n)*/.exec(text.slice(body.start + 1, body.end - 1))?.[0].length ?? 0)
  const empty = first >= body.end - 1
  const broken = !empty && breaksLine(db, file, { start: body.start + 1, end: first })
  const unit = outer.includes('\t') ? '\t' : '    '
  return { first: empty ? null : first, broken, indent: broken ? lineIndent(db, file, first) : outer + unit, outer }
}

/** Lines at the start of a body. */
function opening(source: ClassSource, method: MethodSource, lines: readonly string[]): TextEdit[] {
  const { body } = method
  const { first, broken, indent, outer } = bodyLines(source, method)
  const added = lines.map((it) => `\n${indent}${outer.includes('\t') ? it.replace(/^ {4}/, '\t') : it}`).join('')
  if (broken) return [insert(body.start + 1, added)]
  if (first === null) return []
  // A body on one line gets lines of its own.
  const last = body.end - 1 - (/\s*$/.exec(source.text.slice(first, body.end - 1))?.[0].length ?? 0)
  return [
    replace({ start: body.start, end: first }, `{${added}\n${indent}`),
    replace({ start: last, end: body.end }, `\n${outer}}`),
  ]
}

/** Methods that the compiler finds on what a reference points to, whatever else is in scope: inherent ones of std's types. */
const DEREFERENCED =
  /^(?:len|is_empty|is_some|is_none|is_ok|is_err|push|push_back|push_front|pop|pop_back|pop_front|iter|iter_mut|get|get_mut|first|last|contains|contains_key|insert|remove|clear|keys|values|as_ref|as_mut|as_slice|as_str|as_deref|clone|unwrap|expect|saturating_sub|saturating_add|wrapping_add|checked_sub|checked_add|unsigned_abs|entry|extend|truncate|drain|retain|is_some_and|is_none_or|take|to_vec|chars|as_bytes)$/

/** `self.f` → `f`, `*f` or `(*f)`; `&self.f` → `f` where the local is such a reference. */
function accessEdit(plan: InPlacePlan, method: MethodSource, index: number, name: string, exclusive: boolean): TextEdit[] {
  const { facts } = method.facts
  const fact = facts[index]
  if (fact?.kind !== 'field') return []
  const offset = method.body.start
  const parent = facts[fact.parent]
  const local = localText(plan, name, { start: offset + fact.nameSpan.start, end: offset + fact.nameSpan.end })
  if (parent?.kind === 'borrow' && !parent.mut && !parent.raw && !exclusive)
    return [replace({ start: offset + parent.span.start, end: offset + parent.span.end }, local)]
  const isHead = fact.role === 'receiver' || fact.role === 'base' || fact.role === 'callee'
  const reached =
    parent?.kind === 'field' || parent?.kind === 'index' || (parent?.kind === 'method' && DEREFERENCED.test(parent.name))
  const bound = isHead || parent?.kind === 'try' || parent?.kind === 'await'
  const newText = isHead && reached ? local : bound ? `(*${local})` : `*${local}`
  return [replace({ start: offset + fact.span.start, end: offset + fact.span.end }, newText)]
}

/** `self.f = value;` → the old value is taken out under the lock and dropped without it, where that may run Python code. */
function replaceEdits(source: ClassSource, plan: InPlacePlan, method: MethodSource, careful: boolean): TextEdit[] {
  const uses = plan.moves.uses.get(method)
  const assign = uses ? singleAssignment(method, uses, plan.moves.fields) : null
  const fact = assign === null ? undefined : method.facts.facts[assign]
  const value = assign === null ? undefined : childFacts(method.facts, assign, 'value')[0]
  const valueFact = value === undefined ? undefined : method.facts.facts[value]
  const name = uses?.fields[0]?.name ?? ''
  if (!fact || !valueFact) return []
  const offset = method.body.start
  const at = (span: Span): Span => ({ start: offset + span.start, end: offset + span.end })
  const statement = at(method.facts.facts[fact.parent]?.span ?? fact.span)
  const { broken, indent, outer } = bodyLines(source, method)
  const simple = valueFact.kind === 'path'
  const lock = `${method.selfName}.${plan.lockMethod}()`
  const place = plan.fields.length === 1 ? `*${lock}` : `${lock}.${plan.fields.indexOf(name)}`
  // Rust evaluates the right side of an assignment before it locks for the left.
  const plain = [`${place} = ${quote(at(valueFact.span))};`]
  const taken = [
    ...(simple ? [] : [`let new = ${quote(at(valueFact.span))};`]),
    `let old = std::mem::replace(&mut ${place}, ${simple ? quote(at(valueFact.span)) : 'new'});`,
    'drop(old);',
  ]
  const newText = (careful ? taken : plain).join(`\n${indent}`)
  if (broken) return [replace(statement, newText)]
  return [replace(method.body, `{\n${indent}${newText}\n${outer}}`)]
}
