use std::cell::Cell;
use std::sync::MutexGuard;

struct Unit; //~ yes | yes
struct Empty {} //~ yes | yes
enum Void {} //~ yes | yes
type T1 = u8; //~ yes | yes
type T2 = bool; //~ yes | yes
type T3 = char; //~ yes | yes
type T4 = f64; //~ yes | yes
type T5 = i128; //~ yes | yes
type T6 = str; //~ yes | yes
type T7 = &'static str; //~ yes | yes
type T8 = (); //~ yes | yes
type T9 = (u8,); //~ yes | yes
type T10 = (u8, Cell<u8>); //~ yes | no
type T11 = (Cell<u8>, MutexGuard<'static, u8>); //~ no | no
type T12 = [u8; 4]; //~ yes | yes
type T13 = [Cell<u8>; 4]; //~ yes | no
type T14 = [u8]; //~ yes | yes
type T15 = &'static [Cell<u8>]; //~ no | no
type T16 = &'static u8; //~ yes | yes
type T17 = &'static Cell<u8>; //~ no | no
type T18 = &'static mut Cell<u8>; //~ yes | no
type T19 = &'static mut u8; //~ yes | yes
type T20 = &'static MutexGuard<'static, u8>; //~ yes | yes
type T21 = &'static mut MutexGuard<'static, u8>; //~ no | yes
type T22 = *const u8; //~ no | no
type T23 = *mut u8; //~ no | no
type T24 = *mut (); //~ no | no
type T25 = &'static *const u8; //~ no | no
type T26 = [*mut u8; 2]; //~ no | no
type T27 = fn(); //~ yes | yes
type T28 = fn(*mut u8) -> *const u8; //~ yes | yes
type T29 = unsafe extern "C" fn(*mut u8) -> i32; //~ yes | yes
type T30 = for<'a> fn(&'a Cell<u8>) -> &'a u8; //~ yes | yes
type T31 = &'static fn(); //~ yes | yes
type T32 = (fn(), *mut u8); //~ no | no
type T33 = ((u8, (u16, &'static Cell<u8>)),); //~ no | no
type T34 = &'static &'static &'static Cell<u8>; //~ no | no
type T35 = &'static mut &'static Cell<u8>; //~ no | no
type T36 = &'static &'static mut u8; //~ yes | yes
struct Never(fn() -> !); //~ yes | yes
struct Ptr(*mut u8); //~ no | no
struct Mixed { a: u8, b: Cell<u8> } //~ yes | no
enum Choice { A, B(u8), C { c: *const u8 } } //~ no | no
enum Quiet { A, B(String), C { c: Vec<u8> } } //~ yes | yes
union Un { a: u8, b: *const u8 } //~ no | no
union Un2 { a: u8, b: f32 } //~ yes | yes
struct Lifetime<'a>(&'a u8); //~ yes | yes
struct LifetimeCell<'a>(&'a Cell<u8>); //~ no | no
struct Arr<const N: usize>([Cell<u8>; N]); //~ yes | no
type T37 = Lifetime<'static>; //~ yes | yes
type T38 = Arr<3>; //~ yes | no
type T39 = Arr<{ 1 + 2 }>; //~ yes | no
