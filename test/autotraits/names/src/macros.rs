macro_rules! alias {
    ($name:ident = $target:path) => {
        use $target as $name;
    };
}
macro_rules! holder {
    ($($name:ident),*) => { $(pub struct $name<T>(pub std::rc::Rc<T>);)* };
}
macro_rules! inside {
    ($module:ident { $($item:item)* }) => { pub mod $module { $($item)* } };
}
macro_rules! type_of {
    (shared $inner:ty) => { std::sync::Arc<$inner> };
    (local $inner:ty) => { std::rc::Rc<$inner> };
}
alias!(Mutex = std::cell::RefCell);
alias!(Rc = std::sync::Arc);
holder!(Cell, Arc);
inside!(made {
    pub struct Vec(pub *mut u8);
    pub use std::sync::Mutex as RefCell;
});
type M1 = Mutex<u8>; //~ yes | no
type M2 = Rc<u8>; //~ yes | yes
type M3 = Cell<u8>; //~ no | no
type M4 = Arc<u8>; //~ no | no
type M5 = made::Vec; //~ no | no
type M6 = made::RefCell<Mutex<u8>>; //~ yes | yes
type M7 = type_of!(shared u8); //~ yes | yes
type M8 = type_of!(local u8); //~ no | no
struct Fields(type_of!(shared Mutex<u8>), u8); //~ no | no
