import { indentationAt, insert, lineEnding, remove, replace, type TextEdit } from '../syntax/edits.ts'
import { accessorTexts } from './accessors.ts'
import { handImpls, headPlan } from './class-head.ts'
import type { ClassSource, ImplSource, MethodSource } from './class-source.ts'
import type { LockKind } from './frozen-lock.ts'
import { factsOfFunction, functionsIn } from './functions.ts'
import { importNames } from './imports.ts'
import { type LiteralShape, literalEdits, literalsIn, tupleEdits } from './literals.ts'
import type { Mention } from './mentions.ts'
import { type LockNames, movedMethod } from './method-text.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { needsWrapper } from './rust-callers.ts'
import { splitStruct } from './struct-split.ts'
import { tokensIn } from './tokens.ts'

/** How a lock is written in the class's module. */
interface LockWords {
  readonly lock: string
  readonly poison: string
  readonly guards: readonly { readonly method: string; readonly call: string; readonly type: string }[]
  readonly imports: readonly TextEdit[]
}

/** All edits of the class's own file. */
export function lockChanges(
  source: ClassSource,
  plan: MovePlan,
  kind: LockKind,
  names: LockNames,
  mentions: readonly Mention[],
): { readonly edits: readonly TextEdit[] } | Problem {
  const words = lockWords(source, kind, names)
  const shape: LiteralShape = { moved: plan.fields, lockField: names.lockField, inner: names.inner, lock: words.lock }
  const head = headPlan(source, plan.fields)
  const split = splitStruct(source, plan.fields, names.lockField, `${words.lock}<${names.inner}>`)
  if (!split) return { reason: 'parse-error', detail: 'the fields of the class cannot be read' }
  const literals = keptLiterals(source, plan, shape, mentions)
  if ('reason' in literals) return literals
  const methods = methodEdits(source, plan, names, shape)
  if ('reason' in methods) return methods
  const accessors = accessorEdits(source, plan, names)
  if ('reason' in accessors) return accessors
  const hand = handImpls(source, plan.fields, head.byHand, names.lockField, words.lock, names.read)
  const after = afterStruct(source, names, words, head.innerDerives, split.innerFields, hand)
  const edits = [...words.imports, ...head.edits, split.edit, after, ...literals.edits, ...methods.edits, ...accessors.edits]
  const ending = lineEnding(source.text)
  return { edits: edits.map((it) => ({ ...it, newText: it.newText.replaceAll(/\r?\n/g, ending) })) }
}

function lockWords(source: ClassSource, kind: LockKind, names: LockNames): LockWords {
  const wanted =
    kind === 'mutex' ? ['Mutex', 'MutexGuard', 'PoisonError'] : ['PoisonError', 'RwLock', 'RwLockReadGuard', 'RwLockWriteGuard']
  const { names: written, edits } = importNames(source, 'std::sync', wanted)
  const word = (name: string): string => written.get(name) ?? `std::sync::${name}`
  const guards =
    kind === 'mutex'
      ? [{ method: names.read, call: 'lock', type: word('MutexGuard') }]
      : [
          { method: names.read, call: 'read', type: word('RwLockReadGuard') },
          { method: names.write, call: 'write', type: word('RwLockWriteGuard') },
        ]
  return { lock: word(kind === 'mutex' ? 'Mutex' : 'RwLock'), poison: word('PoisonError'), guards, imports: edits }
}

/** The inner struct and the methods that lock, after the class. */
function afterStruct(
  source: ClassSource,
  names: LockNames,
  words: LockWords,
  derives: readonly string[],
  fields: string,
  hand: readonly string[],
): TextEdit {
  const { text, structAt, cls } = source
  const indent = indentationAt(text, structAt.headStart)
  const unit = indentationAt(text, structAt.start + (source.struct.fields[0]?.nameSpan.start ?? 0)).includes('\t') ? '\t' : '    '
  const derive = derives.length > 0 ? [`${indent}#[derive(${derives.join(', ')})]`] : []
  const shape =
    source.struct.shape === 'tuple'
      ? [`${indent}struct ${names.inner}(${fields});`]
      : [`${indent}struct ${names.inner} {`, fields, `${indent}}`]
  const inner = [...derive, ...shape].join('\n')
  // A panic in a method leaves the lock poisoned; `PyRefMut` went on as if nothing had happened, and so does this.
  const lockers = words.guards.map(({ method, call, type }) => {
    const chain = `self.${names.lockField}.${call}().unwrap_or_else(${words.poison}::into_inner)`
    const body =
      chain.length <= 60
        ? [chain]
        : [`self.${names.lockField}`, `${unit}.${call}()`, `${unit}.unwrap_or_else(${words.poison}::into_inner)`]
    return [`fn ${method}(&self) -> ${type}<'_, ${names.inner}> {`, ...body.map((it) => unit + it), '}']
      .map((it) => indent + unit + it)
      .join('\n')
  })
  const impl = `${indent}impl ${cls.name} {\n${lockers.join('\n\n')}\n${indent}}`
  const hands = hand.map((it) => it.replaceAll(/^(?=.)/gm, indent))
  return insert(structAt.end, [``, inner, impl, ...hands].join('\n\n'))
}

/** Literals of the class outside moved bodies. Every brace after its name must belong to one. */
function keptLiterals(
  source: ClassSource,
  plan: MovePlan,
  shape: LiteralShape,
  mentions: readonly Mention[],
): { readonly edits: readonly TextEdit[] } | Problem {
  const { db } = source.view
  const edits: TextEdit[] = []
  const heads = new Set<number>()
  for (const fn of functionsIn(db, source.cls.crate, new Set([source.file]))) {
    const own = source.methods.find((it) => it.fn === fn.fn)
    const facts = factsOfFunction(db, fn)
    if (!facts) continue
    if (source.struct.shape === 'tuple') {
      const tuples = tupleEdits(
        facts,
        source.text,
        new Set(own ? ['Self', source.cls.name] : [source.cls.name]),
        fn.body.start,
        shape,
      )
      const foreign = tuples && tuples.heads.length > 0 && fn.owner?.module !== source.cls.module
      if (!tuples || foreign)
        return {
          reason: 'pattern',
          detail: `${placeText(db, source.file, fn.start)}: \`${fn.fn.name}\` makes the class in a form that is not handled`,
        }
      for (const head of tuples.heads) heads.add(head)
      if (!own || !plan.moved.includes(own)) edits.push(...tuples.edits)
    }
    for (const { index, fact } of literalsIn(facts, new Set(own ? ['Self', source.cls.name] : [source.cls.name]))) {
      const start = fn.body.start + fact.span.start
      heads.add(start)
      if (own && plan.moved.includes(own)) continue
      const at = placeText(db, source.file, start)
      const module = fn.owner?.module ?? ''
      if (module !== source.cls.module && !isBlockOf(module, source.cls.module))
        return { reason: 'used-elsewhere', detail: `${at}: another module builds the class field by field` }
      const found = literalEdits(source.text, fact, facts, index, fn.body.start, shape)
      if (found === null) return { reason: 'struct-update', detail: `${at}: the literal cannot be split` }
      edits.push(...found)
    }
  }
  const stray = mentions.find((it) => it.braces && !(it.file === source.file && heads.has(it.at.start)))
  if (stray)
    return {
      reason: stray.file === source.file ? 'pattern' : 'used-elsewhere',
      detail: `${placeText(db, stray.file, stray.at.start)}: the class is built or taken apart there`,
    }
  return { edits }
}

function isBlockOf(module: string, outer: string): boolean {
  return module.startsWith(outer) && /#|\{/.test(module.slice(outer.length))
}

function methodEdits(
  source: ClassSource,
  plan: MovePlan,
  names: LockNames,
  shape: LiteralShape,
): { readonly edits: readonly TextEdit[] } | Problem {
  const edits: TextEdit[] = []
  const byImpl = new Map<ImplSource, string[]>()
  const gone = new Map<ImplSource, number>()
  for (const method of plan.moved) {
    const wrapped = needsWrapper(source, plan, method)
    const text = movedMethod(source, method, names, shape, wrapped)
    if ('reason' in text) return text
    byImpl.set(method.impl, [...(byImpl.get(method.impl) ?? []), text.inner])
    if (text.outer === null) gone.set(method.impl, (gone.get(method.impl) ?? 0) + 1)
    if (text.outer === null) edits.push(remove(itemWithBlank(source, method)))
    else edits.push(replace({ start: method.headStart, end: method.end }, text.outer))
  }
  for (const [impl, texts] of byImpl) {
    const indent = indentationAt(source.text, impl.headStart)
    const newText = `${indent}impl ${names.inner} {\n${texts.join('\n\n')}\n${indent}}`
    if (gone.get(impl) === impl.item.children.length) {
      // Nothing stays: the block changes hands.
      const inside = edits.filter((it) => it.span.start >= impl.start && it.span.end <= impl.end)
      for (const each of inside) edits.splice(edits.indexOf(each), 1)
      edits.push(replace({ start: impl.headStart, end: impl.end }, newText.trimStart()))
    } else edits.push(insert(impl.end, `\n\n${newText}`))
  }
  return { edits: [...edits, ...handedBack(source, plan)] }
}

/** `slf: PyRefMut<Self>` that is only handed back: a shared borrow does. */
function handedBack(source: ClassSource, plan: MovePlan): TextEdit[] {
  return source.methods
    .filter((it) => it.self === 'guard-mut' && !plan.moved.includes(it))
    .flatMap((it) => tokensIn(source.text, { start: it.headStart, end: it.body.start }))
    .filter((it) => it.text === 'PyRefMut')
    .map((it) => replace({ start: it.start, end: it.end }, 'PyRef'))
}

/** A method with its lines and the blank line after it, or before it if it is the last. */
function itemWithBlank(source: ClassSource, method: MethodSource): { start: number; end: number } {
  const { text } = source
  let start = method.start
  while (/[ \t]/.test(text[start - 1] ?? '')) start--
  let end = method.end
  const after = /^[ \t]*\r?\n(?:[ \t]*\r?\n)?/.exec(text.slice(end))
  end += after?.[0].length ?? 0
  if (text.slice(end).trimStart().startsWith('}')) {
    const blank = /\n([ \t]*\r?\n)$/.exec(text.slice(0, start))
    start -= blank?.[1]?.length ?? 0
  }
  return { start, end }
}

function accessorEdits(source: ClassSource, plan: MovePlan, names: LockNames): { readonly edits: readonly TextEdit[] } | Problem {
  const block = source.impls.find((it) => it.kind === 'pymethods')
  const indentOfBlock = block ? indentationAt(source.text, block.headStart) : ''
  const child = source.methods.find((it) => it.impl === block)
  const indent = child ? indentationAt(source.text, child.headStart) : `${indentOfBlock}    `
  const unit = indent.includes('\t') ? '\t' : '    '
  const { texts, problem } = accessorTexts(source, plan.fields, names.read, names.write, unit)
  if (problem) return problem
  if (texts.length === 0) return { edits: [] }
  if (!block) return { reason: 'macro-made', detail: 'there is no `#[pymethods]` block that could take the getters' }
  const close = block.end - 1
  let at = close
  while (/\s/.test(source.text[at - 1] ?? '')) at--
  const lines = texts.map((it) => it.replaceAll(/^(?=.)/gm, indent)).join('\n\n')
  return { edits: [replace({ start: at, end: close }, `\n\n${lines}\n${indentOfBlock}`)] }
}
