import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Edition } from '../server/src/resolve/macros/cursor.ts'
import { type Expansion, expandMacro, isRefusal, type MacroRules, parseMacroRules } from '../server/src/resolve/macros/expand.ts'
import { cases, forwardCases, refusedCases } from './macros-cases.ts'
import { expansionOf, forwardedRule, sameTokens } from './macros-expand.ts'

// What rustc 1.95 made of the cases: `node scripts/check-macros.ts --write`.
const rustc: Record<string, string> = JSON.parse(readFileSync(new URL('macros-rustc.json', import.meta.url), 'utf8'))

describe('agrees with rustc', () => {
  it.each(cases)('$name', (c) => {
    const ours = expansionOf(c)
    const theirs = rustc[c.name] ?? expect.fail('not recorded')
    if (ours.kind === 'refused' || !sameTokens(ours.text, theirs)) expect(ours).toEqual({ kind: 'text', text: theirs })
  })

  it.each(forwardCases)('$name', (c) => expect(forwardedRule(c)).toBe(rustc[c.name]))

  it.each(refusedCases)('refuses: $name', (c) => expect(expansionOf(c)).toEqual({ kind: 'refused', reason: c.reason }))
})

function define(body: string, edition: Edition = '2021'): MacroRules {
  const rules = parseMacroRules(body, edition)
  return isRefusal(rules) ? expect.fail(rules.text) : rules
}

function expand(body: string, args: string, edition: Edition = '2021'): Expansion {
  const expansion = expandMacro(define(body, edition), args, { crateName: 'krate_7' })
  return isRefusal(expansion) ? expect.fail(expansion.text) : expansion
}

const withoutSpaces = (text: string): string => text.replace(/\s/g, '')

describe('text of an expansion', () => {
  it('names the crate of the definition', () => {
    expect(expand('($t:ident) => { $crate::a::$t!(crate::x) }', 'go').text).toBe('krate_7 ::a:: go !(crate::x)')
  })

  it('keeps comments and line breaks of what it copies', () => {
    const body = '($n:ident) => {\n    /// Says it.\n    #[pyclass] // here\n    struct $n {\n        a: u8,\n    }\n}'
    expect(expand(body, 'A').text).toBe('/// Says it.\n#[pyclass] // here\n    struct A {\n        a: u8,\n    }')
  })

  it('gives doc comments of the arguments back as comments', () => {
    const { text } = expand('($($t:tt)*) => { $($t)* }', '/// One.\n/** Two. */ struct A;')
    expect(text).toBe('/// One.\n/** Two. */ struct A;')
  })

  it('spells them as attributes where they were taken apart', () => {
    const { text } = expand('($(#[$m:meta])* $n:ident) => { $(#[$m])* struct $n; }', '/// a "b" #\nA')
    expect(text).toContain('doc = r#" a "b" #"#')
  })

  it.each([
    ['($t:ty) => { fn f(a: &$t) }', 'dyn A + B', 'a: &( dyn A + B )'],
    ['($t:ty) => { Box<$t> }', 'dyn A + B', 'Box< dyn A + B >'],
    ['($t:ty) => { $t::new() }', 'Vec<u8>', '< Vec<u8> >::new()'],
    ['($t:ty) => { $t::new() }', 'a::B', 'a::B ::new()'],
    ['($e:expr) => { $e.f() }', '&a', '( &a ) .f()'],
    ['($e:expr) => { $e * 2 }', '1 + 1', '( 1 + 1 ) * 2'],
    ['($e:expr) => { f($e, 1) }', '1 + 1', 'f( 1 + 1 , 1)'],
    ['($e:expr) => { $e.f() }', 'a.b(c)?', 'a.b(c)? .f()'],
  ])('%s with %s is %s', (body, args, text) => expect(withoutSpaces(expand(body, args).text)).toContain(withoutSpaces(text)))

  it.each([
    ['#[doc = concat!("Wraps `", stringify!($n), "`.")] struct $n;', '#[doc = "Wraps `Cache`."]'],
    ['#![doc = stringify!($n)]', '#![doc = "Cache" ]'],
    ['#[doc = concat!("a", 1, true, concat!("b"),)]', '#[doc = "a1trueb" ]'],
    ['#[doc = concat!("a", $n)]', '#[doc = concat!("a", Cache )]'],
    ['#[doc = stringify!($n + 1)]', '#[doc = stringify!( Cache + 1)]'],
    ['#[pyo3(name = stringify!($n))]', '#[pyo3(name = stringify!( Cache ))]'],
    ['fn f() { concat!("a", "b") }', 'concat!("a", "b")'],
  ])('evaluates attribute values: %s', (body, text) => {
    expect(
      sameTokens(
        expand(`($n:ident) => { ${body} }`, 'Cache').text,
        body.includes('struct') ? `${text} struct Cache;` : body.startsWith('fn') ? body : text,
      ),
    ).toBe(true)
  })
})

describe('patterns of real crates', () => {
  it('makes a class whose options are a list of tokens', () => {
    const body = `(
      $(#[$attr:meta])* { $($option:tt)* } class $class:ident named $python:literal $($fields:tt)*
    ) => {
      #[pyo3::pyclass(module = "pkg._core", name = $python, $($option)*)] $(#[$attr])* pub struct $class $($fields)*
    };`
    const { text } = expand(body, '/// Evicts.\n { frozen, weakref } class PyLru named "Lru" { inner: Mutex<Policy>, }')
    expect(
      sameTokens(
        text,
        '#[pyo3::pyclass(module = "pkg._core", name = "Lru", frozen, weakref)] #[doc = r" Evicts."] pub struct PyLru { inner: Mutex<Policy>, }',
      ),
    ).toBe(true)
  })

  it('makes a mapping class, its iterator and its methods', () => {
    const body = `($name:ident, $iter:ident, $key:ty => $value:ty, $doc:literal) => {
      #[doc = $doc]
      #[pyclass(mapping, module = "graph")]
      #[derive(Clone)]
      pub struct $name { pub map: IndexMap<$key, $value> }
      #[pymethods]
      impl $name { fn __len__(&self) -> PyResult<usize> { Ok(self.map.len()) } }
      #[pyclass(module = "graph")]
      pub struct $iter { data: Vec<($key, $value)>, at: usize }
    }`
    const { text } = expand(body, 'PathMapping, PathMappingIter, usize => Vec<Vec<usize>>, "Paths by end"')
    expect(text).toContain('IndexMap< usize , Vec<Vec<usize>> >')
    expect(text.match(/#\[pyclass/g)).toHaveLength(2)
  })

  it('wraps a type with a derived list and a default name', () => {
    const body = `
      ($(#[$m:meta])* $path:path $(: $($derive:ty),* $(,)?)?) => { wrap!(@ $(#[$m])* $path; [$($($derive),*)?]) };
      (@ $(#[$m:meta])* $path:path ; [$($derive:ty),*]) => { #[pyclass(subclass)] #[derive($($derive),*)] $(#[$m])* pub(crate) struct Wrapper(pub(crate) $path); };`
    const first = expand(body, 'zenoh::bytes::Encoding: Clone, PartialEq')
    expect(first.text).toContain('wrap!(@')
    const start = first.text.indexOf('(') + 1
    const args = first.text.slice(start, first.text.lastIndexOf(')'))
    const opaque = first.opaque.map((range) => ({ ...range, start: range.start - start, end: range.end - start }))
    const second = expandMacro(define(body), args, { crateName: 'k', opaque, depth: 1 })
    if (isRefusal(second)) expect.fail(second.text)
    // `@` begins no path, so rustc tries the second rule, where the captured path is taken as one.
    expect(second.rule).toBe(1)
    expect(
      sameTokens(
        second.text,
        '#[pyclass(subclass)] #[derive(Clone, PartialEq)] pub(crate) struct Wrapper(pub(crate) zenoh::bytes::Encoding);',
      ),
    ).toBe(true)
  })
})

describe('limits', () => {
  it.each([
    ['$a:ident', 'parse-error'],
    ['($a:unknown) => {}', 'unsupported-fragment'],
    ['($a) => {}', 'parse-error'],
    ['($($a:ident),) => {}', 'parse-error'],
    ['($($a:ident),?) => {}', 'parse-error'],
    ['($a:ident $a:ident) => {}', 'parse-error'],
    ['() -> {}', 'parse-error'],
    ['() => {} () => {}', 'parse-error'],
    ['() => {', 'parse-error'],
    ['', 'parse-error'],
  ])('definition %s is refused', (body, reason) => {
    const rules = parseMacroRules(body, '2021')
    expect(isRefusal(rules) ? rules.reason : 'accepted').toBe(reason)
  })

  it('refuses metavariable expressions where they are used', () => {
    const body = '(a) => { x }; ($($t:tt)*) => { $$ }'
    expect(expand(body, 'a').text).toBe('x')
    expect(expandMacro(define(body), 'b', { crateName: 'k' })).toMatchObject({ reason: 'unsupported-syntax' })
  })

  it('stops at its limits', () => {
    const repeat = define('($($a:tt)*) => { $($a $a $a)* }')
    expect(expandMacro(repeat, 'x '.repeat(50), { crateName: 'k', tokens: 100 })).toMatchObject({ reason: 'fuel' })
    expect(expandMacro(repeat, 'x '.repeat(30), { crateName: 'k', tokens: 200 })).not.toHaveProperty('reason')
    expect(expandMacro(repeat, 'x', { crateName: 'k', depth: 65 })).toMatchObject({ reason: 'fuel' })
    expect(expandMacro(define('($($($a:ident)?)*) => { }'), '1', { crateName: 'k' })).toHaveProperty('reason')
    const deep = `${'('.repeat(2000)}${')'.repeat(2000)}`
    expect(expandMacro(repeat, deep, { crateName: 'k' })).toMatchObject({ reason: 'parse-error' })
    expect(expandMacro(define('($e:expr) => {}'), `${'return '.repeat(5000)}1`, { crateName: 'k' })).toMatchObject({
      reason: 'parse-error',
    })
  })
})

describe('map of an expansion', () => {
  it('leads from a field to the argument it was written in', () => {
    const args = 'Cache { map: RefCell<u8> }'
    const { text, map } = expand('($n:ident $($t:tt)*) => { struct $n $($t)* }', args)
    const at = text.indexOf('RefCell')
    const segment = map.find((s) => s.start <= at && at < s.end)
    expect(segment?.from).toBe('args')
    expect(at - (segment?.start ?? 0) + (segment?.source.start ?? 0)).toBe(args.indexOf('RefCell'))
  })

  const word = fc.constantFrom(
    'a',
    'Vec<u8>',
    '::',
    '->',
    '=>',
    '=',
    ',',
    ';',
    '$',
    '+',
    '{ b }',
    '(c, d)',
    '[',
    ']',
    "'x",
    '"s"',
    '1.5',
    '/// d\n',
    '// c\n',
    '#',
    '!',
    '&&',
    '>>',
    'pub',
    'struct',
    'if',
    '|',
    '..',
    '_',
    'dyn A + B',
  )
  const soup = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '))
  const definitions = fc.constantFrom(
    '($($t:tt)*) => { <$($t)* x> }',
    '($a:ty $(, $($t:tt)*)?) => { <$a> $($($t)*)? }',
    '($a:expr $(; $($t:tt)*)?) => { $a.b $($($t)*)? }',
    '($v:vis $($t:tt)*) => { $v struct $($t)* }',
    '($a:item $($t:tt)*) => { $($t)* $a }',
    '($a:stmt $(; $($t:tt)*)?) => { $a; }',
    '($a:pat $(=> $($t:tt)*)?) => { match $a }',
    '($a:path $(, $($t:tt)*)?) => { $a::b }',
    '($(#[$a:meta])* $i:ident) => { $(#[$a])* $i }',
  )

  it('covers copies exactly and never fails, whatever comes in', () => {
    fc.assert(
      fc.property(definitions, soup, (definition, args) => {
        const rules = parseMacroRules(definition, '2021')
        if (isRefusal(rules)) return
        const expansion = expandMacro(rules, args, { crateName: 'k' })
        if (isRefusal(expansion)) return
        let end = 0
        for (const segment of expansion.map) {
          expect(segment.start).toBeGreaterThanOrEqual(end)
          end = segment.end
          const source = (segment.from === 'args' ? args : definition).slice(segment.source.start, segment.source.end)
          if (source.length === segment.end - segment.start) expect(expansion.text.slice(segment.start, segment.end)).toBe(source)
        }
        for (const range of expansion.opaque) expect(range.start >= 0 && range.end <= expansion.text.length).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  it('copies every token through `$($t)*`', () => {
    fc.assert(
      fc.property(soup, (args) => {
        const expansion = expandMacro(define('($($t:tt)*) => { $($t)* }'), args, { crateName: 'k' })
        if (!isRefusal(expansion)) expect(sameTokens(expansion.text, args)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
