import { dependentsOf } from '../../project/crate-graph.ts'
import { query } from '../../query/database.ts'
import type { ClassSource } from '../class-source.ts'
import { codeText } from '../code-texts.ts'
import { codeOfCrate } from '../crate-code.ts'
import { functionsIn } from '../functions.ts'
import { type Problem, placeText } from '../problems.ts'
import { tokensIn, type Word } from '../tokens.ts'
import { type Carriers, mayCarry } from './class-carriers.ts'
import { itemAt } from './code-modules.ts'

/** Something generic that asks for a Python class. */
interface ClassBound {
  readonly file: string
  readonly at: number
  readonly bound: string
  /** Names of the functions, types and traits through which a class may be given to it. */
  readonly names: readonly string[]
}

const BOUNDS = /^(?:PyClass|PyTypeInfo|PyTypeCheck|DerefToPyAny|PyClassImpl|PyFunctionArgument|IntoPy)$/

const classBounds = query<string, readonly ClassBound[]>('faceClassBounds', (db, crate) => {
  const found: ClassBound[] = []
  for (const file of codeOfCrate(db, crate)) {
    const text = codeText(db, file)
    if (!text || !/\b(?:Py(?:Class|TypeInfo|TypeCheck|FunctionArgument)|DerefToPyAny|IntoPy|PyClassInitializer)\b/.test(text))
      continue
    const tokens = tokensIn(text)
    const functions = functionsIn(db, crate, new Set([file]))
    for (const [i, { text: word, start }] of tokens.entries()) {
      const initial = word === 'PyClassInitializer' && tokens[i - 1]?.text === '<' && tokens[i - 2]?.text === 'Into'
      if (!initial && !BOUNDS.test(word)) continue
      if (!isBound(tokens, initial ? i - 2 : i)) continue
      const fn = functions.findLast((it) => it.start <= start && start < it.body.start)
      const item = itemAt(db, crate, file, start)?.item
      const members = item?.kind === 'impl' || item?.kind === 'trait' ? item.children.map((it) => it.name) : []
      const self = item?.kind === 'impl' && item.self.kind === 'path' ? [item.self.path.segments.at(-1)?.name ?? ''] : []
      const names = fn ? [fn.fn.name] : [...members, ...self, item?.name ?? '']
      found.push({ file, at: start, bound: word, names: names.filter((it) => it !== '') })
    }
  }
  return found
})

/** Whether the path that ends at a token stands after `:`, `+`, `impl`. */
function isBound(tokens: readonly Word[], i: number): boolean {
  let first = i
  while (tokens[first - 1]?.text === ':' && tokens[first - 2]?.text === ':') first -= 3
  const before = tokens[first - 1]?.text ?? ''
  return before === '+' || before === ':' || before === 'impl' || before === 'dyn'
}

/** Generic code of the workspace that asks for a Python class and may be given this one. */
export function boundProblem(source: ClassSource, carriers: Carriers): Problem | null {
  const { db } = source.view
  const { crate, name } = source.cls
  const traits = new Set(source.impls.flatMap((it) => it.item.trait?.path.segments.at(-1)?.name ?? []))
  const crates = [crate, ...dependentsOf(db, crate)]
  for (const { file, at, bound, names } of crates.flatMap((it) => classBounds(db, it))) {
    const where = placeText(db, file, at)
    const fail = (user: string): Problem => ({
      reason: 'used-elsewhere',
      detail: `${where}: \`${name}\` may be given to what asks for a \`${bound}\` (${user})`,
    })
    const implemented = names.find((it) => traits.has(it))
    if (implemented) return fail(`it implements \`${implemented}\``)
    for (const each of crates)
      for (const code of codeOfCrate(db, each)) {
        const text = codeText(db, code)
        if (!text || !names.some((it) => text.includes(it))) continue
        for (const fn of functionsIn(db, each, new Set([code]))) {
          if (code === file && fn.start <= at && at < fn.end) continue
          const tokens = tokensIn(text, fn)
          const words = new Set(tokens.map((it) => it.text))
          if (!names.some((it) => words.has(it)) || !mayCarry(source, carriers, fn, words)) continue
          if (tokens.some((it, i) => names.includes(it.text) && !isGivenOthers(tokens, i, carriers)))
            return fail(`in \`${fn.fn.name}\``)
        }
      }
  }
  return null
}

/** Whether what is named at a token is told its types, `name::<Other>`, and the class is none of them. */
function isGivenOthers(tokens: readonly Word[], i: number, { words }: Carriers): boolean {
  if (tokens[i + 1]?.text !== ':' || tokens[i + 2]?.text !== ':' || tokens[i + 3]?.text !== '<') return false
  let depth = 0
  for (let at = i + 3; at < tokens.length; at++) {
    const text = tokens[at]?.text ?? ''
    if (text === '<') depth++
    else if (text === '>' && tokens[at - 1]?.text !== '-') depth--
    else if (words.has(text) || text === 'Self' || text === '_') return false
    if (depth === 0) return true
  }
  return false
}
