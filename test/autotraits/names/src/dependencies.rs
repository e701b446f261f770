use helper::prelude::*;
use helper::{Arc, Lock as Guarded, Mutex};

type D1 = Arc<u8>; //~ no | no
type D2 = helper::Rc<u8>; //~ yes | yes
type D3 = Mutex<u8>; //~ yes | no
type D4 = Guarded<Mutex<u8>>; //~ yes | yes
type D5 = Handle<u8>; //~ yes | no
type D6 = Handle<*mut u8>; //~ no | no
type D7 = Cell<u8>; //~ yes | no
type D8 = helper::Cell; //~ yes | yes
type D9 = helper::Shared<Cell<u8>>; //~ yes | yes
type D10 = helper::Default<u8>; //~ no | no
type D11 = helper::facade::counted::Rc<u8>; //~ no | no
type D12 = helper::facade::Py<u8>; //~ yes | no
type D13 = helper::facade::base::sync::Arc<u8>; //~ yes | yes
type D14 = Box<dyn Send>; //~ no | no
type D15 = rc::rc::Rc<u8>; //~ no | no
type D16 = rc::sync::Mutex<u8>; //~ yes | no
type D17 = rc::sync::Real; //~ no | no
type D18 = rc::O16; //~ no | no
type D19 = ::rc::sync::O2; //~ yes | yes
extern crate helper as std_helper;
type D20 = std_helper::Arc<u8>; //~ no | no
mod rc {
    pub use ::rc::rc::Rc as Local;
    pub mod rc { pub type Rc<T> = std::rc::Rc<T>; }
    pub use ::rc::{sync, O16};
}
type D21 = rc::Local<u8>; //~ yes | yes
helper::shared!(Made, std::cell::Cell<u8>);
type D22 = Made; //~ yes | yes
mod caller {
    use std::sync::Arc as Rc;
    helper::plain_rc!(Made);
    type D23 = Made; //~ yes | yes
    mod other {
        use std::rc::Rc;
        helper::plain_rc!(Made);
        type D24 = Made; //~ no | no
    }
}
