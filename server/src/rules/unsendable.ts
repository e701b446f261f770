import { defineRule } from './rule.ts'

/**
 * An `unsendable` class is checked at run time: a use from another thread panics, a drop there leaks (PyO3 guide,
 * "Customizing the class"; PyO3#3688, PyO3#5067). On free-threaded Python every object can meet another thread.
 */
export default defineRule({
  id: 'unsendable',
  summary: 'an `unsendable` class panics when another thread touches it',
  letter: 'A3',
  group: 'runtime',
  severity: { explicit: 'warning', default: 'info', 'opted-out': 'hint', unknown: 'hint' },
  pyo3: '>=0.21',
  grades: [],

  checkClass(cx, cls) {
    if (!cls.options.unsendable) return
    const { send, sync } = cx.verdicts(cls)
    const culprits = cx.culprits(cls)
    const why =
      send.verdict === 'yes' && sync.verdict === 'yes' ? `; every field is \`Send + Sync\`, so \`unsendable\` is not needed` : ''
    cx.report({
      at: cls.nameAt,
      message:
        `\`${cls.name}\` is \`unsendable\`: any use from another thread raises \`PanicException\`, ` +
        `which \`except Exception\` does not catch, and dropping it there leaks${why}`,
      related: culprits.slice(0, 5).map((it) => ({ at: it.at, message: it.steps.map((step) => step.text).join(' → ') })),
    })
  },
})
