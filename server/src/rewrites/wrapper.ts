import { resolvePath } from '../resolve/lookup.ts'
import { indentationAt } from '../syntax/edits.ts'
import { blanketNames } from './blanket-methods.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { copyBody } from './copied.ts'
import { guardUses } from './guard-uses.ts'
import { isExclusive } from './plan.ts'
import { ownedResult } from './returned.ts'
import { columns, lockedCall, lockedChain, signatureText } from './rust-format.ts'
import { borrows } from './signature.ts'
import { isName, tokensIn } from './tokens.ts'
import { innerName, keepsExclusive, ownedLinks } from './trait-methods.ts'
import { otherBody, otherObject, otherTail } from './two-instances.ts'

/** Words that a lock's guard, or what is imported for traits, may answer before the inner struct does. */
export const SHADOWED =
  /^(?:borrow|borrow_mut|into|try_into|from|to_owned|to_string|type_id|fmt|clone|clone_from|as_ref|as_mut|deref|deref_mut|eq|ne|drop|into_\w+|by_ref|cmp|partial_cmp|hash|map|try_map|filter_map|unlock_fair|bump|add|call|read|write|get_type)$/

/** Whether a call of a method on a guard may mean another one than what it guards has. */
export function isShadowed({ view, cls }: ClassSource, name: string): boolean {
  return SHADOWED.test(name) || blanketNames(view.db, cls.crate).has(name)
}

/** The names that a rewrite gives to things. */
export interface LockNames {
  readonly inner: string
  readonly lockField: string
  /** Method that locks for reading, and for writing: the same for a mutex. */
  readonly read: string
  readonly write: string
  /** Method that gives nothing where the lock is taken. */
  readonly tryRead: string
  /** Method that locks two objects. */
  readonly both: string
  /** `PoisonError`, as it can be written where a method stands. */
  readonly poison: string
  /** Whether moved methods keep their visibility, since those of another module call them. */
  readonly open: boolean
}

/** A method's signature as text, for either half. */
export interface Signature {
  /** Visibility, qualifiers, name and generics. */
  readonly head: string
  /** With the receiver, or the guard that stands for it, first. */
  readonly params: readonly string[]
  /** ` -> Type`, or ''. */
  readonly tail: string
  readonly multiline: boolean
  /** Comments or a where clause stand in it: it is not laid out anew. */
  readonly rigid: boolean
}

/**
 * The method that stays in the class: it locks and calls the one that moved. From the visibility to the closing brace.
 * @param copied it calls it on a copy, without the lock
 */
export function outerText(
  source: ClassSource,
  method: MethodSource,
  signature: Signature,
  names: LockNames,
  copied: boolean,
): string {
  const indent = indentationAt(method.impl.text, method.headStart)
  const inside = indent + (indent.includes('\t') ? '\t' : '    ')
  const { handed } = guardUses(method)
  const token = tokenParam(source, method)
  const bound = boundResult(method)
  const other = otherObject(source, method)
  const isOwner = method.self === 'value' || keepsExclusive(method)
  const owned = !handed && !bound && method.fn.ret && borrows(source, method, method.fn.ret) ? ownedResult(source, method) : null
  const [own = '', ...others] = signature.params
  const first = handed ? sharedGuards(source, method, own) : isOwner ? own : '&self'
  const plain = others.map((it) => it.replace(/^((?:#\[[^\]]*\]\s*)*)mut\s+/, '$1'))
  const shared = plain.map((it, i) => (i === other?.index ? sharedGuards(source, method, it).replace(/&\s*mut\b\s*/, '&') : it))
  const params = [first.replace(/^mut\s+/, ''), ...(token?.added && !handed ? [token.text] : []), ...shared]
  const tail = other
    ? otherTail(method, other, signature.tail)
    : handed
      ? sharedGuards(source, method, signature.tail)
      : owned
        ? ` -> ${owned.type}`
        : (bound ?? signature.tail)
  const head = layOut(
    indent,
    signature,
    params,
    headText(method, signature.head.replace(/\bconst\s+(?=(?:\w+\s+)*fn\b)/, ''), [...params, tail]),
    tail,
  )
  const named = method.fn.params.slice(method.fn.receiver ? 0 : 1).map((it) => it.pattern.replace(/^mut\s+/, ''))
  const args = [...(token?.added ? [handed ? `${method.selfName}.py()` : token.name] : []), ...named]
  const lock = isExclusive(method) ? names.write : names.read
  const end = handed ? (handed.form.startsWith('Ok(') ? '?;' : ';') : method.fn.ret === null ? ';' : ''
  const object = handed ? method.selfName : 'self'
  const name = innerName(source, method)
  // The guard may have a method of that name itself, by a trait that is implemented for all types.
  const byPath = !isOwner && (isShadowed(source, method.name) || method.impl.kind === 'trait')
  const path = pathCall(`${names.inner}::${name}`, method, `${object}.${lock}()`, args)
  const way = isOwner ? ownedLinks(method, names) : [object, `.${lock}()`]
  const links = byPath ? [path] : [...way, `.${name}(${args.join(', ')})`]
  const call = copied
    ? copyBody(
        source,
        method,
        names,
        { callee: `${names.inner}::${name}`, byPath: byPath || other !== null, args, owned, end },
        inside,
      )
    : other
      ? otherBody(method, other, names, `${names.inner}::${name}`, named, inside)
      : owned
        ? lockedChain(inside, [...links, ...owned.steps], owned.before, owned.after, end)
        : isOwner
          ? lockedChain(inside, links, '', '', end)
          : byPath
            ? path + end
            : lockedCall(inside, lock, name, args, end, object)
  return `${head}\n${inside}${call}\n${handed ? `${inside}${handed.form}\n` : ''}${indent}}`
}

/** `CounterInner::clone(&self.locked())`, where a method call might find another method first. */
function pathCall(callee: string, method: MethodSource, guard: string, args: readonly string[]): string {
  const borrow = isExclusive(method) ? '&mut ' : '&'
  return `${callee}(${[borrow + guard, ...args].join(', ')})`
}

/** `PyRefMut` → `PyRef`: a frozen class has no other. */
export function sharedGuards(source: ClassSource, method: MethodSource, text: string): string {
  return text
    .replaceAll(/(?<!::\s*)\b(PyRef|PyClassGuard)Mut\b/g, (_all, name: string) => pyo3Name(source, method, name))
    .replaceAll(/\b(PyRef|PyClassGuard)Mut\b/g, '$1')
}

/** `PyRef`, or `pyo3::PyRef` where the short name is not in scope. */
function pyo3Name(source: ClassSource, method: MethodSource, name: string): string {
  return resolvePath(source.view.db, method.impl.module.module, name, 'type').kind === 'found' ? name : `pyo3::${name}`
}

/** The parameter that stands for `slf.py()` in both halves; null where that is not asked for. */
export function tokenParam(
  source: ClassSource,
  method: MethodSource,
): { readonly name: string; readonly text: string; readonly added: boolean } | null {
  if (guardUses(method).py.length === 0) return null
  const [own, ...params] = method.fn.params
  const known = params.find((it) => it.type.kind === 'path' && it.type.path.segments.at(-1)?.name === 'Python')
  if (known) return { name: known.pattern.replace(/^mut\s+/, ''), text: '', added: false }
  const taken = new Set([
    ...params.map((it) => it.pattern.replace(/^mut\s+/, '')),
    ...method.facts.facts.flatMap((it, i) =>
      'bindings' in it && !isTokenLet(method, i) ? it.bindings.map((each) => each.name) : [],
    ),
  ])
  const name = ['py', 'token', 'python'].find((it) => !taken.has(it)) ?? 'attached'
  const text = own ? method.impl.text.slice(method.start + own.span.start, method.start + own.span.end) : ''
  const lifetime = guardLifetime(text) ?? (boundResult(method) === null ? "'_" : "'py")
  return { name, text: `${name}: ${pyo3Name(source, method, 'Python')}<${lifetime}>`, added: true }
}

/** `let py = slf.py();` */
export function isTokenLet(method: MethodSource, index: number): boolean {
  const fact = method.facts.facts[index]
  if (fact?.kind !== 'let' || fact.pattern !== 'py') return false
  const text = method.impl.text.slice(method.body.start + fact.span.start, method.body.start + fact.span.end)
  return new RegExp(`^let\\s+py\\s*(?::[^=]*)?=\\s*${method.selfName}\\s*\\.\\s*py\\(\\)\\s*;$`).test(text)
}

/** `'py` of `PyRefMut<'py, Self>`; null for `'_` and none. */
export function guardLifetime(param: string): string | null {
  const found = /<\s*('\w+)\s*,/.exec(param)?.[1]
  return found === undefined || found === "'_" ? null : found
}

/**
 * ` -> Option<Bound<'py, PyAny>>` where the result of `slf: PyRef<'_, Self>` left the lifetime of the interpreter to elision; null
 * where it holds no other reference to its object than that, or names the lifetime.
 */
export function boundResult(method: MethodSource): string | null {
  const { ret, params, generics } = method.fn
  const [own] = params
  if (!ret || !own || !method.self.startsWith('guard') || guardUses(method).handed || guardUses(method).py.length === 0)
    return null
  const text = method.impl.text.slice(method.start + ret.span.start, method.start + ret.span.end)
  if (!/\bBound\s*<\s*(?!'\w*[a-z])/.test(text) || generics.params.some((it) => it.kind === 'lifetime')) return null
  const named = text.replaceAll(/\bBound\s*<\s*(?:'_\s*,\s*)?/g, "Bound<'py, ")
  return tokensIn(named).every((it) => !isName(it.text) || NO_LIFETIME.test(it.text)) && !/&|'_/.test(named)
    ? ` -> ${named}`
    : null
}

const NO_LIFETIME = /^(?:Bound|Py\w*|Option|Result|Vec|String|bool|usize|isize|[iuf]\d+)$/

/** A signature's head without the lifetime of the guard, if nothing names that any more, or with the one that has got a name. */
export function headText(method: MethodSource, head: string, rest: readonly string[]): string {
  const [own] = method.fn.params
  if (!method.self.startsWith('guard') || !own) return head
  if (boundResult(method)) return method.fn.generics.params.length > 0 ? head.replace('<', "<'py, ") : `${head}<'py>`
  const lifetime = guardLifetime(method.impl.text.slice(method.start + own.span.start, method.start + own.span.end))
  if (lifetime === null || tokensIn(rest.join(' , ')).some((it) => it.text === lifetime)) return head
  return head.replace(new RegExp(`<\\s*${lifetime}\\s*,?\\s*>`), '').replace(new RegExp(`([<,]\\s*)${lifetime}\\s*,\\s*`), '$1')
}

/** One line if it was one or fits again; else a parameter a line. */
export function layOut(indent: string, signature: Signature, params: readonly string[], head: string, tail: string): string {
  const one = `${head}(${params.join(', ')})${tail} {`
  const simple = params.every((it) => !/\n|#\[/.test(it)) && !/\n/.test(head + tail)
  if (!simple) return signature.multiline ? forced(indent, params, head, tail) : one
  if (!signature.multiline && columns(indent) + one.length <= 100) return one
  return signatureText(indent, head, params, tail)
}

function forced(indent: string, params: readonly string[], head: string, tail: string): string {
  const unit = indent.includes('\t') ? '\t' : '    '
  return `${head}(\n${params.map((it) => `${indent}${unit}${it},\n`).join('')}${indent})${tail} {`
}
