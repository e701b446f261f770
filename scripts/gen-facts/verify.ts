/**
 * Checks the data files against rustc (slow, needs cargo): `node scripts/gen-facts/verify.ts std`, `… pyo3`, or names of
 * crates, each in its newest verified version. Ends with status 1 when rustc disagrees.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFactsDb } from '../../server/src/facts/db.ts'
import { readSection, sectionIndex } from '../../server/src/facts/section.ts'
import { listedCrates, sectionName } from './crate-list.ts'
import { cacheFolder, targetFolder } from './folders.ts'
import { probesOf, runProbes, typesOf } from './probes.ts'
import { interpreter, releases } from './pyo3-releases.ts'

const data = join(import.meta.dirname, '../../server/data/facts')
const texts = readdirSync(data).map((file) => readFileSync(join(data, file), 'utf8'))
const db = createFactsDb(texts)

interface Subject {
  readonly crate: string
  readonly version: string | null
  readonly dependency: string
  readonly env: Readonly<Record<string, string>>
}

function subjects(name: string): Subject[] {
  if (name === 'std') return [{ crate: 'std', version: null, dependency: '', env: {} }]
  if (name === 'pyo3') {
    return releases.map(([, version, python]) => ({
      crate: name,
      version,
      dependency: `pyo3 = "=${version}"`,
      env: interpreter(python, false),
    }))
  }
  const listed = listedCrates().find((each) => sectionName(each.package) === name)
  for (const text of texts) {
    const place = sectionIndex(text).get(name)
    if (!place) continue
    const [config] = readSection(text.slice(place.start, place.end)).configs
    const version = config?.version ?? null
    const features = JSON.stringify([...(listed?.features ?? []), ...(config?.features ?? [])])
    const dependency = `${listed?.package ?? name} = { version = "=${version}", features = ${features} }`
    return [{ crate: name, version, dependency, env: {} }]
  }
  throw new Error(`no facts of ${name}`)
}

function verify({ crate, version, dependency, env }: Subject): number {
  const facts = db.crate(crate, version)
  if (!facts) throw new Error(`no facts of ${crate} ${version}`)
  const types = typesOf(facts)
  const folder = join(cacheFolder, 'projects', `verify-${crate}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'Cargo.toml'),
    `[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n\n[dependencies]\n${dependency}\n`,
  )
  const variables = { ...process.env, ...env, CARGO_TARGET_DIR: targetFolder, RUSTC_BOOTSTRAP: '1' }
  const report = runProbes(folder, types.flatMap(probesOf), variables, crate === 'pyo3' ? '#[pyo3::pyclass]' : '')
  const proved = new Set([...report.agreed, ...report.disagreed].map((probe) => `${probe.type.path} ${probe.trait}`))
  const wrong = new Set(report.disagreed.map((probe) => `${probe.trait} ${probe.written}`))
  const unproved = types
    .filter((type) => !proved.has(`${type.path} Send`) || !proved.has(`${type.path} Sync`))
    .map((type) => type.path)
  console.log(
    `${crate} ${version ?? ''}: ${types.length} types, ${report.agreed.length} probes agree, ${wrong.size} disagree, ${unproved.length} types without a probe`,
  )
  for (const each of wrong) console.log(`  rustc disagrees: ${each}`)
  writeFileSync(join(cacheFolder, `unproved-${crate}.txt`), unproved.join('\n'))
  return wrong.size
}

const wrong = process.argv
  .slice(2)
  .flatMap(subjects)
  .reduce((sum, subject) => sum + verify(subject), 0)
process.exitCode = wrong > 0 ? 1 : 0
