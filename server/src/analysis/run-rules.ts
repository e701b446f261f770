import type { CrateView } from '../model/crate-view.ts'
import { pyClass } from '../model/pyclasses.ts'
import type { PyCrate } from '../model/pycrate.ts'
import { pyCrate } from '../model/pycrates.ts'
import { crateView } from '../model/view.ts'
import type { CrateId } from '../project/crate-graph.ts'
import { type Database, query } from '../query/database.ts'
import type { DefId } from '../resolve/defs.ts'
import { crateOfId } from '../resolve/ids.ts'
import { gilProtectedOffer } from '../rewrites/gil-protected.ts'
import { staticOffer } from '../rewrites/statics.ts'
import { rules } from '../rules/index.generated.ts'
import type { Rule, RuleContext, Severity } from '../rules/rule.ts'
import { type ClassResult, classResult } from './check-result.ts'
import type { Config } from './config.ts'
import type { Finding } from './finding.ts'
import { isSelected } from './select.ts'

/** What is said of one class. */
export interface ClassFindings {
  readonly result: ClassResult
  readonly findings: readonly Finding[]
}

/** A world and a configuration as one key part; equal ones have equal keys. */
export function runKey(world: string, config: Config): string {
  return JSON.stringify([world, config])
}

/** Rules about classes, for one class: computed again only when something changes that they looked at. */
export function classFindings(db: Database, run: string, cls: DefId): ClassFindings | null {
  return classFindingsQuery(db, `${run}\n${cls}`)
}

const classFindingsQuery = query<string, ClassFindings | null>('classFindings', (db, key) => {
  const { world, config, rest: id } = readKey(key)
  const cls = pyClass(db, id)
  if (!cls) return null
  const view = crateView(db, world, pyCrate(db, world, crateOfId(id)))
  const findings = rules.flatMap((rule) => runRule(rule, view, config, cls.name, (cx) => rule.checkClass?.(cx, cls)))
  return { result: classResult(view, cls), findings }
})

/** Rules about a crate and its modules. */
export function crateFindings(db: Database, run: string, crate: CrateId): readonly Finding[] {
  return crateFindingsQuery(db, `${run}\n${crate}`)
}

const crateFindingsQuery = query<string, readonly Finding[]>('crateFindings', (db, key) => {
  const { world, config, rest: id } = readKey(key)
  const view = crateView(db, world, pyCrate(db, world, id))
  return rules.flatMap((rule) => [
    ...runRule(rule, view, config, null, (cx) => rule.checkCrate?.(cx)).map((it) => withStaticFix(view, it)),
    ...(rule.checkModule
      ? view.crate.modules.flatMap((module) => runRule(rule, view, config, module.name, (cx) => rule.checkModule?.(cx, module)))
      : []),
  ])
})

/** Statics are rewritten by what rewrites classes, which stands above the rules. */
function withStaticFix(view: CrateView, finding: Finding): Finding {
  if (finding.rule !== 'static-mut' && finding.rule !== 'gil-protected') return finding
  const { fixes, refused } = (finding.rule === 'static-mut' ? staticOffer : gilProtectedOffer)(view, finding.at)
  return { ...finding, fixes, refused }
}

function readKey(key: string): { readonly world: string; readonly config: Config; readonly rest: string } {
  const cut = key.indexOf('\n')
  const [world, config] = JSON.parse(key.slice(0, cut)) as [string, Config]
  return { world, config, rest: key.slice(cut + 1) }
}

/** Runs one rule with a context that collects what it reports. */
export function runRule(
  rule: Rule,
  view: CrateView,
  config: Config,
  subject: string | null,
  check: (cx: RuleContext) => void,
): readonly Finding[] {
  const severity = severityOf(rule, view.crate, config)
  if (severity === 'off' || !isSelected(rule, view.crate, config)) return []
  const override = config.rules[rule.id]
  const found: Finding[] = []
  check({
    ...view,
    profile: config.profile,
    report(it) {
      const own = override !== undefined && override !== 'off' ? override : (it.severity ?? severity)
      found.push({ ...(subject === null ? {} : { subject }), ...it, rule: rule.id, severity: own })
    },
  })
  return found
}

/** The rule's table for the crate's intent; profile `checklist` hears a rule that the intent would silence. */
function severityOf(rule: Rule, crate: PyCrate, config: Config): Severity | 'off' {
  const override = config.rules[rule.id]
  if (override !== undefined) return override
  const own = rule.severity[crate.intent]
  return own === 'off' && config.profile === 'checklist' ? rule.severity.explicit : own
}
