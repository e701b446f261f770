/** Reads crates.txt, the list of crates to describe. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { compareVersions } from '../../server/src/facts/versions.ts'
import { analysisFolder, corpusPackages } from '../corpus/packages.ts'

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
  /** Packages of the corpus whose lock file says at which version it is looked at too, and with which dependencies. */
  readonly locks: readonly string[]
}

export function listedCrates(): ListedCrate[] {
  const lines = readFileSync(join(import.meta.dirname, 'crates.txt'), 'utf8').split('\n')
  return lines.flatMap((line): ListedCrate[] => {
    const [name = '', ...words] = line.split(' ')
    if (name === '' || name === '#') return []
    const marked = (mark: string): string[] =>
      words.filter((word) => word.startsWith(mark)).flatMap((word) => word.slice(1).split(','))
    return [
      {
        package: name,
        lines: words.filter((word) => /^[\d*]/.test(word)),
        features: marked('+'),
        apart: marked('?'),
        locks: marked('@'),
      },
    ]
  })
}

/** The name under which a crate's section is found. */
export function sectionName(packageName: string): string {
  return packageName.replaceAll('-', '_')
}

/** The lock file of a package of the corpus, and the version in it of a crate; null without that. */
export function lockedIn(packageName: string, crate: string): { readonly lock: string; readonly version: string } | null {
  const pack = corpusPackages().find(({ name }) => name === packageName)
  for (let folder = pack ? analysisFolder(pack) : '/'; folder !== dirname(folder); folder = dirname(folder)) {
    const lock = join(folder, 'Cargo.lock')
    if (!existsSync(lock)) continue
    const entries = readFileSync(lock, 'utf8').split('[[package]]')
    const versions = entries.flatMap((entry) =>
      entry.includes(`\nname = "${crate}"\n`) ? (/\nversion = "(.*)"/.exec(entry)?.[1] ?? []) : [],
    )
    const [version] = versions.sort(compareVersions).reverse()
    return version === undefined ? null : { lock, version }
  }
  return null
}
