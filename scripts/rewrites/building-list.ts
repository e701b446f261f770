import { readFileSync } from 'node:fs'
import path from 'node:path'

/** A crate of the corpus that `cargo check` can check, as `building.ts` found out. */
export interface BuildingCrate {
  readonly package: string
  /** Folder of the crate, relative to the package. */
  readonly folder: string
  readonly targets: 'all-targets' | 'lib'
  readonly features: readonly string[]
  /** What a check from scratch took, roughly. */
  readonly seconds: number
}

/** All rows of `building.tsv`. */
export function buildingCrates(): readonly BuildingCrate[] {
  const [, ...lines] = readFileSync(path.join(import.meta.dirname, 'building.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => {
    const [name = '', folder = '', targets, features = '', seconds = ''] = line.split('\t')
    return {
      package: name,
      folder,
      targets: targets === 'lib' ? 'lib' : 'all-targets',
      features: features === '' ? [] : features.split(','),
      seconds: Number(seconds),
    }
  })
}
