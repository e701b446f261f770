import { factItem } from '../resolve/fact-names.ts'
import { idParts } from '../resolve/ids.ts'
import { lowerType } from '../resolve/lowering.ts'
import { itemOf } from '../resolve/scopes.ts'
import type { Ty } from '../resolve/ty.ts'
import { scopeOfMember } from '../resolve/type-scope.ts'
import type { TypeExpr } from '../syntax/summary.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { guardUses } from './guard-uses.ts'
import type { MovePlan } from './plan.ts'
import { type Problem, placeText } from './problems.ts'
import { isPublicApi } from './public-api.ts'
import { ownedResult } from './returned.ts'
import { hasRustCaller, needsWrapper } from './rust-callers.ts'
import { tokensIn } from './tokens.ts'
import { otherObject, otherProblem } from './two-instances.ts'
import { boundResult, guardLifetime } from './wrapper.ts'

/** Text of a method's result type, '' for `()`. */
export function returnText(method: MethodSource): string {
  const { ret } = method.fn
  return ret ? method.impl.text.slice(method.start + ret.span.start, method.start + ret.span.end) : ''
}

/** A result or a parameter that a method behind the lock cannot have; null if there is none. */
export function signatureProblem(source: ClassSource, plan: MovePlan, method: MethodSource): Problem | null {
  const { db } = source.view
  const at = placeText(db, method.impl.file, method.nameAt.start)
  const why = (reason: Problem['reason'], clause: string): Problem => ({ reason, detail: `${at}: \`${method.name}\` ${clause}` })
  const { receiver, ret, params } = method.fn
  const guard = guardProblem(method)
  if (guard) return why(...guard)
  const called = (): boolean => hasRustCaller(source, plan, method) || (method.fn.vis === 'pub' && isPublicApi(source))
  // Locking is not `const`; Python cannot tell.
  if (method.fn.const && needsWrapper(source, plan, method) && called())
    return why('signature', 'is `const`, and other Rust code may call it')
  // A method that leaves the class gives its references to bodies that are behind the lock themselves.
  if (needsWrapper(source, plan, method)) {
    if (receiver && /'/.test(method.impl.text.slice(method.start + receiver.span.start, method.start + receiver.span.end)))
      return why('returns-reference', 'names the lifetime of its object')
    if (ret && !guardUses(method).handed && !boundResult(method) && borrows(source, method, ret)) {
      if (method.impl.kind === 'trait' || ownedResult(source, method) === null)
        return why('returns-reference', 'may return something that borrows from the object')
      if (called())
        return why('returns-reference', 'returns something that borrows from the object, and other Rust code may call it')
    }
  }
  const other = otherObject(source, method)
  const twice = other && otherProblem(method, other, called())
  if (twice) return why('two-instances', twice)
  for (const [i, param] of params.entries()) {
    if ((i === 0 && method.self.startsWith('guard')) || i === other?.index) continue
    if (!/^(?:mut\s+)?(?:r#)?\w+$/.test(param.pattern) || param.pattern === '_')
      return why('signature', 'has a parameter without a name')
    const tokens = tokensIn(method.impl.text, { start: method.start + param.span.start, end: method.start + param.span.end })
    if (tokens.some((it) => it.text === 'Self' || it.text === source.cls.name))
      return why('two-instances', `gets another \`${source.cls.name}\`: two locks could be taken in either order`)
  }
  return null
}

/** What a `slf: PyRef<'py, Self>` that becomes `&self` leaves behind. */
function guardProblem(method: MethodSource): [Problem['reason'], string] | null {
  const { params, ret } = method.fn
  const [own] = params
  if (!method.self.startsWith('guard') || !own) return null
  const { handed } = guardUses(method)
  const isResult = ret?.kind === 'path' && /Result$/.test(ret.path.segments.at(-1)?.name ?? '')
  if (handed) return handed.form.startsWith('Ok(') === isResult ? null : ['signature', 'has a result that is not read']
  const lifetime = guardLifetime(method.impl.text.slice(method.start + own.span.start, method.start + own.span.end))
  if (lifetime === null || !ret) return null
  const tokens = tokensIn(method.impl.text, { start: method.start + ret.span.start, end: method.start + ret.span.end })
  // Only what is bound to the interpreter is known not to borrow from the object.
  const odd = tokens.some((it, i) => it.text === lifetime && !(tokens[i - 1]?.text === '<' && tokens[i - 2]?.text === 'Bound'))
  return odd ? ['returns-reference', 'names the lifetime of its object'] : null
}

/** Types of std and PyO3 without lifetime parameters, by path; primitives aside. */
const OWNED = new Set(
  `String Vec Option Result Box Arc Rc HashMap HashSet BTreeMap BTreeSet VecDeque BinaryHeap Duration Instant SystemTime PathBuf OsString
   Py PyErr PyResult PyObject Ordering NonZero Range RangeInclusive Infallible`.split(/\s+/),
)

/** Whether a result may hold a lifetime that is not written out, and so comes from `self`. */
export function borrows(source: ClassSource, method: MethodSource, type: TypeExpr): boolean {
  const tokens = tokensIn(method.impl.text, { start: method.start + type.span.start, end: method.start + type.span.end })
  for (const [i, { text }] of tokens.entries()) {
    if (text === '&' && !tokens[i + 1]?.text.startsWith("'")) return true
    if (text === "'_" || text === 'impl' || text === 'dyn') return true
  }
  return hiddenLifetime(source, method, type)
}

function hiddenLifetime(source: ClassSource, method: MethodSource, type: TypeExpr): boolean {
  if (type.kind === 'tuple') return type.items.some((it) => hiddenLifetime(source, method, it))
  if (type.kind === 'ref' || type.kind === 'array' || type.kind === 'slice') return hiddenLifetime(source, method, type.inner)
  if (type.kind === 'never') return false
  if (type.kind !== 'path') return true
  const last = type.path.segments.at(-1)
  const args = last?.args?.args ?? []
  const text = method.impl.text.slice(method.start + type.path.span.start, method.start + type.path.span.end)
  const written = /<\s*'(?!_)/.test(text)
  return (!written && mayTakeLifetime(source, method, type)) || args.some((it) => hiddenLifetime(source, method, it))
}

function mayTakeLifetime(source: ClassSource, method: MethodSource, type: TypeExpr): boolean {
  if (type.kind !== 'path') return true
  const name = type.path.segments.at(-1)?.name ?? ''
  if (name === 'Self' || OWNED.has(name)) return false
  const { db } = source.view
  const ty: Ty = lowerType(db, scopeOfMember(method.impl.module, method.fn), type)
  if (ty.kind === 'prim' || ty.kind === 'param' || ty.kind === 'tuple') return false
  if (ty.kind !== 'adt') return true
  const fact = factItem(db, ty.def)
  if (fact) return fact.kind !== 'type' || fact.type.params.some((it) => it.kind === 'lifetime')
  if (idParts(ty.def).kind !== 'item') return true
  const item = itemOf(db, ty.def)?.item
  if (item?.kind !== 'struct' && item?.kind !== 'enum') return true
  return item.generics.params.some((it) => it.kind === 'lifetime')
}
