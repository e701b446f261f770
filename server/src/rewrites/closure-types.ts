import type { Ty } from '../resolve/ty.ts'
import type { ClosureFact } from '../syntax/body.ts'
import { childFacts } from '../syntax/body.ts'
import { type BodyScope, typeOfExpression } from './expression-types.ts'
import { givenByCall } from './generic-calls.ts'
import { typeInPattern } from './pattern-types.ts'
import { derefs, elementOf, factPath, isStd, itemOfIterator, itemsOf, MAP, reference, SEQUENCE } from './std-types.ts'
import { matesOf, tokensIn } from './tokens.ts'

/** The type of a closure's parameter, told by what the closure is given to; null if that is not known. */
export function closureParameter(scope: BodyScope, index: number, fact: ClosureFact, name: string, depth: number): Ty | null {
  const patterns = parametersOf(scope.text.slice(fact.span.start, fact.span.end))
  const given = givenAt(scope, index, fact, depth)
  for (const [i, pattern] of patterns.entries()) {
    const type = given[i]
    const found = type ? typeInPattern(scope, pattern, type, name) : null
    if (found) return found
  }
  return null
}

function givenAt(scope: BodyScope, index: number, { parent: at }: ClosureFact, depth: number): readonly (Ty | null)[] {
  const parent = scope.body.facts[at]
  if (parent?.kind === 'call') return givenByCall(scope, at, index, depth)
  if (parent?.kind !== 'method') return []
  const [receiverAt = -1, ...args] = childFacts(scope.body, at)
  const receiver = typeOfExpression(scope, receiverAt, depth + 1)
  return receiver === null ? [] : givenTo(scope, receiver, parent.name, args.indexOf(index))
}

/** The patterns of a closure's parameters, without types. */
function parametersOf(text: string): string[] {
  const tokens = tokensIn(text)
  const mates = matesOf(tokens)
  let at = tokens.findIndex((it) => it.text === '|')
  const found: string[] = []
  let start = tokens[at]?.end ?? 0
  let typed = false
  for (at++; at < tokens.length; at++) {
    const token = tokens[at]
    if (!token) break
    const mate = mates[at] ?? -1
    if (mate > at) {
      at = mate
      continue
    }
    const ends = token.text === '|' || token.text === ','
    if (token.text === ':' || ends) {
      if (!typed) found.push(text.slice(start, token.start))
      typed = token.text === ':'
      start = token.end
    }
    if (token.text === '|') break
  }
  return found.filter((it) => it.trim() !== '')
}

const BY_REFERENCE =
  /^(?:filter|find|rfind|skip_while|take_while|inspect|position_max|max_by_key|min_by_key|partition|is_none_or_ref)$/
const BY_VALUE =
  /^(?:map|for_each|try_for_each|any|all|position|rposition|filter_map|flat_map|find_map|map_while|sum_by|group_by|chunk_by)$/

/** What a closure in this argument of a method is called with. */
function givenTo({ db }: BodyScope, receiver: Ty, method: string, argument: number): (Ty | null)[] {
  const ref = (ty: Ty, mut = false): Ty => reference(db, ty, mut)
  const item = itemOfIterator(receiver)
  if (item) {
    if (BY_REFERENCE.test(method)) return [ref(item)]
    if (method === 'fold' || method === 'try_fold') return argument === 1 ? [null, item] : []
    return BY_VALUE.test(method) ? [item] : []
  }
  for (const each of derefs(receiver)) {
    if (each.kind !== 'adt' && each.kind !== 'slice' && each.kind !== 'array') continue
    const path = factPath(each)
    const [first, second] = each.kind === 'adt' ? each.args : [each.inner]
    if (isStd(each, 'option::Option') && first) {
      if (method === 'filter' || method === 'inspect') return [ref(first)]
      return /^(?:map|and_then|is_some_and|is_none_or|map_or|map_or_else)$/.test(method) ? [first] : []
    }
    if (isStd(each, 'result::Result') && first && second) {
      if (method === 'map_or_else') return argument === 0 ? [second] : [first]
      if (/^(?:map_err|or_else|unwrap_or_else|is_err_and)$/.test(method)) return [second]
      return /^(?:map|and_then|is_ok_and|map_or)$/.test(method) ? [first] : []
    }
    if (MAP.test(path) && first && second) return method === 'retain' ? [ref(first), ref(second, true)] : []
    const element = elementOf(db, each) ?? (SEQUENCE.test(path) ? itemsOf(db, each) : (first ?? null))
    if (!element) continue
    if (
      /^(?:retain|retain_mut|partition_point|sort_by_key|sort_by_cached_key|sort_unstable_by_key|binary_search_by|binary_search_by_key|split|dedup_by_key)$/.test(
        method,
      )
    )
      return [ref(element)]
    return /^(?:sort_by|sort_unstable_by|dedup_by)$/.test(method) ? [ref(element), ref(element)] : []
  }
  return []
}
