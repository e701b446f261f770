/** Reads crates.txt, the list of crates to describe. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One crate of the list. */
export interface ListedCrate {
  /** Package name. */
  readonly package: string
  /** Version requirements, one per semver-compatible line. */
  readonly lines: readonly string[]
  /** Features that a project usually turns on. */
  readonly features: readonly string[]
  /** Features to look at apart, because Send or Sync of types depends on them. */
  readonly apart: readonly string[]
}

export function listedCrates(): ListedCrate[] {
  const lines = readFileSync(join(import.meta.dirname, 'crates.txt'), 'utf8').split('\n')
  return lines.flatMap((line): ListedCrate[] => {
    const [name = '', ...words] = line.split(' ')
    if (name === '' || name === '#') return []
    const marked = (mark: string): string[] =>
      words.filter((word) => word.startsWith(mark)).flatMap((word) => word.slice(1).split(','))
    return [{ package: name, lines: words.filter((word) => /^[\d*]/.test(word)), features: marked('+'), apart: marked('?') }]
  })
}

/** The name under which a crate's section is found. */
export function sectionName(packageName: string): string {
  return packageName.replaceAll('-', '_')
}
