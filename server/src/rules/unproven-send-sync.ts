import type { AutoTrait } from '../autotraits/oracle.ts'
import type { Verdict } from '../autotraits/verdicts.ts'
import { defineRule } from './rule.ts'

/**
 * The analysis could not prove the class `Send` and `Sync`. Silent by default: the compiler knows. Below PyO3 0.23 the
 * compiler does not look at `Sync`, so there it is worth a hint.
 */
export default defineRule({
  id: 'unproven-send-sync',
  summary: 'a `#[pyclass]` of which it is not known whether it is `Send` and `Sync`',
  letter: 'A9',
  group: 'soundness',
  severity: { explicit: 'hint', default: 'hint', 'opted-out': 'hint', unknown: 'hint' },
  pyo3: '>=0.21',
  grades: [],

  checkClass(cx, cls) {
    if (cls.options.unsendable) return
    const { minor } = cx.crate.pyo3
    const { send, sync } = cx.verdicts(cls)
    const open: [AutoTrait, Verdict][] = []
    if (cx.profile === 'strict' && send.verdict === 'unknown') open.push(['Send', send])
    if ((cx.profile === 'strict' || (minor !== null && minor < 23)) && sync.verdict === 'unknown') open.push(['Sync', sync])
    if (open.length === 0) return
    const reasons = [...new Set(open.map(([, verdict]) => verdict.reason?.text ?? 'no reason given'))]
    cx.report({
      at: cls.nameAt,
      message: `Not known whether \`${cls.name}\` is ${open.map(([trait]) => `\`${trait}\``).join(' and ')}: ${reasons.join('; ')}`,
      related: cx
        .culprits(cls)
        .filter((it) => it.verdict === 'unknown')
        .map((it) => ({ at: it.at, message: it.steps.map((step) => step.text).join(' → ') })),
    })
  },
})
