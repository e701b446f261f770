import type { ModId } from '../resolve/defs.ts'
import { resolveTargets } from '../resolve/lookup.ts'
import { moduleTree } from '../resolve/module-tree.ts'
import { type BodyFacts, factsOf } from '../syntax/body.ts'
import { filePositions, fileSummary } from '../syntax/queries.ts'
import { codeText } from './code-texts.ts'
import { codeOfCrate } from './crate-code.ts'
import { type FunctionSource, factsOfFunction, functionsIn } from './functions.ts'
import { type Problem, placeText } from './problems.ts'
import type { StaticSource } from './statics.ts'
import { tokensIn, type Word } from './tokens.ts'

/** A function that uses a static. */
export interface StaticUse {
  readonly fn: FunctionSource
  readonly module: ModId
  readonly facts: BodyFacts
  /** The static as it is written there. */
  readonly path: string
  /** Of its paths among the facts. */
  readonly indices: readonly number[]
}

/** Every use of a static, by function; a problem where something that is no function of this build names it. */
export function staticUses(source: StaticSource): readonly StaticUse[] | Problem {
  const { view, it, item, file, headStart } = source
  const { db } = view
  const crate = view.crate.crate.id
  if (moduleTree(db, crate).modules.find((each) => each.id === it.module)?.block)
    return { reason: 'unsupported-use', detail: `${placeText(db, file, headStart)}: \`${item.name}\` stands in a function` }
  const found: StaticUse[] = []
  for (const code of codeOfCrate(db, crate)) {
    const text = codeText(db, code) ?? ''
    if (!text.includes(item.name)) continue
    const words = tokensIn(text).filter((each) => each.text === item.name && !isDeclaration(source, code, each))
    const functions = words.length > 0 ? functionsIn(db, crate, new Set([code])) : []
    for (const fn of functions) {
      const inside = words.filter((each) => fn.body.start <= each.start && each.end <= fn.body.end)
      if (inside.length === 0) continue
      const use = useIn(source, fn, inside)
      if (use && 'reason' in use) return use
      if (use) found.push(use)
    }
    const stray = words.find(
      (each) => !functions.some((fn) => fn.body.start <= each.start && each.end <= fn.body.end) && !isImport(source, code, each),
    )
    if (stray)
      return {
        reason: 'used-elsewhere',
        detail: `${placeText(db, code, stray.start)}: \`${item.name}\` is named outside of functions`,
      }
  }
  return found
}

function isDeclaration({ file, headStart, value }: StaticSource, code: string, { start }: Word): boolean {
  return code === file && headStart <= start && start < value.start
}

/** Whether a word stands in a `use`, which needs no change. */
function isImport({ view, item }: StaticSource, code: string, { start }: Word): boolean {
  const positions = filePositions(view.db, code)
  const isUse = (items: NonNullable<ReturnType<typeof fileSummary>>['items']): boolean =>
    items.some((each) => {
      const at = positions?.items.get(each.key)
      if (!at || start < at.start || at.end <= start) return false
      if (each.kind === 'use') return each.imports.every((one) => one.path.at(-1) !== item.name || one.alias === null)
      return each.kind === 'mod' && isUse(each.children ?? [])
    })
  return isUse(fileSummary(view.db, code)?.items ?? [])
}

function useIn(source: StaticSource, fn: FunctionSource, words: readonly Word[]): StaticUse | Problem | null {
  const { view, item, it } = source
  const { db } = view
  const [first] = words
  const why = (reason: Problem['reason'], clause: string): Problem => ({
    reason,
    detail: `${placeText(db, fn.file, first?.start ?? fn.start)}: ${clause}`,
  })
  if (fn.file.includes('\t')) return why('macro-made', `a macro uses \`${item.name}\``)
  const facts = factsOfFunction(db, fn)
  if (!facts) return why('parse-error', `\`${fn.fn.name}\` cannot be read in full`)
  if (!fn.owner) return why('cfg', `\`${fn.fn.name}\` is not part of this build`)
  const module = fn.owner.module
  const paths = factsOf(facts, 'path').filter(({ fact }) => fact.text.split('::').at(-1) === item.name)
  if (paths.length !== words.length) return why('macro', `not every use of \`${item.name}\` can be read`)
  const { path } = { path: paths[0]?.fact.text ?? item.name }
  for (const { fact } of paths) {
    const { targets } = resolveTargets(db, module, fact.text.replace(/^::/, '').split('::'), fact.text.startsWith('::'), 'value')
    const ours = targets.length === 1 && targets[0]?.def === it.id && targets[0].rest === 0
    const others = targets.length > 0 && targets.every((each) => each.def !== null && each.def !== it.id)
    if (others) return null
    if (!ours) return why('used-elsewhere', `it is not known what \`${fact.text}\` is`)
    if (fact.text !== path) return why('unsupported-use', `\`${item.name}\` is named in two ways`)
  }
  if (facts.facts.some((each) => 'bindings' in each && each.bindings.some((one) => one.name === item.name)))
    return why('unsupported-use', `a variable is called \`${item.name}\` too`)
  return { fn, module, facts, path, indices: paths.map(({ index }) => index) }
}
