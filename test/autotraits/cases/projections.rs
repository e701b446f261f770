use std::cell::Cell;
use std::ops::Deref;
use std::rc::Rc;

trait Node { type Id; type Safe: Send; type Both: Send + Sync; }
trait Weighted: Node { type Weight; }
trait Bound { type Out: Sub; }
trait Sub: Sync {}

struct A;
struct B;
impl Node for A { type Id = Cell<u8>; type Safe = u8; type Both = u8; }
impl Node for B { type Id = Rc<u8>; type Safe = Cell<u8>; type Both = u8; }
impl<T> Node for Vec<T> { type Id = T; type Safe = u8; type Both = u8; }
impl Weighted for A { type Weight = Rc<u8>; }

struct Graph<G: Node>(G::Id); //~ yes if <G>::Id: Send | yes if <G>::Id: Sync
struct Full<G: Node>(G, <G as Node>::Id); //~ yes if <G>::Id: Send, G: Send | yes if <G>::Id: Sync, G: Sync
struct Given<G: Node>(G::Safe); //~ yes | yes if <G>::Safe: Sync
struct Given2<G: Node>(G::Both); //~ yes | yes
struct ViaBound<T: Bound>(T::Out); //~ yes if <T>::Out: Send | yes
struct Where<G: Node>(G::Id) where G::Id: Send; //~ yes | yes if <G>::Id: Sync
struct Weigh<G: Weighted>(G::Weight, G::Id); //~ yes if <G>::Id: Send, <G>::Weight: Send | yes if <G>::Id: Sync, <G>::Weight: Sync
struct Wrapped<G: Node>(std::sync::Mutex<G::Id>); //~ yes if <G>::Id: Send | yes if <G>::Id: Send
struct Reduced<T>(Graph<Vec<T>>); //~ yes if T: Send | yes if T: Sync
struct Derefs<D: Deref>(&'static D::Target) where D::Target: 'static; //~ yes if <D>::Target: Sync | yes if <D>::Target: Sync
struct Iter<I: Iterator>(I, Option<I::Item>); //~ yes if <I>::Item: Send, I: Send | yes if <I>::Item: Sync, I: Sync

type T1 = Graph<A>; //~ yes | no
type T2 = Graph<B>; //~ no | no
type T3 = Graph<Vec<u8>>; //~ yes | yes
type T4 = Graph<Vec<Rc<u8>>>; //~ no | no
type T5 = Given<B>; //~ yes | no
type T6 = Weigh<A>; //~ no | no
type T7 = Wrapped<A>; //~ yes | yes
type T8 = <A as Node>::Id; //~ yes | no
type T9 = <Vec<Cell<u8>> as Node>::Id; //~ yes | no
type T10 = Vec<<B as Node>::Id>; //~ no | no

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
type P1 = Cow<'static, str>; //~ yes | yes
type P2 = Cow<'static, [Cell<u8>]>; //~ no | no
type P3 = Cow<'static, [u8]>; //~ yes | yes
type P4 = Cow<'static, std::path::Path>; //~ yes | yes
type P5 = Cow<'static, u8>; //~ yes | yes
type P6 = Cow<'static, Cell<u8>>; //~ no | no
type P7 = Cow<'static, std::ffi::OsStr>; //~ yes | yes
type P8 = Cow<'static, std::ffi::CStr>; //~ yes | yes
type P9 = std::iter::Peekable<std::vec::IntoIter<Cell<u8>>>; //~ yes | no
type P10 = std::iter::Peekable<std::slice::Iter<'static, Cell<u8>>>; //~ no | no
type P11 = Iter<std::vec::IntoIter<Cell<u8>>>; //~ yes | no
type P12 = Derefs<std::sync::Arc<u8>>; //~ yes | yes
type P13 = Derefs<Box<Cell<u8>>>; //~ no | no
type P14 = Derefs<&'static u8>; //~ yes | yes
type P15 = Derefs<String>; //~ yes | yes
type P16 = Derefs<Vec<Cell<u8>>>; //~ no | no
type P17 = Iter<std::collections::hash_map::IntoIter<u8, Cell<u8>>>; //~ yes | no
type P18 = Iter<std::collections::btree_map::Iter<'static, u8, u8>>; //~ yes | yes
type P19 = <Vec<Rc<u8>> as IntoIterator>::Item; //~ no | no
type P20 = <HashMap<u8, Cell<u8>> as IntoIterator>::Item; //~ yes | no
type P21 = <&'static [Cell<u8>] as IntoIterator>::Item; //~ no | no
type P22 = <[Cell<u8>; 2] as IntoIterator>::Item; //~ yes | no
type P23 = <BTreeMap<u8, Rc<u8>> as IntoIterator>::Item; //~ no | no
type P24 = <std::slice::IterMut<'static, Cell<u8>> as Iterator>::Item; //~ yes | no
type P25 = <Option<u8> as IntoIterator>::Item; //~ yes | yes
type P26 = <std::collections::hash_set::Iter<'static, Cell<u8>> as Iterator>::Item; //~ no | no
type P27 = std::iter::Flatten<std::vec::IntoIter<Option<u8>>>; //~ yes | yes
use std::iter::{Enumerate, FlatMap, Map, Peekable, Repeat, Rev, Skip, Take, Zip};
use std::slice;
use std::vec::IntoIter;
type Q1 = Peekable<std::str::Chars<'static>>; //~ yes | yes
type Q2 = Peekable<Enumerate<IntoIter<Cell<u8>>>>; //~ yes | no
type Q3 = Peekable<Zip<IntoIter<u8>, slice::Iter<'static, Cell<u8>>>>; //~ no | no
type Q4 = Peekable<Rev<Skip<Take<IntoIter<Rc<u8>>>>>>; //~ no | no
type Q5 = FlatMap<Enumerate<slice::Iter<'static, u8>>, Map<Zip<Repeat<u8>, IntoIter<u8>>, fn((u8, u8)) -> u8>, fn((usize, &u8)) -> Map<Zip<Repeat<u8>, IntoIter<u8>>, fn((u8, u8)) -> u8>>; //~ yes | yes
type Q6 = Peekable<std::ops::Range<u32>>; //~ yes | yes
type Q7 = Peekable<std::str::CharIndices<'static>>; //~ yes | yes
type Q8 = Peekable<std::collections::hash_map::Values<'static, u8, Cell<u8>>>; //~ no | no
type Q9 = Peekable<Box<IntoIter<Cell<u8>>>>; //~ yes | no
type Q10 = Peekable<std::str::Lines<'static>>; //~ yes | yes
struct Flat<'a, E>(FlatMap<slice::Iter<'a, Vec<E>>, slice::Iter<'a, E>, fn(&'a Vec<E>) -> slice::Iter<'a, E>>); //~ yes if E: Sync | yes if E: Sync
