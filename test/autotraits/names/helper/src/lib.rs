//! A dependency with names that mean other things elsewhere. Rows as in `../src/lib.rs`.
#![allow(dead_code)]

pub use std::cell::RefCell as Mutex;
pub use std::rc::Rc as Arc;
pub use std::sync::{Arc as Rc, Mutex as Lock};

pub mod prelude {
    pub use crate::{Handle, Rc};
    pub use std::cell::*;
    pub trait Send {}
}
pub mod facade {
    pub extern crate std as base;
    pub use self::base::rc as counted;
    pub use crate::Handle as Py;
}
pub struct Handle<T>(*mut T); //~ yes if T: Send | no
unsafe impl<T: Send> Send for Handle<T> {}
pub enum Cell { Empty, Full(u8) } //~ yes | yes
pub type Shared<T> = Rc<Lock<T>>;
pub type Default<T, R = Arc<T>> = (T, R);

type H1 = Shared<std::cell::Cell<u8>>; //~ yes | yes
type H2 = Default<u8>; //~ no | no
type H3 = Default<u8, Rc<u8>>; //~ yes | yes
type H4 = facade::base::sync::Mutex<u8>; //~ yes | yes
type H5 = Mutex<u8>; //~ yes | no

/// Names in the body of an exported macro are looked up where it is called, those behind `$crate` here.
#[macro_export]
macro_rules! shared {
    ($name:ident, $inner:ty) => {
        pub struct $name(pub $crate::Shared<$inner>);
    };
}
#[macro_export]
macro_rules! plain_rc {
    ($name:ident) => {
        pub struct $name(pub Rc<u8>);
    };
}
