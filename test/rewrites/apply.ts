import type { Fix, Refusal } from '../../server/src/fixes/fix.ts'
import { pyCrates } from '../../server/src/model/pycrates.ts'
import { crateView } from '../../server/src/model/view.ts'
import { splitOffer } from '../../server/src/rewrites/frozen-lock.ts'
import { isRewritable, rewriteOffer } from '../../server/src/rewrites/index.ts'
import { applyEdits } from '../../server/src/syntax/edits.ts'
import { crateOfFiles, type TestCrate } from '../support/analyze.ts'
import type { RewriteCase } from './cases.ts'

/** What a rewrite makes of a class: the new text of its file, or why it is refused; both null where it has nothing to do. */
export interface Rewritten {
  readonly fix: Fix | null
  readonly text: string | null
  readonly refusal: Refusal | null
}

/** The same with all files that change, by path below `src`. */
export interface RewrittenFiles extends Rewritten {
  readonly files: Readonly<Record<string, string>>
}

/** Runs one rewrite of one class of a crate that is one file. */
export function rewritten(
  text: string,
  className: string,
  rewrite: RewriteCase['rewrite'],
  pyo3 = '0.30',
  files: Readonly<Record<string, string>> = {},
): Rewritten {
  return rewrittenIn(crateOfFiles({ 'src/lib.rs': text, ...files }, pyo3), '/demo/src/lib.rs', className, rewrite)
}

/** A crate of which each fixture is a module, as in the bench. */
export function crateOfModules(files: Readonly<Record<string, string>>, pyo3 = '0.30'): TestCrate {
  const modules = new Set(Object.keys(files).map((it) => it.replace(/(?:\.rs|\/.*)$/, '')))
  const root = [...modules].map((it) => `pub mod ${it};\n`).join('')
  const sources = Object.entries(files).map(([path, text]) => [`src/${path}`, text])
  return crateOfFiles({ 'src/lib.rs': root, ...Object.fromEntries(sources) }, pyo3)
}

/** Runs one rewrite of one class, which is looked for in all the files. */
export function rewrittenFiles(
  files: Readonly<Record<string, string>>,
  className: string,
  rewrite: RewriteCase['rewrite'],
  crate = crateOfModules(files),
): RewrittenFiles {
  const named = (words: RegExp): string | undefined => Object.keys(files).find((it) => words.test(files[it] ?? ''))
  // A class that a macro makes is where the macro is called.
  const home = named(new RegExp(`\\b(?:struct|enum) ${className}\\b`)) ?? named(new RegExp(`\\b${className}\\b`))
  const found = rewrittenIn(crate, `/demo/src/${home}`, className, rewrite)
  const changed = (found.fix?.changes ?? []).map(({ file, edits }): [string, string] => {
    const text = applyEdits(crate.db.text(file) ?? '', edits)
    if (text === null) throw new Error(`${file}: edits overlap`)
    return [file.replace('/demo/src/', ''), text]
  })
  return { ...found, files: { ...files, ...Object.fromEntries(changed) } }
}

/** One rewrite of one class in a crate that is analysed already. */
export function rewrittenIn(
  { db, world }: Pick<TestCrate, 'db' | 'world'>,
  file: string,
  className: string,
  rewrite: RewriteCase['rewrite'],
): Rewritten {
  for (const crate of pyCrates(db, world)) {
    const cls = crate.classes.find((it) => it.name === className && it.itemAt.file === file)
    if (!cls) continue
    const view = crateView(db, world, crate)
    const { fixes, refused } =
      rewrite === 'frozen-mutex' && isRewritable(cls)
        ? splitOffer(view, cls, 'mutex')
        : rewriteOffer(view, cls, rewrite === 'face' ? 'frozen-mutex' : rewrite)
    const fix = fixes[0] ?? null
    const edits = fix?.changes.find((it) => it.file === file)?.edits ?? []
    return { fix, text: fix ? applyEdits(db.text(file) ?? '', edits) : null, refusal: refused[0] ?? null }
  }
  throw new Error(`no class ${className} in ${file}`)
}
