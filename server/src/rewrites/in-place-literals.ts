import type { Database } from '../query/database.ts'
import { type BodyFacts, childFacts, type StructFact } from '../syntax/body.ts'
import { insert, replace, type TextEdit } from '../syntax/edits.ts'
import type { Span } from '../syntax/span.ts'
import type { ClassSource } from './class-source.ts'
import { codeText } from './code-texts.ts'
import { type PlacedEdit, placed } from './file-edits.ts'
import { type FunctionSource, factsOfFunction, functionsIn } from './functions.ts'
import { MUTEX, STATE } from './in-place-edits.ts'
import { literalsIn } from './literals.ts'
import { breaksLine, lineIndent } from './macro-texts.ts'
import type { Mention } from './mentions.ts'
import { type Problem, placeText } from './problems.ts'
import { quote } from './quotes.ts'
import { tokensIn } from './tokens.ts'

/** The literals of a class, wherever they are, with a lock around the values of its moved fields. */
export function inPlaceLiterals(
  source: ClassSource,
  fields: readonly string[],
  mentions: readonly Mention[],
): readonly PlacedEdit[] | Problem {
  const { db } = source.view
  const edits: PlacedEdit[] = []
  const heads = new Set<string>()
  const own = new Set([...source.impls.map((it) => it.id), ...source.madeImpls.map((it) => it.id)])
  for (const fn of functionsIn(db, source.cls.crate, new Set(mentions.filter((it) => it.braces).map((it) => it.file)))) {
    const facts = factsOfFunction(db, fn)
    if (!facts) continue
    const names = new Set(own.has(fn.owner?.id ?? '') ? ['Self', source.cls.name] : [source.cls.name])
    for (const { index, fact } of literalsIn(facts, names)) {
      const start = fn.body.start + fact.span.start
      heads.add(`${fn.file}:${start}`)
      if (fields.length === 0) continue
      const found = literalEdit(db, fn, facts, index, fact, fields)
      if (found === null)
        return { reason: 'struct-update', detail: `${placeText(db, fn.file, start)}: the literal cannot be split` }
      edits.push(...placed(fn.file, found))
    }
  }
  const stray = mentions.find((it) => it.braces && !heads.has(`${it.file}:${it.at.start}`))
  if (stray)
    return { reason: 'pattern', detail: `${placeText(db, stray.file, stray.at.start)}: the class is built or taken apart there` }
  return edits
}

interface Part {
  readonly name: string
  readonly whole: Span
  readonly value: Span
  readonly shorthand: boolean
}

function partsOf(fn: FunctionSource, facts: BodyFacts, index: number, fact: StructFact): readonly Part[] | null {
  const values = childFacts(facts, index, 'value')
  if (values.length !== fact.fields.length) return null
  return fact.fields.map(({ name, nameSpan, shorthand }, i) => {
    const value = shorthand ? nameSpan : (facts.facts[values[i] ?? -1]?.span ?? nameSpan)
    const at = (span: Span): Span => ({ start: fn.body.start + span.start, end: fn.body.start + span.end })
    return { name, shorthand, value: at(value), whole: { start: at(nameSpan).start, end: at(value).end } }
  })
}

function literalEdit(
  db: Database,
  fn: FunctionSource,
  facts: BodyFacts,
  index: number,
  fact: StructFact,
  fields: readonly string[],
): TextEdit[] | null {
  const text = codeText(db, fn.file) ?? ''
  const parts = fact.hasBase ? null : partsOf(fn, facts, index, fact)
  const open = tokensIn(text, { start: fn.body.start + fact.span.start, end: fn.body.start + fact.span.end }).find(
    (it) => it.text === '{',
  )
  if (!parts || !open) return null
  const inside = { start: open.end, end: fn.body.start + fact.span.end - 1 }
  const moved = fields.map((name) => parts.find((it) => it.name === name))
  const [first] = moved
  if (!first || moved.includes(undefined)) return null
  const isLong = parts[0] !== undefined && breaksLine(db, fn.file, { start: open.end, end: parts[0].whole.start })
  if (isLong && fields.length === 1) return wrapValue(first)
  if (/\/\/|\/\*|#\[/.test(text.slice(inside.start, inside.end))) return null
  const tuple = moved.flatMap((it) => (it ? [quote(it.value)] : [])).join(', ')
  const lock =
    fields.length === 1
      ? `${quote(first.shorthand ? first.value : nameOf(text, first))}: ${MUTEX}::new(${tuple})`
      : `${STATE}: ${MUTEX}::new((${tuple}))`
  // The values are evaluated in the order in which they stood, if those behind the lock stood together.
  const order = parts.map((it) => fields.includes(it.name))
  const together = order.lastIndexOf(true) - order.indexOf(true) === fields.length - 1
  const sorted = moved.every((it, i) => i === 0 || (it?.whole.start ?? 0) > (moved[i - 1]?.whole.start ?? 0))
  if (!together || !sorted) return null
  const lines = parts.flatMap((it) => (it === first ? [lock] : fields.includes(it.name) ? [] : [quote(it.whole)]))
  const base = lineIndent(db, fn.file, fn.body.start + fact.span.start)
  const unit = base.includes('\t') ? '\t' : '    '
  const indent = isLong ? lineIndent(db, fn.file, parts[0]?.whole.start ?? open.end) : base + unit
  const outer = isLong ? lineIndent(db, fn.file, inside.end) : base
  return [replace({ start: open.start, end: inside.end + 1 }, `{\n${lines.map((it) => `${indent}${it},\n`).join('')}${outer}}`)]
}

function nameOf(text: string, { whole }: Part): Span {
  const [name] = tokensIn(text, whole)
  return name ?? whole
}

/** `f: value` → `f: Mutex::new(value)`; the rest of the literal stays as it is. */
function wrapValue({ shorthand, value }: Part): TextEdit[] {
  if (shorthand) return [insert(value.end, `: ${MUTEX}::new(${quote(value)})`)]
  return [insert(value.start, `${MUTEX}::new(`), insert(value.end, ')')]
}
