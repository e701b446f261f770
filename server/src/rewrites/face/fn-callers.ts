import { definitionOfType } from '../../model/type-names.ts'
import { dependentsOf } from '../../project/crate-graph.ts'
import type { Database } from '../../query/database.ts'
import type { DefId } from '../../resolve/defs.ts'
import { resolveTargets } from '../../resolve/lookup.ts'
import { childFacts, factsOf } from '../../syntax/body.ts'
import { functionKey, newScope } from '../body-scopes.ts'
import { codeText } from '../code-texts.ts'
import { codeOfCrate } from '../crate-code.ts'
import { typeOfExpression } from '../expression-types.ts'
import { type FunctionSource, factsOfFunction, functionsIn } from '../functions.ts'
import { derefs } from '../std-types.ts'
import { isName, tokensIn, type Word } from '../tokens.ts'
import { useBefore } from './class-mentions.ts'
import { moduleAt } from './code-modules.ts'

export interface CallerPlace {
  readonly file: string
  readonly at: number
}

/** Where the workspace's Rust code may call or name a function; null if it does not. Attributes that name it for Python are no calls. */
export function rustCallerOf(db: Database, crate: string, fn: FunctionSource): CallerPlace | null {
  const { name } = fn.fn
  const owner =
    fn.owner?.item.kind === 'impl' ? definitionOfType(db, fn.owner.module, fn.owner.item.self) : (fn.owner?.id ?? null)
  for (const each of [crate, ...dependentsOf(db, crate)])
    for (const file of codeOfCrate(db, each)) {
      const text = codeText(db, file)
      if (!text?.includes(name)) continue
      const tokens = tokensIn(text)
      for (const [i, token] of tokens.entries()) {
        if (token.text !== name || (file === fn.file && token.start >= fn.start && token.end <= fn.body.start)) continue
        if (mayMean(db, crate, fn, owner, file, tokens, i)) return { file, at: token.start }
      }
    }
  return null
}

function mayMean(
  db: Database,
  crate: string,
  fn: FunctionSource,
  owner: DefId | null,
  file: string,
  tokens: readonly Word[],
  i: number,
): boolean {
  const before = tokens[i - 1]?.text
  const isCalled = tokens[i + 1]?.text === '(' || (tokens[i + 1]?.text === ':' && tokens[i + 2]?.text === ':')
  if (before === 'fn') return false
  const isPath = before === ':' && tokens[i - 2]?.text === ':'
  if (fn.of === null) {
    if (before === '.' || (!isPath && !isCalled && tokens[i - 2]?.text === '!')) return false
    if (isGiven(tokens, i) || useBefore(tokens, i) >= 0) return false
    if (!isPath && (isBinding(tokens, i) || tokens[i - 1]?.text === '=')) return false
    return meansFunction(db, crate, fn, owner, file, tokens, i)
  }
  if (isPath) {
    const of = tokens[i - 3]?.text ?? ''
    if (!isName(of)) return true
    if (of === 'Self') return isInside(db, crate, fn, file, tokens[i]?.start ?? 0)
    return of === fn.of || mayAlias(db, crate, of, owner, file, tokens[i]?.start ?? 0)
  }
  return before === '.' && isCalled && mayBeCalledOn(db, crate, owner, file, tokens[i]?.start ?? 0)
}

/** `name: …` in a pattern, a literal or a declaration. */
function isBinding(tokens: readonly Word[], i: number): boolean {
  return tokens[i + 1]?.text === ':' && tokens[i + 2]?.text !== ':'
}

/** `wrap_pyfunction!(name, m)`, `#[pyo3(name = …)]`. */
function isGiven(tokens: readonly Word[], i: number): boolean {
  let at = i
  while (tokens[at - 1]?.text === ':' && tokens[at - 2]?.text === ':') at -= 3
  return tokens[at - 1]?.text === '(' && tokens[at - 2]?.text === '!' && /^wrap_py\w+$/.test(tokens[at - 3]?.text ?? '')
}

/** Whether a path may lead to a free function. */
function meansFunction(
  db: Database,
  crate: string,
  fn: FunctionSource,
  owner: DefId | null,
  file: string,
  tokens: readonly Word[],
  i: number,
): boolean {
  const module = moduleAt(db, crate, file, tokens[i]?.start ?? 0)
  if (module === null || owner === null) return true
  const segments = [fn.fn.name]
  let at = i
  for (; tokens[at - 1]?.text === ':' && tokens[at - 2]?.text === ':'; at -= 3) {
    if (!isName(tokens[at - 3]?.text)) return true
    segments.unshift(tokens[at - 3]?.text ?? '')
  }
  const { targets, opaque } = resolveTargets(db, module, segments, false, 'value')
  return opaque !== null || targets.some((it) => it.def === owner)
}

function isInside(db: Database, crate: string, fn: FunctionSource, file: string, offset: number): boolean {
  const around = functionsIn(db, crate, new Set([file])).findLast((it) => it.start <= offset && offset < it.end)
  return around === undefined || around.of === null || around.of === fn.of
}

/** Whether another name may mean the owner's type. */
function mayAlias(db: Database, crate: string, name: string, owner: DefId | null, file: string, offset: number): boolean {
  const module = moduleAt(db, crate, file, offset)
  if (module === null) return false
  const { targets, opaque } = resolveTargets(db, module, [name], false, 'type')
  return opaque !== null || targets.some((it) => it.def === owner)
}

function mayBeCalledOn(db: Database, crate: string, owner: DefId | null, file: string, offset: number): boolean {
  const around = functionsIn(db, crate, new Set([file])).findLast((it) => it.body.start <= offset && offset < it.body.end)
  const facts = around && factsOfFunction(db, around)
  if (!around?.owner || !facts) return true
  const call = factsOf(facts, 'method').find(({ fact }) => around.body.start + fact.nameSpan.start === offset)
  const scope = newScope(db, functionKey({ owner: around.owner, fn: around.fn }))
  if (!call || typeof scope === 'string') return true
  const type = typeOfExpression(scope, childFacts(facts, call.index, 'receiver')[0] ?? -1)
  return type === null || derefs(type).some((it) => it.kind !== 'adt' || it.def === owner)
}
