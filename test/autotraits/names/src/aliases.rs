use std::cell::Cell as Mutex;
use std::rc as arc;
use std::rc::Rc as Arc;
use std::sync::{self, Arc as Rc, Mutex as Cell};
use std::{cell as sync_cells, sync as cell};

type A1 = Arc<u8>; //~ no | no
type A2 = Rc<u8>; //~ yes | yes
type A3 = Mutex<u8>; //~ yes | no
type A4 = Cell<u8>; //~ yes | yes
type A5 = cell::Mutex<Mutex<u8>>; //~ yes | yes
type A6 = sync_cells::RefCell<u8>; //~ yes | no
type A7 = arc::Weak<u8>; //~ no | no
type A8 = sync::Weak<u8>; //~ yes | yes
type A9 = self::arc::Rc<u8>; //~ no | no

type Vec<T> = std::rc::Rc<T>;
type Option<T> = fn(T);
type Result<T, E = Vec<T>> = std::result::Result<T, E>;
type Own<T = Arc<u8>> = T;
type A10 = Vec<u8>; //~ no | no
type A11 = std::vec::Vec<u8>; //~ yes | yes
type A12 = Option<Vec<u8>>; //~ yes | yes
type A13 = Result<u8>; //~ no | no
type A14 = Result<u8, ()>; //~ yes | yes
type A15 = Own; //~ no | no
type A16 = Own<Rc<u8>>; //~ yes | yes
struct Some(Result<(), Rc<Cell<u8>>>); //~ yes | yes
struct Holder<Rc>(Rc); //~ yes if Rc: Send | yes if Rc: Sync
struct Pair<Rc, T = Rc>(std::sync::Arc<Rc>, T); //~ yes if Rc: Send + Sync, T: Send | yes if Rc: Send + Sync, T: Sync
type A17 = Pair<u8>; //~ yes | yes
type A18 = Pair<u8, Arc<u8>>; //~ no | no

trait Source {
    type Cell;
    type Out;
}
impl Source for Some {
    type Cell = Arc<u8>;
    type Out = Cell<u8>;
}
type A19 = <Some as Source>::Cell; //~ no | no
type A20 = <Some as Source>::Out; //~ yes | yes
