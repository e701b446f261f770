/**
 * Writes server/data/facts/pyo3.txt: every minor version from 0.21, its first and its last release, and the last one for a
 * free-threaded interpreter. The interpreter is only described (`PYO3_CONFIG_FILE`), nothing is linked.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type Job } from './build-docs.ts'
import { mentionedTraits } from './impls.ts'
import { interpreter, releases } from './pyo3-releases.ts'
import { agreesWith, type Snapshot, section } from './records.ts'

function jobs(name: string): Job[] {
  return releases.flatMap(([first, last, python]): Job[] => {
    const base = { package: name, features: [] }
    const ends = [...new Set([first, last])].map((version) => ({
      ...base,
      version: `=${version}`,
      env: interpreter(python, false),
    }))
    if (Number(first.split('.')[1]) < 23) return ends
    return [...ends, { ...base, version: `=${last}`, env: interpreter(python, true), label: 'Py_GIL_DISABLED' }]
  })
}

/**
 * Whether the newest release says the same of every type with all its optional parts (feature `full`): then features need not
 * be looked at.
 */
function isFeatureProof(plain: Snapshot | undefined): boolean {
  const [, last, python] = releases.at(-1) ?? ['', '', '']
  const full = describe({
    package: 'pyo3',
    version: `=${last}`,
    features: ['full'],
    env: interpreter(python, false),
    label: 'full',
  })
  return plain !== undefined && full !== null && agreesWith(full, plain)
}

const snapshots = jobs('pyo3').flatMap((job) => describe(job) ?? [])
const newest = releases.at(-1)?.[1]
const base = isFeatureProof(snapshots.find(({ config }) => config === newest)) ? ['*'] : []
writeFileSync(
  join(import.meta.dirname, '../../server/data/facts/pyo3.txt'),
  section(snapshots, mentionedTraits(snapshots), undefined, base),
)
