import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { indexLines, positionAt } from '../server/src/syntax/lines.ts'
import { crateOfFiles } from './support/analyze.ts'

const STATS = `use pyo3::prelude::*;
use std::cell::RefCell;

#[pyclass(frozen)]
pub struct Stats {
    names: RefCell<Vec<String>>,
}

#[pymethods]
impl Stats {
    fn count(&self) -> usize {
        self.names.borrow().len()
    }
}
`

interface Found {
  readonly rule: string
  readonly subject: string
  /** What the finding's range covers. */
  readonly covers: string
}

function findingsOf(text: string): Found[] {
  const { analysis } = crateOfFiles({ 'src/lib.rs': text })
  return analysis.findings.map(({ rule, subject, at }) => {
    expect(at.span.start).toBeLessThanOrEqual(at.span.end)
    expect(at.span.end).toBeLessThanOrEqual(text.length)
    return { rule, subject: subject ?? '', covers: text.slice(at.span.start, at.span.end) }
  })
}

const NOT_SYNC = { rule: 'not-sync', subject: 'Stats', covers: 'RefCell<Vec<String>>' }

describe('text that does not parse', () => {
  it('hides no other class, wherever the cursor is', () => {
    const before = STATS.replaceAll('Stats', 'First')
    for (let at = 0; at < STATS.length; at += 3) {
      const found = findingsOf(`${before}\n${STATS.slice(0, at)}`)
      expect(found.some((it) => it.rule === 'not-sync' && it.subject === 'First')).toBe(true)
    }
  })

  it.each([
    ['an open brace in a body', STATS.replace('.len()', '.len({')],
    ['an open parenthesis in a body', STATS.replace('.borrow()', '.borrow(')],
    ['an expression that is not finished', STATS.replace('self.names.borrow().len()', 'let x = self.')],
    ['an open string', `${STATS}\nfn f() { let x = "open`],
    ['an open comment', `${STATS}\n/* never closed`],
    ['stray closing brackets', `${STATS}\n}}])`],
    ['a stray closing bracket above', `}\n${STATS}`],
    ['an attribute that is not finished below', `${STATS}\n#[pyclass(`],
    ['an attribute that is not finished above', `#[derive(\n${STATS}`],
    ['half an item above', `pub struct Half { a:\n\n${STATS}`],
    ['another language', `{ "json": [1, 2] }\n${STATS}`],
    ['conflict markers', STATS.replace('#[pymethods]', '<<<<<<< HEAD\n#[pymethods]\n=======\n#[pymethods]\n>>>>>>> other')],
    ['control characters', `\u0000\u0001\u007f\n${STATS}`],
    ['half of a surrogate pair', `// \ud83e\n${STATS}`],
  ])('%s: no wrong position', (_, text) => {
    for (const { rule, covers } of findingsOf(text)) if (rule === 'not-sync') expect(covers).toBe('RefCell<Vec<String>>')
  })

  it.each([
    ['in a body', STATS.replace('.len()', '.len({')],
    ['below', `${STATS}\n#[pyclass(`],
    ['in another item below', `${STATS}\nfn f() { let x = "open`],
  ])('%s: the class is still judged', (_, text) => {
    expect(findingsOf(text)).toContainEqual(NOT_SYNC)
  })
})

describe('positions', () => {
  it.each([
    ['CRLF', STATS.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${STATS}`],
    ['a byte order mark and CRLF', `\ufeff${STATS.replaceAll('\n', '\r\n')}`],
    ['emoji above', `// 🦀🦀 naïve\n${STATS}`],
    ['emoji on the line', STATS.replace('    names', '    /* 🦀👩‍👩‍👧 */ names')],
    ['tabs', STATS.replaceAll('    ', '\t')],
    ['a shebang', `#!/usr/bin/env run\n${STATS}`],
    ['names that are not ASCII', `struct Größe(u8);\nconst 变量: u8 = 1;\n${STATS}`],
    ['no newline at the end', STATS.trimEnd()],
    ['old Mac line endings in a comment', `// one\rtwo\n${STATS}`],
  ])('are right with %s', (_, text) => {
    expect(findingsOf(text)).toContainEqual(NOT_SYNC)
  })

  it('are in UTF-16 code units', () => {
    const text = STATS.replace('    names', '    /* 🦀 */ names')
    const [finding] = crateOfFiles({ 'src/lib.rs': text }).analysis.findings.filter(({ rule }) => rule === 'not-sync')
    expect(positionAt(indexLines(text), finding?.at.span.start ?? 0)).toEqual({ line: 5, character: 20 })
  })
})

describe('types and modules without end', { timeout: 30_000 }, () => {
  it('end', () => {
    const text = `use pyo3::prelude::*;
type X = Y; type Y = X;
mod a { pub use super::b::*; } mod b { pub use super::a::*; }
#[path = "lib.rs"] mod again;
struct Grow<T>(Box<Grow<Vec<T>>>);
struct A<T>(Box<A<Vec<T>>>, T);
macro_rules! forever { ($($t:tt)*) => { forever!($($t)* x); } }
forever!();
macro_rules! double { ($($t:tt)*) => { double!($($t)* $($t)*); } }
double!(a b c d);
trait Loop where Self: Loop { type T: Loop; }
#[pyclass(frozen)] struct Alias(X);
#[pyclass(frozen)] struct Glob(a::Thing);
#[pyclass(frozen)] struct Growing(Grow<u8>, A<std::cell::Cell<u8>>);
#[pyclass(frozen)] struct Itself(Option<Box<Itself>>);
#[pyclass(frozen)] struct Fine(std::cell::Cell<u8>);
`
    const { analysis } = crateOfFiles({ 'src/lib.rs': text })
    const classes = new Map(
      analysis.crates.flatMap((it) => it.classes.map(({ cls, verdicts }) => [cls.name, verdicts.sync.verdict] as const)),
    )
    // `again` is the same file once more, which rustc refuses: what it holds does not matter.
    expect(Object.fromEntries(classes)).toMatchObject({
      Alias: 'unknown',
      Glob: 'unknown',
      Growing: 'no',
      Itself: 'yes',
      Fine: 'no',
    })
  })

  it('an enum of 10,000 variants is a class like another', () => {
    const variants = Array.from({ length: 10_000 }, (_, i) => `    V${i} { a: Vec<u${[8, 16, 32, 64][i % 4]}> },`)
    const text = `use pyo3::prelude::*;\n#[pyclass(frozen)]\npub enum Wide {\n${variants.join('\n')}\n    Last { x: std::rc::Rc<u8> },\n}\n`
    const rules = findingsOf(text).filter(({ rule }) => rule.startsWith('not-'))
    expect(rules.map(({ rule, covers }) => `${rule} ${covers}`)).toEqual(['not-send std::rc::Rc<u8>', 'not-sync std::rc::Rc<u8>'])
  })

  it('nesting of any depth is borne', () => {
    const depth = 3_000
    const type = `${'Option<'.repeat(depth)}std::cell::Cell<u8>${'>'.repeat(depth)}`
    const expression = `${'('.repeat(depth)}1${')'.repeat(depth)}`
    const modules = `${'mod m { '.repeat(300)}${'}'.repeat(300)}`
    const found = findingsOf(`${STATS}\n#[pyclass] struct Deep(${type});\nfn f() -> u8 { ${expression} }\n${modules}\n`)
    expect(found).toContainEqual(NOT_SYNC)
  })

  it('5 MB of generated code take seconds, not minutes', () => {
    const item = (i: number): string =>
      `#[pyclass(frozen)]\npub struct Row${i} { a: Vec<u64>, b: Option<String>, c: [u8; ${i}] }\nimpl Row${i} { pub fn total(&self) -> u64 { self.a.iter().sum::<u64>() + self.c.len() as u64 } }\nconst TABLE_${i}: &[u64] = &[${'1, '.repeat(2100)}];\n`
    const text = `use pyo3::prelude::*;\n${Array.from({ length: 800 }, (_, i) => item(i)).join('')}${STATS.replace('use pyo3::prelude::*;\n', '')}`
    expect(text.length).toBeGreaterThan(5_000_000)
    const began = performance.now()
    expect(findingsOf(text)).toContainEqual(NOT_SYNC)
    expect(performance.now() - began).toBeLessThan(20_000)
  }, 30_000)
})

describe('work that would double with every step', { timeout: 20_000 }, () => {
  const CELL = 'std::cell::Cell<u8>'
  const steps = (count: number, line: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => line(i)).join('\n')

  /** Verdicts of the class `Last`, and everything else that is said, from two databases that know nothing of each other. */
  function last(text: string, manifest?: string): string {
    const source = `use pyo3::prelude::*;\n${text}`
    const once = (): { readonly verdicts: string; readonly findings: unknown } => {
      const { analysis } = crateOfFiles({ 'src/lib.rs': source, ...(manifest === undefined ? {} : { 'Cargo.toml': manifest }) })
      const found = analysis.crates.flatMap((it) => it.classes).find(({ cls }) => cls.name === 'Last')
      return {
        verdicts: found ? `${found.verdicts.send.verdict} | ${found.verdicts.sync.verdict}` : 'no class',
        findings: analysis.findings.map(({ rule, at, message }) => [rule, at, message]),
      }
    }
    const first = once()
    expect(once()).toEqual(first)
    return first.verdicts
  }

  it.each([
    [
      'aliases',
      `type T0 = ${CELL};\n${steps(60, (i) => `type T${i + 1} = (T${i}, T${i});`)}\n#[pyclass] struct Last(T60);`,
      'no',
    ],
    [
      'aliases with parameters',
      `type T0<T> = (T, T);\n${steps(40, (i) => `type T${i + 1}<T> = T${i}<T${i}<T>>;`)}\n#[pyclass] struct Last(T40<${CELL}>);`,
      'no',
    ],
    [
      'structs with parameters',
      `struct S0<T>(T);\n${steps(60, (i) => `struct S${i + 1}<T>(S${i}<(T, T)>);`)}\n#[pyclass] struct Last(S60<${CELL}>);`,
      'no',
    ],
    [
      'structs that hold two of the next',
      `struct S0(${CELL});\n${steps(100, (i) => `struct S${i + 1}(S${i}, Vec<S${i}>);`)}\n#[pyclass] struct Last(S100);`,
      'no',
    ],
    [
      'associated types',
      `trait Two { type Out; }\nimpl<T> Two for Vec<T> { type Out = (T, T); }\nstruct S0<T>(T);\n${steps(30, (i) => `struct S${i + 1}<T>(S${i}<<Vec<T> as Two>::Out>);`)}\n#[pyclass] struct Last(S30<${CELL}>);`,
      'no',
    ],
    [
      'defaults of parameters',
      `struct S0;\n${steps(60, (i) => `struct S${i + 1}<A = S${i}, B = A>(A, B);`)}\n#[pyclass] struct Last(S60);`,
      'yes',
    ],
  ])('%s: an answer, the same each time', (_, text, sync) => {
    expect(last(text)).toMatch(sync === 'yes' ? /^(yes|unknown) \| (yes|unknown)$/ : /^(yes|unknown) \| (no|unknown)$/)
  })

  it.each([
    ['two that call each other', 'type A<T> = B<Vec<T>>; type B<T> = A<(T, T)>;', 'A<u8>'],
    ['one through its own arguments', 'type A<T> = Vec<A<A<T>>>;', 'A<u8>'],
    [
      'an associated type that is itself',
      'trait Tr { type O; } struct S; impl Tr for S { type O = <S as Tr>::O; }',
      '<S as Tr>::O',
    ],
    [
      'an associated type that is itself in short',
      'trait Tr { type O; } struct S; impl Tr for S { type O = Self::O; }',
      '<S as Tr>::O',
    ],
    ['a default that leads back to itself', 'trait Tr { type O = <Vec<Self> as Tr>::O; } impl<T> Tr for T {}', '<u8 as Tr>::O'],
    [
      'an associated type that grows',
      'trait Tr { type O; } impl<T: Tr> Tr for Vec<T> { type O = <Vec<Vec<T>> as Tr>::O; }',
      '<Vec<u8> as Tr>::O',
    ],
    ['a use of itself', 'use self::X as Y; use self::Y as X;', 'X'],
    [
      'modules through each other',
      'mod a { pub use super::b::T; } mod b { pub use super::c::*; } mod c { pub use super::a::*; }',
      'a::T',
    ],
  ])('circles that rustc refuses are unknown: %s', (_, text, type) => {
    expect(last(`${text}\n#[pyclass] struct Last(${type});`)).toBe('unknown | unknown')
  })

  it.each([
    ['one parameter', 'struct A<T>(Box<A<Vec<T>>>, T);', `A<${CELL}>`],
    ['two types in turn', 'struct A<T>(Box<B<Vec<T>>>, T); struct B<T>(Option<Box<A<(T, T)>>>);', `A<${CELL}>`],
    [
      'parameters that change places',
      'struct A<T, U>(Option<Box<A<Vec<U>, Vec<T>>>>, std::sync::Mutex<T>, U);',
      `A<u8, ${CELL}>`,
    ],
  ])('types that grow for ever have a verdict: %s', (_, text, type) => {
    expect(last(`${text}\n#[pyclass] struct Last(${type});`)).toBe('yes | no')
  })

  it('an impl that needs ever larger types', () => {
    const text = 'struct A<T>(*mut T);\nunsafe impl<T> Send for A<T> where A<Vec<T>>: Send {}\n#[pyclass] struct Last(A<u8>);'
    expect(last(text)).toMatch(/^(yes|unknown) \| no$/)
  })

  it.each([
    ['nested 3,000 deep', `${'not('.repeat(3000)}windows${')'.repeat(3000)}`],
    [
      'of 40 undecided names',
      `any(${Array.from({ length: 40 }, (_, i) => `all(flag_${i}, not(flag_${(i + 7) % 40}))`).join(', ')})`,
    ],
  ])('a cfg %s', (_, cfg) => {
    const text = `struct Inner { #[cfg(${cfg})] a: std::rc::Rc<u8>, b: u8 }\n#[pyclass] struct Last(Inner);`
    expect(last(text)).toMatch(/^(yes|no|unknown) \| (yes|no|unknown)$/)
  })

  it('fields under 12 flags of which any may be on', () => {
    const fields = steps(12, (i) => `#[cfg(flag_${i})] f${i}: std::cell::Cell<u8>,`)
    expect(last(`struct Inner { ${fields} }\n#[pyclass] struct Last(Inner);`)).toMatch(/^(yes|unknown) \| unknown$/)
  })

  it('features that turn each other on', () => {
    const manifest = `[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[features]\ndefault = ["a"]\na = ["b", "pyo3?/x"]\nb = ["c", "a"]\nc = ["b", "dep:gone", "c"]\n[dependencies]\npyo3 = "0.30"\n`
    expect(last('#[pyclass] struct Last { #[cfg(feature = "c")] a: std::cell::Cell<u8> }', manifest)).toBe('yes | no')
  })
})

describe('lock files', () => {
  const entry = (name: string, version: string, more = ''): string =>
    `[[package]]\nname = "${name}"\nversion = "${version}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n${more}`
  const own = (dependencies: string): string =>
    `[[package]]\nname = "demo"\nversion = "0.1.0"\ndependencies = [${dependencies}]\n`
  const manifest = (dependencies: string): string =>
    `[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\npyo3 = "0.30"\n${dependencies}`
  const sync = (files: Record<string, string>): Record<string, string> => {
    const { analysis } = crateOfFiles(files)
    return Object.fromEntries(
      analysis.crates.flatMap((it) => it.classes.map(({ cls, verdicts }) => [cls.name, verdicts.sync.verdict])),
    )
  }

  it('with two versions of one crate: each name means its own', () => {
    const files = {
      'Cargo.toml': manifest('new = { package = "dashmap", version = "6" }\nold = { package = "dashmap", version = "5" }\n'),
      'Cargo.lock': `version = 4\n${own('"dashmap 5.5.3", "dashmap 6.1.0", "pyo3"')}${entry('dashmap', '5.5.3')}${entry('dashmap', '6.1.0')}${entry('pyo3', '0.30.1')}`,
      'src/lib.rs': `use pyo3::prelude::*;
#[pyclass(frozen)] struct New(new::DashMap<u8, u8>);
#[pyclass(frozen)] struct Bad(new::DashMap<u8, std::cell::Cell<u8>>);
#[pyclass(frozen)] struct Old(old::DashMap<u8, std::rc::Rc<u8>>);
#[pyclass(frozen)] struct Gone(dashmap::DashMap<u8, u8>);
`,
    }
    const found = sync(files)
    expect(found).toMatchObject({ New: 'yes', Bad: 'no', Gone: 'unknown' })
    expect(['no', 'unknown']).toContain(found['Old'])
  })

  it.each([
    [
      'from the future',
      `version = 99\n[future]\nx = 1\n[[package]]\nname = "pyo3"\nversion = "0.30.1"\nshape = { a = [1] }\n[[unit]]\nid = 7\n`,
    ],
    ['that is not TOML', '<<<<<<< HEAD\nversion = 4\n=======\nversion = 3\n>>>>>>> theirs\n'],
    ['that is cut off', `version = 4\n${own('"pyo3"')}[[package]]\nname = "py`],
    ['that is empty', ''],
    ['with nonsense for versions', `version = 4\n[[package]]\nname = "pyo3"\nversion = "latest"\n[[package]]\nname = 7\n`],
  ])('%s: findings all the same', (_, lock) => {
    expect(sync({ 'Cargo.lock': lock, 'src/lib.rs': STATS })).toEqual({ Stats: 'no' })
  })
})

/** A text in UTF-8, and more bytes behind it. */
function bytes(text: string, ...more: readonly number[]): Uint8Array {
  return Uint8Array.from([...new TextEncoder().encode(text), ...more])
}

describe('on disk', () => {
  const CLI = path.join(import.meta.dirname, '../dist/cli.mjs')
  const root = mkdtempSync(path.join(tmpdir(), 'bad-input-'))
  afterAll(() => rmSync(root, { recursive: true }))
  const MANIFEST = '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\npyo3 = "0.30"\n'

  function folder(name: string, files: Readonly<Record<string, string | Uint8Array>>): string {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, name, file)), { recursive: true })
      writeFileSync(path.join(root, name, file), text)
    }
    return path.join(root, name)
  }

  /** Status, rules found, and what went to standard error. Never a stack trace, never longer than it may take. */
  function check(at: string, environment: Readonly<Record<string, string>> = {}) {
    const { status, stdout, stderr, signal } = spawnSync(process.execPath, [CLI, 'check', at, '--format', 'json'], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', CARGO_HOME: path.join(root, 'no-cargo-home'), ...environment },
      timeout: 30_000,
    })
    expect(signal).toBeNull()
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(1)
    const output = (stdout === '' ? { diagnostics: [], stats: {} } : JSON.parse(stdout)) as {
      readonly diagnostics: readonly { readonly rule: string; readonly file: string; readonly message: string }[]
      readonly stats: Readonly<Record<string, number>>
    }
    return { status, stderr, rules: output.diagnostics.map(({ rule }) => rule), ...output }
  }

  it('a file without a Cargo.toml is a crate of its own', () => {
    const at = folder('lone', { 'lone.rs': STATS })
    expect(check(path.join(at, 'lone.rs')).rules).toContain('not-sync')
  })

  it('a folder without a Cargo.toml is told so in one line', () => {
    const at = folder('nothing', { 'readme.txt': '' })
    const { status, stderr, rules } = check(at)
    expect(rules.filter((it) => it !== 'parse-error')).toEqual([])
    expect([0, 2]).toContain(status)
    expect(stderr).toContain('nothing')
  })

  it('invalid TOML is reported where it is', () => {
    const at = folder('toml', { 'Cargo.toml': `${MANIFEST}[lib\nname = \n`, 'src/lib.rs': STATS })
    const { rules, diagnostics, status } = check(at)
    expect(status).toBe(1)
    expect(rules).toContain('not-sync')
    expect(diagnostics.filter(({ rule }) => rule === 'parse-error').map(({ file }) => path.basename(file))).toContain(
      'Cargo.toml',
    )
  })

  it('a missing module file is reported, and nothing else is lost', () => {
    const at = folder('module', {
      'Cargo.toml': MANIFEST,
      'src/lib.rs': `mod gone;\nuse gone::Thing;\n${STATS}\n#[pyclass] struct Holder(Thing);\n`,
    })
    const { diagnostics, rules } = check(at)
    expect(rules).toContain('not-sync')
    expect(diagnostics.some(({ rule, message }) => rule === 'unreadable' && message.includes('gone'))).toBe(true)
  })

  it('a symlink loop is walked once', () => {
    const at = folder('loop', { 'Cargo.toml': MANIFEST, 'src/lib.rs': STATS })
    symlinkSync('.', path.join(at, 'src/again'), 'dir')
    symlinkSync('..', path.join(at, 'src/up'), 'dir')
    symlinkSync('self.rs', path.join(at, 'src/self.rs'))
    const { rules, stats } = check(at)
    expect(rules.filter((it) => it === 'not-sync')).toHaveLength(1)
    expect(stats['files']).toBeLessThan(10)
  })

  it('bytes that are no text, and a folder that is called like a file, hide nothing', () => {
    const at = folder('bytes', {
      'Cargo.toml': MANIFEST,
      'src/lib.rs': `mod binary;\nmod folder;\n${STATS}`,
      'src/binary.rs': Uint8Array.from({ length: 5000 }, (_, i) => (i * 37) % 256),
      'src/folder.rs/inner.txt': '',
    })
    expect(check(at).rules).toContain('not-sync')
  })

  const THING = 'pub struct Whole(std::rc::Rc<u8>);\npub struct Cut { a: std::cell::Ce'
  const THING_MANIFEST = '[package]\nname = "thing"\nversion = "1.0.0"\nedition = "2021"\n'
  it.each<[what: string, files: Readonly<Record<string, string | Uint8Array>>, whole: boolean]>([
    ['the library', { 'Cargo.toml': THING_MANIFEST, 'src/lib.rs': THING }, true],
    ['the library inside a character', { 'Cargo.toml': THING_MANIFEST, 'src/lib.rs': bytes(`${THING}\n// `, 0xf0, 0x9f) }, true],
    ['the manifest', { 'Cargo.toml': '[package]\nname = "thing"\nversi', 'src/lib.rs': THING }, true],
    ['the manifest, to nothing', { 'Cargo.toml': '', 'src/lib.rs': THING }, true],
    ['a module', { 'Cargo.toml': THING_MANIFEST, 'src/lib.rs': 'mod a;\npub use a::*;', 'src/a.rs': THING }, true],
    ['the library, to nothing', { 'Cargo.toml': THING_MANIFEST, 'src/lib.rs': '' }, false],
    ['the folder, to the manifest', { 'Cargo.toml': THING_MANIFEST }, false],
    ['the folder, to an empty one', { 'src/lib.rs/no.txt': '' }, false],
    ['a module, to nothing', { 'Cargo.toml': THING_MANIFEST, 'src/lib.rs': 'mod a;\npub use a::*;' }, false],
  ])('a registry with a file cut off gives verdicts or unknown: %s', (what, files, whole) => {
    const name = `registry ${what}`
    const inRegistry = ([file, text]: [string, string | Uint8Array]) => [`cargo/registry/src/index-1/thing-1.0.0/${file}`, text]
    folder(name, {
      ...Object.fromEntries(Object.entries(files).map(inRegistry)),
      'crate/Cargo.toml': `${MANIFEST}thing = "1"\n`,
      'crate/Cargo.lock': `version = 4\n[[package]]\nname = "demo"\nversion = "0.1.0"\ndependencies = ["pyo3", "thing"]\n[[package]]\nname = "pyo3"\nversion = "0.30.1"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n[[package]]\nname = "thing"\nversion = "1.0.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n`,
      'crate/src/lib.rs': `${STATS}\n#[pyclass(frozen)] struct A(thing::Whole);\n#[pyclass(frozen)] struct B(thing::Cut);\n`,
    })
    const { diagnostics } = check(path.join(root, name, 'crate'), { CARGO_HOME: path.join(root, name, 'cargo') })
    const classes = diagnostics.filter(({ rule }) => rule === 'not-sync').map(({ message }) => /`(\w+)`/.exec(message)?.[1])
    expect(classes).toContain('Stats')
    // What is whole is known, what is not there is not denied.
    expect(classes.includes('A')).toBe(whole)
    expect(diagnostics.filter(({ rule, message }) => rule.startsWith('not-') && message.includes('`B`'))).toEqual([])
  })

  it('a path that is not there, or is no Rust, is one line and status 2', () => {
    expect(check(path.join(root, 'nowhere'))).toMatchObject({ status: 2, rules: [] })
    const at = folder('image', { 'a.png': '\u0089PNG' })
    expect(check(path.join(at, 'a.png'))).toMatchObject({ status: 2, rules: [] })
  })
})
