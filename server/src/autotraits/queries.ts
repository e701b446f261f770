import { type Database, type Query, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId, idParts } from '../resolve/ids.ts'
import { sameValue } from '../resolve/same-value.ts'
import type { Ty } from '../resolve/ty.ts'
import { dbOracle } from './db-oracle.ts'
import { because, type Chain, type DerivationNode, derivationTree, type Link, linksOf } from './derivation.ts'
import type { AutoTrait } from './oracle.ts'
import { createSolver, type Solver } from './solver.ts'
import { type Cond, sameCond } from './verdict.ts'
import {
  type FieldVerdict,
  judgeDefinition,
  judgeFields,
  judgeStructure,
  judgeType,
  type StructuralVerdict,
  type Verdict,
} from './verdicts.ts'

/*
 * Keys are `<definition or type id>|<trait>`. Every query makes its own solver, so that the database sees exactly what an
 * answer rests on: an edit to a field runs those conditions again that lead through it, and no others.
 */

function split(key: string): readonly [string, AutoTrait] {
  const at = key.lastIndexOf('|')
  return [key.slice(0, at), key.endsWith('|Send') ? 'Send' : 'Sync']
}

/**
 * What a definition with sources needs of its parameters; null while it is being computed (a circle through another
 * crate, which the caller then follows itself).
 */
const condOf: Query<string, Cond | null> = query(
  'cond',
  (db, key: string): Cond | null => {
    const [def, trait] = split(key)
    db.count('conds computed')
    const crate = crateOfId(def)
    // Definitions of one crate may refer to each other in circles: they are solved together, here.
    const published = (other: DefId, auto: AutoTrait) => (crateOfId(other) === crate ? null : publishedCond(db, other, auto))
    return createSolver(dbOracle(db), { published }).cond(def, trait)
  },
  {
    equals: (before, after) => before === after || (before !== null && after !== null && sameCond(before, after)),
    cycle: () => null,
  },
)

function publishedCond(db: Database, def: DefId, trait: AutoTrait): Cond | null {
  return idParts(def).kind === 'fact' ? null : condOf(db, `${def}|${trait}`)
}

/** A solver for one question, on top of what is known of definitions. */
function solverFor(db: Database): Solver {
  return createSolver(dbOracle(db), { published: (def, trait) => publishedCond(db, def, trait) })
}

const definitionQuery: Query<string, Verdict> = query(
  'verdict',
  (db, key: string): Verdict => {
    const [def, trait] = split(key)
    db.count('verdicts computed')
    return judgeDefinition(solverFor(db), def, trait)
  },
  { equals: sameValue },
)

/** The verdict of a struct, enum or union with sources, or of a type that facts describe. */
export function definitionVerdict(db: Database, def: DefId, trait: AutoTrait): Verdict {
  return definitionQuery(db, `${def}|${trait}`)
}

/** Both verdicts of a class. */
export function classVerdicts(db: Database, def: DefId): { readonly send: Verdict; readonly sync: Verdict } {
  return { send: definitionVerdict(db, def, 'Send'), sync: definitionVerdict(db, def, 'Sync') }
}

const structuralQuery: Query<string, StructuralVerdict> = query(
  'structuralVerdict',
  (db, key: string): StructuralVerdict => {
    const [def, trait] = split(key)
    db.count('verdicts computed')
    return judgeStructure(solverFor(db), def, trait)
  },
  { equals: sameValue },
)

/** The verdict of a definition as if it had no explicit impls of its own. */
export function structuralVerdict(db: Database, def: DefId, trait: AutoTrait): StructuralVerdict {
  return structuralQuery(db, `${def}|${trait}`)
}

const TYPES = Symbol('autotraits: types by id')

const typeQuery: Query<string, StructuralVerdict> = query(
  'typeVerdict',
  (db, key: string): StructuralVerdict => {
    const [id, trait] = split(key)
    const ty = db.slot<Map<string, Ty>>(TYPES, () => new Map()).get(id)
    if (!ty) throw new Error(`type ${id} was never asked for`)
    db.count('verdicts computed')
    return judgeType(solverFor(db), ty, trait)
  },
  { equals: sameValue },
)

/** The verdict of a type; parameters in it count as far as their declared bounds go. */
export function typeVerdict(db: Database, ty: Ty, trait: AutoTrait): StructuralVerdict {
  // Types are interned for the life of the database, so an id stands for one type for ever.
  db.slot<Map<string, Ty>>(TYPES, () => new Map()).set(String(ty.id), ty)
  return typeQuery(db, `${ty.id}|${trait}`)
}

const fieldsQuery: Query<string, readonly FieldVerdict[]> = query(
  'fieldVerdicts',
  (db, key: string): readonly FieldVerdict[] => {
    const [def, trait] = split(key)
    return judgeFields(solverFor(db), def, trait)
  },
  { equals: sameValue },
)

/** All fields of a definition that keep it from being `trait`, or leave that unknown, in source order. */
export function fieldVerdicts(db: Database, def: DefId, trait: AutoTrait): readonly FieldVerdict[] {
  return fieldsQuery(db, `${def}|${trait}`)
}

/** Why a definition is `no` or `unknown`, shortest chain first; no steps for `yes`. */
export function becauseOf(db: Database, def: DefId, trait: AutoTrait): Chain {
  return because(solverFor(db), def, trait)
}

/** The links of the chain that `becauseOf` tells of. */
export function linksBehind(db: Database, def: DefId, trait: AutoTrait): readonly Link[] {
  return linksOf(solverFor(db), def, trait)
}

/** Everything that a verdict rests on, `yes` included, for people. */
export function derivationOf(db: Database, def: DefId, trait: AutoTrait): DerivationNode {
  return derivationTree(solverFor(db), def, trait)
}
