/** Rust text with absolute canonical paths out of rustdoc's JSON. */
import type { Predicate } from './headers.ts'
import type { Arg, Args, Bound, Generics, PathType, Term, Type, Where } from './rustdoc-types.ts'

/** Gives the canonical path for the id of a type or trait. */
export type PathOf = (id: number, written: string) => string

export function typeText(type: Type, pathOf: PathOf): string {
  const text = (inner: Type): string => typeText(inner, pathOf)
  if (typeof type === 'string') return '_'
  if (type.resolved_path) return pathText(type.resolved_path, pathOf)
  if (type.generic !== undefined) return type.generic
  if (type.primitive !== undefined) return type.primitive === 'never' ? '!' : type.primitive
  if (type.tuple) return `(${type.tuple.map(text).join(', ')}${type.tuple.length === 1 ? ',' : ''})`
  if (type.slice) return `[${text(type.slice)}]`
  if (type.array) return `[${text(type.array.type)}; ${type.array.len}]`
  if (type.raw_pointer) return `*${type.raw_pointer.is_mutable ? 'mut' : 'const'} ${text(type.raw_pointer.type)}`
  if (type.borrowed_ref) {
    const { lifetime, is_mutable: mutable, type: target } = type.borrowed_ref
    return `&${lifetime === null ? '' : `${lifetime} `}${mutable ? 'mut ' : ''}${text(target)}`
  }
  if (type.dyn_trait) {
    const traits = type.dyn_trait.traits.map((each) => pathText(each.trait, pathOf))
    return `dyn ${[...traits, ...(type.dyn_trait.lifetime === null ? [] : [type.dyn_trait.lifetime])].join(' + ')}`
  }
  if (type.function_pointer) {
    const { inputs, output } = type.function_pointer.sig
    return `fn(${inputs.map(([, input]) => text(input)).join(', ')})${output === null ? '' : ` -> ${text(output)}`}`
  }
  if (type.impl_trait) return `impl ${type.impl_trait.flatMap((bound) => boundText(bound, pathOf)).join(' + ')}`
  if (type.qualified_path) {
    const { name, args, self_type: self, trait } = type.qualified_path
    const full = `${name}${args === null ? '' : argsText(args, pathOf)}`
    return trait === null ? `${text(self)}::${full}` : `<${text(self)} as ${pathText(trait, pathOf)}>::${full}`
  }
  return '_'
}

export function pathText(path: PathType, pathOf: PathOf): string {
  return `${pathOf(path.id, path.path)}${path.args === null ? '' : argsText(path.args, pathOf)}`
}

function argsText(args: Args, pathOf: PathOf): string {
  if (args.parenthesized) {
    const { inputs, output } = args.parenthesized
    const tail = output === null ? '' : ` -> ${typeText(output, pathOf)}`
    return `(${inputs.map((input) => typeText(input, pathOf)).join(', ')})${tail}`
  }
  const parts = (args.angle_bracketed?.args ?? []).map((arg) => argText(arg, pathOf))
  for (const { name, binding } of args.angle_bracketed?.constraints ?? []) {
    if (binding.equality) parts.push(`${name} = ${termText(binding.equality, pathOf)}`)
    else parts.push(`${name}: ${(binding.constraint ?? []).flatMap((bound) => boundText(bound, pathOf)).join(' + ')}`)
  }
  return parts.length === 0 ? '' : `<${parts.join(', ')}>`
}

/** One generic argument. */
export function argText(arg: Arg, pathOf: PathOf): string {
  if (typeof arg === 'string') return '_'
  if (arg.lifetime !== undefined) return arg.lifetime
  if (arg.const) return arg.const.value ?? arg.const.expr
  return arg.type === undefined ? '_' : typeText(arg.type, pathOf)
}

function termText(term: Term, pathOf: PathOf): string {
  return term.type === undefined ? (term.constant?.expr ?? '_') : typeText(term.type, pathOf)
}

/** A bound as text; nothing for lifetimes, `?Sized` and Sized. */
export function boundText(bound: Bound, pathOf: PathOf): string[] {
  if (!bound.trait_bound || bound.trait_bound.modifier === 'maybe') return []
  const text = pathText(bound.trait_bound.trait, pathOf)
  if (/^(std|core)::marker::(Meta|Pointee)?Sized$/.test(text)) return []
  return [text.replace(/^(std|core)::marker::(Send|Sync)$/, '$2')]
}

/** All predicates of a generics block, inline ones too. */
export function predicates(generics: Generics, pathOf: PathOf): Predicate[] {
  const inline = generics.params.flatMap(({ name, kind }) =>
    (kind.type?.bounds ?? []).flatMap((b) => boundText(b, pathOf).map((bound) => ({ type: name, bound }))),
  )
  return [...inline, ...generics.where_predicates.flatMap((where) => wherePredicate(where, pathOf))]
}

function wherePredicate(where: Where, pathOf: PathOf): Predicate[] {
  if (where.eq_predicate)
    return [{ type: typeText(where.eq_predicate.lhs, pathOf), bound: `= ${termText(where.eq_predicate.rhs, pathOf)}` }]
  if (!where.bound_predicate) return []
  const type = typeText(where.bound_predicate.type, pathOf)
  return where.bound_predicate.bounds.flatMap((b) => boundText(b, pathOf).map((bound) => ({ type, bound })))
}

/** The parameters as in a declaration, without bounds. */
export function paramTexts(generics: Generics, pathOf: PathOf): string[] {
  return generics.params.flatMap(({ name, kind }) => {
    if (kind.const) return [`const ${name}${kind.const.default === null ? '' : ` = ${kind.const.default}`}`]
    if (!kind.type) return [name]
    if (kind.type.is_synthetic) return []
    return [kind.type.default === null ? name : `${name} = ${typeText(kind.type.default, pathOf)}`]
  })
}
