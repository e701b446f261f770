use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, RwLock};

trait Safe: Send + Sync {}
trait Sendable: Send {}
trait Sub: Sendable {}

struct One<T>(T); //~ yes if T: Send | yes if T: Sync
struct Shared<T>(Arc<T>); //~ yes if T: Send + Sync | yes if T: Send + Sync
struct Locked<T>(Mutex<T>); //~ yes if T: Send | yes if T: Send
struct Read<T>(RwLock<T>); //~ yes if T: Send | yes if T: Send + Sync
struct Celled<T>(Cell<T>); //~ yes if T: Send | no
struct Counted<T>(Rc<T>); //~ no | no
struct Borrowed<'a, T>(&'a T); //~ yes if T: Sync | yes if T: Sync
struct BorrowedMut<'a, T>(&'a mut T); //~ yes if T: Send | yes if T: Sync
struct Phantom<T>(PhantomData<T>); //~ yes if T: Send | yes if T: Sync
struct PhantomFn<T>(PhantomData<fn() -> T>); //~ yes | yes
struct Unused<T>(PhantomData<fn(T)>, u8); //~ yes | yes
struct Raw<T>(*const T); //~ no | no
struct Two<A, B>(Mutex<A>, Arc<B>); //~ yes if A: Send, B: Send + Sync | yes if A: Send, B: Send + Sync
struct Inline<T: Send>(T); //~ yes | yes if T: Sync
struct Clause<T>(T) where T: Sync; //~ yes if T: Send | yes
struct BySuper<T: Safe>(T); //~ yes | yes
struct ByDeepSuper<T: Sub>(T); //~ yes | yes if T: Sync
struct Bounded<T: Debug + Clone>(Vec<T>); //~ yes if T: Send | yes if T: Sync
struct Default2<T = Rc<u8>>(T); //~ yes if T: Send | yes if T: Sync
struct Consts<T, const N: usize>([T; N]); //~ yes if T: Send | yes if T: Sync
enum Either<L, R> { Left(L), Right(R) } //~ yes if L: Send, R: Send | yes if L: Sync, R: Sync
union Un<T: Copy> { a: T, b: u8 } //~ yes if T: Send | yes if T: Sync
struct Outer<T>(Shared<T>, Celled<T>); //~ yes if T: Send + Sync | no
struct Fixed<T>(One<Cell<u8>>, PhantomData<fn(T)>); //~ yes | no
struct Pair<T>(Either<T, Mutex<T>>); //~ yes if T: Send | yes if T: Send + Sync
struct Chain<T>(Two<Vec<T>, Option<T>>); //~ yes if T: Send + Sync | yes if T: Send + Sync
struct Fun<F: Fn(u8) -> u8>(F); //~ yes if F: Send | yes if F: Sync
struct Fun2<F>(F) where F: FnMut() + Send + 'static; //~ yes | yes if F: Sync
struct CellBound<T>(T) where Cell<T>: Send; //~ yes if T: Send | yes if T: Sync
struct Guard<'a, T>(MutexGuard<'a, T>); //~ no | yes if T: Sync

type T1 = One<Rc<u8>>; //~ no | no
type T2 = Shared<Cell<u8>>; //~ no | no
type T3 = Locked<Cell<u8>>; //~ yes | yes
type T4 = Locked<Rc<u8>>; //~ no | no
type T5 = Two<Cell<u8>, u8>; //~ yes | yes
type T6 = Two<u8, Cell<u8>>; //~ no | no
type T7 = Default2; //~ no | no
type T8 = Default2<u8>; //~ yes | yes
type T9 = Either<Cell<u8>, u8>; //~ yes | no
type T10 = PhantomFn<Rc<u8>>; //~ yes | yes
type T11 = Borrowed<'static, Cell<u8>>; //~ no | no
type T12 = Consts<Cell<u8>, 3>; //~ yes | no
type T13 = Pair<MutexGuard<'static, u8>>; //~ no | no
type T14 = Fixed<Rc<u8>>; //~ yes | no
type T15 = Fun<fn(u8) -> u8>; //~ yes | yes
type T16 = Guard<'static, Cell<u8>>; //~ no | no
type T17 = One<One<One<One<RefCell<u8>>>>>; //~ yes | no
