use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, RwLock};

struct Shard { map: RefCell<HashMap<u64, u64>> } //~ yes | no
struct Cache { entries: Arc<Shard>, name: String } //~ no | no
struct Fixed { entries: Arc<Mutex<Shard>> } //~ yes | yes
struct Half { entries: Arc<RwLock<Shard>> } //~ no | no
type T1 = Arc<RwLock<Vec<u8>>>; //~ yes | yes
type T2 = Arc<Mutex<Vec<Cell<u8>>>>; //~ yes | yes
type T3 = Arc<RwLock<Vec<Cell<u8>>>>; //~ no | no
type T4 = Mutex<Arc<Cell<u8>>>; //~ no | no
type T5 = Option<Box<(u8, [Result<Vec<Mutex<Rc<u8>>>, u8>; 2])>>; //~ no | no
type T6 = HashMap<String, Arc<dyn Fn(&Shard) + Send + Sync>>; //~ yes | yes
type T7 = Rc<Mutex<u8>>; //~ no | no
type T8 = &'static Mutex<Cell<u8>>; //~ yes | yes
type T9 = &'static RwLock<Cell<u8>>; //~ no | no
type T10 = Mutex<&'static Cell<u8>>; //~ no | no
type T11 = Mutex<fn(Rc<u8>)>; //~ yes | yes
type T12 = std::sync::OnceLock<Arc<Mutex<Cache>>>; //~ no | no
type T13 = std::sync::LazyLock<Mutex<Fixed>>; //~ yes | yes
