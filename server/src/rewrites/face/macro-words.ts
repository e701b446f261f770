import { type Database, query } from '../../query/database.ts'
import { crateOf, externCrate } from '../../resolve/crates.ts'
import { moduleScope } from '../../resolve/scopes.ts'
import type { ClassSource } from '../class-source.ts'
import { codeText, isExpansion } from '../code-texts.ts'
import { codeOfCrate } from '../crate-code.ts'
import { needsPyo3 } from '../python-crates.ts'
import { FORMAT_MACROS, LOG_MACROS, PLAIN_MACROS } from '../python-words.ts'
import { matesOf, tokensIn } from '../tokens.ts'
import { moduleAt } from './code-modules.ts'

/** Words that only code with a Python class has. */
const CLASS_WORDS =
  /\b(?:Py|Bound|Borrowed|PyRef|PyRefMut|PyClassGuard|PyClassGuardMut|PyClassInitializer|PyClass|PyTypeInfo|PyTypeCheck|add_class|get_type|type_object|is_instance_of|cast\w*|downcast\w*|pymethods|pyclass|pyfunction)\b/

const OF_STD = new Set(['dbg', 'thread_local', 'macro_rules', 'wrap_pyfunction', 'compile_error', 'try'])

/**
 * Whether a macro that gets the name of a class as plain data makes no use of it as a Python class. What comes out is the tokens that
 * went in and those of its definition: a macro of the workspace without PyO3's words, or one of a crate that does not know PyO3
 * and is no procedural macro.
 */
export function isHarmlessMacro(source: ClassSource, file: string, macro: string): boolean {
  const { db } = source.view
  const segments = macro.split('::')
  const name = segments.at(-1) ?? ''
  if (FORMAT_MACROS.has(name) || PLAIN_MACROS.has(name) || LOG_MACROS.has(name) || OF_STD.has(name)) return true
  if (definedMacros(db, source.cls.crate).has(name)) return isPlainMacro(db, source.cls.crate, name)
  const [first = ''] = segments
  const from = segments.length > 1 ? first : importedFrom(source, file, name)
  const crate = from === null ? null : externCrate(db, source.cls.crate, from)
  return crate !== null && !needsPyo3(db, crate) && !(crateOf(db, crate)?.procMacro ?? true)
}

/** The first name of the path by which a file's modules import a macro. */
function importedFrom(source: ClassSource, file: string, name: string): string | null {
  const { db } = source.view
  const text = codeText(db, file) ?? ''
  const module = moduleAt(db, source.cls.crate, file, text.indexOf(name))
  const [found] = (module === null ? null : moduleScope(db, module))?.imports.get(name) ?? []
  if (found) return found.path[0] ?? null
  // Tests are no part of the build that is looked at.
  return new RegExp(`\\buse (\\w+)::(?:\\w+::)*(?:\\{[^}]*\\b)?(?:${name}|prelude::\\*)`).exec(text)?.[1] ?? null
}

/** Name → text of what `macro_rules!` defines in a crate. */
const definedMacros = query<string, ReadonlyMap<string, string>>('faceMacroTexts', (db, crate) => {
  const found = new Map<string, string>()
  for (const file of codeOfCrate(db, crate)) {
    const text = isExpansion(file) ? null : codeText(db, file)
    if (!text?.includes('macro_rules')) continue
    const tokens = tokensIn(text)
    const mates = matesOf(tokens)
    for (const [i, token] of tokens.entries()) {
      const name = tokens[i + 2]?.text
      const end = tokens[mates[i + 3] ?? -1]?.end
      if (token.text !== 'macro_rules' || name === undefined || end === undefined) continue
      found.set(name, `${found.get(name) ?? ''}\n${text.slice(token.start, end)}`)
    }
  }
  return found
})

/**
 * Whether neither a macro's text nor those of the macros that it calls have such words. True of macros from elsewhere.
 * @param args what a call gives it, where it calls macros that it is given
 */
export function isPlainMacro(
  db: Database,
  crate: string,
  name: string,
  words = CLASS_WORDS,
  args: string | null = null,
): boolean {
  const texts = definedMacros(db, crate)
  const seen = new Set([name])
  for (const each of seen) {
    const text = texts.get(each)
    if (text === undefined) continue
    if (words.test(text)) return false
    // `$callback!` may be any macro that is given.
    if (/\$\w+\s*!/.test(text)) {
      if (args === null) return false
      for (const [given] of args.matchAll(/\w+/g)) if (texts.has(given)) seen.add(given)
    }
    for (const [, called = ''] of text.matchAll(/(\w+)!\s*[({[]/g)) if (texts.has(called)) seen.add(called)
  }
  return true
}
