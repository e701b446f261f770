import type { Span } from '../../syntax/span.ts'
import type { Param } from '../../syntax/summary.ts'
import type { ClassSource, MethodSource } from '../class-source.ts'
import { type Problem, placeText } from '../problems.ts'
import { spelled } from '../raw-names.ts'
import { type Owned, ownedResult } from '../returned.ts'
import { borrows } from '../signature.ts'
import { tokensIn } from '../tokens.ts'
import { withSelf } from './face-attributes.ts'

/** A method of the face: its signature, and how it hands its arguments on. */
export interface FaceSignature {
  /** `fn name<'py>`. */
  readonly head: string
  /** Without the receiver. */
  readonly params: readonly string[]
  /** What the data's method is given for them. */
  readonly args: readonly string[]
  /** ` -> Type`, or ''. */
  readonly tail: string
  /** Turns a result that borrows from the data into one that does not. */
  readonly owned: Owned | null
  /** Text before and after the call of a constructor. */
  readonly made: { readonly before: string; readonly after: string } | null
  /**
   * Set where the result borrows from the data and there is no owned type for it: it becomes a Python object while the copy that it
   * borrows from is there. Name of the token of the interpreter, and whether the result is a `Result`.
   */
  readonly converted: { readonly token: string; readonly fallible: boolean } | null
  /** Whether it takes other objects of the class by reference, and so gets copies. */
  readonly copies: boolean
}

/** Types of PyO3 that only a class has, and exclusive borrows of one. */
const OBJECTS = /^(?:Py|Bound|Borrowed|PyRef|PyRefMut|PyClassGuard|PyClassGuardMut|PyCell|PyClassInitializer)$/

/** The signature of the face's method; a problem where it cannot stand there. */
export function faceSignature(source: ClassSource, method: MethodSource, face: string, isNew: boolean): FaceSignature | Problem {
  const { impl, fn } = method
  const why = (reason: Problem['reason'], clause: string): Problem => ({
    reason,
    detail: `${placeText(source.view.db, impl.file, method.nameAt.start)}: \`${method.name}\` ${clause}`,
  })
  if (fn.async) return why('async', 'is async, and a lock must not be held while it waits')
  if (fn.unsafe || fn.extern) return why('signature', 'is `unsafe` or `extern`')
  if (method.self === 'value' || method.self === 'typed')
    return why('signature', 'takes `self` in a form that a lock cannot give')
  if (fn.generics.params.some((it) => it.kind !== 'lifetime') || hasWhere(method)) return why('generic', 'is generic')
  const params: string[] = []
  const args: string[] = []
  let copies = false
  for (const [i, param] of fn.params.entries()) {
    const found = faceParam(source, method, param, i)
    if (found === null) return why('signature', `gets another \`${source.cls.name}\` as a Python object`)
    if (found === 'pattern') return why('signature', 'has a parameter without a name')
    params.push(found.text)
    args.push(found.arg)
    copies ||= found.copied
  }
  const head = `fn ${spelled(method.name)}${genericsText(method)}`
  const rest = { head, params, args, copies, converted: null }
  if (!fn.ret) return { ...rest, tail: '', owned: null, made: null }
  const text = impl.text.slice(method.start + fn.ret.span.start, method.start + fn.ret.span.end)
  if (isNew) {
    const made = madeBy(source, method, text, face)
    return made
      ? { ...rest, tail: made.tail, owned: null, made }
      : why('signature', `makes a \`${source.cls.name}\` in a form that is not known`)
  }
  if (namesObject(source, impl.text, method.start, fn.ret.span))
    return why('signature', `gives a \`${source.cls.name}\` as a Python object`)
  if (method.self !== 'none' && borrows(source, method, fn.ret)) {
    const owned = ownedResult(source, method)
    if (owned === null)
      return converted(source, method, rest) ?? why('returns-reference', 'may return something that borrows from the object')
    return { ...rest, tail: ` -> ${withSelf(owned.type, impl.self)}`, owned, made: null }
  }
  const own = ownLifetime(method)
  if (own !== null && tokensIn(text).some((it) => it.text === own))
    return converted(source, method, rest) ?? why('returns-reference', 'names the lifetime of its object')
  return { ...rest, tail: ` -> ${withSelf(text, impl.self)}`, owned: null, made: null }
}

/** The same for a reader of which the result is made a Python object here, as PyO3 would have done (`IntoPyObjectExt`, PyO3 0.23.4). */
function converted(
  { view }: ClassSource,
  method: MethodSource,
  rest: Pick<FaceSignature, 'head' | 'params' | 'args' | 'copies'>,
): FaceSignature | null {
  const { fn } = method
  if (method.self !== 'ref' || (view.crate.pyo3.minor ?? 0) < 24) return null
  const known = fn.params.find((it) => it.type.kind === 'path' && it.type.path.segments.at(-1)?.name === 'Python')
  const token = known ? known.pattern : ['py', 'python'].find((it) => !rest.args.includes(it))
  if (token === undefined || !/^\w+$/.test(token)) return null
  const params = known ? rest.params : [`${token}: pyo3::Python<'_>`, ...rest.params]
  const fallible = fn.ret?.kind === 'path' && /Result$/.test(fn.ret.path.segments.at(-1)?.name ?? '')
  return {
    ...rest,
    params,
    tail: ' -> pyo3::PyResult<pyo3::Py<pyo3::PyAny>>',
    owned: null,
    made: null,
    converted: { token, fallible },
  }
}

/** `'a` of `&'a self`. */
function ownLifetime({ fn, impl, start }: MethodSource): string | null {
  const text = fn.receiver ? impl.text.slice(start + fn.receiver.span.start, start + fn.receiver.span.end) : ''
  return /&\s*('\w+)/.exec(text)?.[1] ?? null
}

function hasWhere({ impl, fn, start, body, nameAt }: MethodSource): boolean {
  const from = fn.ret ? start + fn.ret.span.end : nameAt.end
  return tokensIn(impl.text, { start: from, end: body.start }).some((it) => it.text === 'where')
}

function genericsText({ impl, nameAt, body }: MethodSource): string {
  const open = tokensIn(impl.text, { start: nameAt.end, end: body.start }).find((it) => it.text === '(')
  return open ? impl.text.slice(nameAt.end, open.start).trim() : ''
}

interface FaceParam {
  readonly text: string
  readonly arg: string
  readonly copied: boolean
}

function faceParam(source: ClassSource, method: MethodSource, param: Param, i: number): FaceParam | 'pattern' | null {
  const { impl, start } = method
  const at = (span: Span): string => impl.text.slice(start + span.start, start + span.end)
  const pattern = param.pattern.replace(/^mut\s+/, '')
  const name = pattern === '_' ? `_arg${i}` : pattern
  if (!/^(?:r#)?\w+$/.test(name)) return 'pattern'
  const attrs = param.attrs.map((it) => `${withSelf(at(it.span), impl.self)} `).join('')
  const type = at(param.type.span)
  const self = `(?:Self|(?:\\w+::)*${source.cls.name})`
  if (new RegExp(`^&\\s*(?:'_\\s+)?${self}$`).test(type))
    return { text: `${attrs}${name}: ${impl.self}`, arg: `&${name}`, copied: true }
  if (new RegExp(`^Option\\s*<\\s*&\\s*(?:'_\\s+)?${self}\\s*>$`).test(type))
    return { text: `${attrs}${name}: Option<${impl.self}>`, arg: `${name}.as_ref()`, copied: true }
  if (namesObject(source, impl.text, start, param.type.span)) return null
  return { text: `${attrs}${name}: ${withSelf(type, impl.self)}`, arg: name, copied: false }
}

/** Whether a type has the class inside one of PyO3's, or behind a reference. */
function namesObject({ cls }: ClassSource, text: string, start: number, span: Span): boolean {
  const tokens = tokensIn(text, { start: start + span.start, end: start + span.end })
  if (!tokens.some((it) => it.text === 'Self' || it.text === cls.name)) return false
  return tokens.some((it) => OBJECTS.test(it.text) || it.text === '&' || it.text === 'dyn' || it.text === 'impl')
}

/** What a constructor gives, for the face: `Self`, `PyResult<Self>`, `Result<Self, E>`. */
function madeBy(
  { cls }: ClassSource,
  { impl }: MethodSource,
  text: string,
  face: string,
): { readonly tail: string; readonly before: string; readonly after: string } | null {
  const self = `(?:Self|(?:\\w+::)*${cls.name})`
  if (new RegExp(`^${self}$`).test(text)) return { tail: ` -> ${face}`, before: `${face}::from(`, after: ')' }
  const result = new RegExp(`^((?:\\w+::)*\\w*Result\\s*<\\s*)${self}(\\s*(?:,[\\s\\S]*)?>)$`).exec(text)
  if (!result) return null
  return { tail: ` -> ${result[1]}${face}${withSelf(result[2] ?? '', impl.self)}`, before: '', after: `.map(${face}::from)` }
}
