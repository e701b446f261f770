/** Turns an item's line into what facts.ts promises. */
import type { FactAlias, FactAssocType, FactCond, FactHead, FactImpl, FactNeed, FactParam, FactTrait, FactType } from './facts.ts'
import { skipGroup, splitTop } from './rust-text.ts'

/** The type of an `s`, `e` or `u` line. */
export function readType(crate: string, path: string, kind: string, fields: readonly string[]): FactType {
  const [decl = '', send = '', sync = '', variants = ''] = fields
  return {
    crate,
    path,
    itemKind: kind === 'e' ? 'enum' : kind === 'u' ? 'union' : 'struct',
    params: readParams(decl),
    variants: variants === '' ? [] : variants.split(','),
    send: readCond('Send', send),
    sync: readCond('Sync', sync),
  }
}

/** The alias of an `a` line. */
export function readAlias(path: string, fields: readonly string[]): FactAlias {
  const [decl = '', target = ''] = fields
  return { path, params: readParams(decl), target }
}

/** The impl of an `i` line. */
export function readImpl(fields: readonly string[], everywhere: boolean): FactImpl {
  const [trait = '', params = '', self = '', needs = '', assoc = ''] = fields
  return {
    trait,
    everywhere,
    params: readParams(`<${params}>`),
    self,
    needs: readNeeds('Send', needs),
    assoc: splitTop(assoc, ';').map((each) => {
      const at = each.indexOf(' = ')
      return { name: each.slice(0, at), type: each.slice(at + 3) }
    }),
  }
}

/** The trait of a `t` line. */
export function readTrait(path: string, fields: readonly string[]): FactTrait {
  const [decl = '', flags = '', supers = '', assoc = ''] = fields
  const autoSupertraits: ('Send' | 'Sync')[] = []
  if (flags.includes('S')) autoSupertraits.push('Send')
  if (flags.includes('Y')) autoSupertraits.push('Sync')
  return {
    path,
    params: readParams(decl),
    autoSupertraits,
    supertraits: splitTop(supers, ' + '),
    assocTypes: splitTop(assoc, ';').map(readAssoc),
    complete: !flags.includes('?'),
  }
}

function readAssoc(text: string): FactAssocType {
  const at = text.indexOf(': ')
  return at < 0 ? { name: text, bounds: [] } : { name: text.slice(0, at), bounds: splitTop(text.slice(at + 2), ' + ') }
}

/** The parameters of `Name<'a, T, const N, A = X>`. */
export function readParams(decl: string): FactParam[] {
  const open = decl.indexOf('<')
  if (open < 0) return []
  return splitTop(decl.slice(open + 1, -1), ',').map((part) => {
    const at = part.indexOf(' = ')
    const left = at < 0 ? part : part.slice(0, at)
    const kind = left.startsWith("'") ? 'lifetime' : left.startsWith('const ') ? 'const' : 'type'
    return { name: left.replace(/^const /, ''), kind, default: at < 0 ? null : part.slice(at + 3) }
  })
}

const always: FactCond = { verdict: 'yes', needs: [], heads: [], reason: null }
const never: FactCond = { verdict: 'no', needs: [], heads: [], reason: null }

/** A condition that is `unknown` for the given reason. */
export function unknownCond(reason: string): FactCond {
  return { verdict: 'unknown', needs: [], heads: [], reason }
}

/** Reads `+`, `-`, `+need;need`, `?why` or `|head|head`. */
export function readCond(trait: 'Send' | 'Sync', text: string): FactCond {
  if (text === '+') return always
  if (text === '-') return never
  if (text.startsWith('+')) return { ...always, needs: readNeeds(trait, text.slice(1)) }
  if (!text.startsWith('|')) return unknownCond(text.replace(/^\?/, '') || 'no fact')
  const heads = splitTop(text.slice(1), '|').map((head) => readHead(trait, head))
  return { ...unknownCond('implemented for particular arguments only'), heads }
}

function readNeeds(trait: 'Send' | 'Sync', text: string): FactNeed[] {
  return splitTop(text, ';').map((need) => {
    const at = splitTop(need, ': ')
    const [type = '', bound = trait] = at
    return { type, bound }
  })
}

function readHead(trait: 'Send' | 'Sync', text: string): FactHead {
  const end = skipGroup(text, 1)
  const close = skipGroup(text, end)
  return {
    negative: text.startsWith('-'),
    params: splitTop(text.slice(2, end - 1), ','),
    args: splitTop(text.slice(end + 1, close - 1), ','),
    needs: readNeeds(trait, text.slice(close)),
  }
}
