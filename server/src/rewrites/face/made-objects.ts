import { dependentsOf } from '../../project/crate-graph.ts'
import { type Database, query } from '../../query/database.ts'
import { crateItems } from '../../resolve/items.ts'
import type { Ty } from '../../resolve/ty.ts'
import { type BodyFacts, childFacts, factsOf } from '../../syntax/body.ts'
import { insert } from '../../syntax/edits.ts'
import type { Span } from '../../syntax/span.ts'
import { functionKey, newScope } from '../body-scopes.ts'
import type { ClassSource } from '../class-source.ts'
import { codeText, isExpansion } from '../code-texts.ts'
import { codeOfCrate } from '../crate-code.ts'
import { typeOfExpression } from '../expression-types.ts'
import { type PlacedEdit, placed } from '../file-edits.ts'
import { type FunctionSource, factsOfFunction, functionsIn } from '../functions.ts'
import { type Problem, placeText } from '../problems.ts'
import { type Carriers, carries, mayCarry } from './class-carriers.ts'
import type { ClassMention } from './class-mentions.ts'
import { moduleAt } from './code-modules.ts'
import { isPlainMacro } from './macro-words.ts'
import { wordsOfFunction, wordsOfValue } from './value-words.ts'

/** Where a value is made an object of its class without the class being named. */
interface Making {
  /** `Py::new`, `into_py`; a macro's name with `!`. */
  readonly by: string
  /** Absolute, of the value; where that is not known, of the call. */
  readonly at: Span
  readonly readable: boolean
  /** null where it is not known. */
  readonly type: Ty | null
  /** Name of the type that the value is converted to; null where nothing is told. */
  readonly exact: string | null
  /** See `wordsOfValue`. */
  readonly words: ReadonlySet<string> | null
}

interface MakingFunction {
  readonly fn: FunctionSource
  readonly words: ReadonlySet<string>
  readonly makings: readonly Making[]
}

const MAKERS = /(?:^|::)((?:Py|Bound|PyClassInitializer|PyCell)::(?:new|from|new_bound))$/
/** `<A as TryInto<B>>::try_into(it)?` gives a `B`. */
const INTO = /^<[^<>]*\bas\s+(?:TryInto|Into)<([\w:]+)>>::(?:try_)?into\([^()]*\)\??$/
const MAKING_METHODS = /^(?:into_py|to_object)$/
const MAKER_WORDS = /\b(?:Py|Bound|PyClassInitializer|PyCell)\s*(?:::\s*<[^>]*>\s*)?::\s*(?:new|from)\b|\.(?:into_py|to_object)\b/

/** The functions of a crate that make objects of Python classes from values. */
const makingFunctions = query<string, readonly MakingFunction[]>('faceMakings', (db, crate) => {
  const found: MakingFunction[] = []
  for (const file of codeOfCrate(db, crate)) {
    const text = codeText(db, file)
    if (text === null) continue
    for (const fn of functionsIn(db, crate, new Set([file]))) {
      const makings = makingsOf(db, crate, fn, text)
      if (makings.length > 0) found.push({ fn, makings, words: wordsOfFunction(text, fn) })
    }
  }
  return found
})

function makingsOf(db: Database, crate: string, fn: FunctionSource, text: string): Making[] {
  const body = text.slice(fn.body.start, fn.body.end)
  const facts = factsOfFunction(db, fn)
  const makes = MAKER_WORDS.test(body)
  if (!facts)
    return makes ? [{ by: 'what cannot be read', at: fn.body, readable: false, type: null, exact: null, words: null }] : []
  const found: Making[] = []
  for (const { fact } of factsOf(facts, 'macro')) {
    const at = { start: fn.body.start + fact.span.start, end: fn.body.start + fact.span.end }
    const opaque = !fact.expressions && MAKER_WORDS.test(fact.args)
    if (opaque || !isPlainMacro(db, crate, fact.path.split('::').at(-1) ?? '', MAKER_WORDS, fact.args))
      found.push({ by: `${fact.path}!`, at, readable: false, type: null, exact: null, words: null })
  }
  if (!makes) return found
  const scope = fn.owner && newScope(db, functionKey({ owner: fn.owner, fn: fn.fn }))
  for (const { index, fact } of factsOf(facts, 'call', 'method')) {
    const by =
      fact.kind === 'method' ? (MAKING_METHODS.test(fact.name) ? fact.name : null) : (MAKERS.exec(fact.path ?? '')?.[1] ?? null)
    const value = by === null ? undefined : valueMade(facts, index)
    if (by === null || value === undefined) continue
    const span = facts.facts[value]?.span ?? fact.span
    const type = typeof scope === 'object' && scope !== null ? typeOfExpression(scope, value) : null
    const at = { start: fn.body.start + span.start, end: fn.body.start + span.end }
    const exact = INTO.exec(text.slice(at.start, at.end))?.[1]?.split('::').at(-1) ?? null
    const words = type === null ? wordsOfValue(text, fn, facts, span, declaredVariants(db, crate)) : null
    found.push({ by, at, readable: !isMaker(facts, value), type, exact, words })
  }
  return found.filter((it) => it.readable || it.by.endsWith('!'))
}

/** The value: of a method call the receiver, else the last argument. */
function valueMade(facts: BodyFacts, index: number): number | undefined {
  return facts.facts[index]?.kind === 'method'
    ? childFacts(facts, index, 'receiver')[0]
    : childFacts(facts, index, 'argument').at(-1)
}

/**
 * `Py::new(py, PyClassInitializer::from(value))`: the inner call is looked at. `.add_subclass(value)` after it takes a class that
 * extends another, which this one does not.
 */
function isMaker(facts: BodyFacts, index: number): boolean {
  let at = index
  for (let fuel = 16; fuel > 0; fuel--) {
    const fact = facts.facts[at]
    if (fact?.kind === 'call') return MAKERS.test(fact.path ?? '')
    if (fact?.kind !== 'method' || fact.name !== 'add_subclass') return false
    at = childFacts(facts, at, 'receiver')[0] ?? -1
  }
  return false
}

/** Names of variants of which every enum of the crate that has one is without type parameters. */
const declaredVariants = query<string, ReadonlySet<string>>('faceVariants', (db, crate) => {
  const found = new Set<string>()
  const generic = new Set<string>()
  for (const { item } of crateItems(db, crate)) {
    if (item.kind !== 'enum') continue
    const into = item.generics.params.some((it) => it.kind === 'type') ? generic : found
    for (const { name } of item.variants) into.add(name)
  }
  return new Set([...found].filter((it) => !generic.has(it) && !/^(?:Some|None|Ok|Err)$/.test(it)))
})

/** Values of the class that become Python objects: each through the face. A problem where it is not clear whether one is of the class. */
export function madeObjects(
  source: ClassSource,
  face: string,
  carriers: Carriers,
): { readonly edits: readonly PlacedEdit[]; readonly mentions: readonly ClassMention[] } | Problem {
  const { db } = source.view
  const { crate, id, name } = source.cls
  const edits: PlacedEdit[] = []
  const mentions: ClassMention[] = []
  for (const each of [crate, ...dependentsOf(db, crate)])
    for (const { fn, words, makings } of makingFunctions(db, each)) {
      if (!mayCarry(source, carriers, fn, words)) continue
      for (const { by, at, type, exact, words: own } of makings) {
        const problem = (clause: string): Problem => ({
          reason: 'used-elsewhere',
          detail: `${placeText(db, fn.file, at.start)}: ${clause}`,
        })
        if (type !== null && !isOf(type, id)) continue
        if (type === null && exact !== null && !carriers.names.has(exact) && exact !== 'Self') continue
        if (type === null && own && !carries(source, carriers, fn, own)) continue
        if (type === null && /^(?:into_py|to_object)$/.test(by) && (source.view.crate.pyo3.minor ?? 0) >= 26) continue
        if (type === null) return problem(`what \`${by}\` gets may be a \`${name}\``)
        if (type.kind !== 'adt' || by === 'into_py' || by === 'to_object')
          return problem(`\`${by}\` makes a Python object of a \`${name}\``)
        if (isExpansion(fn.file)) return { ...problem(`a macro makes a Python object of a \`${name}\``), reason: 'macro' }
        edits.push(...placed(fn.file, [insert(at.start, `${face}::from(`), insert(at.end, ')')]))
        mentions.push({
          file: fn.file,
          at: { start: at.start, end: at.start },
          segments: [name],
          module: moduleAt(db, crate, fn.file, at.start),
          form: { kind: 'plain' },
        })
      }
    }
  return { edits, mentions }
}

/** Whether a type is the class, or a tuple with it. Parameters are those of generic code, see `boundProblem`. */
function isOf(type: Ty, id: string): boolean {
  if (type.kind === 'adt') return type.def === id
  return type.kind === 'tuple' && type.items.some((it) => isOf(it, id))
}
