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
