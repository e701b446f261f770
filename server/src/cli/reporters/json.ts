import type { CheckResult, ClassResult, CrateResult } from '../../analysis/check-result.ts'
import type { Finding } from '../../analysis/finding.ts'
import type { Verdict } from '../../autotraits/verdicts.ts'
import type { Location } from '../../model/location.ts'
import { indexLines, type LineIndex, positionAt } from '../../syntax/lines.ts'

/** Gives the text of a file that the analysis saw, and a path as it should be printed. */
export interface Sources {
  text(file: string): string
  display(file: string): string
}

/** The output of `check --format json`: positions 0-based, UTF-16; `line` of classes and modules 1-based. */
export function jsonReport(result: CheckResult, sources: Sources): string {
  const lines = new Map<string, LineIndex>()
  const position = ({ file, span }: Location) => {
    let index = lines.get(file)
    if (!index) {
      index = indexLines(sources.text(file))
      lines.set(file, index)
    }
    return { start: positionAt(index, span.start), end: positionAt(index, span.end) }
  }
  const output = {
    version: 1,
    crates: result.crates.map((it) => crateJson(it, sources, position)),
    diagnostics: result.findings.map((it) => findingJson(it, sources, position)),
    stats: result.stats,
  }
  return `${JSON.stringify(output, null, 2)}\n`
}

type Positions = (at: Location) => { start: { line: number; character: number }; end: { line: number; character: number } }

function crateJson({ crate, classes }: CrateResult, sources: Sources, position: Positions) {
  const { requirement, locked } = crate.pyo3
  return {
    name: crate.crate.name,
    manifest: crate.crate.manifest ? sources.display(crate.crate.manifest.path) : null,
    pyo3: { requirement, locked },
    freeThreading: crate.intent,
    modules: crate.modules.map((it) => ({
      name: it.pythonName,
      file: sources.display(it.nameAt.file),
      line: position(it.nameAt).start.line + 1,
      gilUsed: it.gilUsed,
      effectiveGilUsed: it.effectiveGilUsed,
    })),
    classes: classes.map((it) => classJson(it, sources, position)),
  }
}

function classJson({ cls, verdicts, because, exportedBy }: ClassResult, sources: Sources, position: Positions) {
  return {
    name: cls.name,
    pythonName: cls.pythonName,
    file: sources.display(cls.headAt.file),
    line: position(cls.headAt).start.line + 1,
    frozen: cls.options.frozen,
    unsendable: cls.options.unsendable,
    exportedBy,
    send: verdictJson(verdicts.send, because.send),
    sync: verdictJson(verdicts.sync, because.sync),
  }
}

function verdictJson(verdict: Verdict, because: readonly string[]) {
  const reason = verdict.reason ? { reason: verdict.reason.code, detail: verdict.reason.text } : {}
  return { verdict: verdict.verdict, because, ...reason }
}

function findingJson(finding: Finding, sources: Sources, position: Positions) {
  return {
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    file: sources.display(finding.at.file),
    range: position(finding.at),
    related: (finding.related ?? []).map((it) => ({
      file: sources.display(it.at.file),
      range: position(it.at),
      message: it.message,
    })),
    fixes: (finding.fixes ?? []).map(({ title, grade, preferred }) => ({ title, grade, preferred: preferred ?? false })),
  }
}
