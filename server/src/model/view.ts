import { classVerdicts, definitionVerdict, fieldVerdicts } from '../autotraits/queries.ts'
import { crateGraph } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import { auditBlockersOf } from './audit.ts'
import type { CrateView } from './crate-view.ts'
import { fieldCulprit } from './culprits.ts'
import { exportGapOf } from './export-gaps.ts'
import { gilProtectedStatics } from './gil-protected.ts'
import { localType } from './local-types.ts'
import { isAssertedType, lockedTypeOf } from './locked-types.ts'
import { missingBoundsOf } from './missing-bounds.ts'
import type { PyCrate } from './pycrate.ts'
import { workspaceModules } from './pycrates.ts'
import { staticMuts } from './static-muts.ts'
import { unsafeImplsOf } from './unsafe-impls.ts'

/** Everything that rules and fixes may ask about a crate in a world (see `crateGraph`). */
export function crateView(db: Database, world: string, crate: PyCrate): CrateView {
  return {
    db,
    world,
    crate,
    verdicts: (cls) => classVerdicts(db, cls.id),
    culprits: (type) =>
      (['Send', 'Sync'] as const).flatMap((trait) => fieldVerdicts(db, type.id, trait).map((it) => fieldCulprit(db, type, it))),
    unsafeImpls: () => unsafeImplsOf(db, crate.crate.id),
    gilProtectedStatics: () => gilProtectedStatics(db, crate.crate.id),
    staticMuts: () => staticMuts(db, crate.crate.id),
    missingBounds: (impl) => missingBoundsOf(definitionVerdict(db, impl.type, impl.trait)),
    localType: (def) => localType(db, def),
    lockedLocalType: (cls) => lockedTypeOf(db, cls),
    isAsserted: (cls) => {
      const locked = lockedTypeOf(db, cls)?.typeName.split('::').at(-1)
      return isAssertedType(db, cls, locked ? [cls.name, locked] : [cls.name])
    },
    auditBlockers: () => auditBlockersOf(db, crate),
    exportGap: (cls) => exportGapOf(db, crateGraph(db, world), crate, workspaceModules(db, world), cls),
  }
}
