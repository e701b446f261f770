import type { ClassSource } from './class-source.ts'
import { codeText } from './code-texts.ts'
import { functionsIn } from './functions.ts'
import { type Mention, mentionsOf } from './mentions.ts'
import type { MovePlan } from './plan.ts'

const flowing = new WeakMap<MovePlan, boolean>()

/** Whether an object of the class can be had without naming it. Remembered with the plan. */
export function objectsFlow(source: ClassSource, plan: MovePlan): boolean {
  const known = flowing.get(plan)
  if (known !== undefined) return known
  const { mentions, problem } = mentionsOf(source, plan.moved)
  const any = problem !== null || mayFlow(source, mentions)
  flowing.set(plan, any)
  return any
}

/** Whether some of the mentions stand in fields, signatures or statics of other items. */
export function mayFlow(source: ClassSource, mentions: readonly Mention[]): boolean {
  const { db } = source.view
  const functions = functionsIn(db, source.cls.crate, new Set(mentions.map((it) => it.file)))
  return mentions.some(({ file, at }) => {
    if (source.impls.some((it) => it.file === file && it.start <= at.start && at.end <= it.end)) return false
    if (source.madeImpls.some((it) => it.code === file && it.start <= at.start && at.end <= it.end)) return false
    const text = codeText(db, file) ?? ''
    if (functions.some((it) => it.file === file && it.body.start <= at.start && at.end <= it.body.end)) return false
    if (/\buse\b[^;]*$/.test(text.slice(Math.max(0, at.start - 300), at.start))) return false
    return !/(?:^|\n)\s*(?:unsafe\s+)?impl\b[^{;]*$/.test(text.slice(Math.max(0, at.start - 200), at.start))
  })
}
