use std::cell::Cell;
use std::sync::Mutex;

struct SelfRef { next: Option<Box<Self>>, value: Cell<u8> } //~ yes | no
struct SelfGen<T> { next: Option<Box<Self>>, value: Mutex<T> } //~ yes if T: Send | yes if T: Send
enum SelfEnum { Leaf(u8), Node(Vec<Self>) } //~ yes | yes
struct Attr { #[allow(dead_code)] a: Cell<u8> } //~ yes | no
#[derive(Clone, Debug, Default)]
struct Derived { a: Vec<u8>, b: Option<String> } //~ yes | yes
#[repr(C)]
struct Repr { a: u8, b: *const u8 } //~ no | no
#[must_use]
#[deprecated]
pub(crate) struct Words<T>(pub T) where T: Clone; //~ yes if T: Send | yes if T: Sync
macro_rules! make {
    ($name:ident { $($field:ident : $ty:ty),* }) => { struct $name { $($field: $ty),* } };
}
make!(Made { a: Cell<u8>, b: u8 });
type T1 = Made; //~ yes | no
macro_rules! ty { ($t:ty) => { Vec<$t> }; }
