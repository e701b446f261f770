/**
 * Checks facts against rustc: writes one constant per type and arguments that fails to evaluate when the type is (or is not)
 * Send although the facts say otherwise. Probes that do not compile, for bounds that the arguments do not meet, are dropped.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FactCond, FactNeed, FactsCrate, FactType } from '../../server/src/facts/facts.ts'

/** One assertion. */
export interface Probe {
  readonly type: FactType
  readonly trait: 'Send' | 'Sync'
  /** The type with its arguments. */
  readonly written: string
  readonly source: string
}

/** What came out. */
export interface Report {
  readonly agreed: readonly Probe[]
  readonly disagreed: readonly Probe[]
  readonly dropped: readonly Probe[]
}

const header = `#![allow(warnings, internal_features)]
pub struct W<T: ?Sized>(std::marker::PhantomData<T>);
pub trait No { const SEND: bool = false; const SYNC: bool = false; }
impl<T: ?Sized> No for W<T> {}
pub struct Class(u8);
impl<T: ?Sized + Send> W<T> { pub const SEND: bool = true; }
impl<T: ?Sized + Sync> W<T> { pub const SYNC: bool = true; }
`

/** Errors of more probes at once would not fit into a string. */
const chunkSize = 4000

/** Both, Send only, Sync only, neither. */
const plain = ['u8', 'std::cell::Cell<u8>', "std::sync::MutexGuard<'static, u8>", 'std::rc::Rc<u8>']
/** The same four in shapes that meet the usual bounds. */
const shapes: readonly ((inner: string) => string)[] = [
  (inner) => inner,
  (inner) => `std::vec::IntoIter<${inner}>`,
  (inner) => `Vec<${inner}>`,
  (inner) => `[${inner}]`,
  (inner) =>
    `Box<dyn FnMut() -> u8 + ${inner === 'u8' ? 'Send + Sync' : inner.includes('Cell') ? 'Send' : inner.includes('Guard') ? 'Sync' : 'Unpin'}>`,
  (inner) => `std::future::Ready<${inner}>`,
  (inner) => `std::io::Cursor<(Vec<u8>, std::marker::PhantomData<${inner}>)>`,
  (inner) => `std::vec::IntoIter<Vec<${inner}>>`,
  (inner) => `[${inner}; 2]`,
  () => 'char',
  () => 'Class',
  () => 'std::fs::File',
]

/** All types that a crate's facts name, through every module. */
export function typesOf(crate: FactsCrate): FactType[] {
  const found = new Map<string, FactType>()
  const queue: string[][] = [[]]
  for (let path = queue.pop(); path; path = queue.pop()) {
    for (const name of crate.names(path)) {
      const item = crate.lookup([...path, name])
      if (item?.kind === 'module' && item.path === [crate.name, ...path, name].join('::')) queue.push([...path, name])
      if (item?.kind === 'type' && item.type.path === [crate.name, ...path, name].join('::')) found.set(item.type.path, item.type)
    }
  }
  return [...found.values()]
}

/** Every probe of a type: its parameters in all combinations up to two, else one by one. */
export function probesOf(type: FactType): Probe[] {
  const open = type.params.filter((param) => param.kind === 'type' && param.default === null)
  return shapes.slice(0, open.length === 0 ? 1 : shapes.length).flatMap((shape) =>
    combinations(open.length).flatMap((choice) => {
      const given = new Map(open.map((param, index) => [param.name, shape(plain[choice[index] ?? 0] ?? 'u8')]))
      return (['Send', 'Sync'] as const).flatMap((trait) => probe(type, trait, given) ?? [])
    }),
  )
}

function combinations(count: number): number[][] {
  if (count === 0) return [[]]
  if (count <= 2) return combinations(count - 1).flatMap((rest) => plain.map((_, index) => [...rest, index]))
  const single = Array.from({ length: count }, (_, at) =>
    plain.map((_each, index) => Array.from({ length: count }, (__, i) => (i === at ? index : 0))),
  )
  return [...single.flat(), ...plain.map((_, index) => Array.from({ length: count }, () => index))]
}

function probe(type: FactType, trait: 'Send' | 'Sync', given: ReadonlyMap<string, string>): Probe | null {
  const values = new Map(given)
  const args = type.params.map((param) => {
    if (param.kind === 'lifetime') return "'static"
    const value = values.get(param.name) ?? (param.default === null ? '1' : substitute(param.default, values))
    values.set(param.name, param.kind === 'const' ? `{ ${value} }` : value)
    return values.get(param.name) ?? value
  })
  const written = args.length === 0 ? type.path : `${type.path}<${args.join(', ')}>`
  const expected = expectation(trait === 'Send' ? type.send : type.sync, values)
  if (expected === null) return null
  return { type, trait, written, source: `const _: () = assert!(<W<${written}>>::${trait.toUpperCase()} == (${expected}));` }
}

function expectation(cond: FactCond, values: ReadonlyMap<string, string>): string | null {
  if (cond.verdict === 'unknown') return null
  if (cond.verdict === 'no') return 'false'
  const needs = cond.needs.map((need) => needText(need, values))
  return needs.includes(null) ? null : ['true', ...needs].join(' && ')
}

function needText(need: FactNeed, values: ReadonlyMap<string, string>): string | null {
  if (need.bound !== 'Send' && need.bound !== 'Sync') return null
  return `<W<${substitute(need.type, values)}>>::${need.bound.toUpperCase()}`
}

function substitute(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/'[a-z_]\w*/g, "'static").replace(/(?<![\w:'])[A-Za-z_]\w*(?!\w|::)/g, (word) => values.get(word) ?? word)
}

/**
 * Compiles the probes.
 * @param attribute for the struct `Class` that is one of the arguments: a derive or attribute macro of the crate, or nothing
 * @param folder a Cargo project whose dependencies are there already; its src/lib.rs is written
 */
export function runProbes(folder: string, probes: readonly Probe[], env: NodeJS.ProcessEnv, attribute: string): Report {
  const total: { agreed: Probe[]; disagreed: Probe[]; dropped: Probe[] } = { agreed: [], disagreed: [], dropped: [] }
  for (let start = 0; start < probes.length; start += chunkSize) {
    const report = runChunk(folder, probes.slice(start, start + chunkSize), env, attribute)
    total.agreed.push(...report.agreed)
    total.disagreed.push(...report.disagreed)
    total.dropped.push(...report.dropped)
  }
  return total
}

function runChunk(folder: string, probes: readonly Probe[], env: NodeJS.ProcessEnv, attribute: string): Report {
  let open = [...probes]
  const dropped: Probe[] = []
  const features = new Set<string>()
  mkdirSync(join(folder, 'src'), { recursive: true })
  for (let round = 0; round < 20; round++) {
    const gates = `#![feature(${[...features].join(', ')})]\n`
    writeFileSync(
      join(folder, 'src/lib.rs'),
      gates + header.replace('pub struct Class', `${attribute} pub struct Class`) + open.map((each) => each.source).join('\n'),
    )
    const errors = check(folder, env)
    const first = header.split('\n').length + 1
    const wanted = errors.flatMap((each) => (each.feature !== null && !features.has(each.feature) ? [each.feature] : []))
    for (const feature of wanted) features.add(feature)
    if (wanted.length > 0) continue
    const broken = new Set(errors.filter((each) => each.code !== 'E0080').map((each) => each.line - first))
    if (broken.size === 0) {
      const wrong = new Set(errors.map((each) => each.line - first))
      return { dropped, agreed: open.filter((_, i) => !wrong.has(i)), disagreed: open.filter((_, i) => wrong.has(i)) }
    }
    if (broken.has(-1) || [...broken].some((line) => line < 0)) throw new Error('the probe itself does not compile')
    dropped.push(...open.filter((_, i) => broken.has(i)))
    open = open.filter((_, i) => !broken.has(i))
  }
  throw new Error('probes keep failing')
}

interface CompileError {
  readonly line: number
  readonly code: string
  /** The library feature that is missing. */
  readonly feature: string | null
}

function check(folder: string, env: NodeJS.ProcessEnv): CompileError[] {
  let output = ''
  try {
    output = execFileSync('nice', ['cargo', 'check', '-q', '--message-format=json'], {
      cwd: folder,
      env,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  } catch (error) {
    output = error instanceof Error && 'stdout' in error ? String(error.stdout) : ''
    if (!output.includes('compiler-message')) throw error
  }
  return output.split('\n').flatMap((line): CompileError[] => {
    if (!line.startsWith('{')) return []
    const { message } = JSON.parse(line)
    if (message?.level !== 'error' || !message.spans?.length) return []
    const lines: number[] = message.spans
      .filter((s: { file_name: string; is_primary: boolean }) => s.is_primary && s.file_name === 'src/lib.rs')
      .map((s: { line_start: number }) => s.line_start)
    return lines.map((at) => ({
      line: at,
      code: message.code?.code ?? '',
      feature: /library feature `(\w+)`/.exec(message.message)?.[1] ?? null,
    }))
  })
}
