/** A `macro_rules!` definition as (matcher, right-hand side) pairs and one call of it. */
export interface MacroCase {
  readonly name: string
  readonly rules: readonly (readonly [matcher: string, body: string])[]
  readonly args: string
  readonly edition?: '2018' | '2024'
}

const one = (name: string, matcher: string, body: string, args: string, edition?: '2018' | '2024'): MacroCase => ({
  name,
  rules: [[matcher, body]],
  args,
  ...(edition === undefined ? {} : { edition }),
})

/** Matches `fragment` first and shows where it ended. */
const ends = (fragment: string, args: string, name = args): MacroCase =>
  one(`${fragment}: ${name}`, `$a:${fragment} $(; $($rest:tt)*)?`, `[$a] [$($($rest)*)?]`, args)

const types = [
  'Vec<Vec<u8>>',
  'HashMap<String, Vec<Option<(u8, [u8; 4])>>>; x',
  "&'a mut dyn Fn(u8, u8) -> Result<(), Box<dyn Error>>; x",
  "dyn Send + Sync + 'static; x",
  'impl Iterator<Item = u8> + Send; x',
  'Box<dyn Fn(A) -> B + Send>; x',
  'fn(u8) -> u8; x',
  "for<'a> fn(&'a u8) -> &'a u8; x",
  'unsafe extern "C" fn(*const u8, ...) -> !; x',
  '<T as Trait<A>>::Out<B>; x',
  '<<T as A>::B as C>::D; x',
  '[[u8; { 1 > 0 } as usize]; N + 1]; x',
  '::std::sync::Arc<parking_lot::RwLock<T>>; x',
  'Foo<-1, { N }, "s">; x',
  'tuple_list!(A, B); x',
  '!; x',
  '_; x',
  '&&T; x',
  '*const [T]; x',
  'crate::a::B::<C>; x',
  'Send + Sync; x',
  "&'a (dyn A + B); x",
]

const exprs = [
  '1 + 2 * f(3, |a, b| a + b)',
  'a < b && c >> 2 == d; x',
  'Foo { a: 1, ..Default::default() }; x',
  'if a == b { 1 } else if let Some(x) = y { 2 } else { 3 }; x',
  'match x { A => 1, _ => 2 }.max(3); x',
  'move |x: Vec<u8>| -> u8 { x[0] }; x',
  '|| async move { 1 }; x',
  '&mut *a.b.0.1?.await; x',
  'Vec::<Option<u8>>::with_capacity(1).len() + 2 << 2; x',
  '..=5; x',
  'a..; x',
  'return; x',
  "'l: loop { break 'l 1 }; x",
  'unsafe { f() } + 1; x',
  '<Foo as Bar>::baz::<1>(a)[0]; x',
  'concat!("a", 1); x',
  '-1i32.abs(); x',
  '!x as u8; x',
  'a = b; x',
  'for i in 0..n { }; x',
  'while let Some(A { .. }) = it.next() { }; x',
  '#[allow(unused)] x; x',
  '&raw const a; x',
  '[0u8; 4]; x',
  '(x as usize) < y; z',
  '|a| |b| a || b; z',
]

const patterns = [
  'Some(x) | None; x',
  'a @ 1..=5; x',
  '&(ref mut a, .., _); x',
  'A::B { x, .. }; x',
  '-1..=1; x',
  "'a'..='z'; x",
  '[a, rest @ ..]; x',
  'X::<u8>::C; x',
]

const items = [
  'pub struct A<T: X<{ 1 }>>(pub T, u8) where T: Y; ',
  'pub(crate) enum E<const N: usize = { 3 }> { A, B(u8) } ',
  'impl<T> Tr for Vec<Vec<T>> where T: Fn() -> u8 { fn f() {} } ',
  'const X: [u8; 2] = { [1, 2] }; ',
  'pub const unsafe extern "C" fn f<T>(a: T) -> impl X<T> { } ',
  'use a::{b, c as d}; ',
  'extern "C" { fn f(); } ',
  'macro_rules! m { () => {} } ',
  'lazy_static! { static ref A: u8 = 1; } ',
  'thread_local!(static A: u8 = 1); ',
  '#[derive(Debug)] #[pyclass(frozen)] pub union U { a: u8 } ',
  'unsafe impl Send for X {} ',
  'type A<T> = Vec<T>; ',
  'mod m; ',
  'static mut A: u8 = 1; ',
]

const fragmentEnds: readonly MacroCase[] = [
  ...types.map((args) => ends('ty', args)),
  ...exprs.map((args) => ends('expr', args)),
  ...patterns.map((args) => one(`pat: ${args}`, '$a:pat => $b:tt', '[$a] [$b]', args.replace('; ', ' => '))),
  ...items.map((args) => one(`item: ${args}`, '$a:item $($b:tt)*', '[$a] [$($b)*]', `${args}x`)),
  ends('path', 'a::b::<C>::D<E>; x'),
  ends('path', '::std::ops::Fn(A, B) -> C; x'),
  one('path before brackets', '$p:path [$i:expr]', '$p ($i)', 'crate::zlib::run[a + b]'),
  ends('literal', '-1.5e3; x'),
  ends('literal', 'true; x'),
  ends('literal', 'r#"a"b"#; x'),
  ends('block', '{ a; b }; x'),
  ends('meta', 'doc = concat!("a", "b"); x'),
  ends('meta', 'cfg(any(a, b)); x'),
  ends('meta', 'a::b[1, 2]; x'),
  ends('meta', 'unsafe(no_mangle); x'),
  ends('lifetime', "'static; x"),
  ends('stmt', 'let a: Vec<u8> = b; x'),
  ends('stmt', 'f(a) + 1; x'),
  one('stmt: block-like', '$a:stmt ; $($b:tt)*', '[$a] [$($b)*]', 'if a { b }; (c)'),
]

const structural: readonly MacroCase[] = [
  one(
    'class with options',
    '$(#[$m:meta])* [$($o:tt)*] $n:ident as $p:literal $($rest:tt)*',
    '#[pyclass(name = $p, $($o)*)] $(#[$m])* pub struct $n $($rest)*',
    '/// Says\n /// "hi" \\ \n#[derive(Debug)] [frozen, module = "m"] Cache as "Cache" { a: u8 }',
  ),
  one('empty options', '[$($o:tt)*] $n:ident', '#[pyclass(x, $($o)*)] struct $n;', '[] A'),
  one('visibility present', '$v:vis struct $n:ident;', '[$v] $n', 'pub(crate) struct A;'),
  one('visibility empty', '$v:vis struct $n:ident;', '[$v] $n', 'struct A;'),
  one('visibility of a tuple field', '$v:vis ($t:ty)', '[$v] [$t]', 'pub (u8)'),
  one('visibility in a path', '$v:vis $n:ident', '[$v] $n', 'pub(in a::b) n'),
  one('visibility before a type', '$v:vis $t:ty', '[$v] [$t]', 'pub (crate::A, u8)'),
  one(
    'nested repetition',
    '$($n:ident { $($f:ident : $t:ty),* $(,)? })*',
    '$(struct $n { $(pub $f: $t,)* })*',
    'A { a: u8, b: Vec<u8>, } B { }',
  ),
  one('outer variable inside a repetition', '$n:ident: $($f:ident),+', '$($n::$f;)+', 'N: a, b, c'),
  one('two variables in step', '$($a:ident = $b:expr),* $(,)?', '$($a: $b;)* [$($b),*]', 'x = 1, y = 2 + 3,'),
  one('triple nesting', '$( [ $( ( $($a:tt)* ) )* ] ),*', '$( $( $( <$a> )* . )* ; )*', '[(a b)(c)], [], [(1 2 3)]'),
  one('separator that is an operator', '$($a:ident)=>*', '$($a)||*', 'a => b => c'),
  one('optional present', '$a:ident $(= $b:literal)?', '[$a $(<$b>)?]', 'a = 5'),
  one('optional absent', '$a:ident $(= $b:literal)?', '[$a $(<$b>)?]', 'a'),
  one('trailing comma', '$($a:expr),* $(,)?', '[$($a),*]', '1, 2, 3,'),
  {
    name: 'arms in order',
    rules: [
      ['() ', 'first'],
      ['$a:ident', 'ident $a'],
      ['$($t:tt)*', 'rest $($t)*'],
    ],
    args: 'a b',
  },
  {
    name: 'keyword arm first',
    rules: [
      ['frozen $n:ident', 'F $n'],
      ['$n:ident', 'P $n'],
    ],
    args: 'frozen A',
  },
  {
    name: 'literal arm',
    rules: [
      ['"a"', 'first'],
      ['$l:literal', 'second $l'],
    ],
    args: '"b"',
  },
  {
    name: 'raw identifier is not the keyword',
    rules: [
      ['type', 'K'],
      ['$i:ident', 'I $i'],
    ],
    args: 'r#type',
  },
  {
    name: 'glued operators do not fall apart',
    rules: [
      ['< <', 'two'],
      ['<<', 'one'],
    ],
    args: '<<',
  },
  {
    name: 'spaced operators do not grow together',
    rules: [
      ['=>', 'arrow'],
      ['= >', 'two'],
    ],
    args: '= >',
  },
  {
    name: 'underscore is no ident',
    rules: [
      ['$i:ident', 'I'],
      ['_', 'U'],
    ],
    args: '_',
  },
  { name: 'keyword is an ident', rules: [['$i:ident', 'I $i']], args: 'struct' },
  { name: 'tt takes an operator', rules: [['$a:tt $b:tt $c:tt', '[$a][$b][$c]']], args: '..= -> {a b}' },
  { name: 'lifetime is one tt', rules: [['$a:tt $b:tt', '[$a][$b]']], args: "'a 'b'" },
  one('split shift', '<$($t:ty),*> $($r:tt)*', '[$($t),*] [$($r)*]', '<u8, Vec<Vec<u8>>> x'),
  one('split shift-assign', '$t:ty = $e:expr', '[$t] [$e]', 'Vec<Vec<u8>>= 1'),
  one('split greater-or-equal', '$t:ty = $e:expr', '[$t] [$e]', 'Vec<u8>= 1'),
  one(
    'methods in a body',
    '$n:ident, $($m:ident($($a:ident : $t:ty),*) -> $r:ty $b:block)*',
    'impl $n { $(pub fn $m(&self $(, $a: $t)*) -> $r $b)* }',
    'A, f() -> u8 { 1 } g(a: u8, b: &str) -> Vec<u8> { vec![] }',
  ),
  one('unknown variable stays', '$a:ident', 'macro_rules! inner { ($b:ident) => { $a $b } }', 'x'),
  one('doc comments as tt', '$($t:tt)*', '[$($t)*]', '/// a\nstruct X { /** b */ y: u8 }'),
  one('inner doc comment', '#![$m:meta] $($t:tt)*', '[$m] $($t)*', '//! hello\nx'),
  one('doc attribute by name', '$(#[doc = $d:expr])* $n:ident', '$(<$d>)* $n', '/// one\n/// two\nn'),
  one('doc comment in the body', '$n:ident', '/// kept\nstruct $n { /// field\n a: u8 }', 'A'),
  one('doc comment in the matcher is skipped', '/// note\n $n:ident', '$n', 'A'),
  one(
    'enum with discriminants',
    '$n:ident { $($v:ident = $d:expr),+ $(,)? }',
    'enum $n { $($v = $d),+ } const ALL: &[$n] = &[$($n::$v),+];',
    'E { A = 1, B = 1 << 2, }',
  ),
  one('generics as tt', '[$($g:tt)*] $n:ident', 'struct $n<$($g)*>;', "['a, T: Clone + 'a] X"),
  one('delimiters are kept apart', '($a:ident) [$b:ident] {$c:ident}', '{$a} ($b) [$c]', '(a) [b] {c}'),
  one('comma as vis follow', '$v:vis, $n:ident', '[$v] $n', ', n'),
  one('repetition at the end of nothing', '$($a:ident),*', '[$($a),*]', ''),
  one('repetition of a type with a separator', '$($t:ty)|+', '[$($t),+]', 'u8 | Vec<u8> | &str', '2018'),
  one('or-pattern depends on the edition (2018)', '$($p:pat)|+', '$([$p])+', 'A | B', '2018'),
  one('expr fragment takes const blocks in 2024', '$e:expr', '[$e]', 'const { 1 }', '2024'),
  {
    name: 'const block is no expr before 2024',
    rules: [
      ['$e:expr', 'E'],
      ['$($t:tt)*', 'T $($t)*'],
    ],
    args: 'const { 1 }',
  },
  {
    name: 'let is no expr',
    rules: [
      ['$e:expr', 'E'],
      ['$($t:tt)*', 'T $($t)*'],
    ],
    args: 'let a = 1',
  },
  {
    name: 'brace is no type',
    rules: [
      ['$t:ty', 'E'],
      ['$($t:tt)*', 'T $($t)*'],
    ],
    args: '{ a }',
  },
  {
    name: 'expr stops where another follows',
    rules: [
      ['$e:expr', 'E'],
      ['$($t:tt)*', 'T $($t)*'],
    ],
    args: 'a b',
  },
  {
    name: 'closing brace decides',
    rules: [
      ['{ $a:ident }', 'one $a'],
      ['{ $($a:ident)* }', 'many $($a)*'],
    ],
    args: '{ a b }',
  },
  one(
    'attributes with values',
    '$(#[$m:meta])* $v:vis struct $n:ident { $($(#[$fm:meta])* $fv:vis $f:ident : $t:ty),* $(,)? }',
    '$(#[$m])* $v struct $n { $($(#[$fm])* $fv $f: $t),* }',
    '#[pyclass(frozen, name = "X")] pub struct X { #[pyo3(get)] pub a: Vec<u8>, b: u8 }',
  ),
]

/** Calls that rustc refuses, and what it says. */
export const refusedCases: readonly (MacroCase & { readonly message: string; readonly reason: string })[] = [
  { ...one('nothing matches', '$a:ident', '$a', '1'), message: 'no rules expected', reason: 'no-arm-matches' },
  {
    ...one('input is too short', '$a:ident, $b:ident', '$a', 'a,'),
    message: 'unexpected end of macro invocation',
    reason: 'no-arm-matches',
  },
  { ...one('vis at the end', '$v:vis', '', ''), message: 'unexpected end of macro invocation', reason: 'no-arm-matches' },
  { ...one('local ambiguity', '$($a:ident)* $b:ident', '$b', 'a b'), message: 'local ambiguity', reason: 'ambiguous' },
  { ...one('fragment or token', '$(#[$m:meta])* $($t:tt)*', '', '#[a] b'), message: 'local ambiguity', reason: 'ambiguous' },
  {
    name: 'a fragment that fails ends it',
    rules: [
      ['$i:item', 'I'],
      ['$($t:tt)*', 'T'],
    ],
    args: 'a b',
    message: 'expected one of',
    reason: 'parse-error',
  },
  {
    name: 'a type that fails ends it',
    rules: [
      ['$i:ty', 'I'],
      ['$($t:tt)*', 'T'],
    ],
    args: 'fn a',
    message: 'missing parameters',
    reason: 'parse-error',
  },
  {
    ...one('uneven repetitions', '$($a:ident)* ; $($b:ident)*', '$($a $b)*', 'a b ; c'),
    message: 'repeats',
    reason: 'repetition',
  },
  { ...one('depth of a variable', '$($a:ident)*', '$a', 'a'), message: 'still repeating', reason: 'repetition' },
  { ...one('nothing repeats', '$a:ident', '$($a)*', 'a'), message: 'containing no syntax variables', reason: 'repetition' },
]

/** Calls through two macros: `outer` forwards a captured fragment to `inner`, which answers with the rule that matched. */
export interface ForwardCase {
  readonly name: string
  readonly outer: readonly [matcher: string, forwarded: string]
  readonly inner: readonly (readonly [matcher: string, body: string])[]
  readonly args: string
}

const forward = (fragment: string, args: string, ...matchers: string[]): ForwardCase => ({
  name: `${fragment} ${args} → ${matchers.join(' / ')}`,
  outer: [`$a:${fragment}`, '$a'],
  inner: [...matchers, '$($t:tt)*'].map((matcher, index) => [matcher, `rule ${index}`] as const),
  args,
})

export const forwardCases: readonly ForwardCase[] = [
  forward('ty', 'Foo', '$i:ident', '$t:ty'),
  forward('ty', 'u8', 'u8', '$t:tt'),
  forward('ident', 'u8', 'u8', '$t:tt'),
  forward('tt', 'u8', 'u8', '$t:tt'),
  forward('literal', '5', '5', '$l:literal'),
  forward('literal', '"x"', '"x"', '$t:tt'),
  forward('expr', '5', '$l:literal', '$e:expr'),
  forward('expr', '-5', '$l:literal', '$e:expr'),
  forward('expr', 'a', '$i:ident', '$e:expr'),
  forward('expr', 'a + b', '$e:expr'),
  forward('path', 'a::b', 'a::b', '$t:ty'),
  forward('path', 'a', '$i:ident', '$p:path'),
  forward('lifetime', "'a", "'a", '$l:lifetime'),
  forward('meta', 'frozen', 'frozen', '$m:meta'),
  forward('item', 'struct A;', 'struct A;', '$i:item'),
  forward('block', '{ 1 }', '{ 1 }', '$b:block'),
  forward('ty', 'a::B', '$p:path'),
  forward('tt', '{ a }', '{ $i:ident }'),
  {
    name: 'empty vis is one tree',
    outer: ['$v:vis struct', '$v'],
    inner: [
      ['$v:vis', 'rule 0'],
      ['$t:tt', 'rule 1'],
    ],
    args: 'struct',
  },
  {
    name: 'vis and the rest',
    outer: ['$v:vis struct', '$v struct'],
    inner: [
      ['struct', 'rule 0'],
      ['$v:vis struct', 'rule 1'],
    ],
    args: 'struct',
  },
]

export const cases: readonly MacroCase[] = [...structural, ...fragmentEnds]
