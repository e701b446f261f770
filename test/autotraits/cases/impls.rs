use std::cell::{Cell, UnsafeCell};
use std::rc::Rc;

use crate::markers::{Both, Neither, SendOnly, SyncOnly};

trait Marker {}
impl Marker for u8 {}
impl Marker for Both {}

struct Plain(*mut u8); //~ yes | yes
unsafe impl Send for Plain {}
unsafe impl Sync for Plain {}

struct OnlySend(*mut u8); //~ yes | no
unsafe impl Send for OnlySend {}

struct Cond<T>(*mut T); //~ yes if T: Send | yes if T: Send + Sync
unsafe impl<T: Send> Send for Cond<T> {}
unsafe impl<T> Sync for Cond<T> where T: Sync + Send {}

struct Renamed<T>(UnsafeCell<T>); //~ yes if U: Send | yes if U: Send
unsafe impl<U: Send> Send for Renamed<U> {}
unsafe impl<U: Send> Sync for Renamed<U> {}

struct Always<T>(Rc<T>); //~ yes | no
unsafe impl<T> Send for Always<T> {}

struct Marked<T>(*mut T); //~ yes if T: Marker | yes if T: Marker + Sync
unsafe impl<T: Marker> Send for Marked<T> {}
unsafe impl<T: Marker + Sync> Sync for Marked<T> {}

struct Nested<T>(Marked<T>, T); //~ yes if T: Marker + Send | yes if T: Marker + Sync

struct Declared<T: Send>(*mut T); //~ yes | yes if T: Sync
unsafe impl<T: Send> Send for Declared<T> {}
unsafe impl<T: Send + Sync> Sync for Declared<T> {}

struct Negative(u8); //~ no | yes
impl !Send for Negative {}
struct NegativeGeneric<T>(T); //~ yes if T: Send | no
impl<T> !Sync for NegativeGeneric<T> {}

struct Heads<T>(T);
unsafe impl Send for Heads<u8> {}
unsafe impl<T: Send> Send for Heads<Vec<T>> {}
struct Same<A, B>(A, B);
unsafe impl<T> Send for Same<T, T> {}
struct UsesHeads(Heads<u8>, Heads<Vec<u16>>); //~ yes | yes
struct UsesBadHeads(Heads<u16>); //~ no | yes

struct Weak<'a, T: ?Sized>(&'a T, *const T); //~ yes if T: Sync | no
unsafe impl<'a, T: ?Sized + Sync> Send for Weak<'a, T> {}

struct InFn(*mut u8); //~ yes | no
fn body() {
    unsafe impl Send for InFn {}
}
struct InConst(*mut u8); //~ no | yes
const _: () = {
    unsafe impl Sync for InConst {}
};
mod far {
    unsafe impl Send for super::InMod {}
    use super::InMod as Other;
    unsafe impl Sync for Other {}
}
struct InMod(*mut u8); //~ yes | yes
struct ViaAlias(*mut u8); //~ yes | no
type Alias = ViaAlias;
unsafe impl Send for Alias {}
struct ViaCore(*mut u8); //~ yes | yes
unsafe impl core::marker::Send for ViaCore {}
unsafe impl ::std::marker::Sync for ViaCore {}

struct ByMacro(*mut u8); //~ yes | yes
macro_rules! thread_safe {
    ($($name:ident),*) => { $(unsafe impl Send for $name {} unsafe impl Sync for $name {})* };
}
thread_safe!(ByMacro, ByMacro2);
struct ByMacro2(Rc<u8>); //~ yes | yes

struct Sized1<T: ?Sized>(Box<T>); //~ yes | yes if T: Sync
unsafe impl<T> Send for Sized1<T> {}

type T1 = Cond<Cell<u8>>; //~ yes | no
type T2 = Cond<Rc<u8>>; //~ no | no
type T3 = Always<Rc<u8>>; //~ yes | no
type T4 = Marked<u8>; //~ yes | yes
type T5 = Marked<Both>; //~ yes | yes
type T6 = Heads<u8>; //~ yes | yes
type T7 = Heads<u16>; //~ no | yes
type T8 = Heads<Vec<SendOnly>>; //~ yes | no
type T9 = Heads<Vec<SyncOnly>>; //~ no | yes
type T10 = Same<u8, u8>; //~ yes | yes
type T11 = Same<u8, u16>; //~ no | yes
type T12 = Vec<Plain>; //~ yes | yes
type T13 = Option<OnlySend>; //~ yes | no
type T14 = &'static OnlySend; //~ no | no
type T15 = Sized1<dyn Marker>; //~ no | no
type T16 = Sized1<Neither>; //~ yes | no
type T17 = Sized1<str>; //~ no | yes
