import { pathOf } from '../../model/culprits.ts'
import { typeItem } from '../../model/local-types.ts'
import { definitionOfPath, definitionOfType } from '../../model/type-names.ts'
import type { Database } from '../../query/database.ts'
import type { DefId, ModId } from '../../resolve/defs.ts'
import { itemOf } from '../../resolve/scopes.ts'
import { childFacts, type Fact, factsOf } from '../../syntax/body.ts'
import type { TypeExpr } from '../../syntax/summary.ts'
import type { Use } from './scope.ts'

/** What is known of a value: the type that fields of it are looked up on. */
export type Known = { readonly def: DefId } | { readonly type: TypeExpr; readonly module: ModId }

/** Field access goes through these to what they hold. */
const TRANSPARENT = new Set([
  'std::rc::Rc',
  'std::sync::Arc',
  'std::boxed::Box',
  'pyo3::PyRef',
  'pyo3::PyRefMut',
  'pyo3::pycell::PyRef',
  'pyo3::pycell::PyRefMut',
])

/** `.borrow()` and the like lead from these to what they hold. */
const HANDLES = new Set(['Bound', 'Py', 'Borrowed', 'PyRef', 'PyRefMut', 'RefCell'])
const LOCKS = new Set(['Mutex', 'RwLock'])

const MAX_DEPTH = 32

/** The type of the expression at `index` where its spelling says it; null where a type checker would be needed. */
export function typeOfFact(db: Database, use: Use, index: number, depth = 0): Known | null {
  const fact = use.facts.facts[index]
  if (!fact || depth > MAX_DEPTH) return null
  const child = (role: Fact['role']): Known | null => {
    const [at] = childFacts(use.facts, index, role)
    return at === undefined ? null : typeOfFact(db, use, at, depth + 1)
  }
  switch (fact.kind) {
    case 'path':
      return typeOfName(db, use, fact.text, depth)
    case 'paren':
    case 'borrow': {
      const [at] = childFacts(use.facts, index)
      return at === undefined ? null : typeOfFact(db, use, at, depth + 1)
    }
    case 'unary':
      return fact.operator === '*' ? child('value') : null
    case 'struct':
      return ofPath(db, use, fact.path)
    case 'field': {
      const on = child('receiver')
      const def = on && definitionOf(db, on)
      return def ? fieldType(db, def, fact.name) : null
    }
    case 'method':
      return typeOfMethod(db, fact.name, child('receiver'), () => inner(use, index))
    default:
      return null
  }

  function inner(from: Use, at: number): Known | null {
    const [method] = childFacts(from.facts, at, 'receiver')
    const call = method === undefined ? undefined : from.facts.facts[method]
    if (method === undefined || call?.kind !== 'method' || !/^(lock|read|write)$/.test(call.name)) return null
    const [lock] = childFacts(from.facts, method, 'receiver')
    const known = lock === undefined ? null : typeOfFact(db, from, lock, depth + 2)
    return known && argumentOf(known, LOCKS)
  }
}

function typeOfMethod(db: Database, name: string, on: Known | null, guarded: () => Known | null): Known | null {
  if (/^(unwrap|expect|unwrap_or_else)$/.test(name)) return guarded()
  if (!on) return null
  if (/^(borrow|borrow_mut|get)$/.test(name)) return argumentOf(on, HANDLES)
  if (name === 'clone') {
    const def = definitionOf(db, on)
    return def && typeItem(db, def) ? on : null
  }
  return null
}

function argumentOf(known: Known, heads: ReadonlySet<string>): Known | null {
  if (!('type' in known)) return null
  let type = known.type
  while (type.kind === 'ref') type = type.inner
  if (type.kind !== 'path') return null
  const last = type.path.segments.at(-1)
  const [argument] = last?.args?.args ?? []
  return last && argument && heads.has(last.name) ? { type: argument, module: known.module } : null
}

/** `Self` in a type is only known where the impl is; so names are resolved here. */
function typeOfName(db: Database, use: Use, name: string, depth: number): Known | null {
  const { body, facts } = use
  if (name === 'self') {
    if (body.fn.receiver?.kind === 'typed') return body.fn.receiver.type && known(use, body.fn.receiver.type)
    return body.self === null ? null : { def: body.self }
  }
  const params = body.fn.params.filter((it) => new RegExp(`^(?:mut\\s+)?${literally(name)}$`).test(it.pattern.trim()))
  const bindings = factsOf(facts, 'let', 'let-condition', 'closure', 'for', 'arm').filter(({ fact }) =>
    fact.bindings.some((it) => it.name === name),
  )
  const [param] = params
  if (param && bindings.length === 0) return known(use, param.type)
  const [binding] = bindings
  if (param || bindings.length !== 1 || binding?.fact.kind !== 'let') return null
  const { fact, index } = binding
  if (!new RegExp(`^(?:mut\\s+)?${literally(name)}$`).test(fact.pattern.trim())) return null
  if (fact.type) return known(use, fact.type)
  const [value] = childFacts(facts, index, 'value')
  return value === undefined ? null : typeOfFact(db, use, value, depth + 1)
}

function known({ body }: Use, type: TypeExpr): Known | null {
  const plain = withoutReferences(type)
  if (isSelf(plain)) return body.self === null ? null : { def: body.self }
  // `PyRef<'_, Self>`: the argument is what counts.
  if (plain.kind === 'path') {
    const last = plain.path.segments.at(-1)
    const [argument] = last?.args?.args ?? []
    if (argument && isSelf(argument) && body.selfType) return { type: withSelf(plain, body.selfType), module: body.module }
  }
  return { type: plain, module: body.module }
}

function withSelf(type: Extract<TypeExpr, { kind: 'path' }>, self: TypeExpr): TypeExpr {
  const segments = type.path.segments.map((it, i, all) =>
    i === all.length - 1 && it.args ? { ...it, args: { ...it.args, args: [self] } } : it,
  )
  return { ...type, path: { ...type.path, segments } }
}

function isSelf(type: TypeExpr): boolean {
  return type.kind === 'path' && type.path.segments.length === 1 && type.path.segments[0]?.name === 'Self'
}

function withoutReferences(type: TypeExpr): TypeExpr {
  let at = type
  while (at.kind === 'ref') at = at.inner
  return at
}

/** The struct that fields are looked up on, smart pointers followed; null if it is not known. */
export function definitionOf(db: Database, value: Known): DefId | null {
  if ('def' in value) return value.def
  let type = withoutReferences(value.type)
  for (let fuel = 8; fuel > 0; fuel--) {
    const def = definitionOfType(db, value.module, type)
    if (def === null || type.kind !== 'path') return def
    const [argument] = type.path.segments.at(-1)?.args?.args ?? []
    if (!argument || !TRANSPARENT.has(pathOf(db, def))) return def
    type = withoutReferences(argument)
  }
  return null
}

function fieldType(db: Database, def: DefId, name: string): Known | null {
  const found = typeItem(db, def)
  const field = found?.item.fields.find((it) => it.name === name && it.variant === null)
  return found && field ? { type: field.type, module: found.it.module } : null
}

/** The type that a path in an expression names, `Self` included. */
export function ofPath(db: Database, { body }: Use, path: string): Known | null {
  if (path === 'Self') return body.self === null ? null : { def: body.self }
  const def = definitionOfPath(db, body.module, path.replace(/^::/, '').split('::'), path.startsWith('::'))
  return def === null ? null : { def }
}

/** Whether the definition is a struct of the workspace that has a field called `name`. */
export function declaresField(db: Database, def: DefId, name: string): boolean {
  return itemOf(db, def) !== null && (typeItem(db, def)?.item.fields.some((it) => it.name === name) ?? false)
}

/** Whether a type as written names `owner` anywhere. */
export function mentions(db: Database, module: ModId, type: TypeExpr, owner: DefId): boolean {
  if (type.kind === 'ref' || type.kind === 'array' || type.kind === 'slice') return mentions(db, module, type.inner, owner)
  if (type.kind === 'tuple') return type.items.some((it) => mentions(db, module, it, owner))
  if (type.kind !== 'path') return false
  if (definitionOfType(db, module, type) === owner) return true
  return type.path.segments.some((it) => it.args?.args.some((arg) => mentions(db, module, arg, owner)))
}

function literally(name: string): string {
  return name.replace(/[^\w]/g, '\\$&')
}
