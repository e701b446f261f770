import { readFileSync } from 'node:fs'
import { crateItems } from '../../server/src/resolve/items.ts'
import { itemPosition } from '../../server/src/resolve/positions.ts'
import { askRustdoc, type Opened, type Sample } from './derivations-crates.ts'
import { type CrateText, writeCrate } from './derivations-rows.ts'
import { random, shuffled } from './random.ts'
import { lineOf } from './source-text.ts'

const MUTANTS = 25
const ATTEMPTS = 5
/** Full paths mean the same everywhere. */
const WRAPPERS: readonly ((type: string) => string)[] = [
  (type) => `::std::cell::RefCell<${type}>`,
  (type) => `::std::cell::Cell<${type}>`,
  (type) => `::std::rc::Rc<${type}>`,
  (type) => `::std::sync::Arc<::std::cell::RefCell<${type}>>`,
  (type) => `*mut ${type}`,
  (type) => `(::std::boxed::Box<dyn Fn() + Send>, ${type})`,
  (type) => `::std::sync::Mutex<::std::cell::RefCell<${type}>>`,
]

interface Mutant {
  readonly file: string
  readonly start: number
  readonly end: number
  readonly text: string
  /** Lines of the struct, 1-based. */
  readonly lines: readonly [first: number, last: number]
}

/** Exchanges types of fields in the crate on disk, as many as rustc takes; returns what puts them back. */
export async function mutate(sample: Sample, opened: Opened, seed: number): Promise<() => void> {
  let mutants = chooseMutants(opened, seed)
  for (let attempt = 0; attempt < ATTEMPTS && mutants.length > 0; attempt++) {
    const restore = writeCrate(textsWith(mutants))
    try {
      await askRustdoc(sample)
      return restore
    } catch (error) {
      restore()
      mutants = withoutRefused(mutants, String(error))
    }
  }
  return () => undefined
}

function chooseMutants({ crate, ask }: Opened, seed: number): readonly Mutant[] {
  const next = random(seed)
  const all = ask((db) =>
    crateItems(db, crate.id).flatMap(({ item, origin }): readonly Mutant[] => {
      if (item.kind !== 'struct' || origin.expansion !== null || item.attrs.some(({ meta }) => meta.path === 'repr')) return []
      const position = itemPosition(db, origin, item.key)
      const source = db.text(origin.file) ?? ''
      if (!position) return []
      return item.fields.map(({ type }) => {
        const [start, end] = [position.start + type.span.start, position.start + type.span.end]
        const text = source.slice(start, end)
        return { file: origin.file, start, end, text, lines: [lineOf(source, position.start), lineOf(source, position.end)] }
      })
    }),
  )
  return shuffled(all, next)
    .slice(0, MUTANTS)
    .map((mutant) => ({ ...mutant, text: (WRAPPERS[Math.floor(next() * WRAPPERS.length)] ?? String)(mutant.text) }))
}

function textsWith(mutants: readonly Mutant[]): CrateText {
  const files = [...new Set(mutants.map(({ file }) => file))]
  return new Map(
    files.map((file) => {
      const here = mutants.filter((mutant) => mutant.file === file).sort((a, b) => b.start - a.start)
      const text = here.reduce(
        (before, { start, end, text }) => before.slice(0, start) + text + before.slice(end),
        readFileSync(file, 'utf8'),
      )
      return [file, text]
    }),
  )
}

/** Without the mutants that the errors are about, else with half of them. */
function withoutRefused(mutants: readonly Mutant[], errors: string): readonly Mutant[] {
  const places = [...errors.matchAll(/^(?:Error: )?([^\s:]+\.rs):(\d+):\d+: error/gm)].map(([, file = '', line]) => ({
    file,
    line: Number(line),
  }))
  const refused = ({ file, lines: [first, last] }: Mutant): boolean =>
    places.some((place) => file.endsWith(place.file) && first <= place.line && place.line <= last)
  const kept = mutants.filter((mutant) => !refused(mutant))
  return kept.length < mutants.length ? kept : mutants.slice(0, Math.floor(mutants.length / 2))
}
