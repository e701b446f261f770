import { type CodeAction, CodeActionKind, type CodeActionParams, CodeActionTriggerKind } from 'vscode-languageserver/node'
import { allowFixes } from '../analysis/allow-fixes.ts'
import type { Finding } from '../analysis/finding.ts'
import { fixPass } from '../analysis/fix-all.ts'
import { refactorings } from '../analysis/refactorings.ts'
import type { Fix } from '../fixes/fix.ts'
import { indexLines, offsetAt } from '../syntax/lines.ts'
import { FIX_ALL } from './diagnostics.ts'
import { OPEN_RULE_DOCS_COMMAND } from './protocol.ts'
import type { ServerContext } from './server.ts'
import { type Ranges, rangesOf, toDiagnostic, toWorkspaceEdit } from './to-lsp.ts'
import { pathOfUri } from './uris.ts'

/** Rules whose findings a rewrite of the class cures. */
const REWRITTEN = new Set(['mut-self'])

/** Kind of the rewrites of a whole class. */
const REWRITE = 'refactor.rewrite.pyo3'

/** Fixes of the findings at the cursor, ways to allow them, refactorings of the class, and all safe fixes of the file. */
export async function codeActions(cx: ServerContext, params: CodeActionParams): Promise<CodeAction[]> {
  const path = pathOfUri(params.textDocument.uri)
  const result = await cx.workspace.analyzeFile(path)
  if (!result?.usesPyo3) return []
  const { db } = cx.workspace
  const ranges = rangesOf(db)
  const lines = indexLines(db.text(path) ?? '')
  const span = { start: offsetAt(lines, params.range.start), end: offsetAt(lines, params.range.end) }
  const here = result.findings.filter((it) => it.at.file === path && it.at.span.start <= span.end && span.start <= it.at.span.end)
  const wants = (kind: string): boolean =>
    (params.context.only ?? ['']).some((it) => it === '' || kind === it || kind.startsWith(`${it}.`))
  const actions: CodeAction[] = []
  if (wants(CodeActionKind.QuickFix)) {
    for (const finding of here) actions.push(...findingActions(cx, finding, ranges))
    // Comments and pages only when somebody opened the menu, never on save.
    if (params.context.triggerKind !== CodeActionTriggerKind.Automatic)
      for (const finding of here) actions.push(...otherActions(cx, finding, ranges))
  }
  if (params.context.only?.some((it) => FIX_ALL === it || FIX_ALL.startsWith(`${it}.`)))
    actions.push(...fixAll(cx, path, result.findings, ranges))
  actions.push(...(await rewrites(cx, path, result.world, span.start, here, wants)))
  return distinct(actions)
}

/** Rewrites of the class at the cursor. Waits: the text may be a newer one afterwards, so all positions are taken then. */
async function rewrites(
  cx: ServerContext,
  path: string,
  world: string,
  offset: number,
  here: readonly Finding[],
  wants: (kind: string) => boolean,
): Promise<CodeAction[]> {
  const rewritable = here.find((it) => REWRITTEN.has(it.rule))
  if (!wants(REWRITE) && !(rewritable && wants(CodeActionKind.QuickFix))) return []
  const cured = rewritable ? [toDiagnostic(rewritable, rangesOf(cx.workspace.db))] : []
  const offered = (await cx.workspace.ask((db) => refactorings(db, world, path, offset))) ?? []
  const ranges = rangesOf(cx.workspace.db)
  return offered.flatMap((fix): CodeAction[] => {
    // What cures a finding under the cursor is a quick fix of it.
    const cures = rewritable !== undefined && fix.grade === 'risky'
    const kind = cures ? CodeActionKind.QuickFix : REWRITE
    if (!wants(kind)) return []
    return [{ title: fix.title, kind, ...(cures ? { diagnostics: cured } : {}), edit: edit(cx, fix, ranges) }]
  })
}

function findingActions(cx: ServerContext, finding: Finding, ranges: Ranges): CodeAction[] {
  return (finding.fixes ?? []).map((fix) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toDiagnostic(finding, ranges)],
    ...(fix.preferred ? { isPreferred: true } : {}),
    edit: edit(cx, fix, ranges),
  }))
}

function otherActions(cx: ServerContext, finding: Finding, ranges: Ranges): CodeAction[] {
  const diagnostics = [toDiagnostic(finding, ranges)]
  const allow = allowFixes(cx.workspace.db, finding).map((fix) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics,
    edit: edit(cx, fix, ranges),
  }))
  const docs = { title: `Explain ${finding.rule}`, command: OPEN_RULE_DOCS_COMMAND, arguments: [finding.rule] }
  return [...allow, { title: docs.title, kind: CodeActionKind.QuickFix, diagnostics, command: docs }]
}

/** Safe fixes of this file's findings that touch this file only. */
function fixAll(cx: ServerContext, path: string, findings: readonly Finding[], ranges: Ranges): CodeAction[] {
  const own = findings
    .filter((it) => it.at.file === path)
    .map((it) => ({ ...it, fixes: (it.fixes ?? []).filter((fix) => fix.changes.every((change) => change.file === path)) }))
  const { applied } = fixPass(cx.workspace.db, own, { grade: 'safe', rules: [] })
  if (applied.length === 0) return []
  const changes = applied.flatMap(({ fix }) => fix.changes)
  const whole: Fix = { title: 'Apply all safe PyO3 fixes', grade: 'safe', changes }
  return [{ title: whole.title, kind: FIX_ALL, edit: edit(cx, whole, ranges) }]
}

function edit(cx: ServerContext, fix: Fix, ranges: Ranges) {
  const version = (uri: string): number | null => cx.documents.get(uri)?.version ?? null
  return toWorkspaceEdit(fix, ranges, version, cx.abilities.confirm)
}

/** The same change on offer for two findings is shown once. */
function distinct(actions: readonly CodeAction[]): CodeAction[] {
  const seen = new Map<string, CodeAction>()
  for (const action of actions) {
    const key = `${action.kind}\n${action.title}`
    const known = seen.get(key)
    if (!known) seen.set(key, action)
    else if (action.diagnostics) seen.set(key, { ...known, diagnostics: [...(known.diagnostics ?? []), ...action.diagnostics] })
  }
  return [...seen.values()]
}
