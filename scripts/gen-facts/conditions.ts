/** Turns the impls of Send or Sync of a type into the text of its condition (see records.ts). */
import type { ImplHeader, Predicate } from './headers.ts'

/**
 * @param found all impls of this auto trait for the type
 * @param declaration the type's parameters as declared, with their defaults
 * @param declared bounds of the declaration: they hold whenever the type can be written
 */
export function condition(
  trait: 'Send' | 'Sync',
  found: readonly ImplHeader[],
  declaration: readonly string[],
  declared: readonly Predicate[],
): string {
  const params = declaration.map(bare)
  const impls = found.map((impl) => complete(impl, declaration, declared))
  const [only] = impls
  if (!only) return '?rustdoc shows no impl'
  if (impls.length > 1 || !general(only, params)) return `|${impls.map((impl) => head(trait, impl)).join('|')}`
  const renamed = rename(only, params)
  // Of what is no bare parameter (`[u8; N]: Archive`, `Const<D>: DimNameAdd<U1>`) rustdoc may fail to prove what the declaration
  // says, and shows a negative impl then.
  if (only.negative && declared.some(({ type }) => !/^\w+$/.test(type))) return '?rustdoc cannot tell'
  if (only.negative) return renamed.some((p) => !isDeclared(p, declared)) ? `|${head(trait, only)}` : '-'
  return `+${needs(
    trait,
    renamed.filter((p) => !isDeclared(p, declared)),
  )}`
}

function isDeclared(predicate: Predicate, declared: readonly Predicate[]): boolean {
  return declared.some((d) => d.type === predicate.type && d.bound === predicate.bound)
}

/**
 * An impl that leaves arguments out means the defaults. One that the declaration ties to another parameter
 * (`A = <S as Raw>::Elem` where `S: Raw<Elem = A>`) can be nothing else, so the impl is as general as with a parameter there.
 */
function complete(impl: ImplHeader, declaration: readonly string[], declared: readonly Predicate[]): ImplHeader {
  const args = impl.args.filter((arg) => !arg.startsWith("'"))
  const wanted = declaration.filter((param) => !param.startsWith("'"))
  if (args.length === wanted.length) return { ...impl, args }
  const given = new Map(args.map((arg, index) => [bare(wanted[index] ?? ''), arg]))
  const params = [...impl.params]
  for (const param of wanted.slice(args.length)) {
    const name = bare(param)
    const tied = declared.some((predicate) => predicate.bound.includes(` = ${name}>`))
    if (tied) params.push(name)
    args.push(tied ? name : substitute(param.replace(/^.*? = /, ''), given))
  }
  return { ...impl, params, args }
}

/** Puts other texts for names that stand alone or begin a path of their own. */
function substitute(text: string, names: ReadonlyMap<string, string>): string {
  return text.replace(/(?<![\w:'])[A-Za-z_]\w*(?!\w|::)|(?<![\w:'])[A-Z]\w*(?=::)/g, (word) => names.get(word) ?? word)
}

/** Whether the impl is for all arguments: each argument a parameter of its own. */
function general(impl: ImplHeader, params: readonly string[]): boolean {
  const own = new Set(impl.params.map(bare))
  const args = impl.args.filter((arg) => !arg.startsWith("'"))
  const wanted = params.filter((param) => !param.startsWith("'"))
  return args.length === wanted.length && args.every((arg) => own.has(arg)) && new Set(args).size === args.length
}

/** Name of a parameter without `const` and default. */
export function bare(param: string): string {
  return param.replace(/^const /, '').replace(/ = .*$/, '')
}

/** The impl's predicates in the names of the declaration. */
function rename(impl: ImplHeader, params: readonly string[]): Predicate[] {
  const args = impl.args.filter((arg) => !arg.startsWith("'"))
  const wanted = params.filter((param) => !param.startsWith("'")).map(bare)
  const names = new Map(args.map((arg, index) => [arg, wanted[index] ?? arg]))
  return impl.predicates.map((p) => ({ type: substitute(p.type, names), bound: substitute(p.bound, names) }))
}

function needs(trait: string, predicates: readonly Predicate[]): string {
  const texts = predicates.map((p) => (p.bound === trait ? p.type : `${p.type}: ${p.bound}`))
  return [...new Set(texts)].sort().join(';')
}

function head(trait: string, impl: ImplHeader): string {
  const params = impl.params.filter((param) => !param.startsWith("'")).map(bare)
  const args = impl.args.filter((arg) => !arg.startsWith("'"))
  return `${impl.negative ? '-' : '+'}<${params.join(', ')}><${args.join(', ')}>${needs(trait, impl.predicates)}`
}
