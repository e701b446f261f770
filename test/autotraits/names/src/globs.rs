pub mod low {
    pub struct Rc<T>(pub T); //~ yes if T: Send | yes if T: Sync
    pub struct Mutex<T>(pub std::rc::Rc<T>); //~ no | no
    pub enum Option<T> { Never(*mut T) } //~ no | no
    pub(super) struct RefCell(pub bool); //~ yes | yes
    struct Cell(bool); //~ yes | yes
}
mod one {
    use super::low::*;
    use std::rc::Rc;
    type G1 = Rc<u8>; //~ no | no
    type G2 = Mutex<u8>; //~ no | no
    type G3 = Option<u8>; //~ no | no
    type G4 = RefCell; //~ yes | yes
}
mod two {
    use super::low::*;
    use std::cell::Cell;
    use std::sync::Mutex;
    type G5 = Mutex<u8>; //~ yes | yes
    type G6 = Rc<Cell<u8>>; //~ yes | no
    type G7 = Cell<u8>; //~ yes | no
}
mod three {
    use std::cell::*;
    use std::rc::*;
    type G8 = Rc<u8>; //~ no | no
    type G9 = RefCell<u8>; //~ yes | no
    type G10 = Option<u8>; //~ yes | yes
}
mod circle_a {
    pub use super::circle_b::*;
    pub struct Here(pub bool); //~ yes | yes
    pub use std::rc::Rc as Far;
}
mod circle_b {
    pub use super::circle_a::*;
    type G11 = Here; //~ yes | yes
    type G12 = Far<u8>; //~ no | no
}
mod chain {
    pub mod a { pub use super::b::*; }
    pub mod b { pub use super::c::*; }
    pub mod c { pub use std::sync::Mutex as Rc; }
}
type G13 = chain::a::Rc<std::cell::Cell<u8>>; //~ yes | yes
mod variants {
    pub enum Kind { Rc(u8), Mutex }
    use self::Kind::*;
    type G14 = std::rc::Rc<Kind>; //~ no | no
}
mod unnamed {
    use std::rc::Rc as _;
    use std::sync::Mutex as _;
    struct Rc(u8); //~ yes | yes
    type G15 = Rc; //~ yes | yes
}
