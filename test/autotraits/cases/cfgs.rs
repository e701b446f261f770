use std::cell::Cell;
use std::rc::Rc;

struct Test { #[cfg(test)] a: Rc<u8>, b: u8 } //~ yes | yes
struct Linux { #[cfg(target_os = "linux")] a: Cell<u8>, #[cfg(not(target_os = "linux"))] a: u8 } //~ yes | no
struct Off { #[cfg(windows)] a: Rc<u8>, #[cfg(unix)] a: u8 } //~ yes | yes
struct Any { #[cfg(any())] a: Rc<u8>, #[cfg(all())] b: u8 } //~ yes | yes
struct Feature { #[cfg(feature = "nothing")] a: Rc<u8> } //~ yes | yes
enum Variant { #[cfg(feature = "nothing")] A(Rc<u8>), B(u8) } //~ yes | yes
#[cfg(feature = "nothing")]
struct Twice(Rc<u8>);
#[cfg(not(feature = "nothing"))]
struct Twice(Cell<u8>); //~ yes | no
struct Gated(*mut u8); //~ no | no
#[cfg(feature = "nothing")]
unsafe impl Send for Gated {}
struct Open(*mut u8); //~ yes | no
#[cfg(not(feature = "nothing"))]
unsafe impl Send for Open {}
struct Param<T, #[cfg(any())] S, #[cfg(all())] S = Rc<u8>>(T, S); //~ yes if S: Send, T: Send | yes if S: Sync, T: Sync
struct UsesParam(Param<u8, u8>, Param<u8, Cell<u8>>); //~ yes | no
struct UsesDefault(Param<u8>); //~ no | no
type AliasParam<#[cfg(any())] S, #[cfg(all())] S = Rc<u8>> = Param<u8, S>;
type P1 = AliasParam<u8>; //~ yes | yes
type P2 = AliasParam; //~ no | no
