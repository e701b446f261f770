mod hidden {
    pub mod deep {
        pub struct Mutex<T>(pub std::rc::Rc<T>); //~ no | no
        pub struct Plain(pub u8); //~ yes | yes
    }
    pub use self::deep::Mutex as Shared;
    pub use std::sync as deep_sync;
}
pub use hidden::deep::Plain as Rc;
pub use hidden::deep_sync::Mutex as Cell;
pub use hidden::Shared as Arc;
pub(crate) use std::cell as sync;

type R1 = Rc; //~ yes | yes
type R2 = Cell<std::cell::Cell<u8>>; //~ yes | yes
type R3 = Arc<u8>; //~ no | no
type R4 = sync::RefCell<u8>; //~ yes | no
type R5 = crate::reexports::Arc<u8>; //~ no | no
type R6 = super::reexports::hidden::deep_sync::Arc<u8>; //~ yes | yes

extern crate alloc as heap;
extern crate core as std2;
extern crate std as toolchain;
type R7 = heap::rc::Rc<u8>; //~ no | no
type R8 = heap::sync::Arc<u8>; //~ yes | yes
type R9 = std2::cell::Cell<u8>; //~ yes | no
type R10 = toolchain::sync::Mutex<std2::cell::Cell<u8>>; //~ yes | yes
pub mod again {
    pub use super::heap::rc;
    pub use super::toolchain::rc::Rc as Mutex;
}
type R11 = again::rc::Weak<u8>; //~ no | no
type R12 = again::Mutex<u8>; //~ no | no
