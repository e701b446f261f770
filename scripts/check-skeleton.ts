/**
 * Compares two independent readings of real code: summaries (our lexer and item parser) and tree-sitter's full trees,
 * for every file of the corpus whose tree has no error; where only bodies hold errors, its tree without `fn` bodies.
 *
 *   node scripts/check-skeleton.ts [--every N] [PREFIX…]   packages whose folder begins with a prefix, or all
 */
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseTree } from '../server/src/syntax/parser.ts'
import type { Span } from '../server/src/syntax/span.ts'
import { type ParsedFile, parseSummary } from '../server/src/syntax/summarize.ts'
import type { FlatTree } from '../server/src/syntax/tree.ts'
import { readSummary } from './check-skeleton/from-summary.ts'
import { type Reading, readTree } from './check-skeleton/from-tree.ts'
import { loadGrammar } from './load-grammar.ts'

const SHOWN = 60

/** The text without `fn` bodies, as ranges; bodies in which items are declared stay. */
function skeleton({ positions }: ParsedFile, length: number): Span[] {
  const ranges: Span[] = []
  let start = 0
  const holders = new Set([...positions.items.keys()].map((key) => key.slice(0, key.lastIndexOf('/'))))
  const bodies = [...positions.items].flatMap(([key, { body }]) => (body && !holders.has(key) ? [body] : []))
  for (const body of bodies.sort((a, b) => a.start - b.start)) {
    if (body.start < start) continue
    ranges.push({ start, end: body.start + 1 })
    start = body.end - 1
  }
  return [...ranges, { start, end: length }]
}

function cleanTree(text: string, parsed: ParsedFile): FlatTree | null {
  const full = parseTree(text, null)
  if (typeof full !== 'string' && !full.hasError) return full
  const cut = parseTree(text, skeleton(parsed, text.length))
  return typeof cut === 'string' || cut.hasError ? null : cut
}

function differences(ours: Reading, theirs: Reading): string[] {
  const found: string[] = []
  for (const [key, value] of theirs) {
    const own = ours.get(key)
    if (own === undefined) found.push(`missing ${key} ${value.split('\n')[0]}`)
    else if (own !== value) found.push(`different ${key}: ${firstDifference(own, value)}`)
  }
  for (const key of ours.keys()) if (!theirs.has(key)) found.push(`surplus ${key}`)
  return found
}

function firstDifference(own: string, value: string): string {
  const [a, b] = [own.split('\n'), value.split('\n')]
  const at = a.findIndex((line, i) => line !== b[i])
  return `ours ${a[at] ?? '—'} | tree ${at < 0 ? b[a.length] : b[at]}`
}

async function main(args: readonly string[]): Promise<number> {
  const every = args.includes('--every') ? Number(args[args.indexOf('--every') + 1]) : 1
  const prefixes = args.filter((arg, i) => !arg.startsWith('--') && args[i - 1] !== '--every')
  const { PYO3_CORPUS, XDG_CACHE_HOME } = process.env
  const root = PYO3_CORPUS ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pyo3-thread-safety/corpus')
  await loadGrammar()
  const totals = { files: 0, compared: 0, items: 0, different: 0 }
  for (const pack of readdirSync(root).sort()) {
    if (pack === 'archives' || (prefixes.length > 0 && !prefixes.some((prefix) => pack.startsWith(prefix)))) continue
    for (const name of readdirSync(join(root, pack), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.rs') || totals.files++ % every !== 0) continue
      let text: string
      try {
        text = readFileSync(join(root, pack, name), 'utf8')
      } catch {
        continue
      }
      const parsed = parseSummary(text)
      const tree = cleanTree(text, parsed)
      if (!tree) continue
      totals.compared++
      const theirs = readTree(tree, text)
      totals.items += theirs.size
      for (const difference of differences(readSummary(parsed, text), theirs)) {
        if (totals.different++ < SHOWN) console.log(`${pack}/${name}: ${difference}`)
      }
    }
  }
  console.log(`${totals.files} files, ${totals.compared} compared, ${totals.items} items, ${totals.different} differences`)
  return totals.different === 0 ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2))
