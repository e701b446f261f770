/**
 * Downloads the corpus: real PyO3 crates, pinned, for measuring the analyser against. Nothing in them is built or run.
 *
 *   node scripts/corpus.ts [NAME…]   download these, or all (about 1 GB); prints the folder of each
 *   node scripts/corpus.ts --list    name, version, classes, folder to analyse, features
 */
import { downloadPackage } from './corpus/download.ts'
import { type CorpusPackage, corpusPackages } from './corpus/packages.ts'

const DOWNLOADS_AT_ONCE = 4

async function main(args: readonly string[]): Promise<number> {
  const packages = corpusPackages()
  if (args.includes('--list')) {
    for (const pack of packages) {
      console.log([pack.name, pack.version, `${pack.classes} classes`, pack.folder, pack.features.join(',')].join('\t').trimEnd())
    }
    return 0
  }
  const unknown = args.filter((name) => !packages.some((pack) => pack.name === name))
  if (unknown.length > 0) {
    console.error(`corpus: not in packages.tsv: ${unknown.join(', ')}`)
    return 2
  }
  return download(packages.filter((pack) => args.length === 0 || args.includes(pack.name)))
}

/** Downloads a few at a time; one that fails is reported and does not stop the others. */
async function download(wanted: readonly CorpusPackage[]): Promise<number> {
  const queue = [...wanted]
  let failed = 0
  const worker = async (): Promise<void> => {
    for (let pack = queue.shift(); pack; pack = queue.shift()) {
      try {
        console.log(await downloadPackage(pack))
      } catch (error) {
        failed += 1
        console.error(`corpus: ${pack.name} ${pack.version}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(DOWNLOADS_AT_ONCE, wanted.length) }, worker))
  return failed === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
