import type { PyClass } from '../model/pyclass.ts'
import type { Database } from '../query/database.ts'
import { type Expansion, expansionById } from '../resolve/expansion-store.ts'
import { itemOf } from '../resolve/scopes.ts'
import { codePositions, expansionsOf } from './code-texts.ts'
import { filesOfCrate } from './crate-code.ts'
import { inDefinition, macroText } from './macro-texts.ts'
import { type Problem, placeText } from './problems.ts'
import { tokensIn } from './tokens.ts'

/** The struct of a macro's definition that a class is made of. */
export interface MadeStruct {
  readonly expansion: Expansion
  /** Equal for all classes made of the same text. */
  readonly key: string
}

/** Where a class that a macro makes comes from; null for a class that is written, or of which that cannot be told. */
export function madeStruct(db: Database, cls: PyClass): MadeStruct | null {
  const it = cls.macroMade ? itemOf(db, cls.id) : null
  const expansion = it?.origin.expansion ? expansionById(db, it.origin.expansion) : null
  const position = it && expansion ? codePositions(db, expansion.id)?.items.get(it.item.key) : undefined
  const at = expansion && position ? inDefinition(expansion, position.end, 'end') : null
  return expansion?.macro && at !== null ? { expansion, key: `${expansion.macro.identity}:${at}` } : null
}

/** A call of a macro that makes nothing in this build (under a `cfg`, in a body): what it would make is not known. */
export function unknownCall(db: Database, crate: string, { macro }: Expansion): Problem | null {
  const name = macro?.name ?? ''
  const known = knownCalls(db, crate, macro?.identity ?? '')
  for (const file of filesOfCrate(db, crate)) {
    const text = db.text(file)
    if (!text?.includes(name)) continue
    const tokens = tokensIn(text)
    for (const [i, token] of tokens.entries()) {
      if (token.text !== name || tokens[i + 1]?.text !== '!') continue
      const seen = known.some((it) => it.file === file && it.start <= token.start && token.start < it.end)
      if (!seen)
        return {
          reason: 'cfg',
          detail: `${placeText(db, file, token.start)}: this call of \`${name}!\` makes nothing in this build`,
        }
    }
  }
  return null
}

interface Call {
  readonly file: string
  readonly start: number
  readonly end: number
}

/** The calls that expansions of a macro come from, where they are written: in a file's items, or in the definition of another macro. */
function knownCalls(db: Database, crate: string, identity: string): readonly Call[] {
  return expansionsOf(db, crate).flatMap((it): Call[] => {
    if (it.macro?.identity !== identity) return []
    const call = codePositions(db, it.parent ?? it.file)?.items.get(it.itemKey)
    if (!call) return []
    if (it.parent === null) return [{ file: it.file, start: call.start, end: call.end }]
    const outer = expansionById(db, it.parent)
    const written = outer?.macro ? macroText(db, outer.macro) : null
    const head = outer ? inDefinition(outer, call.headStart, 'start') : null
    return written && head !== null
      ? [{ file: written.file, start: written.start + head, end: written.start + head + PATH_LENGTH }]
      : []
  })
}

/** Of a macro's path, before its `!`. */
const PATH_LENGTH = 60
