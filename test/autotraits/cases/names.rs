use std::cell::Cell;
use std::sync as locks;

mod shadow {
    pub struct Mutex<T>(std::rc::Rc<T>); //~ no | no
    pub enum Cell { A, B } //~ yes | yes
    pub struct Rc<T>(T); //~ yes if T: Send | yes if T: Sync
    pub struct Vec(*mut u8); //~ no | no
    pub trait Send {}
    pub struct String(Mutex<u8>); //~ yes | no
    unsafe impl std::marker::Send for String {}
}
mod globbed {
    use super::shadow::*;
    pub type T1 = Mutex<u8>; //~ no | no
    pub type T2 = Cell; //~ yes | yes
    pub type T3 = Rc<u8>; //~ yes | yes
    pub type T4 = Vec; //~ no | no
    pub type T5 = String; //~ yes | no
    pub struct Fake(*mut u8);
    pub type T6 = Fake; //~ no | no
    impl Send for Fake {}
}
mod explicit_beats_glob {
    use super::shadow::*;
    use std::rc::Rc;
    pub type T1 = Rc<u8>; //~ no | no
}
mod renamed {
    pub use std::cell::RefCell as Lock;
    pub use std::sync::RwLock as Cell;
    pub use std::rc as arc;
    pub mod deep { pub use super::super::shadow::Rc as Arc; pub use std::rc::Rc as Box; }
}
mod reexports {
    pub use super::renamed::*;
    pub use super::renamed::deep::*;
}
use reexports::{Arc, Box as Boxed, Lock};
type T1 = Lock<u8>; //~ yes | no
type T2 = renamed::Cell<u8>; //~ yes | yes
type T3 = renamed::arc::Rc<u8>; //~ no | no
type T4 = Arc<u8>; //~ yes | yes
type T5 = Boxed<u8>; //~ no | no
type T6 = locks::Mutex<Cell<u8>>; //~ yes | yes
type T7 = ::std::rc::Rc<u8>; //~ no | no
type T8 = self::shadow::Cell; //~ yes | yes
type T9 = crate::names::shadow::Rc<Cell<u8>>; //~ yes | no
type T10 = core::cell::RefCell<u8>; //~ yes | no
extern crate std as mystd;
type T11 = mystd::rc::Rc<u8>; //~ no | no
extern crate alloc;
type T12 = alloc::rc::Rc<u8>; //~ no | no
type T13 = alloc::sync::Arc<u8>; //~ yes | yes
struct Gen<Vec>(Vec); //~ yes if Vec: Send | yes if Vec: Sync
struct Rc(u8); //~ yes | yes
struct UsesRc(Option<Rc>); //~ yes | yes
enum Option2 { None, Some(std::rc::Rc<u8>) } //~ no | no
use Option2 as Option3;
struct O(Option3); //~ no | no
fn shadowing() {
    struct Rc(*mut u8);
}
struct r#type(u8); //~ yes | yes
struct Raw(r#type, r#Rc); //~ yes | yes
