import { type BodyFacts, childFacts, type StructFact } from '../syntax/body.ts'
import { indentationAt, replace, type TextEdit } from '../syntax/edits.ts'
import { docLines, pythonName } from './accessors.ts'
import type { AtomicPlan } from './atomic-plan.ts'
import { type AtomicWords, bits, loadText, storeText } from './atomic-words.ts'
import { isPyo3 } from './class-attributes.ts'
import type { ClassSource } from './class-source.ts'
import { type FunctionSource, factsOfFunction, functionsIn } from './functions.ts'
import { literalsIn } from './literals.ts'
import type { Mention } from './mentions.ts'
import { type Problem, placeText } from './problems.ts'

/** New types for the fields, without PyO3's `get` and `set`. */
export function atomicFieldEdits(source: ClassSource, plan: AtomicPlan): TextEdit[] {
  const { start } = source.structAt
  return source.struct.fields.flatMap((it) => {
    const field = plan.fields.get(it.name)
    if (!field) return []
    const attributes = it.attrs.filter(isPyo3).map((attr) => {
      const end = start + attr.span.end
      return replace({ start: start + attr.span.start, end: end + (/^\s*/.exec(source.text.slice(end))?.[0].length ?? 0) }, '')
    })
    return [...attributes, replace({ start: start + it.type.span.start, end: start + it.type.span.end }, field.atomic)]
  })
}

/** Literals of the class: each atomic field's value is wrapped. Every brace after the class's name must belong to one. */
export function atomicLiterals(
  source: ClassSource,
  plan: AtomicPlan,
  mentions: readonly Mention[],
): { readonly edits: readonly TextEdit[] } | Problem {
  const { db } = source.view
  const edits: TextEdit[] = []
  const heads = new Set<number>()
  for (const fn of functionsIn(db, source.cls.crate, new Set([source.file]))) {
    const own = source.methods.some((it) => it.fn === fn.fn)
    const facts = factsOfFunction(db, fn)
    for (const { index, fact } of facts ? literalsIn(facts, new Set(own ? ['Self', source.cls.name] : [source.cls.name])) : []) {
      const at = placeText(db, source.file, fn.body.start + fact.span.start)
      heads.add(fn.body.start + fact.span.start)
      if (fn.owner?.module !== source.cls.module)
        return { reason: 'used-elsewhere', detail: `${at}: another module builds the class field by field` }
      if (fact.hasBase && !isFresh(facts, index))
        return { reason: 'struct-update', detail: `${at}: \`..\` takes fields of another object` }
      edits.push(...literalEdits(source, plan, fn, facts, index, fact))
    }
  }
  const stray = mentions.find((it) => it.braces && !(it.file === source.file && heads.has(it.at.start)))
  return stray
    ? { reason: 'pattern', detail: `${placeText(db, stray.file, stray.at.start)}: the class is built or taken apart there` }
    : { edits }
}

/** Whether `..base` is a call: what it gives is moved from, atomics and all. Of a variable, numbers were copied. */
function isFresh(facts: BodyFacts | null, index: number): boolean {
  const base = facts ? childFacts(facts, index, 'base')[0] : undefined
  return facts?.facts[base ?? -1]?.kind === 'call'
}

/** The edits of one literal; one on a line of its own goes over several lines where rustfmt would have it so. */
function literalEdits(
  source: ClassSource,
  plan: AtomicPlan,
  fn: FunctionSource,
  facts: BodyFacts | null,
  index: number,
  fact: StructFact,
): TextEdit[] {
  const { text } = source
  const edits: TextEdit[] = []
  const parts: string[] = []
  let child = index + 1
  for (const { name, nameSpan, shorthand } of fact.fields) {
    const value = facts?.facts[child]
    const field = plan.fields.get(name)
    const start = fn.body.start + nameSpan.start
    const end = fn.body.start + (shorthand || !value ? nameSpan.end : value.span.end)
    const written = shorthand || !value ? name : text.slice(fn.body.start + value.span.start, end)
    const newText = field ? `${name}: ${field.atomic}::new(${bits(field, written)})` : text.slice(start, end)
    if (field) edits.push(replace({ start, end }, newText))
    parts.push(newText)
    child = value?.after ?? child + 1
  }
  const whole = { start: fn.body.start + fact.span.start, end: fn.body.start + fact.span.end }
  const literal = text.slice(whole.start, whole.end)
  if (fact.hasBase || literal.includes('\n') || /\/\*/.test(literal) || parts.join(', ').length <= STRUCT_WIDTH) return edits
  const indent = indentationAt(text, whole.start)
  const unit = indent.includes('\t') ? '\t' : '    '
  const head = literal.slice(0, literal.indexOf('{') + 1)
  return [replace(whole, `${head}\n${parts.map((it) => `${indent}${unit}${it},\n`).join('')}${indent}}`)]
}

/** rustfmt's `struct_lit_width`. */
const STRUCT_WIDTH = 18

/** Explicit getters and setters in the class's first `#[pymethods]` block. */
export function atomicAccessors(
  source: ClassSource,
  plan: AtomicPlan,
  words: AtomicWords,
): { readonly edits: readonly TextEdit[] } | Problem {
  const { cls, text } = source
  const fields = cls.fields.filter(
    (it) => plan.fields.has(it.name) && (it.get || it.set || cls.options.getAll || cls.options.setAll),
  )
  const block = source.impls.find((it) => it.kind === 'pymethods')
  if (fields.length === 0) return { edits: [] }
  if (!block) return { reason: 'macro-made', detail: 'there is no `#[pymethods]` block that could take the getters' }
  if (cls.options.all.has('rename_all')) return { reason: 'attribute', detail: '`rename_all` names the attributes of the class' }
  const taken = new Set(source.methods.map((it) => it.name))
  const outer = indentationAt(text, block.headStart)
  const unit = outer.includes('\t') ? '\t' : '    '
  const texts: string[] = []
  for (const field of fields) {
    const atomic = plan.fields.get(field.name)
    if (!atomic) continue
    const name = pythonName(source, field)
    const argument = name === null ? '' : `(${name})`
    const getName = taken.has(field.name) ? `get_${field.name}` : field.name
    if (taken.has(getName) || taken.has(`set_${field.name}`))
      return { reason: 'name-clash', detail: `there is a method \`${getName}\` or \`set_${field.name}\`` }
    if (field.get || cls.options.getAll)
      texts.push(
        [
          ...docLines(source, field),
          `#[getter${argument}]`,
          `fn ${getName}(&self) -> ${field.type} {`,
          `${unit}${loadText(words, field.name, atomic)}`,
          '}',
        ].join('\n'),
      )
    if (field.set || cls.options.setAll)
      texts.push(
        [
          `#[setter${argument}]`,
          `fn set_${field.name}(&self, value: ${field.type}) {`,
          `${unit}${storeText(words, field.name, atomic, 'value', true)};`,
          '}',
        ].join('\n'),
      )
  }
  let at = block.end - 1
  while (/\s/.test(text[at - 1] ?? '')) at--
  const lines = texts.map((it) => it.replaceAll(/^(?=.)/gm, outer + unit)).join('\n\n')
  return { edits: [replace({ start: at, end: block.end - 1 }, `\n\n${lines}\n${outer}`)] }
}
