use std::cell::Cell;
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};

struct List<T>(T, Option<Box<List<T>>>); //~ yes if T: Send | yes if T: Sync
struct Tree { children: Vec<Tree>, name: String } //~ yes | yes
struct RcTree { children: Vec<Rc<RcTree>> } //~ no | no
struct Parent { kids: Vec<Child> } //~ no | no
struct Child { parent: Weak<Parent> } //~ no | no
struct Ping(Option<Box<Pong>>); //~ yes | no
struct Pong(Option<Box<Ping>>, Cell<u8>); //~ yes | no
struct Even<T>(Option<Box<Odd<T>>>); //~ yes if T: Send | yes if T: Sync
struct Odd<T>(T, Option<Box<Even<T>>>); //~ yes if T: Send | yes if T: Sync
struct Swap<A, B>(A, Option<Box<Swap<B, A>>>); //~ yes if A: Send, B: Send | yes if A: Sync, B: Sync
enum Expr { Num(f64), Add(Box<Expr>, Box<Expr>), Call(Arc<Function>) } //~ yes | yes
struct Function { body: Mutex<Expr> } //~ yes | yes
struct Loop(Arc<Mutex<Option<Loop>>>); //~ yes | yes
struct LoopCell(Arc<Cell<Option<LoopCell>>>); //~ no | no
struct A1(Vec<A2>); //~ yes | no
struct A2(Vec<A3>); //~ yes | no
struct A3(Vec<A1>, Vec<A4>); //~ yes | no
struct A4(Vec<A4>, Cell<u8>); //~ yes | no
type T1 = List<Cell<u8>>; //~ yes | no
type T2 = Swap<u8, Rc<u8>>; //~ no | no
type T3 = Swap<Cell<u8>, u8>; //~ yes | no
