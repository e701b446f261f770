/** The facts of all crates, out of the texts of the data files. */
import { factsCrate } from './crate.ts'
import type { FactItem, FactNamespace, FactsCrate, FactsDb } from './facts.ts'
import { readSection, type Section, sectionIndex } from './section.ts'
import { choose, compareVersions } from './versions.ts'

const standard = new Set(['std', 'core', 'alloc'])

/**
 * Makes the database. Cheap: a section is read when its crate is first asked for.
 * @param texts the contents of the files under server/data/facts, in any order
 */
export function createFactsDb(texts: readonly string[]): FactsDb {
  const places = new Map(
    texts.flatMap((text) => [...sectionIndex(text)].map(([name, place]) => [name, { text, ...place }] as const)),
  )
  const sections = new Map<string, Section>()
  const section = (name: string): Section | null => {
    const place = places.get(name)
    if (!place) return null
    const known = sections.get(name) ?? readSection(place.text.slice(place.start, place.end))
    sections.set(name, known)
    return known
  }
  const crate: FactsDb['crate'] = (name, version, features, beyond, unreleased) => {
    const found = section(name)
    if (!found) return null
    if (standard.has(name)) return standardCrate(found, version)
    const chosen = choose(found.configs, version, features)
    const choice = chosen && unreleased ? { ...chosen, exact: false, outside: true } : chosen
    return choice && factsCrate({ section: found, choice, features, beyond, toolchain: null, sibling: inStandard })
  }
  const inStandard = (path: readonly string[], namespace: FactNamespace): FactItem | null => {
    const [name = '', ...below] = path
    return standard.has(name) ? (crate(name, null)?.lookup(below, namespace) ?? null) : null
  }
  const standardCrate = (found: Section, version: string | null): FactsCrate => {
    const newest = found.configs[0]?.version ?? ''
    const sibling = (path: readonly string[], namespace: FactNamespace): FactItem | null => {
      const [other = '', ...below] = path
      return standard.has(other) ? (crate(other, version)?.lookup(below, namespace) ?? null) : null
    }
    // Stable names are never removed from std, so a name that the newest lacks does not exist in an older one either.
    const choice = { configs: [0], exact: version === null || compareVersions(version, newest) <= 0, outside: false }
    return factsCrate({ section: found, choice, features: undefined, beyond: undefined, toolchain: version ?? newest, sibling })
  }
  return { crate }
}
