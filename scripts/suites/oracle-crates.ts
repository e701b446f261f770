import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { downloadPackage } from '../corpus/download.ts'
import { analysisFolder, type CorpusPackage, corpusPackages } from '../corpus/packages.ts'

const FOLDER = join(import.meta.dirname, '../../test/oracle')
const TABLE = join(FOLDER, 'crates.tsv')
const HEADER = 'name\tversion\tsha256\tfeatures\ttier'

/** A crate that rustc was asked about. */
export interface OracleCrate {
  readonly pack: CorpusPackage
  /** Whether it belongs to the subset that runs with every change. */
  readonly quick: boolean
  /** Its build script sets cfgs, which nothing but building tells: what is unknown for that is no shortcoming. */
  readonly buildCfg: boolean
  /** Where rustc's answers are kept. */
  readonly answers: string
}

/** rustc's answer for one type: a row that `scripts/oracle.ts` printed. */
export interface OracleAnswer {
  readonly crate: string
  readonly file: string
  readonly line: number
  readonly path: string
  readonly send: string
  readonly sync: string
}

/** The crates of `test/oracle/crates.tsv`: packages of the corpus, or crates of the registry by the hash of their archive. */
export function oracleCrates(): readonly OracleCrate[] {
  const corpus = corpusPackages()
  const lines = readFileSync(TABLE, 'utf8').replace(/\n$/, '').split('\n')
  if (lines[0] !== HEADER) throw new Error(`${TABLE}: line 1 must name the columns`)
  return lines.slice(1).map((line, index) => {
    const [name = '', version = '', sha256 = '', features = '', tier] = line.split('\t')
    if (tier === undefined) throw new Error(`${TABLE}:${index + 2}: expected five columns`)
    const known = corpus.find((pack) => pack.name === name && pack.version === version)
    if (!known && sha256 === '') throw new Error(`${TABLE}:${index + 2}: no package of the corpus and no hash`)
    const wanted = features === '' ? [] : features.split(',')
    const own: CorpusPackage = { name, version, registry: 'crates', sha256, folder: '.', features: wanted, classes: 0 }
    const pack = known ? { ...known, features: [...new Set([...known.features, ...wanted])] } : own
    return { pack, quick: tier === 'quick', buildCfg: tier === 'build-cfg', answers: join(FOLDER, `${name}-${version}.tsv`) }
  })
}

/** Has the crate's sources in place and returns the folder to analyse. */
export async function oracleFolder({ pack }: OracleCrate): Promise<string> {
  await downloadPackage(pack)
  return analysisFolder(pack)
}

/** rustc's answers; none if they have not been made yet. */
export function oracleAnswers({ answers }: OracleCrate): readonly OracleAnswer[] {
  if (!existsSync(answers)) return []
  return parseAnswers(readFileSync(answers, 'utf8'))
}

/** Reads what `scripts/oracle.ts` prints. */
export function parseAnswers(text: string): readonly OracleAnswer[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [crate = '', file = '', number = '', , path = '', send = '', sync = ''] = line.split('\t')
      return { crate, file, line: Number(number), path, send, sync }
    })
}
