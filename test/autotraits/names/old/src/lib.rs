//! Edition 2015: paths of `use` start at the crate's root, and `::name` is an item of the crate.
#![allow(dead_code)]

extern crate toolbox;
extern crate toolbox as std_toolbox;

pub mod rc {
    pub struct Rc<T>(pub T); //~ yes if T: Send | yes if T: Sync
    pub mod std {
        pub struct Cell(pub u8); //~ yes | yes
    }
}
pub mod sync {
    use std::cell::RefCell;
    pub struct Mutex<T>(pub RefCell<T>); //~ yes if T: Send | no
    pub struct Root(pub ::rc::Rc<u8>); //~ yes | yes
    pub struct Real(pub ::std::rc::Rc<u8>); //~ no | no
    pub type O1 = ::sync::Mutex<u8>; //~ yes | no
    pub type O2 = ::std::sync::Mutex<u8>; //~ yes | yes
}
pub mod user {
    use rc::Rc;
    use sync::Mutex as Lock;
    use toolbox::Mutex;
    use std_toolbox::{self as tools, Rc as Counted};
    pub type O3 = Rc<u8>; //~ yes | yes
    pub type O4 = Lock<u8>; //~ yes | no
    pub type O5 = Mutex<u8>; //~ yes | no
    pub type O6 = Counted<u8>; //~ yes | yes
    pub type O7 = tools::Arc<u8>; //~ no | no
    pub type O8 = ::toolbox::Handle<u8>; //~ yes | no
    pub type O9 = ::rc::std::Cell; //~ yes | yes
}
pub mod inner {
    use super::rc::std;
    pub type O10 = std::Cell; //~ yes | yes
    pub type O11 = ::std::cell::Cell<u8>; //~ yes | no
}
pub mod globbed {
    use rc::*;
    use toolbox::prelude::*;
    pub type O12 = Handle<u8>; //~ yes | no
    pub type O13 = RefCell<u8>; //~ yes | no
    pub type O14 = std::Cell; //~ yes | yes
}
pub mod more { pub use toolbox::Arc as Hidden; }
mod private {
    pub struct Late(pub *mut u8); //~ no | no
}
pub type O15 = private::Late; //~ no | no
pub type O16 = more::Hidden<u8>; //~ no | no
