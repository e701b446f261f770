import type { AutoTrait } from '../autotraits/oracle.ts'
import { autoTraitFixes } from '../fixes/auto-trait-fixes.ts'
import type { FieldCulprit } from '../model/culprits.ts'
import type { PyClass } from '../model/pyclass.ts'
import { always, defineRule, type Related, type RuleContext, type Severity } from './rule.ts'

/**
 * PyO3 lets any thread drop the value of a `#[pyclass]`, so the macro asks for `Send` in every version
 * (PyO3 guide, "`#[pyclass]` thread safety"). The compiler says so at the macro; this rule says which field is the cause.
 */
export default defineRule({
  id: 'not-send',
  summary: 'a `#[pyclass]` that is not `Send`: PyO3 refuses to compile it',
  letter: 'A1',
  group: 'soundness',
  severity: always('error'),
  pyo3: '>=0.21',
  grades: ['suggested', 'risky'],

  checkClass(cx, cls) {
    reportMissing(cx, cls, 'Send', 'error')
  },
})

/**
 * Reports each field that makes `cls` not `trait`. Says nothing of an `unsendable` class, which PyO3 checks at run time, or
 * where the verdict is not a plain `no`.
 */
export function reportMissing(cx: RuleContext, cls: PyClass, trait: AutoTrait, severity: Severity): void {
  if (cls.options.unsendable) return
  const verdict = trait === 'Send' ? cx.verdicts(cls).send : cx.verdicts(cls).sync
  if (verdict.verdict !== 'no') return
  const culprits = cx.culprits(cls).filter((it) => it.trait === trait && it.verdict === 'no')
  for (const culprit of culprits) reportCulprit(cx, cls, culprit, severity)
  if (culprits.length === 0) {
    cx.report({ at: cls.nameAt, severity, message: `\`${cls.name}\` is not \`${trait}\`: an explicit negative impl says so` })
  }
}

/** What the macro asks for: `Sync` only from 0.23 on. */
function requirement(minor: number | null): string {
  return minor !== null && minor < 23
    ? '`#[pyclass]` asks for `Send`, from PyO3 0.23 on also for `Sync`'
    : '`#[pyclass]` asks for `Send + Sync`'
}

const VERB: Readonly<Record<AutoTrait, string>> = { Send: 'sent to', Sync: 'shared between' }

function reportCulprit(cx: RuleContext, cls: PyClass, culprit: FieldCulprit, severity: Severity): void {
  const { trait } = culprit
  const field = cls.fields[culprit.field]
  const cause = culprit.steps.at(-1)?.text ?? `its type is not \`${trait}\``
  const threads = trait === 'Send' ? `${VERB[trait]} another thread` : `${VERB[trait]} threads`
  const consequence = severity === 'error' ? 'PyO3 refuses to compile this class' : 'PyO3 refuses this class from 0.23 on'
  const { fixes, refused } = autoTraitFixes(cx, cls, culprit)
  cx.report({
    at: culprit.at,
    severity,
    message: `\`${cls.name}\` is not \`${trait}\`: field \`${field?.name ?? culprit.field}\` cannot be ${threads}, since ${cause}. ${consequence}`,
    related: [
      ...culprit.steps.slice(1).flatMap(({ at, text }): Related[] => (at ? [{ at, message: text }] : [])),
      { at: cls.attributeAt, message: requirement(cx.crate.pyo3.minor) },
    ],
    fixes,
    refused,
  })
}
