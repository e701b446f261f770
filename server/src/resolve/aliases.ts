import { type Database, type Query, query } from '../query/database.ts'
import type { DefId } from './defs.ts'
import { doubtAboutFact, factItem } from './fact-names.ts'
import { parseTypeText } from './fact-text.ts'
import { crateOfId } from './ids.ts'
import { unknownTy } from './interner.ts'
import { type Lowering, lower, lowerType } from './lowering.ts'
import { itemOf } from './scopes.ts'
import type { Ty } from './ty.ts'
import { factScope, scopeInside } from './type-scope.ts'

/** null while the alias itself is being worked out: it goes round in a circle. */
const body: Query<DefId, Ty | null> = query(
  'aliasBody',
  (db, def: DefId): Ty | null => sourceBody(db, def) ?? factBody(db, def),
  {
    cycle: () => null,
  },
)

/** The same where only some configurations are looked at: alternatives in the body are decided by those. */
export function aliasBodyIn(cx: Lowering, def: DefId): Ty {
  const general = aliasBody(cx.db, def)
  const each = itemOf(cx.db, def)
  if (!holdsAlternatives(general) || each?.item.kind !== 'type' || !each.item.type || each.untrusted) return general
  return lower({ ...cx, scope: scopeInside(each) }, each.item.type)
}

/** Whether something in a type depends on cfg. */
function holdsAlternatives(ty: Ty): boolean {
  switch (ty.kind) {
    case 'unknown':
      return ty.reason.code === 'cfg'
    case 'adt':
      return ty.args.some(holdsAlternatives)
    case 'ref':
    case 'ptr':
    case 'array':
    case 'slice':
      return holdsAlternatives(ty.inner)
    case 'tuple':
      return ty.items.some(holdsAlternatives)
    default:
      return false
  }
}

/** Aliases of aliases; deeper ones would exhaust the stack. */
const MAX_NESTING = 200
const NESTING = Symbol('resolve: aliases being expanded')

/** What a type alias stands for, over its own parameters. */
export function aliasBody(db: Database, def: DefId): Ty {
  const nesting = db.slot(NESTING, () => ({ depth: 0 }))
  if (nesting.depth >= MAX_NESTING) return unknownTy(db, { code: 'limit', text: 'aliases are nested too deeply' })
  nesting.depth++
  try {
    return expand(db, def)
  } finally {
    nesting.depth--
  }
}

function expand(db: Database, def: DefId): Ty {
  return body(db, def) ?? unknownTy(db, { code: 'cyclic-alias', text: 'the alias stands for itself' })
}

function sourceBody(db: Database, def: DefId): Ty | null {
  const each = itemOf(db, def)
  if (each?.item.kind !== 'type' || !each.item.type) return null
  return each.untrusted ? unknownTy(db, each.untrusted) : lowerType(db, scopeInside(each), each.item.type)
}

function factBody(db: Database, def: DefId): Ty {
  const fact = factItem(db, def)
  const alias = fact?.kind === 'alias' ? fact.alias : null
  const type = alias?.target ? parseTypeText(db, alias.target) : null
  if (!alias || !type) return unknownTy(db, { code: 'not-in-facts', text: 'it is not known what the alias stands for' })
  const doubt = doubtAboutFact(db, def)
  if (doubt !== null) return unknownTy(db, { code: 'facts-version', text: doubt })
  return lowerType(db, factScope(crateOfId(def), def, alias.params), type)
}
