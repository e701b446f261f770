import type { AnsweringCrate, ClassAnswer } from './mutants-answers.ts'
import type { Mutant } from './mutants-choose.ts'
import type { Judgement } from './mutants-judge.ts'

/** What came of the mutants of one crate. */
export interface Outcome {
  readonly crate: string
  readonly compared: readonly Compared[]
  /** Mutants and fields that could not be used, by reason. */
  readonly left: ReadonlyMap<string, number>
  readonly checks: number
  readonly secondsOfRustc: number
  /** Mutants that rustc judged in place too, and those of which it then says something else. */
  readonly inPlace: number
  readonly doubts: readonly string[]
}

/** One mutant; numbers count traits, of which a class has two. */
export interface Compared {
  readonly mutant: Mutant
  /** The changed field is in another file than the class. */
  readonly elsewhere: boolean
  /** What rustc says yes to before and no after the change. */
  readonly lost: number
  /** Those of them of which the analyser says no, and those that it explains by the changed field. */
  readonly found: number
  readonly atField: number
  /** `no` where rustc says yes, `yes` where it says no, and `unknown`. */
  readonly falseNo: number
  readonly falseYes: number
  readonly unknown: number
  /** Where the analyser contradicts rustc or itself. */
  readonly complaints: readonly string[]
  /** What is unknown, and what it explains by another field: counted against the limits. */
  readonly notes: readonly string[]
}

interface Judged {
  readonly before: Judgement
  readonly after: Judgement
}

/**
 * Changes the field in its file and compares the analyser's answers for the class with rustc's.
 * @param text of the file that declares the changed type
 * @param place turns rustdoc's name of a file into the analyser's
 */
export function compareMutant(
  crate: string,
  mutant: Mutant,
  { before, after }: Judged,
  ours: AnsweringCrate,
  text: string,
  place: (file: string) => string,
): Compared {
  const [file, classFile] = [place(mutant.owner.at.file), place(mutant.class.at.file)]
  const { start, end } = mutant.change.field.type
  const type = mutant.kind.wrap(text.slice(start, end))
  const name = `${crate} ${mutant.owner.at.file}:${mutant.owner.at.line} ${mutant.owner.name}.${mutant.change.field.node.name}: ${type}`
  const elsewhere = file !== classFile
  const id = ours.find(classFile, mutant.class.at.line, mutant.class.name)
  const answer = id === null ? null : ours.answerWith(id, file, text.slice(0, start) + type + text.slice(end))
  const complaints: string[] = []
  const notes: string[] = []
  const told = (what: string): string => `${name.replaceAll(/\s+/g, ' ')} in ${mutant.class.name}, ${mutant.hops} hops: ${what}`
  const tally = { lost: 0, found: 0, atField: 0, falseNo: 0, falseYes: 0, unknown: 0 }
  for (const trait of ['send', 'sync'] as const) {
    const mine = answer?.[trait] ?? 'unknown'
    const lost = before[trait] === 'yes' && after[trait] === 'no'
    if (lost) tally.lost++
    if (lost && mine === 'no') tally.found++
    if (mine === 'unknown') tally.unknown++
    if (mine === 'no' && after[trait] === 'yes') tally.falseNo++
    if (mine === 'yes' && after[trait] === 'no') tally.falseYes++
    if (mine !== after[trait]) {
      const why = answer ? reasons(answer, trait) : 'no such class'
      const list = mine === 'unknown' ? notes : complaints
      list.push(told(`${trait}: rustc '${after[trait]}', we '${mine}' ${why}`))
    }
    if (!lost || mine !== 'no' || !answer) continue
    const wrong = wrongField(answer, trait, { file, start, end: start + type.length, name: mutant.owner.name })
    if (wrong === null) tally.atField++
    else notes.push(told(`${trait}: ${wrong}`))
    const title = trait === 'send' ? 'Send' : 'Sync'
    if (answer.spokenOf && !answer.reported.includes(title)) complaints.push(told(`${trait}: no finding in the class`))
  }
  return { mutant, elsewhere, ...tally, complaints, notes }
}

function reasons(answer: ClassAnswer, trait: 'send' | 'sync'): string {
  const own = answer.culprits.filter((it) => it.trait.toLowerCase() === trait)
  return own.map(({ steps, reason }) => `[${steps.map(({ text }) => text).join(' → ')}] ${reason}`).join('; ')
}

/** Null if everything that the analyser blames comes from the field that changed; else what it says. */
function wrongField(
  answer: ClassAnswer,
  trait: 'send' | 'sync',
  field: { readonly file: string; readonly start: number; readonly end: number; readonly name: string },
): string | null {
  const own = answer.culprits.filter((it) => it.verdict === 'no' && it.trait.toLowerCase() === trait)
  const right = own.filter(
    ({ steps, owner }) =>
      owner?.name === field.name &&
      owner.file === field.file &&
      steps.some(({ at }) => at?.file === field.file && field.start <= at.span.start && at.span.end <= field.end),
  )
  if (own.length > 0 && right.length === own.length) return null
  const others = own.filter((it) => !right.includes(it))
  return `explained by another field: ${others.map(({ steps }) => steps.map(({ text }) => text).join(' → ')).join('; ') || 'none'}`
}
