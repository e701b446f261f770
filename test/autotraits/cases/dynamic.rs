use std::any::Any;
use std::error::Error;
use std::fmt::Debug;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

trait Plain {}
trait Sendable: Send {}
trait Shareable: Sync {}
trait Safe: Send + Sync {}
trait Deep: Plain + Middle {}
trait Middle: Debug + Bottom {}
trait Bottom: Sendable + Shareable {}
trait Where where Self: Send {}
trait WithLife: Send + 'static {}
trait Generic<T>: Sendable {}
trait Assoc: Sync { type Item; }
mod inner {
    pub trait Sync {}
    pub trait Fake: Sync {}
}
trait FakeSend: inner::Sync {}

type T1 = dyn Plain; //~ no | no
type T2 = dyn Plain + Send; //~ yes | no
type T3 = dyn Plain + Sync; //~ no | yes
type T4 = dyn Plain + Send + Sync; //~ yes | yes
type T5 = dyn Send; //~ yes | no
type T6 = dyn Sync + Send + 'static; //~ yes | yes
type T7 = dyn Sendable; //~ yes | no
type T8 = dyn Shareable; //~ no | yes
type T9 = dyn Safe; //~ yes | yes
type T10 = dyn Deep; //~ yes | yes
type T11 = dyn Where; //~ yes | no
type T12 = dyn WithLife; //~ yes | no
type T13 = dyn Generic<Rc<u8>>; //~ yes | no
type T14 = dyn Assoc<Item = Rc<u8>>; //~ no | yes
type T15 = dyn FakeSend; //~ no | no
type T16 = dyn inner::Fake; //~ no | no
type T17 = Box<dyn Plain>; //~ no | no
type T18 = Box<dyn Plain + Send>; //~ yes | no
type T19 = Arc<dyn Plain + Send>; //~ no | no
type T20 = Arc<dyn Safe>; //~ yes | yes
type T21 = Mutex<Box<dyn Plain + Send>>; //~ yes | yes
type T22 = Arc<Mutex<dyn Plain + Send>>; //~ yes | yes
type T23 = &'static dyn Shareable; //~ yes | yes
type T24 = &'static mut dyn Sendable; //~ yes | no
type T25 = dyn Fn(); //~ no | no
type T26 = Box<dyn Fn(u8) -> u8 + Send + Sync>; //~ yes | yes
type T27 = Box<dyn FnOnce(Rc<u8>) + Send>; //~ yes | no
type T28 = dyn Any; //~ no | no
type T29 = dyn Any + Send; //~ yes | no
type T30 = Box<dyn Error>; //~ no | no
type T31 = Box<dyn Error + Send + Sync>; //~ yes | yes
type T32 = dyn Iterator<Item = u8>; //~ no | no
type T33 = Box<dyn Iterator<Item = u8> + Send>; //~ yes | no
type T34 = dyn for<'a> Fn(&'a u8) -> &'a u8 + Sync; //~ no | yes
type T35 = Option<Box<dyn Debug + Send + 'static>>; //~ yes | no
struct Callbacks { all: Vec<Box<dyn FnMut(&str)>> } //~ no | no
struct Quiet { all: Vec<Box<dyn FnMut(&str) + Send>> } //~ yes | no
struct Shared(Arc<dyn Fn(usize) -> usize + Send + Sync>); //~ yes | yes
struct Generics<T: ?Sized>(Box<T>); //~ yes if T: Send | yes if T: Sync
type T36 = Generics<dyn Safe>; //~ yes | yes
type T37 = Generics<dyn Plain>; //~ no | no
