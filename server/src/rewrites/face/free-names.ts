import { classCondition } from '../class-attributes.ts'
import type { ClassSource } from '../class-source.ts'
import { codeText } from '../code-texts.ts'
import { codeToSearch } from '../crate-code.ts'
import type { Problem } from '../problems.ts'
import type { FaceNames } from './face-names.ts'

/** A name for the face that nothing in the workspace has, and one for its method that locks. */
export function freeFaceNames(source: ClassSource): FaceNames | Problem {
  const { name } = source.cls
  const texts = [...codeToSearch(source)].map((it) => codeText(source.view.db, it) ?? '')
  const isFree = (word: string): boolean => {
    const exact = new RegExp(`\\b${word}\\b`)
    return !texts.some((it) => it.includes(word) && exact.test(it))
  }
  const wanted = /^Py[A-Z]/.test(name) ? [`${name}Class`, `${name}Object`] : [`Py${name}`, `${name}Class`, `${name}Object`]
  const type = wanted.find(isFree)
  const methods = new Set([...source.methods.map((it) => it.name), ...source.struct.fields.map((it) => `get_${it.name}`)])
  const locked = ['locked', 'lock_data'].find(
    (it) => !methods.has(it) && !source.struct.fields.some((field) => field.name === it),
  )
  const copied = ['copied', 'copy_data'].find((it) => !methods.has(it))
  // `PyCurve::from(…)` would be a method of that name.
  const hidden = source.methods.some((it) => it.impl.kind === 'pymethods' && it.name === 'from')
  if (hidden || type === undefined || locked === undefined || copied === undefined)
    return { reason: 'name-clash', detail: `names for what Python gets of \`${name}\` are taken` }
  return { type, locked, copied, condition: classCondition(source) }
}
