import { childFacts } from '../syntax/body.ts'
import type { MethodSource } from './class-source.ts'
import { typeOfExpression } from './expression-types.ts'
import type { Walk } from './flow-types.ts'
import { ownership } from './narrow-ownership.ts'
import { isInside } from './narrow-parts.ts'
import { isOwnedType } from './owned-types.ts'
import { derefs, factPath, itemsOf } from './std-types.ts'
import { hasToken } from './tokens.ts'

/** Names that may borrow from the object, and whether dropping them does nothing. */
export type Lent = ReadonlyMap<string, boolean>

/** Whether an expression mentions a name that may borrow from the object; a format string may do so too. */
export function isLent({ facts, impl, body }: MethodSource, lent: Lent, index: number): boolean {
  const span = facts.facts[index]?.span
  if (!span || lent.size === 0) return false
  const at = { start: body.start + span.start, end: body.start + span.end }
  const text = impl.text.slice(at.start, at.end)
  return [...lent.keys()].some((it) => text.includes(it) && (hasToken(impl.text, at, it) || new RegExp(`\\{${it}\\b`).test(text)))
}

/**
 * Whether the value of an expression holds no reference into the object behind the lock. What a call gives borrows from nothing but
 * what it is given (Rust reference, "Lifetime elision": a result has lifetimes of parameters or `'static`).
 */
export function ownedBy(walk: Walk, index: number): boolean {
  const { facts, method, uses, lent } = walk
  const touched = uses.some((it) => isInside(facts, it, index)) || isLent(method, lent, index)
  if (!touched || ownership(walk.source, walk.plan, method)(index)) return true
  const fact = facts.facts[index]
  const type = typeOfExpression(walk.scope, index)
  // A place is moved out of only if that copies it.
  if (/^(?:path|field|index)$/.test(fact?.kind ?? ''))
    return fact?.kind !== 'path' && type?.kind === 'prim' && type.name !== 'str'
  if (isOwnedType(walk.source.view.db, type)) return true
  const children = childFacts(facts, index)
  const all = (list: readonly number[]): boolean => list.every((it) => ownedBy(walk, it))
  switch (fact?.kind) {
    case 'paren':
    case 'try':
    case 'tuple':
    case 'struct':
    case 'array':
    case 'range':
      return all(children)
    case 'call':
      return all(children.slice(1))
    case 'method':
      if (/^next(?:_back)?$/.test(fact.name) && givesOwned(walk, children[0] ?? -1)) return true
      if (OF_SOCKETS.has(fact.name) && isSocket(walk, children[0] ?? -1) && all(children.slice(1))) return true
      // A place would be borrowed by the call.
      return !/^(?:field|path|index)$/.test(facts.facts[children[0] ?? -1]?.kind ?? '') && all(children)
    case 'macro':
      return fact.path === 'format' || (fact.path === 'vec' && fact.expressions && all(children))
    case 'block': {
      const tail = childFacts(facts, index, 'tail')[0]
      return tail === undefined || ownedBy(walk, tail)
    }
    case 'if':
      return all([...childFacts(facts, index, 'then'), ...childFacts(facts, index, 'else')])
    case 'match':
      return childFacts(facts, index, 'arm').every((it) => all(childFacts(facts, it, 'body')))
    case 'return':
    case 'break':
    case 'continue':
      return true
    default:
      return false
  }
}

/** Whether an iterator gives values of a type without lifetimes. */
function givesOwned({ scope }: Walk, iterator: number): boolean {
  const type = typeOfExpression(scope, iterator)
  const item = type && type.kind !== 'ref' ? itemsOf(scope.db, type) : null
  return isOwnedType(scope.db, item)
}

/** Methods of sockets and files of which the result has no lifetime (std docs). */
const OF_SOCKETS = new Set(
  'local_addr peer_addr accept try_clone take_error as_raw_fd as_raw_socket nodelay ttl set_nonblocking set_nodelay shutdown metadata sync_all'.split(
    ' ',
  ),
)

function isSocket({ scope }: Walk, index: number): boolean {
  const type = typeOfExpression(scope, index)
  return (
    type !== null &&
    derefs(type).some((it) => /^std::(?:net|fs)::(?:\w+::)*(?:TcpStream|TcpListener|UdpSocket|File)$/.test(factPath(it)))
  )
}

const REFERENCES = /^(?:as_ref|as_mut|as_deref|as_deref_mut|first|last|as_str|as_slice|as_bytes)$/

/** Whether what an expression lends is a plain reference, or an `Option` of one: those need not be dropped. */
export function lentBy(walk: Walk, index: number): boolean {
  const { facts, lent } = walk
  const fact = facts.facts[index]
  const [first = -1] = childFacts(facts, index)
  if (fact?.kind === 'borrow') return true
  if (fact?.kind === 'path') return lent.get(fact.text) === true
  if (fact?.kind === 'try' || fact?.kind === 'paren') return lentBy(walk, first)
  if (fact?.kind === 'method')
    return REFERENCES.test(fact.name) || (/^(?:unwrap|expect|ok_or_else)$/.test(fact.name) && lentBy(walk, first))
  // `match self.state { … }` binds by reference what is no copy.
  return fact?.kind === 'field' || (fact?.kind === 'closure' && !fact.move)
}
