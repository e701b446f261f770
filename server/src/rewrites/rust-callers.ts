import { expansionById } from '../resolve/expansion-store.ts'
import { childModuleId } from '../resolve/ids.ts'
import { moduleTree } from '../resolve/module-tree.ts'
import { factsOf } from '../syntax/body.ts'
import { mayBeObject } from './accesses.ts'
import type { ClassSource, MethodSource } from './class-source.ts'
import { codeText } from './code-texts.ts'
import { codeOfCrate, codeToSearch } from './crate-code.ts'
import { factsOfFunction, functionsIn } from './functions.ts'
import { objectsFlow } from './object-flow.ts'
import type { MovePlan } from './plan.ts'
import { isPublicApi } from './public-api.ts'
import { isName, tokensIn } from './tokens.ts'

/** A method that may be called from anywhere but the moved bodies keeps a place on the class. */
export function needsWrapper(source: ClassSource, plan: MovePlan, method: MethodSource): boolean {
  if (method.impl.kind !== 'inherent') return true
  // Behind the lock, a public method that nothing calls would be dead code.
  const called = [...plan.moved, ...plan.narrowed.keys()].some((it) =>
    plan.uses.get(it)?.calls.some((call) => call.name === method.name),
  )
  return (method.fn.vis === 'pub' && (!called || isPublicApi(source))) || hasRustCaller(source, plan, method)
}

/** Whether something but a moved body may call a method, in Rust. Private names end with their module. */
export function hasRustCaller(source: ClassSource, plan: MovePlan, method: MethodSource): boolean {
  const { db } = source.view
  const isPrivate = method.fn.vis === 'private' && method.impl.kind !== 'trait'
  const files = isPrivate ? modulesBelow(source, method) : [...codeToSearch(source)]
  return files.some((file) => {
    const text = codeText(db, file)
    return text?.includes(method.name) && callsIn(source, plan, method.name, file, text)
  })
}

function callsIn(source: ClassSource, plan: MovePlan, name: string, file: string, text: string): boolean {
  const functions = functionsIn(source.view.db, source.cls.crate, new Set([file]))
  const tokens = tokensIn(text)
  return tokens.some((token, i) => {
    const before = tokens[i - 1]?.text
    const next = tokens[i + 1]?.text
    if (token.text !== name || (before !== '.' && before !== ':')) return false
    const owner = tokens[i - 3]?.text ?? ''
    if (before === ':') return owner === 'Self' || owner === source.cls.name || !isName(owner) || objectsFlow(source, plan)
    // A field, not a method: only a call names a method after a dot.
    if (next !== '(' && next !== ':') return false
    const fn = functions.findLast((it) => it.body.start <= token.start && token.end <= it.body.end)
    const own = fn && [...plan.moved, ...plan.narrowed.keys()].find((it) => it.fn === fn.fn && it.impl.file === file)
    const facts = fn && factsOfFunction(source.view.db, fn)
    const call = facts && factsOf(facts, 'method').find(({ fact }) => fn.body.start + fact.nameSpan.start === token.start)
    // In a macro, for one.
    if (!fn || !facts || !call) return !(own && tokens[i - 2]?.text === own.selfName && tokens[i - 3]?.text !== '.')
    return own?.selfName !== call.fact.receiverText && mayBeObject(source, plan, fn, facts, call.fact.receiverText)
  })
}

/** Where a method is called by its path, as `Counter::tick(it)`; null if nowhere. A `PyRef` could then be what is passed. */
export function pathCaller(source: ClassSource, method: MethodSource): { readonly file: string; readonly at: number } | null {
  const { db } = source.view
  for (const file of codeToSearch(source)) {
    const text = codeText(db, file)
    if (!text?.includes(method.name)) continue
    const tokens = tokensIn(text)
    const at = tokens.findIndex(
      (it, i) =>
        it.text === method.name &&
        tokens[i - 1]?.text === ':' &&
        (tokens[i - 3]?.text === 'Self' || tokens[i - 3]?.text === source.cls.name || tokens[i - 3]?.text === '>'),
    )
    if (at >= 0) return { file, at: tokens[at]?.start ?? 0 }
  }
  return null
}

/** Files and expansions in which a private name of the module of a method may be used: not those that only belong to modules elsewhere. */
function modulesBelow({ view: { db }, cls }: ClassSource, { impl }: MethodSource): readonly string[] {
  const home = impl.module.module
  const inside = childModuleId(home, '')
  const { modules } = moduleTree(db, cls.crate)
  const below = (id: string): boolean => id === home || id.startsWith(inside)
  const visible = new Set(modules.filter((it) => below(it.id)).map((it) => it.file))
  const elsewhere = new Set(modules.filter((it) => !below(it.id) && !visible.has(it.file)).map((it) => it.file))
  return [...codeOfCrate(db, cls.crate)].filter((it) => !elsewhere.has(expansionById(db, it)?.file ?? it))
}
