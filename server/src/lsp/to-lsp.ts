import {
  type AnnotatedTextEdit,
  type CodeDescription,
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type TextEdit as LspTextEdit,
  type Range,
  type WorkspaceEdit,
} from 'vscode-languageserver/node'
import type { Finding } from '../analysis/finding.ts'
import type { Fix } from '../fixes/fix.ts'
import type { Location } from '../model/location.ts'
import type { Database } from '../query/database.ts'
import { rules } from '../rules/index.generated.ts'
import type { Severity } from '../rules/rule.ts'
import { indexLines, type LineIndex, positionAt } from '../syntax/lines.ts'
import { uriOfPath } from './uris.ts'

const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
}

const KNOWN = new Set(rules.map((it) => it.id))
const DOCS = 'https://github.com/pyo3-thread-safety/pyo3-thread-safety/blob/main/docs/rules'

/** Converts offsets to ranges; indexes each file once. For one answer: texts must not change while it is in use. */
export interface Ranges {
  range(at: Location): Range
}

/** A converter over the texts that the database holds now. */
export function rangesOf(db: Database): Ranges {
  const indices = new Map<string, LineIndex>()
  return {
    range({ file, span }) {
      let index = indices.get(file)
      if (!index) {
        index = indexLines(db.text(file) ?? '')
        indices.set(file, index)
      }
      return { start: positionAt(index, span.start), end: positionAt(index, span.end) }
    },
  }
}

/** The address of a rule's page; null for findings that are no rule's. */
function docsUrl(rule: string): CodeDescription | null {
  return KNOWN.has(rule) ? { href: `${DOCS}/${rule}.md` } : null
}

/** A finding as the protocol wants it. */
export function toDiagnostic(finding: Finding, ranges: Ranges): Diagnostic {
  const codeDescription = docsUrl(finding.rule)
  const related = (finding.related ?? []).map(
    (it): DiagnosticRelatedInformation => ({
      location: { uri: uriOfPath(it.at.file), range: ranges.range(it.at) },
      message: it.message,
    }),
  )
  return {
    range: ranges.range(finding.at),
    severity: SEVERITY[finding.severity],
    source: 'pyo3',
    code: finding.rule,
    message: finding.message,
    ...(codeDescription ? { codeDescription } : {}),
    ...(related.length > 0 ? { relatedInformation: related } : {}),
  }
}

/** Identifies the annotation that makes editors show the preview of a risky change. */
const REVIEW = 'review'

/**
 * A fix as versioned edits. Risky ones ask for confirmation where the editor can show it.
 * @param version of an open document, null for files that are not open
 */
export function toWorkspaceEdit(
  fix: Fix,
  ranges: Ranges,
  version: (uri: string) => number | null,
  canConfirm: boolean,
): WorkspaceEdit {
  const confirm = fix.grade === 'risky' && canConfirm
  const documentChanges = fix.changes.map(({ file, edits }) => {
    const uri = uriOfPath(file)
    return {
      textDocument: { uri, version: version(uri) },
      edits: edits.map((it): LspTextEdit | AnnotatedTextEdit => {
        const edit = { range: ranges.range({ file, span: it.span }), newText: it.newText }
        return confirm ? { ...edit, annotationId: REVIEW } : edit
      }),
    }
  })
  return confirm
    ? {
        documentChanges,
        changeAnnotations: {
          [REVIEW]: { label: fix.title, needsConfirmation: true, description: 'Look at this change before you accept it' },
        },
      }
    : { documentChanges }
}
