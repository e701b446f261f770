import type { ModuleItem } from '../../resolve/scopes.ts'
import type { Span } from '../../syntax/span.ts'
import type { ClassSource } from '../class-source.ts'
import { codePositions, codeText } from '../code-texts.ts'
import { type FunctionSource, functionsIn } from '../functions.ts'
import { isOwnImpl } from '../own-impls.ts'
import { tokensIn } from '../tokens.ts'
import type { ClassMention } from './class-mentions.ts'
import { itemAt } from './code-modules.ts'

/**
 * The words without which no function can have a value of the class. Types cross a function's boundary by name only (Rust reference:
 * items' types are never inferred), so a value comes from the class's own name, or from a function, field, variant or constant
 * whose declared type names the class.
 */
export interface Carriers {
  /** The class's own names. */
  readonly names: ReadonlySet<string>
  readonly words: ReadonlySet<string>
  /** Functions that take one: what is inferred for their arguments may be one. */
  readonly takers: readonly Named[]
  /** Associated functions, of which only both words together say something. */
  readonly members: readonly Named[]
  /** An associated type of something else is the class: any function may then have one. */
  readonly anywhere: boolean
}

/** The name of a function, and that of the type it belongs to where only a path calls it. */
interface Named {
  readonly of: string | null
  readonly name: string
}

export function carriersOf(source: ClassSource, mentions: readonly ClassMention[]): Carriers {
  const { db } = source.view
  const own = new Set([source.cls.name, ...mentions.flatMap(({ form }) => (form.kind === 'alias' ? [form.name] : []))])
  const words = new Set(own)
  const takers: Named[] = []
  const members: Named[] = []
  let anywhere = false
  const functions = new Map<string, readonly FunctionSource[]>()
  for (const { file, at, form } of mentions) {
    if (form.kind === 'import' || form.kind === 'alias') continue
    const inFile = functions.get(file) ?? functionsIn(db, source.cls.crate, new Set([file]))
    functions.set(file, inFile)
    const fn = inFile.findLast((it) => it.start <= at.start && at.start < it.end)
    if (fn) {
      // What the class's own functions give is reached through its name or an object that was there before.
      if (at.start >= fn.body.start || isOwnImpl(source, fn)) continue
      const { ret, receiver, name } = fn.fn
      if (!ret || at.start < fn.start + ret.span.start || at.end > fn.start + ret.span.end)
        takers.push({ of: receiver ? null : fn.of, name })
      else if (fn.of !== null && !receiver) members.push({ of: fn.of, name })
      else words.add(name)
      continue
    }
    const item = itemAt(db, source.cls.crate, file, at.start)
    if (item === null) continue
    const member = memberAt(source, item, file, at)
    if (member !== null) words.add(member)
    else if (item.item.kind === 'impl' || item.item.kind === 'trait') anywhere ||= isAssociated(source, item, file, at, own)
    else for (const word of wordsOf(source, item, file, at)) words.add(word)
  }
  return { names: own, words, takers, members, anywhere }
}

/** The function without a body, or the constant, of a trait or impl that a mention stands in. */
function memberAt(source: ClassSource, { item }: ModuleItem, file: string, at: Span): string | null {
  if (item.kind !== 'trait' && item.kind !== 'impl') return null
  const positions = codePositions(source.view.db, file)?.items
  const found = item.children.find((it) => {
    const span = positions?.get(it.key)
    return (it.kind === 'fn' || it.kind === 'const') && span && span.start <= at.start && at.end <= span.end
  })
  return found?.name ?? null
}

/** How a mention in the declaration of a type or a constant can be got at. */
function wordsOf(source: ClassSource, { item }: ModuleItem, file: string, at: Span): string[] {
  const start = codePositions(source.view.db, file)?.items.get(item.key)?.start ?? 0
  if (item.kind === 'enum') {
    const field = item.fields.find((it) => start + it.span.start <= at.start && at.end <= start + it.span.end)
    return field?.variant ? [field.variant] : item.variants.map((it) => it.name)
  }
  if (item.kind === 'struct') {
    const fields = item.fields.filter((it) => start + it.span.start <= at.start && at.end <= start + it.span.end)
    return [item.name, ...fields.map((it) => it.name)]
  }
  return [item.name]
}

/**
 * Whether a mention is an associated type in an impl whose head does not name the class, or in a trait: then others' operators,
 * iterators and the like give objects of the class.
 */
function isAssociated(source: ClassSource, it: ModuleItem, file: string, at: Span, names: ReadonlySet<string>): boolean {
  const { id, item } = it
  if (source.impls.some((own) => own.id === id) || source.madeImpls.some((own) => own.id === id)) return false
  const start = codePositions(source.view.db, file)?.items.get(item.key)?.headStart ?? 0
  const text = codeText(source.view.db, file) ?? ''
  const open = text.indexOf('{', start)
  if (item.kind !== 'impl') return at.start > open || /=\s*(?:\w+::)*$/.test(text.slice(start, at.start))
  if (at.start < open || /^(?:IntoPyObject|FromPyObject)$/.test(item.trait?.path.segments.at(-1)?.name ?? '')) return false
  return !tokensIn(text, { start, end: Math.max(start, open) }).some((token) => names.has(token.text))
}

/** Whether a value that comes from such words may be one of the class, or hold one. */
export function carries(source: ClassSource, carriers: Carriers, fn: FunctionSource, own: ReadonlySet<string>): boolean {
  if (carriers.anywhere || (isOwnImpl(source, fn) && (own.has('self') || own.has('Self')))) return true
  // `self` of a trait's own method is whatever implements it.
  if (fn.owner?.item.kind === 'trait' && (own.has('self') || own.has('Self'))) return true
  return names(carriers, own)
}

/** Whether a function may have a value of the class. */
export function mayCarry(source: ClassSource, carriers: Carriers, fn: FunctionSource, own: ReadonlySet<string>): boolean {
  return carriers.anywhere || isOwnImpl(source, fn) || names(carriers, own) || carriers.takers.some((it) => isNamed(it, own))
}

function names({ words, members }: Carriers, own: ReadonlySet<string>): boolean {
  for (const word of words) if (own.has(word)) return true
  return members.some((it) => isNamed(it, own))
}

function isNamed({ of, name }: Named, own: ReadonlySet<string>): boolean {
  return own.has(name) && (of === null || own.has(of) || own.has('Self'))
}
