import { afterGroup } from '../../suites/source-text.ts'
import type { ListedClass } from './classes.ts'
import type { TextMethod } from './methods.ts'
import { section } from './source.ts'
import { commaParts, leadingAttributes, macroCalls } from './text.ts'

/** Why a class cannot be rewritten without asking more than the rewrite may: closed list, decided from text. */
export const BLOCKERS = [
  'macro',
  'enum',
  'unsendable',
  'cfg',
  'attribute',
  'derive',
  'option',
  'pub-field',
  'inheritance',
  'async',
  'returns-borrow',
  'trait-impl',
  'several-files',
  'macro-body',
  'macro-mention',
  'pattern',
] as const

export type Blocker = (typeof BLOCKERS)[number]

/** Derives that a class with a lock can have, or write out. */
const DERIVES = new Set(['Debug', 'Clone', 'Default', 'PartialEq', 'Eq'])
/** Attributes that leave fields and methods as they are written. */
const ATTRIBUTES = new Set(
  'pyclass pymethods pyo3 derive repr doc allow warn deny expect must_use non_exhaustive deprecated inline cold track_caller new getter setter deleter staticmethod classmethod classattr args signature cfg text_signature automatically_derived skip'.split(
    ' ',
  ),
)
/** Macros of std, PyO3 and the usual logging crates, whose arguments are expressions like any other. */
const MACROS = new Set(
  `assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq debug_assert_ne env eprint eprintln file
  format format_args include_bytes include_str line matches module_path option_env panic print println stringify thread_local todo
  unimplemented unreachable vec write writeln try intern wrap_pyfunction wrap_pymodule import_exception create_exception
  py_run anyhow bail ensure trace debug info warn error log json params`.split(/\s+/),
)

/** All blockers of a class, in the order of `BLOCKERS`. */
export function blockersOf(cls: ListedClass, listed: readonly ListedClass[]): readonly Blocker[] {
  const found = new Set<Blocker>()
  const add = (blocker: Blocker, holds: boolean): void => {
    if (holds) found.add(blocker)
  }
  add('macro', cls.macro !== null)
  addHead(cls, add)
  add('pub-field', hasPublicField(cls))
  add('inheritance', isExtended(cls))
  add(
    'async',
    cls.exclusive.some((it) => it.isAsync),
  )
  add('returns-borrow', cls.exclusive.some(returnsBorrow))
  add('trait-impl', callsTraitMethod(cls))
  add(
    'several-files',
    cls.impls.some((it) => it.file !== cls.file),
  )
  add('macro-body', mentionsFieldsInMacro(cls))
  add('macro-mention', isNamedInMacro(cls))
  add('pattern', isTakenApart(cls, listed))
  return BLOCKERS.filter((it) => found.has(it))
}

function addHead(cls: ListedClass, add: (blocker: Blocker, holds: boolean) => void): void {
  const { written } = cls
  const { attributes, options, fields } = written
  const fieldAttributes = fields.flatMap((it) => leadingAttributes(it).attributes)
  const derives = attributes.filter((it) => it.name === 'derive').flatMap((it) => commaParts(it.args))
  const blocks = cls.impls.filter((it) => it.pymethods)
  const others = [...attributes, ...blocks.flatMap((it) => it.attributes), ...cls.exclusive.flatMap((it) => it.attributes)]
  add('enum', written.keyword === 'enum')
  add('unsendable', options.has('unsendable'))
  add('option', options.has('hash') || options.has('ord'))
  add(
    'cfg',
    attributes.some((it) => it.name === 'cfg' || (it.name === 'pyclass' && it.conditional)),
  )
  add('cfg', fieldAttributes.some((it) => it.name === 'cfg') || blocks.every((it) => it.attributes.some((a) => a.conditional)))
  add(
    'derive',
    derives.some((it) => !DERIVES.has(it.split('::').at(-1)?.trim() ?? '')),
  )
  add(
    'attribute',
    others.some((it) => !ATTRIBUTES.has(it.name)),
  )
}

/** A field that other crates can name: `pub`, in a library that can be depended on. */
function hasPublicField({ crate, written }: ListedClass): boolean {
  if (!written.isPub || !written.fields.some((it) => /^pub\s+(?!\()|^pub\s*$/.test(leadingAttributes(it).rest.trim())))
    return false
  const types = /crate-type\s*=\s*\[([^\]]*)\]/.exec(section(crate.manifest, 'lib'))?.[1]
  const onlyC = types !== undefined && !/"(?:rlib|lib|dylib)"/.test(types)
  const own = section(crate.manifest, 'package')
  const inherited = /^\s*publish(?:\.workspace|\s*=\s*\{\s*workspace)\s*/m.test(own)
  const publish = /^\s*publish\s*=\s*(false|\[\s*\])/m
  return !onlyC && !publish.test(inherited ? section(crate.workspaceManifest, 'workspace.package') : own)
}

function isExtended({ crate, name, written }: ListedClass): boolean {
  const base = new RegExp(`\\bextends\\s*=\\s*(?:\\w+\\s*::\\s*)*${name}\\b|\\bPyClassInitializer\\s*<\\s*${name}\\b`)
  return written.options.has('extends') || crate.files.some(({ text }) => base.test(text))
}

/** A reference, an elided lifetime or a guard in the return type is a borrow of the receiver. */
function returnsBorrow({ returns, params }: TextMethod): boolean {
  const type = returns.replace(/\bwhere\b[\s\S]*/, '')
  const named = /^&\s*('\w+)/.exec(params[0] ?? '')?.[1]
  if (named && type.includes(named)) return true
  return /&\s*(?!'(?!_\b)\w+)|'_\b|\bimpl\b|\bPyRef(?:Mut)?\s*</.test(type)
}

/** A method that Python calls calls one of the class's own trait methods, which needs the exclusive borrow. */
function callsTraitMethod({ impls, exclusive }: ListedClass): boolean {
  const names = impls
    .filter((it) => it.trait !== null && !it.pymethods)
    .flatMap((it) => it.methods.filter((method) => method.exclusive).map((method) => method.name))
  return names.some((name) => exclusive.some((it) => new RegExp(`\\b(?:self|slf|this)\\s*\\.\\s*${name}\\s*\\(`).test(it.body)))
}

function mentionsFieldsInMacro({ impls }: ListedClass): boolean {
  return impls
    .flatMap((it) => it.methods)
    .flatMap((it) => macroCalls(it.body))
    .some((it) => !MACROS.has(it.name) && /\b(?:self|slf)\b/.test(it.content))
}

function isNamedInMacro({ crate, name, macro }: ListedClass): boolean {
  const word = new RegExp(`\\b${name}\\b`)
  return crate.files.some(
    ({ text }) =>
      word.test(text) && macroCalls(text).some((it) => it.name !== macro && !MACROS.has(it.name) && word.test(it.content)),
  )
}

/** A pattern that names fields, or a literal that takes the rest from another value than the default. */
function isTakenApart({ crate, name, impls }: ListedClass, listed: readonly ListedClass[]): boolean {
  const unique = listed.filter((it) => it.crate === crate && it.name === name).length === 1
  const texts = crate.files.filter((it) => unique || impls.some(({ file }) => file === it.file)).map((it) => it.text)
  const bodies = impls.flatMap((it) => it.methods.map((method) => method.body))
  return [...texts.map((it) => [it, name] as const), ...bodies.map((it) => [it, 'Self'] as const)].some(([text, word]) =>
    [...text.matchAll(new RegExp(`\\b(struct|enum|impl|for|trait|union|->)?\\s*\\b${word}\\s*\\{`, 'g'))].some((match) => {
      if (match[1]) return false
      const open = match.index + match[0].length
      const end = afterGroup(text, open - 1)
      const rest = commaParts(text.slice(open, end - 1)).find((it) => it.startsWith('..'))
      if (rest !== undefined && rest.length > 2) return !/Default\s*::\s*default|Self\s*::\s*default/.test(rest)
      const before = text.slice(Math.max(0, match.index - 40), match.index + 1)
      return /^\s*(?:=(?!=)|=>|\|)/.test(text.slice(end)) || /\blet\s+$/.test(before)
    }),
  )
}
