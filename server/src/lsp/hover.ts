import { type Hover, type HoverParams, MarkupKind } from 'vscode-languageserver/node'
import type { ClassResult } from '../analysis/check-result.ts'
import type { Verdict } from '../autotraits/verdicts.ts'
import type { FieldCulprit } from '../model/culprits.ts'
import type { Location } from '../model/location.ts'
import { crateView } from '../model/view.ts'
import { indexLines, offsetAt } from '../syntax/lines.ts'
import type { ServerContext } from './server.ts'
import { rangesOf } from './to-lsp.ts'
import { pathOfUri } from './uris.ts'

/** The verdicts of the class or field under the cursor, with the way that leads to them. null elsewhere. */
export async function hover(cx: ServerContext, params: HoverParams): Promise<Hover | null> {
  const path = pathOfUri(params.textDocument.uri)
  const result = await cx.workspace.analyzeFile(path)
  if (!result?.usesPyo3) return null
  const { db } = cx.workspace
  const offset = offsetAt(indexLines(db.text(path) ?? ''), params.position)
  const holds = (at: Location): boolean => at.file === path && at.span.start <= offset && offset <= at.span.end
  for (const { crate, classes } of result.analysis.crates) {
    for (const it of classes) {
      const field = it.cls.fields.findIndex((candidate) => holds(candidate.at))
      const at = holds(it.cls.nameAt) || holds(it.cls.attributeAt) ? it.cls.nameAt : field >= 0 ? it.cls.fields[field]?.at : null
      if (!at) continue
      const range = rangesOf(db).range(at)
      const culprits = await cx.workspace.ask((db) => crateView(db, result.world, crate).culprits(it.cls))
      const own = (culprits ?? []).filter((culprit) => field < 0 || culprit.field === field)
      const value = field >= 0 ? fieldText(it, field, own) : classText(it, own)
      return { contents: { kind: MarkupKind.Markdown, value }, range }
    }
  }
  return null
}

function classText({ cls, verdicts, exportedBy }: ClassResult, culprits: readonly FieldCulprit[]): string {
  const where = exportedBy.length > 0 ? `exported by \`${exportedBy.join('`, `')}\`` : 'not added to a module'
  const traits = [cls.options.frozen ? 'frozen' : '', cls.options.unsendable ? 'unsendable: checked at run time' : ''].filter(
    Boolean,
  )
  const head = `**\`${cls.name}\`** ${[where, ...traits].join(', ')}`
  return [head, '', verdictLine('Send', verdicts.send), verdictLine('Sync', verdicts.sync), ...chains(culprits)].join('\n')
}

function fieldText({ cls }: ClassResult, index: number, culprits: readonly FieldCulprit[]): string {
  const field = cls.fields[index]
  const head = `**\`${cls.name}.${field?.name ?? index}\`**`
  if (culprits.length === 0) return `${head}: \`Send\` and \`Sync\``
  return [head, ...chains(culprits)].join('\n')
}

function verdictLine(trait: string, verdict: Verdict): string {
  const answer = { yes: 'yes', no: '**no**', unknown: 'not known' }[verdict.verdict]
  const by = verdict.viaImpl.length > 0 ? ' by an explicit impl' : ''
  return `- \`${trait}\`: ${answer}${by}${verdict.reason ? ` (${verdict.reason.text})` : ''}`
}

function chains(culprits: readonly FieldCulprit[]): string[] {
  return culprits.flatMap((it) => [
    '',
    `${it.verdict === 'no' ? 'Not' : 'Not known whether'} \`${it.trait}\`:`,
    ...it.steps.map((step, i) => `${'  '.repeat(i)}- ${code(step.text)}`),
  ])
}

/** Markdown without surprises: types are full of angle brackets. */
function code(text: string): string {
  return text.includes('`') ? text : `\`${text}\``
}
