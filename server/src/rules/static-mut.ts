import { defineRule } from './rule.ts'

/**
 * While there was a GIL, only one thread at a time was in a function that Python calls. Without it, reading and writing a
 * `static mut` from two of them is a data race, which is undefined behaviour (Rust reference, "Mutable statics"; PyO3 guide,
 * "Supporting free-threaded Python"). It made pydantic-core crash (PyO3#4894). rustc is silent where no reference is taken.
 */
export default defineRule({
  id: 'static-mut',
  summary: 'a `static mut`, which only the GIL kept from being a data race',
  letter: 'F1',
  group: 'soundness',
  severity: { explicit: 'warning', default: 'info', 'opted-out': 'hint', unknown: 'hint' },
  pyo3: '>=0.21',
  grades: ['risky'],

  checkCrate(cx) {
    for (const { name, at } of cx.staticMuts())
      cx.report({
        at,
        subject: name,
        message: `without the GIL, threads race for \`static mut ${name}\`, which is undefined behaviour; make it an atomic, or put it behind a lock or a \`OnceLock\``,
      })
  },
})
