import type { AtomicPlan } from './atomic-plan.ts'
import { type AtomicWords, bits, loadText } from './atomic-words.ts'
import type { HeadPlan } from './class-head.ts'
import type { ClassSource } from './class-source.ts'

/** Impls of what cannot be derived over atomics: with one of them in a class, its copy is one load. '' without any. */
export function atomicImpls(source: ClassSource, plan: AtomicPlan, byHand: HeadPlan['byHand'], words: AtomicWords): string {
  const { name } = source.cls
  const found: string[][] = []
  if (byHand.has('Clone')) {
    const fields = source.struct.fields.map(({ name: field }) => {
      const atomic = plan.fields.get(field)
      if (!atomic) return `${field}: self.${field}.clone(),`
      // The bits go over as they are.
      const load = loadText(words, field, { ...atomic, float: null })
      return `${field}: ${atomic.atomic}::new(${bits({ ...atomic, float: null }, load)}),`
    })
    found.push([
      `impl Clone for ${name} {`,
      '    fn clone(&self) -> Self {',
      '        Self {',
      ...fields.map((it) => `            ${it}`),
      '        }',
      '    }',
      '}',
    ])
  }
  if (byHand.has('PartialEq')) {
    const fields = source.struct.fields.map(({ name: field }) => {
      const atomic = plan.fields.get(field)
      return atomic
        ? `${loadText(words, field, atomic)} == ${loadText(words, field, atomic, `other.${field}`)}`
        : `self.${field} == other.${field}`
    })
    const [first = '', ...rest] = fields
    const one = fields.join(' && ')
    const wide = (text: string): string[] =>
      text.length <= 92 ? [text] : text.split(/ (?=== )/).map((it, i) => (i > 0 ? `    ${it}` : it))
    const body = one.length <= 92 ? [one] : [...wide(first), ...rest.map((it) => `    && ${it}`)]
    found.push([
      `impl PartialEq for ${name} {`,
      '    fn eq(&self, other: &Self) -> bool {',
      ...body.map((it) => `        ${it}`),
      '    }',
      '}',
    ])
  }
  if (byHand.has('Eq')) found.push([`impl Eq for ${name} {}`])
  return found.map((it) => `\n\n${it.join('\n')}`).join('')
}
