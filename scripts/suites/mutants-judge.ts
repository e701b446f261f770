import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type CorpusPackage, cacheRoot, packageFolder } from '../corpus/packages.ts'
import { oracleRows } from '../oracle/rows.ts'
import type { RustdocCrate } from '../oracle/rustdoc.ts'
import { FAMILY_MODULE, type Insertion, probeLines } from './mutants-family.ts'
import type { RustdocGraph, SourcePlace } from './mutants-graph.ts'

/** A copy of a crate that rustc judges and nobody else sees. */
export interface JudgedCrate {
  readonly pack: CorpusPackage
  /** Where cargo runs. */
  readonly folder: string
  /** What paths in the compiler's messages are relative to. */
  readonly workspace: string
  /** The workspace's folder relative to the package's. */
  readonly inside: string
  /** Root file of the library, relative to the workspace. */
  readonly root: string
  readonly target: string
}

/** What rustc is to say of one type; it stands where `at` is in scope. */
export interface Question {
  /** Questions of one mutant are given up together. */
  readonly mutant: number
  readonly type: string
  readonly file: string
  readonly at: number
  readonly insertions: readonly Insertion[]
}

export interface Judgement {
  readonly send: 'yes' | 'no'
  readonly sync: 'yes' | 'no'
}

export interface Judgements {
  readonly answers: ReadonlyMap<number, Judgement>
  /** Mutants that do not compile, with what the compiler says. */
  readonly refused: ReadonlyMap<number, string>
  readonly checks: number
}

/** Each check drops what the errors are about; errors of one stage hide those of the next. */
const MAX_CHECKS = 10

interface Metadata {
  readonly workspace_root: string
  readonly packages: readonly {
    readonly manifest_path: string
    readonly targets: readonly { readonly kind: readonly string[]; readonly name: string; readonly src_path: string }[]
  }[]
}

/** A fresh copy of the package, without what was built. */
export function judgedCrate(pack: CorpusPackage): JudgedCrate {
  const copy = join(cacheRoot(), 'mutants', `${pack.name}-${pack.version}`)
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  cpSync(packageFolder(pack), copy, { recursive: true, filter: (path) => !/[\\/](?:target|\.git)$/.test(path) })
  const folder = join(copy, pack.folder)
  const { workspace_root: workspace } = metadataOf(folder)
  const library = libraryOf(folder)
  const target = join(cacheRoot(), 'mutants', 'target')
  return { pack, folder, workspace, inside: relative(copy, workspace), root: relative(workspace, library.src_path), target }
}

function metadataOf(folder: string): Metadata {
  const args = ['metadata', '--no-deps', '--format-version', '1']
  const output = execFileSync('cargo', args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(output) as Metadata
}

function libraryOf(folder: string): Metadata['packages'][number]['targets'][number] {
  const manifest = join(folder, 'Cargo.toml')
  const pack = metadataOf(folder).packages.find(({ manifest_path: path }) => path === manifest)
  const library = pack?.targets.find(({ kind }) =>
    kind.some((it) => ['lib', 'rlib', 'cdylib', 'dylib', 'staticlib'].includes(it)),
  )
  if (!library) throw new Error(`no library in ${folder}`)
  return library
}

function featureFlags({ features }: CorpusPackage): readonly string[] {
  return features.length > 0 ? ['--features', features.join(',')] : []
}

/** rustdoc's description of the crate; kept per version of the crate and of the compiler. */
export function rustdocOf(crate: JudgedCrate): RustdocGraph {
  const version = execFileSync('rustc', ['--version'], { encoding: 'utf8' }).split(' ')[1] ?? ''
  const name = [crate.pack.name, crate.pack.version, ...crate.pack.features, version].join('-')
  const kept = join(cacheRoot(), 'mutants', 'docs', `${name}.json`)
  if (!existsSync(kept)) {
    mkdirSync(join(cacheRoot(), 'mutants', 'docs'), { recursive: true })
    cpSync(runRustdoc(crate), kept)
  }
  return JSON.parse(readFileSync(kept, 'utf8')) as RustdocGraph
}

/** Has rustdoc describe the crate as it is, private and hidden items included; returns the file. Throws if it does not compile. */
function runRustdoc(crate: JudgedCrate): string {
  const flags = ['-Z', 'unstable-options', '--output-format', 'json', '--document-private-items', '--document-hidden-items']
  const args = ['rustdoc', '--quiet', '--lib', '--target-dir', crate.target, ...featureFlags(crate.pack), '--', ...flags]
  execFileSync('nice', ['-n', '10', 'cargo', ...args, '--cap-lints', 'allow'], {
    cwd: crate.folder,
    env: { ...process.env, RUSTC_BOOTSTRAP: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return join(crate.target, 'doc', `${libraryOf(crate.folder).name.replaceAll('-', '_')}.json`)
}

/**
 * The slow way, which copies nothing: rustc's answer for a type while a file of its crate holds another text. rustdoc looks at
 * no bodies, so the rest of the crate need not fit. Null if it does not compile even so.
 */
export function judgeInPlace(crate: JudgedCrate, type: SourcePlace, file: string, text: string): Judgement | null {
  const path = join(crate.workspace, file)
  const before = readFileSync(path, 'utf8')
  try {
    writeFileSync(path, text)
    const doc = JSON.parse(readFileSync(runRustdoc(crate), 'utf8')) as RustdocCrate
    const row = oracleRows(doc, (name) => name).find((it) => it.file === type.file && it.line === type.line)
    const { send, sync } = row ?? {}
    return (send === 'yes' || send === 'no') && (sync === 'yes' || sync === 'no') ? { send, sync } : null
  } catch {
    return null
  } finally {
    writeFileSync(path, before)
  }
}

/** Has rustc answer all questions at once. Questions that do not compile are left out, and the rest asked again. */
export function judge(crate: JudgedCrate, questions: readonly Question[]): Judgements {
  const refused = new Map<number, string>()
  const wanted = new Set<string>()
  for (let checks = 1; checks <= MAX_CHECKS; checks++) {
    const asked = questions.filter(({ mutant }) => !refused.has(mutant))
    const { files, originals } = composed(crate, asked, wanted)
    try {
      for (const file of files) writeFileSync(join(crate.workspace, file.name), file.text)
      const messages = check(crate)
      const errors = messages.filter(({ level }) => level === 'error')
      if (errors.length === 0) return { answers: answersIn(messages, files), refused, checks }
      learn(crate, errors, files, { refused, wanted, known: new Set(asked.flatMap(optionalOf)) })
    } finally {
      for (const [name, text] of originals) writeFileSync(join(crate.workspace, name), text)
    }
  }
  throw new Error(`${crate.pack.name}: after ${MAX_CHECKS} checks there are still mutants that do not compile`)
}

function optionalOf({ insertions }: Question): readonly string[] {
  return insertions.flatMap(({ onlyFor }) => (onlyFor === null ? [] : [onlyFor]))
}

/** Takes in what errors say: an impl that can be had is wanted from now on, and other mutants are given up. */
function learn(
  crate: JudgedCrate,
  errors: readonly Message[],
  files: readonly ComposedFile[],
  so: { readonly refused: Map<number, string>; readonly wanted: Set<string>; readonly known: ReadonlySet<string> },
): void {
  const before = so.refused.size + so.wanted.size
  const asked = new Set(so.wanted)
  for (const error of errors) {
    const impl = missingImpl(error)
    if (impl !== null && so.known.has(impl) && !asked.has(impl)) so.wanted.add(impl)
    else for (const mutant of mutantsOf(error, files)) so.refused.set(mutant, refusal(error))
  }
  if (so.refused.size + so.wanted.size > before) return
  const told = errors.map(({ rendered }) => rendered).join('\n')
  throw new Error(`${crate.pack.name} does not compile: ${told.slice(0, 4000)}`)
}

/** The impl whose absence an error is about, as `Name: Trait`; null if that is not what it is about. */
function missingImpl({ message }: Message): string | null {
  const [, type, trait] =
    /^the trait bound `Mutant\d+(\w+)(?:<.*>)?: (?:\w+::)*(\w+)` is not satisfied/.exec(message) ??
    /^`Mutant\d+(\w+)(?:<.*>)?` doesn't implement `(?:\w+::)*(\w+)`/.exec(message) ??
    []
  return type && trait ? `${type}: ${trait}` : null
}

/** The error without the numbers of copies: what it is about for many mutants alike. */
function refusal({ code, message }: Message): string {
  return `${code?.code ?? ''} ${message.replaceAll(/Mutant\d+/g, '')}`
}

/** A file with everything that was put into it, and what each line of that belongs to. 1-based lines. */
interface ComposedFile {
  readonly name: string
  readonly text: string
  readonly lines: ReadonlyMap<number, { readonly mutant: number; readonly answer: 'send' | 'sync' | null }>
}

interface Piece {
  readonly at: number
  readonly lines: readonly { readonly text: string; readonly mutant: number; readonly answer: 'send' | 'sync' | null }[]
}

function composed(
  crate: JudgedCrate,
  questions: readonly Question[],
  wanted: ReadonlySet<string>,
): { readonly files: readonly ComposedFile[]; readonly originals: ReadonlyMap<string, string> } {
  const pieces = new Map<string, Piece[]>([[crate.root, []]])
  const add = (file: string, piece: Piece): void => {
    const list = pieces.get(file) ?? []
    pieces.set(file, list)
    list.push(piece)
  }
  for (const { mutant, type, file, at, insertions } of questions) {
    for (const it of insertions.filter(({ onlyFor }) => onlyFor === null || wanted.has(onlyFor)))
      add(it.file, { at: it.at, lines: it.text.split('\n').map((text) => ({ text, mutant, answer: null })) })
    const [send, sync] = probeLines(type)
    add(file, {
      at,
      lines: [
        { text: send, mutant, answer: 'send' },
        { text: sync, mutant, answer: 'sync' },
      ],
    })
  }
  const originals = new Map([...pieces.keys()].map((file) => [file, readFileSync(join(crate.workspace, file), 'utf8')] as const))
  const files = [...pieces].map(([name, list]) => {
    const tail = name === crate.root ? FAMILY_MODULE : ''
    return compose(name, originals.get(name) ?? '', list, tail)
  })
  return { files, originals }
}

function compose(name: string, original: string, pieces: readonly Piece[], tail: string): ComposedFile {
  const lines = new Map<number, { mutant: number; answer: 'send' | 'sync' | null }>()
  const parts: string[] = []
  let line = 1
  let from = 0
  const put = (text: string): void => {
    parts.push(text)
    line += text.split('\n').length - 1
  }
  for (const piece of pieces.toSorted((a, b) => a.at - b.at)) {
    put(`${original.slice(from, piece.at)}\n`)
    from = piece.at
    for (const { text, mutant, answer } of piece.lines) {
      lines.set(line, { mutant, answer })
      put(`${text}\n`)
    }
  }
  put(original.slice(from) + tail)
  return { name, text: parts.join(''), lines }
}

interface Message {
  readonly level: string
  readonly message: string
  readonly rendered: string
  readonly code: { readonly code: string } | null
  readonly spans: readonly MessageSpan[]
  readonly children: readonly { readonly spans: readonly MessageSpan[] }[]
}

interface MessageSpan {
  readonly file_name: string
  readonly line_start: number
  readonly line_end: number
  readonly is_primary: boolean
}

/** Messages of one `cargo check` about the crate itself. Throws if there are none although it failed. */
function check(crate: JudgedCrate): readonly Message[] {
  const args = ['rustc', '--profile', 'check', '--lib', '--quiet', '--message-format', 'json', '--target-dir', crate.target]
  const flags = [
    '--cap-lints',
    'warn',
    '-Adead_code',
    '-Aunused',
    '-Aprivate_interfaces',
    '-Aprivate_bounds',
    '-Anonstandard_style',
  ]
  const run = spawnSync('nice', ['-n', '10', 'cargo', ...args, ...featureFlags(crate.pack), '--', ...flags], {
    cwd: crate.folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const messages = run.stdout.split('\n').flatMap((text): Message[] => {
    if (!text.startsWith('{')) return []
    const { reason, message } = JSON.parse(text) as { reason: string; message?: Message }
    return reason === 'compiler-message' && message ? [message] : []
  })
  if (run.status !== 0 && !messages.some(({ level }) => level === 'error'))
    throw new Error(`cargo failed: ${run.stderr.slice(-3000)}`)
  return messages.filter(({ level, spans }) => level !== 'error' || spans.length > 0)
}

function answersIn(messages: readonly Message[], files: readonly ComposedFile[]): ReadonlyMap<number, Judgement> {
  const found = new Map<number, { send?: 'yes' | 'no'; sync?: 'yes' | 'no' }>()
  for (const { message, spans } of messages) {
    const answer = /: mutant: (yes|no)$/.exec(message)?.[1]
    const span = spans.find(({ is_primary: primary }) => primary)
    const line = span && files.find(({ name }) => name === span.file_name)?.lines.get(span.line_start)
    if (!line?.answer || (answer !== 'yes' && answer !== 'no')) continue
    found.set(line.mutant, { ...found.get(line.mutant), [line.answer]: answer })
  }
  return new Map([...found].flatMap(([id, { send, sync }]) => (send && sync ? [[id, { send, sync }] as const] : [])))
}

/** The mutants in whose lines an error has its primary place, else in whose lines it has any. */
function mutantsOf(error: Message, files: readonly ComposedFile[]): readonly number[] {
  const at = (spans: readonly MessageSpan[]): number[] =>
    spans.flatMap((span) => {
      const lines = files.find(({ name }) => name === span.file_name)?.lines
      const within = Array.from({ length: span.line_end - span.line_start + 1 }, (_, index) =>
        lines?.get(span.line_start + index),
      )
      return within.flatMap((line) => (line ? [line.mutant] : []))
    })
  const primary = at(error.spans.filter(({ is_primary: it }) => it))
  if (primary.length > 0) return primary
  return at([...error.spans, ...error.children.flatMap(({ spans }) => spans)])
}
