import type { PyClass, PyMethod } from '../model/pyclass.ts'
import { defineRule } from './rule.ts'

/** Not reported: an iterator is rarely shared, and the garbage collector stops all other threads. */
const PROTOCOL = new Set(['__next__', '__anext__', '__iter__', '__aiter__', '__traverse__', '__clear__'])

/**
 * A method with `&mut self` takes PyO3's exclusive run-time borrow of the object. Two threads that share the object hit it
 * at the same time: `RuntimeError: Already borrowed` (PyO3 guide, "Thread safety of pyclass"; PyO3#4265).
 */
export default defineRule({
  id: 'mut-self',
  summary:
    'a `#[pyclass]` that is borrowed mutably (`&mut self`, `#[pyo3(set)]`) raises `Already borrowed` when threads share it',
  letter: 'B1',
  group: 'runtime',
  severity: { explicit: 'warning', default: 'info', 'opted-out': 'hint', unknown: 'hint' },
  pyo3: '>=0.21',
  grades: ['risky'],

  checkClass(cx, cls) {
    if (cls.options.frozen) return
    const methods = cls.methods.filter(takesExclusiveBorrow)
    const setters = settableFields(cls)
    if (methods.length === 0 && setters.length === 0) return
    cx.report({
      at: cls.nameAt,
      message: message(cls, methods, setters),
      related: [
        ...methods.map((it) => ({ at: it.nameAt, message: `\`${it.name}\` takes the exclusive borrow (${it.receiver})` })),
        ...setters.map((it) => ({ at: it.at, message: `setting \`${it.name}\` takes the exclusive borrow` })),
      ],
    })
  },
})

function takesExclusiveBorrow(method: PyMethod): boolean {
  if (method.kind === 'new' || PROTOCOL.has(method.pythonName) || method.pythonName === '__setstate__') return false
  return method.receiver === '&mut self' || method.receiver === 'PyRefMut'
}

function settableFields(cls: PyClass) {
  return cls.fields.filter((it) => it.set || (cls.options.setAll && it.variant === null))
}

function message(cls: PyClass, methods: readonly PyMethod[], setters: readonly { name: string }[]): string {
  const parts: string[] = []
  const [first, ...rest] = methods
  if (first)
    parts.push(rest.length === 0 ? `\`${first.name}\` takes \`&mut self\`` : `${methods.length} methods take \`&mut self\``)
  if (setters.length > 0)
    parts.push(`${setters.length === 1 ? `attribute \`${setters[0]?.name}\` is` : `${setters.length} attributes are`} settable`)
  return (
    `${parts.join(' and ')}: threads that share a \`${cls.name}\` get \`RuntimeError: Already borrowed\` ` +
    '(or `Already mutably borrowed`); make the class `frozen` with a lock or atomics inside'
  )
}
