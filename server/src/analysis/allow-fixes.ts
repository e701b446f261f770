import type { Fix } from '../fixes/fix.ts'
import { crateGraph } from '../project/crate-graph.ts'
import type { Database } from '../query/database.ts'
import { indentationAt, insert, lineEnding, lineStart, replace, type TextEdit } from '../syntax/edits.ts'
import { filePositions } from '../syntax/queries.ts'
import type { ItemPosition } from '../syntax/summary.ts'
import type { Finding } from './finding.ts'
import { suppressions, targetOf } from './suppressions.ts'

/** Ways to silence a finding for good: on its line, for its item, in its file, in its workspace (Cargo.toml). */
export function allowFixes(db: Database, finding: Finding): Fix[] {
  const { file, span } = finding.at
  const text = db.text(file)
  if (text === null || finding.rule === 'parse-error' || finding.rule === 'unreadable') return []
  const fixes: Fix[] = []
  const add = (where: string, target: string, edit: TextEdit | null): void => {
    if (edit)
      fixes.push({
        title: `Allow ${finding.rule} for this ${where}`,
        grade: 'suggested',
        changes: [{ file: target, edits: [edit] }],
      })
  }
  add('line', file, commentAbove(text, lineStart(text, span.start), 'allow', finding.rule))
  const item = innermostItem(db, file, span.start)
  if (item && lineStart(text, item.start) !== lineStart(text, span.start))
    add(
      'item',
      file,
      merged(db, file, text, item, finding.rule) ?? commentAbove(text, lineStart(text, item.start), 'allow', finding.rule),
    )
  add('file', file, fileComment(text, finding.rule))
  const manifest = crateGraph(db, file)
  const root = `${manifest.workspaceRoot}/Cargo.toml`
  const toml = db.text(root)
  if (toml !== null) add('workspace', root, workspaceSetting(toml, finding.rule))
  return fixes
}

function commentAbove(text: string, at: number, word: string, rule: string): TextEdit {
  return insert(at, `${indentationAt(text, at)}// pyo3-thread-safety: ${word}(${rule}): ${lineEnding(text)}`)
}

/** Adds the rule to an `allow` comment that already stands above the item, so that there is one comment and not two. */
function merged(db: Database, file: string, text: string, item: ItemPosition, rule: string): TextEdit | null {
  const positions = filePositions(db, file)
  if (!positions) return null
  for (const suppression of suppressions(positions).valid) {
    if (targetOf(suppression, text) !== item.headStart) continue
    const { directive, rules } = suppression
    const comment = text.slice(directive.span.start, directive.span.end)
    return replace(directive.span, comment.replace(/\(([^)]*)\)/, `(${[...rules, rule].join(', ')})`))
  }
  return null
}

function innermostItem(db: Database, file: string, offset: number): ItemPosition | null {
  let best: ItemPosition | null = null
  for (const item of filePositions(db, file)?.items.values() ?? []) {
    if (item.start > offset || offset >= item.end) continue
    if (!best || item.end - item.start < best.end - best.start) best = item
  }
  return best
}

/** At the top, below a byte order mark, a shebang and inner doc comments. */
function fileComment(text: string, rule: string): TextEdit {
  const head = /^\uFEFF?(?:#!(?!\[)[^\n]*\n)?(?:(?:\/\/![^\n]*)?\n)*/.exec(text)?.[0] ?? ''
  return insert(head.length, `// pyo3-thread-safety: allow-file(${rule}): ${lineEnding(text)}`)
}

/** `rules = { "id" = "off" }` in the metadata table that cargo leaves to tools; null where a line would not do. */
function workspaceSetting(toml: string, rule: string): TextEdit | null {
  const eol = lineEnding(toml)
  const metadata = /^[ \t]*\[(?:workspace|package)\.metadata\.pyo3-thread-safety(?:\.rules)?\][\s\S]*?(?=^[ \t]*\[|(?![\s\S]))/gm
  const tables = [...toml.matchAll(metadata)].map((it) => ({ text: it[0], at: it.index }))
  // The rule is there already, with another level: TOML allows a key once.
  if (tables.some(({ text }) => text.includes(`"${rule}"`) || text.includes(`${rule} =`))) return null
  const table = tables.find(({ text }) => /^\s*\[[^\]]*\.rules\]/.test(text))
  if (table) {
    const header = /^[^\n]*\n?/.exec(table.text)?.[0] ?? ''
    return insert(table.at + header.length, `${header.endsWith('\n') ? '' : eol}"${rule}" = "off"${eol}`)
  }
  for (const { text, at } of tables) {
    const inline = /^[ \t]*rules\s*=\s*\{(\s*\})?/m.exec(text)
    if (inline) {
      const brace = at + inline.index + inline[0].indexOf('{') + 1
      return insert(brace, ` "${rule}" = "off"${inline[1] === undefined ? ',' : ' '}`)
    }
    if (/^[ \t]*rules\b/m.test(text)) return null
  }
  const [own] = tables
  const owner = own
    ? (/\[(workspace|package)/.exec(own.text)?.[1] ?? 'package')
    : /^\[workspace\]/m.test(toml)
      ? 'workspace'
      : 'package'
  const gap = toml.endsWith('\n') ? eol : `${eol}${eol}`
  return insert(toml.length, `${gap}[${owner}.metadata.pyo3-thread-safety.rules]${eol}"${rule}" = "off"${eol}`)
}
