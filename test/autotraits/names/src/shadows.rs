struct Mutex<T>(Rc2<T>); //~ no | no
use std::rc::Rc as Rc2;
enum Cell { Full(u8), Empty } //~ no | no
struct Arc<T: ?Sized>(std::marker::PhantomData<*const T>, u8); //~ no | no
struct Rc(u8); //~ no | no
struct Vec; //~ yes | yes
struct Box<T>(std::cell::UnsafeCell<T>); //~ yes if T: Send | no
struct String(*const u8); //~ no | no
#[allow(non_camel_case_types)]
struct u8(std::rc::Rc<()>); //~ no | no
trait Send {}
trait Sync {}
impl Send for String {}

type S1 = Mutex<()>; //~ no | no
type S2 = Cell; //~ no | no
type S3 = Arc<()>; //~ no | no
type S4 = Rc; //~ no | no
type S5 = (Vec, Rc); //~ no | no
type S6 = Box<()>; //~ yes | no
type S7 = String; //~ no | no
type S8 = u8; //~ no | no
type S9 = std::primitive::u8; //~ yes | yes
type S10 = std::boxed::Box<dyn Send>; //~ no | no
type S11 = std::boxed::Box<dyn std::marker::Send>; //~ yes | no
type S12 = std::sync::Mutex<Cell>; //~ no | no
type S13 = Option<Mutex<()>>; //~ no | no

mod std_like {
    pub mod std {
        pub mod rc {
            pub struct Rc(pub bool); //~ yes | yes
        }
    }
    use self::std as inner;
    type S14 = self::std::rc::Rc; //~ yes | yes
    type S15 = ::std::rc::Rc<bool>; //~ no | no
    type S16 = inner::rc::Rc; //~ yes | yes
    type S17 = core::cell::Cell<bool>; //~ yes | no
}
mod levels {
    use super::*;
    type S18 = Mutex<()>; //~ no | no
    type S19 = Rc; //~ no | no
    pub struct Rc2(pub bool); //~ yes | yes
    type S20 = Rc2; //~ yes | yes
    pub mod below {
        type S21 = std::sync::Mutex<bool>; //~ yes | yes
        type S22 = super::super::Mutex<()>; //~ no | no
        type S23 = Option<bool>; //~ yes | yes
        type S24 = super::Rc2; //~ yes | yes
    }
}
fn inside() {
    struct Mutex(std::rc::Rc<bool>);
    use std::sync::Mutex as Cell;
}
