import type {
  AdtInfo,
  AutoTrait,
  FactCond,
  ImplInfo,
  Predicate,
  TraitInfo,
  TypeOracle,
} from '../../server/src/autotraits/oracle.ts'
import { substitute } from '../../server/src/autotraits/substitute.ts'
import { matchHead } from '../../server/src/autotraits/unify.ts'
import { CFG_TRUE, type CfgExpr, negate } from '../../server/src/project/cfg.ts'
import type { TraitRef, Ty, TyKind } from '../../server/src/resolve/ty.ts'

/**
 * A hand-made world for tests of the solver alone: declarations in a small dialect of Rust, one a line.
 *
 *     struct A<T: Send>(Box<T>, cfg(x) Rc<T>) where <T as Tr>::Out: Sync
 *     unsafe impl<T: Marker> Send for A<T>            impl !Sync for A<u8>
 *     trait Tr: Send + Other { Out: Sync }            type <u8 as Tr>::Out = Rc<u8>
 *     fact Mutex<T> Send: T: Send; Sync: T: Send      fact Rc<T> Send: no; Sync: no
 *
 * A name that nothing declares is an unknown type; a path starting with `?` as a trait could not be resolved.
 */
export interface World {
  readonly oracle: TypeOracle
  /** Parses a type; `owner` is the item whose parameters may be named. */
  type(text: string, owner?: string): Ty
}

interface Decl {
  readonly name: string
  readonly params: string[]
  readonly where: string[]
  readonly fields: string[]
}

export function world(source: string): World {
  const interned = new Map<string, Ty>()
  const make = (kind: TyKind): Ty => {
    const key = JSON.stringify(kind, (name, value: unknown) => (name !== '' && isTy(value) ? `#${value.id}` : value))
    let ty = interned.get(key)
    if (!ty) {
      ty = { id: interned.size, ...kind } as Ty
      interned.set(key, ty)
    }
    return ty
  }
  const decls = new Map<string, Decl>()
  const traits = new Map<string, { name: string; supers: string[]; assoc: Map<string, string[]> }>()
  const impls: { id: string; negative: boolean; trait: string; params: string[]; where: string[]; self: string; cfg: CfgExpr }[] =
    []
  const facts = new Map<string, { params: string[]; conds: Map<string, string> }>()
  const projections: { id: string; params: string[]; from: string; to: string }[] = []

  for (const [i, raw] of source.split('\n').entries()) {
    const line = raw.replace(/\/\/.*/, '').trim()
    if (line === '') continue
    const { rest: body, cfg } = takeCfg(line)
    const struct = /^struct (\w+)(.*)$/.exec(body)
    const trait = /^trait (\w+)(?:: ([^{]*))? ?(?:\{(.*)\})?$/.exec(body)
    const impl = /^(?:unsafe )?impl(.*) (!?)([\w?]+) for (.*)$/.exec(body)
    const fact = /^fact (\w+)(?:<([^>]*)>)? (.*)$/.exec(body)
    const proj = /^type(?:<(\w+)>)? (<.*) = (.*)$/.exec(body)
    if (struct?.[1]) {
      const { params, bounds, rest } = generics(struct[2] ?? '')
      const [fields = '', where = ''] = splitTop(rest, ' where ')
      const inner = fields.trim().replace(/^\(|\)$/g, '')
      decls.set(struct[1], {
        name: struct[1],
        params,
        where: [...bounds, ...splitTop(where, ',')].filter(Boolean),
        fields: splitTop(inner, ',').filter(Boolean),
      })
    } else if (trait?.[1]) {
      const assoc = new Map(
        splitTop(trait[3] ?? '', ';')
          .filter(Boolean)
          .map((part) => {
            const [name = '', bounds = ''] = splitTop(part, ':')
            return [
              name.trim(),
              splitTop(bounds, '+')
                .map((bound) => bound.trim())
                .filter(Boolean),
            ]
          }),
      )
      traits.set(trait[1], {
        name: trait[1],
        supers: splitTop(trait[2] ?? '', '+')
          .map((name) => name.trim())
          .filter(Boolean),
        assoc,
      })
    } else if (fact?.[1]) {
      const conds = new Map(
        (fact[3] ?? '').split(';').map((part) => {
          const at = part.indexOf(':')
          return [part.slice(0, at).trim(), part.slice(at + 1).trim()]
        }),
      )
      facts.set(fact[1], {
        params: (fact[2] ?? '')
          .split(',')
          .map((name) => name.trim())
          .filter(Boolean),
        conds,
      })
    } else if (proj?.[2] && proj[3]) {
      projections.push({ id: `proj${i}`, params: proj[1] ? [proj[1]] : [], from: proj[2], to: proj[3] })
    } else if (impl) {
      const { params, bounds } = generics(impl[1] ?? '')
      const [self = '', where = ''] = splitTop(impl[4] ?? '', ' where ')
      impls.push({
        id: `impl${i}`,
        negative: impl[2] === '!',
        trait: impl[3] ?? '',
        params,
        where: [...bounds, ...splitTop(where, ',')].filter(Boolean),
        self,
        cfg,
      })
    } else throw new Error(`cannot read: ${line}`)
  }

  const paramsOf = (owner: string): readonly string[] =>
    decls.get(owner)?.params ??
    facts.get(owner)?.params ??
    impls.find((impl) => impl.id === owner)?.params ??
    projections.find((p) => p.id === owner)?.params ??
    []

  const traitRef = (text: string, owner: string): TraitRef => {
    const parsed = /^(\??\w+)(?:<(.*)>)?$/.exec(text.trim())
    const name = parsed?.[1] ?? text
    const args = splitTop(parsed?.[2] ?? '', ',')
      .filter(Boolean)
      .map((arg) => type(arg, owner))
    if (name.startsWith('?'))
      return { trait: null, reason: { code: 'unresolved-name', text: `cannot find ${name.slice(1)}` }, args }
    return { trait: name, reason: null, args }
  }

  const bounded = (text: string, owner: string) => {
    const names = splitTop(text, '+').map((name) => name.trim())
    return {
      send: names.includes('Send'),
      sync: names.includes('Sync'),
      bounds: names.filter((name) => name !== 'Send' && name !== 'Sync').map((name) => traitRef(name, owner)),
    }
  }

  const type = (raw: string, owner = ''): Ty => {
    const text = raw.trim()
    if (text === '!') return make({ kind: 'never' })
    if (text.startsWith('&mut ')) return make({ kind: 'ref', mut: true, inner: type(text.slice(5), owner) })
    if (text.startsWith('&')) return make({ kind: 'ref', mut: false, inner: type(text.slice(1), owner) })
    if (text.startsWith('*'))
      return make({ kind: 'ptr', mut: text.startsWith('*mut'), inner: type(text.replace(/^\*(mut|const) /, ''), owner) })
    if (text.startsWith('fn(')) return make({ kind: 'fn-ptr' })
    if (text.startsWith('dyn ')) return make({ kind: 'dyn', ...bounded(text.slice(4), owner) })
    if (text.startsWith('impl ')) return make({ kind: 'impl', ...bounded(text.slice(5), owner) })
    if (text.startsWith('(')) {
      const items = splitTop(text.slice(1, -1), ',').filter((item) => item.trim() !== '')
      return items.length === 1 && !text.includes(',')
        ? type(items[0] ?? '', owner)
        : make({ kind: 'tuple', items: items.map((item) => type(item, owner)) })
    }
    if (text.startsWith('[')) {
      const [inner = '', length] = splitTop(text.slice(1, -1), ';')
      return make({ kind: length === undefined ? 'slice' : 'array', inner: type(inner, owner) })
    }
    if (text.startsWith('<')) {
      const at = text.lastIndexOf('>::')
      const [self = '', trait = ''] = splitTop(text.slice(1, at), ' as ')
      return make({ kind: 'proj', self: type(self, owner), trait: trait.trim(), args: [], name: text.slice(at + 3) })
    }
    if (/^([iu](8|16|32|64|128|size)|f32|f64|bool|char|str)$/.test(text)) return make({ kind: 'prim', name: text })
    const path = /^(\w+)(?:<(.*)>)?$/.exec(text)
    const name = path?.[1] ?? ''
    if (paramsOf(owner).includes(name)) return make({ kind: 'param', owner, name })
    if (!decls.has(name) && !facts.has(name))
      return make({ kind: 'unknown', reason: { code: 'unresolved-name', text: `cannot find ${text}` } })
    return make({
      kind: 'adt',
      def: name,
      args: splitTop(path?.[2] ?? '', ',')
        .filter(Boolean)
        .map((arg) => type(arg, owner)),
    })
  }

  const predicates = (where: readonly string[], owner: string): Predicate[] =>
    where.flatMap((clause) => {
      const [left = '', right = ''] = splitTop(clause, ': ')
      const ty = type(left, owner)
      return splitTop(right, '+').map((bound): Predicate => {
        const name = bound.trim()
        if (name === 'Sized') return { ty, auto: null, trait: null, name }
        return name === 'Send' || name === 'Sync'
          ? { ty, auto: name, trait: null, name }
          : { ty, auto: null, trait: traitRef(name, owner), name: name.replace(/^\?|<.*/g, '') }
      })
    })

  const adts = new Map<string, AdtInfo>()
  const adt = (def: string): AdtInfo | null => {
    const decl = decls.get(def)
    if (!decl) return null
    let info = adts.get(def)
    if (!info) {
      const place = { kind: 'item', origin: { file: 'lib.rs', itemKey: `struct ${def}`, expansion: null }, field: null } as const
      const fields = decl.fields.map((text, index) => {
        const { rest, cfg } = takeCfg(text.trim())
        const named = /^(\w+): (.*)$/.exec(rest)
        const written = named?.[2] ?? rest
        return { name: named?.[1] ?? String(index), variant: null, ty: type(written, def), index, cfg }
      })
      info = { name: def, params: decl.params, fields, opaque: null, place }
      adts.set(def, info)
    }
    return info
  }

  const implInfo = (impl: (typeof impls)[number]): ImplInfo => ({
    id: impl.id,
    negative: impl.negative,
    params: impl.params,
    self: type(impl.self, impl.id),
    constHead: false,
    where: predicates(impl.where, impl.id),
    cfg: impl.cfg,
    place: { kind: 'item', origin: { file: 'lib.rs', itemKey: impl.id, expansion: null }, field: null },
  })

  const oracle: TypeOracle = {
    make,
    normalize(written) {
      if (written.kind !== 'proj') return written
      const self = oracle.normalize(written.self)
      const ty =
        self === written.self ? written : make({ kind: 'proj', self, trait: written.trait, args: [], name: written.name })
      if (ty.kind !== 'proj') return ty
      for (const rule of projections) {
        const from = type(rule.from, rule.id)
        if (from.kind !== 'proj' || from.trait !== ty.trait || from.name !== ty.name) continue
        const match = matchHead(from.self, ty.self, rule.id)
        if (match.kind === 'match') return substitute(oracle, type(rule.to, rule.id), match.by)
      }
      return ty
    },
    adt,
    fieldText: (def, field) => takeCfg(decls.get(def)?.fields[field.index ?? -1]?.trim() ?? '').rest.replace(/^\w+: /, ''),
    header: (def) => ({ name: def, params: paramsOf(def) }),
    explicitImpls(def, trait) {
      const of = impls.filter((impl) => impl.trait === trait && /^\w+/.exec(impl.self.trim())?.[0] === def)
      return {
        incomplete: null,
        impls: of.map(implInfo),
      }
    },
    fact(def, trait): FactCond | null {
      const text = facts.get(def)?.conds.get(trait)
      if (text === undefined) return null
      const base = { reference: `std::${def}`, why: null, reason: null, needs: [] }
      if (text === 'yes' || text === 'no') return { ...base, verdict: text }
      if (text === 'unknown')
        return { ...base, verdict: 'unknown', reason: { code: 'not-in-facts', text: `${def} is not known` } }
      return { ...base, verdict: 'yes', needs: predicates(splitTop(text, ','), def) }
    },
    trait(def): TraitInfo | null {
      const trait = traits.get(def)
      if (!trait) return null
      const assoc = new Map([...trait.assoc].map(([name, bounds]) => [name, bounded(bounds.join('+') || 'Send', '')]))
      for (const [name, bounds] of trait.assoc) if (bounds.length === 0) assoc.set(name, { send: false, sync: false, bounds: [] })
      const supers = trait.supers.filter((name) => name !== 'Send' && name !== 'Sync')
      return {
        name: def,
        send: trait.supers.includes('Send'),
        sync: trait.supers.includes('Sync'),
        supertraits: supers.map((name) => traitRef(name, '')),
        assoc,
        incomplete: null,
      }
    },
    declaredBounds: (owner) => predicates(decls.get(owner)?.where ?? impls.find((impl) => impl.id === owner)?.where ?? [], owner),
    implsFor: (trait) => impls.filter((impl) => impl.trait === trait).map((impl) => ({ ...implInfo(impl), traitArgs: [] })),
    langTrait: (trait) => (trait === 'Copy' || trait === 'Clone' ? trait : null),
  }
  return { oracle, type }
}

/** Facts about std that the tests use, as rustdoc prints them. */
export const STD = `
fact Box<T> Send: T: Send; Sync: T: Sync
fact Vec<T> Send: T: Send; Sync: T: Sync
fact Option<T> Send: T: Send; Sync: T: Sync
fact HashMap<K, V> Send: K: Send, V: Send; Sync: K: Sync, V: Sync
fact String Send: yes; Sync: yes
fact Rc<T> Send: no; Sync: no
fact Arc<T> Send: T: Send, T: Sync; Sync: T: Send, T: Sync
fact Cell<T> Send: T: Send; Sync: no
fact RefCell<T> Send: T: Send; Sync: no
fact Mutex<T> Send: T: Send; Sync: T: Send
fact RwLock<T> Send: T: Send; Sync: T: Send, T: Sync
fact MutexGuard<T> Send: no; Sync: T: Sync
fact PhantomData<T> Send: T: Send; Sync: T: Sync
fact Opaque<T> Send: unknown; Sync: unknown
`

export const send: AutoTrait = 'Send'
export const sync: AutoTrait = 'Sync'

function isTy(value: unknown): value is Ty {
  return typeof value === 'object' && value !== null && 'id' in value && 'kind' in value
}

function takeCfg(text: string): { rest: string; cfg: CfgExpr } {
  const found = /^cfg\((!?)(\w+)\) (.*)$/.exec(text)
  if (!found?.[2]) return { rest: text, cfg: CFG_TRUE }
  const flag: CfgExpr = { kind: 'flag', name: found[2] }
  return { rest: found[3] ?? '', cfg: found[1] === '!' ? negate(flag) : flag }
}

/** `<A: B, C>rest` → parameters, bounds and what follows. */
function generics(text: string): { params: string[]; bounds: string[]; rest: string } {
  const trimmed = text.trim()
  if (!trimmed.startsWith('<')) return { params: [], bounds: [], rest: trimmed }
  let depth = 0
  let end = 0
  for (; end < trimmed.length; end++) {
    if (trimmed[end] === '<') depth++
    if (trimmed[end] === '>' && --depth === 0) break
  }
  const parts = splitTop(trimmed.slice(1, end), ',').map((part) => part.trim())
  return {
    params: parts.map((part) => part.split(':')[0] ?? ''),
    bounds: parts.filter((part) => part.includes(':')),
    rest: trimmed.slice(end + 1),
  }
}

/** Splits at a separator that is not inside brackets. */
function splitTop(text: string, separator: string): string[] {
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if ('<([{'.includes(char)) depth++
    else if (')]}'.includes(char) || (char === '>' && text[i - 1] !== '-')) depth--
    if (depth === 0 && text.startsWith(separator, i)) {
      parts.push(text.slice(start, i))
      start = i + separator.length
      i = start - 1
    }
  }
  parts.push(text.slice(start))
  return parts
}
