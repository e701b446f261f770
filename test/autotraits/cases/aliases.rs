use std::cell::Cell;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

type Shared<T> = Arc<Mutex<T>>;
type Result<T> = std::result::Result<T, Rc<u8>>;
type Same<T> = T;
type Pair<T, U = T> = (T, U);
type Ptr<T> = *mut T;
type Handler = Box<dyn Fn(u8) + Send>;
type Chain<T> = Shared<Same<T>>;
type Ignore<T> = fn(T);

struct A(Shared<Cell<u8>>); //~ yes | yes
struct B(Result<u8>); //~ no | no
struct C(std::result::Result<u8, u8>); //~ yes | yes
struct D(std::io::Result<Cell<u8>>); //~ yes | no
struct E(Pair<Cell<u8>>); //~ yes | no
struct F(Pair<u8, Rc<u8>>); //~ no | no
struct G(Ptr<u8>); //~ no | no
struct H(Handler); //~ yes | no
struct I<T>(Chain<T>); //~ yes if T: Send | yes if T: Send
struct J(Same<Same<Same<Rc<u8>>>>); //~ no | no
struct K(std::fmt::Result); //~ yes | yes
struct L<T>(Ignore<Rc<T>>, fn(T)); //~ yes | yes
struct M(std::thread::Result<u8>); //~ yes | no
struct N(std::os::raw::c_char, std::ffi::c_void); //~ yes | yes
