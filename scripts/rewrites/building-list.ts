import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Targets } from './crate-check.ts'

/** A crate of the corpus that `cargo check` can check, as `building.ts` found out. */
export interface BuildingCrate {
  readonly package: string
  /** Folder of the crate, relative to the package. */
  readonly folder: string
  readonly targets: Targets
  readonly features: readonly string[]
  /** What a check from scratch took, roughly. */
  readonly seconds: number
  /** Names of benchmarks that use unstable features. */
  readonly unstable: readonly string[]
}

const TARGETS = ['all-targets', 'keep-going', 'lib'] as const

function list(text: string): readonly string[] {
  return text === '' ? [] : text.split(',')
}

/** All rows of `building.tsv`. */
export function buildingCrates(): readonly BuildingCrate[] {
  const [, ...lines] = readFileSync(path.join(import.meta.dirname, 'building.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => {
    const [name = '', folder = '', targets = '', features = '', seconds = '', unstable = ''] = line.split('\t')
    return {
      package: name,
      folder,
      targets: TARGETS.find((it) => it === targets) ?? 'lib',
      features: list(features),
      seconds: Number(seconds),
      unstable: list(unstable),
    }
  })
}
