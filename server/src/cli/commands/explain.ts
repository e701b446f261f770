import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { styleText } from 'node:util'
import type { DerivationNode } from '../../autotraits/derivation.ts'
import type { Place } from '../../autotraits/oracle.ts'
import { definitionVerdict, derivationOf } from '../../autotraits/queries.ts'
import { stepLocation } from '../../autotraits/step-location.ts'
import { verdictText } from '../../autotraits/verdicts.ts'
import { placeOf } from '../../model/place.ts'
import { classWorld } from '../../model/world-features.ts'
import { crateGraph } from '../../project/crate-graph.ts'
import { workspacesAt } from '../../project/workspace.ts'
import type { Database } from '../../query/database.ts'
import type { DefId } from '../../resolve/defs.ts'
import { crateItems } from '../../resolve/items.ts'
import { rules } from '../../rules/index.generated.ts'
import { indexLines, positionAt } from '../../syntax/lines.ts'
import { type CliOptions, UsageError } from '../options.ts'
import { type Run, resolveArgument, startRun } from '../run.ts'

/** `explain TARGET`: a rule's page, or the derivation of a type's verdicts as a tree. */
export async function explainCommand(options: CliOptions): Promise<number> {
  const [target, where] = options.paths
  if (target === undefined) throw new UsageError('explain needs a rule id, FILE:LINE or the name of a type')
  if (rules.some((it) => it.id === target)) return show(rulePage(target))
  const run = await startRun(options)
  const line = /^(.*):(\d+)$/.exec(target)
  const found = line
    ? typesAtLine(run, resolveArgument(line[1] ?? ''), Number(line[2]))
    : typesNamed(run, resolveArgument(where ?? '.'), target)
  if (found.length === 0)
    throw new UsageError(
      line
        ? `${target}: there is no struct, enum or union on this line`
        : `${target}: neither a rule nor a type of the crate here`,
    )
  for (const def of found) process.stdout.write(run.ask((db) => explanation(db, def, run)))
  return 0
}

function show(text: string): number {
  process.stdout.write(text)
  return 0
}

/** The page of a rule, from beside the bundle or from the checkout. */
function rulePage(id: string): string {
  const here = path.dirname(fileURLToPath(import.meta.url))
  const candidates = ['docs/rules', '../docs/rules', '../../../../docs/rules'].map((it) => path.join(here, it, `${id}.md`))
  const file = candidates.find((it) => existsSync(it))
  if (!file) throw new UsageError(`the page of rule ${id} is missing from this installation`)
  return readFileSync(file, 'utf8')
}

function typesNamed(run: Run, target: string, name: string): DefId[] {
  return typesIn(run, target, (db, it) => (it.item.name === name ? it.id : null) ?? pythonNamed(db, it, name))
}

function pythonNamed(_db: Database, it: Item, name: string): DefId | null {
  return name.endsWith(`::${it.item.name}`) && it.module.endsWith(name.slice(0, -it.item.name.length - 2)) ? it.id : null
}

function typesAtLine(run: Run, file: string, line: number): DefId[] {
  return typesIn(run, file, (db, it) => {
    if (it.origin.file !== file) return null
    const place = placeOf(db, it.origin, it.item)
    const lines = indexLines(db.text(file) ?? '')
    if (!place) return null
    const { start, end } = place.item.span
    return positionAt(lines, start).line + 1 <= line && line <= positionAt(lines, end).line + 1 ? it.id : null
  })
}

type Item = ReturnType<typeof crateItems>[number]

function typesIn(run: Run, target: string, pick: (db: Database, it: Item) => DefId | null): DefId[] {
  const roots = run.ask((db) => workspacesAt(db, target))
  return (roots.length > 0 ? roots : [target]).flatMap((root) => {
    const world = run.ask((db) => classWorld(db, root))
    return run.ask((db) =>
      [...crateGraph(db, world).crates.values()]
        .flatMap((crate) => (crate.root === null ? [] : crateItems(db, crate.id)))
        .filter((it) => it.item.kind === 'struct' || it.item.kind === 'enum' || it.item.kind === 'union')
        .flatMap((it) => pick(db, it) ?? []),
    )
  })
}

const MARK = { yes: '✓', no: '✗', unknown: '?' } as const
const COLOR = { yes: 'green', no: 'red', unknown: 'yellow' } as const

function explanation(db: Database, def: DefId, run: Run): string {
  const parts = (['Send', 'Sync'] as const).map((trait) => {
    const verdict = definitionVerdict(db, def, trait)
    const head = `${styleText('bold', trait)}: ${styleText(COLOR[verdict.verdict], verdictText(verdict))}${verdict.reason ? ` (${verdict.reason.text})` : ''}`
    return `${head}\n${tree(db, run, derivationOf(db, def, trait), '  ')}`
  })
  return `${parts.join('')}\n`
}

/** What is fine is left out below something that is not; the allocator that every collection carries is left out always. */
function worthShowing(node: DerivationNode): readonly DerivationNode[] {
  return node.children.filter((it) => (node.verdict === 'yes' ? !/^Global: /.test(it.text) : it.verdict !== 'yes'))
}

/** ` FILE:LINE`; nothing for facts. */
function placeText(db: Database, run: Run, place: Place): string {
  const found = stepLocation(db, place)
  if (!found) return ''
  const line = positionAt(indexLines(db.text(found.file) ?? ''), found.span.start).line + 1
  return ` ${styleText('dim', `${run.sources.display(found.file)}:${line}`)}`
}

function tree(db: Database, run: Run, node: DerivationNode, indent: string): string {
  const at = node.place ? placeText(db, run, node.place) : ''
  const more = [node.detail, node.cut].filter(Boolean).join('; ')
  const line = `${indent}${styleText(COLOR[node.verdict], MARK[node.verdict])} ${node.text}${more ? ` (${more})` : ''}${at}\n`
  return (
    line +
    worthShowing(node)
      .map((it) => tree(db, run, it, `${indent}  `))
      .join('')
  )
}
