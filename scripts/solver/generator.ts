/**
 * Random types over std, pyo3 and generics of a made-up crate. Deterministic: the same seed gives the same rows.
 */

/** A type constructor: `text` with `$1`, `$2` for its arguments. */
interface Constructor {
  readonly name: string
  readonly text: string
  /** What may stand for each argument: any type, any type sized or not, or a key that has no conditions. */
  readonly args: readonly ('sized' | 'any')[]
  readonly unsized: boolean
}

function constructors(list: string): readonly Constructor[] {
  return list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const unsized = line.startsWith('~')
      const text = unsized ? line.slice(1) : line
      const args = [...text.matchAll(/\$(\d)(\?)?/g)].map((match) => (match[2] ? 'any' : 'sized') as 'sized' | 'any')
      return { name: text.replaceAll(/\$\d\??/g, '_'), text: text.replaceAll('?', ''), args, unsized }
    })
}

/** Constructors of std; `$1?` takes unsized arguments, a line with `~` makes an unsized type. */
const STD = constructors(`
  Box<$1?>
  std::rc::Rc<$1?>
  std::rc::Weak<$1?>
  std::sync::Arc<$1?>
  std::sync::Weak<$1?>
  std::cell::Cell<$1>
  std::cell::RefCell<$1>
  std::cell::UnsafeCell<$1>
  std::cell::OnceCell<$1>
  std::cell::LazyCell<$1>
  std::cell::Ref<'static, $1?>
  std::cell::RefMut<'static, $1?>
  std::sync::Mutex<$1>
  std::sync::RwLock<$1>
  std::sync::OnceLock<$1>
  std::sync::LazyLock<$1>
  std::sync::MutexGuard<'static, $1?>
  std::sync::RwLockReadGuard<'static, $1?>
  std::sync::RwLockWriteGuard<'static, $1?>
  std::sync::PoisonError<$1>
  std::sync::TryLockError<$1>
  std::sync::mpsc::Sender<$1>
  std::sync::mpsc::SyncSender<$1>
  std::sync::mpsc::Receiver<$1>
  std::sync::mpsc::SendError<$1>
  std::sync::mpsc::IntoIter<$1>
  std::sync::atomic::AtomicPtr<$1>
  Vec<$1>
  Option<$1>
  Result<$1, $2>
  std::collections::HashMap<$1, $2>
  std::collections::BTreeMap<$1, $2>
  std::collections::HashSet<$1>
  std::collections::BTreeSet<$1>
  std::collections::VecDeque<$1>
  std::collections::LinkedList<$1>
  std::collections::BinaryHeap<$1>
  std::collections::hash_map::Iter<'static, $1, $2>
  std::collections::hash_map::IterMut<'static, $1, $2>
  std::collections::hash_map::Entry<'static, $1, $2>
  std::collections::btree_map::Iter<'static, $1, $2>
  std::collections::btree_map::Entry<'static, $1, $2>
  std::collections::linked_list::Iter<'static, $1>
  std::collections::vec_deque::IntoIter<$1>
  std::marker::PhantomData<$1?>
  std::ptr::NonNull<$1?>
  std::pin::Pin<Box<$1?>>
  std::pin::Pin<&'static mut $1?>
  std::mem::ManuallyDrop<$1>
  std::mem::MaybeUninit<$1>
  std::num::Wrapping<$1>
  std::cmp::Reverse<$1>
  std::ops::Range<$1>
  std::ops::RangeInclusive<$1>
  std::ops::Bound<$1>
  std::ops::ControlFlow<$1, $2>
  std::task::Poll<$1>
  std::thread::JoinHandle<$1>
  std::thread::ScopedJoinHandle<'static, $1>
  std::thread::LocalKey<$1>
  std::vec::IntoIter<$1>
  std::vec::Drain<'static, $1>
  std::slice::Iter<'static, $1>
  std::slice::IterMut<'static, $1>
  std::slice::Chunks<'static, $1>
  std::option::IntoIter<$1>
  std::option::Iter<'static, $1>
  std::array::IntoIter<$1, 3>
  std::iter::Once<$1>
  std::iter::Empty<$1>
  std::iter::Repeat<$1>
  std::iter::Zip<std::vec::IntoIter<$1>, std::vec::IntoIter<$2>>
  std::iter::Peekable<std::vec::IntoIter<$1>>
  std::iter::Map<std::vec::IntoIter<$1>, fn($1) -> u8>
  std::iter::Rev<std::vec::IntoIter<$1>>
  std::io::BufReader<$1>
  std::io::Cursor<$1>
  std::io::Take<$1>
  std::panic::AssertUnwindSafe<$1>
  &'static $1?
  &'static mut $1?
  *const $1?
  *mut $1?
  fn($1) -> $2
  unsafe extern "C" fn($1)
  [$1; 3]
  ~[$1]
  ($1,)
  ($1, $2)
  ($1, $2, $3)
  Box<dyn Fn($1) -> $2>
  Box<dyn Fn($1) + Send>
  Box<dyn FnMut($1) + Send + Sync>
  ~dyn Fn($1)
  ~dyn Fn($1) + Send + Sync
  ~dyn Iterator<Item = $1> + Sync
`)

const PYO3 = constructors(`
  pyo3::Py<$1>
  pyo3::Py<pyo3::types::PyList>
  pyo3::Bound<'static, $1>
  pyo3::Borrowed<'static, 'static, $1>
  Option<pyo3::Py<$1>>
  std::sync::Mutex<pyo3::Py<$1>>
  std::cell::RefCell<pyo3::Py<$1>>
  pyo3::sync::PyOnceLock<$1>
`)

/** Generics of the crate under test, with the impls and bounds that such crates have. */
export const LOCAL_ITEMS = `
pub trait Plain {}
pub trait Safe: Send + Sync {}
pub trait Deep: Plain + SendOnlyTrait {}
pub trait SendOnlyTrait: Send {}
pub trait HasOut { type Out; type Safe: Send; }
pub struct OutCell;
pub struct OutRc;
impl HasOut for OutCell { type Out = std::cell::Cell<u8>; type Safe = u8; }
impl HasOut for OutRc { type Out = std::rc::Rc<u8>; type Safe = std::cell::Cell<u8>; }
impl<T> HasOut for Vec<T> { type Out = T; type Safe = u8; }
impl<T> HasOut for Option<T> { type Out = std::sync::Arc<T>; type Safe = u8; }
pub struct One<T>(pub T);
pub struct Two<A, B = u8> { a: std::sync::Mutex<A>, b: std::sync::Arc<B> }
pub struct List<T>(T, Option<Box<List<T>>>);
pub struct Even<A, B>(Option<Box<Odd<B, A>>>, A);
pub struct Odd<A, B>(Option<Box<Even<A, B>>>, std::sync::Mutex<B>);
pub enum Choice<L, R> { Left(L), Right { r: std::sync::RwLock<R> }, None }
pub struct Raw<T: ?Sized>(*mut T);
unsafe impl<T: ?Sized + Send> Send for Raw<T> {}
unsafe impl<T: ?Sized + Sync + Send> Sync for Raw<T> {}
pub struct Forced<T>(std::rc::Rc<T>);
unsafe impl<T> Send for Forced<T> {}
unsafe impl<T> Sync for Forced<T> where T: Sync {}
pub struct Negative<T>(T);
impl<T> !Sync for Negative<T> {}
pub struct Heads<T>(T);
unsafe impl Send for Heads<u8> {}
unsafe impl<T: Send> Send for Heads<Vec<T>> {}
unsafe impl<T: Sync, U> Sync for Heads<(T, U)> {}
pub struct Tagged<T>(std::marker::PhantomData<fn() -> T>, u8);
pub struct Output<T: HasOut>(T::Out);
pub struct Declared<T: HasOut>(T::Safe, std::cell::Cell<u8>);
pub type Shared<T> = std::sync::Arc<std::sync::Mutex<T>>;
pub type Fallible<T, E = std::rc::Rc<u8>> = Result<T, E>;
pub mod shadow { pub struct Mutex<T>(pub std::rc::Rc<T>); pub struct Rc<T>(pub T); pub enum Cell<T> { A(T) } }
pub mod renamed { pub use std::cell::RefCell as Lock; pub use super::shadow::*; pub use std::sync::Mutex as Cell2; }
`

const LOCAL = constructors(`
  crate::One<$1>
  crate::Two<$1>
  crate::Two<$1, $2>
  crate::List<$1>
  crate::Even<$1, $2>
  crate::Choice<$1, $2>
  crate::Raw<$1?>
  crate::Forced<$1>
  crate::Negative<$1>
  crate::Heads<$1>
  crate::Heads<Vec<$1>>
  crate::Heads<($1, $2)>
  crate::Tagged<$1>
  crate::Output<Vec<$1>>
  crate::Output<Option<$1>>
  crate::Declared<Vec<$1>>
  <Vec<$1> as crate::HasOut>::Out
  <Option<$1> as crate::HasOut>::Out
  crate::Shared<$1>
  crate::Fallible<$1>
  crate::Fallible<$1, $2>
  crate::shadow::Mutex<$1>
  crate::shadow::Rc<$1>
  crate::shadow::Cell<$1>
  crate::renamed::Lock<$1>
  crate::renamed::Mutex<$1>
  crate::renamed::Cell2<$1>
`)

/** Types without arguments by what they are; `~` marks unsized ones. */
const LEAVES: Readonly<Record<'both' | 'send' | 'sync' | 'neither', readonly string[]>> = {
  both: [
    'u8',
    'String',
    'bool',
    '()',
    "&'static str",
    'fn()',
    'std::fs::File',
    'std::sync::atomic::AtomicUsize',
    'std::time::Instant',
    'crate::Tagged<*mut u8>',
    '~dyn crate::Safe',
    '~str',
    '~dyn crate::Plain + Send + Sync',
    'std::path::PathBuf',
    'std::thread::Thread',
  ],
  send: [
    'std::cell::Cell<u8>',
    'std::cell::RefCell<String>',
    'std::sync::mpsc::Receiver<u8>',
    'crate::Output<crate::OutCell>',
    '~dyn crate::Deep',
    '~dyn crate::SendOnlyTrait',
    'Box<dyn FnMut() + Send>',
    'std::cell::OnceCell<u8>',
  ],
  sync: [
    "std::sync::MutexGuard<'static, u8>",
    "std::sync::RwLockReadGuard<'static, u8>",
    '~dyn crate::Plain + Sync',
    "std::sync::MutexGuard<'static, String>",
  ],
  neither: [
    'std::rc::Rc<u8>',
    '*const u8',
    '*mut ()',
    'std::env::Args',
    'crate::Output<crate::OutRc>',
    '~dyn crate::Plain',
    '~dyn std::any::Any',
    'std::ptr::NonNull<u8>',
    "std::fmt::Arguments<'static>",
  ],
}

const PYO3_LEAVES: typeof LEAVES = {
  both: ['pyo3::Py<pyo3::PyAny>', 'pyo3::PyErr', 'pyo3::types::PyDict', 'pyo3::PyAny', 'pyo3::pybacked::PyBackedStr'],
  send: ['std::cell::RefCell<pyo3::Py<pyo3::PyAny>>'],
  sync: [],
  neither: ["pyo3::Python<'static>", "pyo3::Bound<'static, pyo3::PyAny>", "pyo3::Borrowed<'static, 'static, pyo3::PyAny>"],
}

export interface GeneratedType {
  readonly text: string
  /** Names of all constructors in it, outermost first. */
  readonly constructors: readonly string[]
}

export interface GeneratorOptions {
  readonly seed: number
  /** Rows for each constructor at the outside of a type. */
  readonly perConstructor: number
  readonly maxDepth: number
  readonly pyo3: boolean
}

/** All rows: every constructor in turn at the outside, random types to the maximal depth inside. */
export function generateTypes(options: GeneratorOptions): readonly GeneratedType[] {
  const random = randomNumbers(options.seed)
  const all = [...STD, ...LOCAL, ...(options.pyo3 ? PYO3 : [])]
  const leaves = options.pyo3 ? [LEAVES, PYO3_LEAVES] : [LEAVES]
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T

  const leaf = (mood: Mood, allowUnsized: boolean): string => {
    const kind = pick(MOODS[mood])
    const found = leaves.flatMap((group) => group[kind]).filter((text) => allowUnsized || !text.startsWith('~'))
    const text = pick(found)
    return text.startsWith('~') ? bare(text.slice(1)) : text
  }
  const fill = (shape: Constructor, depth: number, mood: Mood, used: string[]): string => {
    used.push(shape.name)
    const args = shape.args.map((arg) => build(depth - 1, mood, arg === 'any', used))
    return shape.text.replaceAll(/\$(\d)/g, (_, index: string) => args[Number(index) - 1] ?? 'u8')
  }
  const build = (depth: number, mood: Mood, allowUnsized: boolean, used: string[]): string => {
    if (depth <= 0 || random() < 0.18) return leaf(mood, allowUnsized)
    const shape = pick(
      all.filter((candidate) => (allowUnsized || !candidate.unsized) && !(mood === 'calm' && HARSH.test(candidate.text))),
    )
    const text = fill(shape, depth, mood, used)
    return shape.unsized ? bare(text) : text
  }
  return all.flatMap((shape) =>
    Array.from({ length: options.perConstructor }, (_, i): GeneratedType => {
      const used: string[] = []
      const mood = (['calm', 'calm', 'calm', 'mixed', 'wild'] as const)[i % 5] ?? 'mixed'
      return { text: fill(shape, 1 + Math.floor(random() * options.maxDepth), mood, used), constructors: used }
    }),
  )
}

/** How dangerous the leaves of a type are: most random deep types would be `no` otherwise. */
type Mood = 'calm' | 'mixed' | 'wild'
const MOODS = {
  calm: ['both', 'both', 'both', 'both', 'both', 'both', 'both', 'send'],
  mixed: ['both', 'both', 'both', 'send', 'sync'],
  wild: ['both', 'send', 'sync', 'neither'],
} as const

/** Constructors that are never Send or never Sync; left out inside calm types. */
const HARSH =
  /Rc<|rc::|cell::|Guard|NonNull|\*const|\*mut|Bound<'|Borrowed|Receiver|dyn Fn\(\$1\)( ->|$)|Lock<|shadow::Mutex|renamed::Mutex|Fn\(\$1\) -> |mpsc::IntoIter|Forced|Negative|Heads|Fallible<\$1>|Declared|Iterator/

/** Trait objects with several bounds need parentheses behind a pointer. */
function bare(text: string): string {
  return text.startsWith('dyn ') && text.includes('+') ? `(${text})` : text
}

/** A linear congruential generator (Numerical Recipes), in [0, 1). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
