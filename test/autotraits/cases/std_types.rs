use std::cell::*;
use std::collections::*;
use std::marker::{PhantomData, PhantomPinned};
use std::rc::{self, Rc};
use std::sync::atomic::*;
use std::sync::{mpsc, Arc, Barrier, Condvar, LazyLock, Mutex, MutexGuard, Once, OnceLock, RwLock, RwLockReadGuard, RwLockWriteGuard, Weak};

use crate::markers::{Both, Neither, SendOnly, SyncOnly};

type T1 = String; //~ yes | yes
type T2 = Vec<Cell<u8>>; //~ yes | no
type T3 = Option<Rc<u8>>; //~ no | no
type T4 = Result<Cell<u8>, MutexGuard<'static, u8>>; //~ no | no
type T5 = Box<SyncOnly>; //~ no | yes
type T6 = Rc<u8>; //~ no | no
type T7 = rc::Weak<u8>; //~ no | no
type T8 = Arc<u8>; //~ yes | yes
type T9 = Arc<SendOnly>; //~ no | no
type T10 = Arc<SyncOnly>; //~ no | no
type T11 = Weak<SendOnly>; //~ no | no
type T12 = Weak<Both>; //~ yes | yes
type T13 = Cell<Both>; //~ yes | no
type T14 = RefCell<SyncOnly>; //~ no | no
type T15 = UnsafeCell<Both>; //~ yes | no
type T16 = OnceCell<Both>; //~ yes | no
type T17 = LazyCell<Both>; //~ yes | no
type T18 = Ref<'static, u8>; //~ no | no
type T19 = RefMut<'static, u8>; //~ no | no
type T20 = Mutex<SendOnly>; //~ yes | yes
type T21 = Mutex<SyncOnly>; //~ no | no
type T22 = RwLock<SendOnly>; //~ yes | no
type T23 = RwLock<SyncOnly>; //~ no | no
type T24 = RwLock<Both>; //~ yes | yes
type T25 = MutexGuard<'static, Both>; //~ no | yes
type T26 = MutexGuard<'static, SendOnly>; //~ no | no
type T27 = RwLockReadGuard<'static, u8>; //~ no | yes
type T28 = RwLockWriteGuard<'static, SyncOnly>; //~ no | yes
type T29 = OnceLock<SendOnly>; //~ yes | no
type T30 = OnceLock<Both>; //~ yes | yes
type T31 = LazyLock<Both>; //~ yes | yes
type T32 = LazyLock<SendOnly>; //~ yes | no
type T33 = mpsc::Sender<SendOnly>; //~ yes | yes
type T34 = mpsc::Sender<SyncOnly>; //~ no | no
type T35 = mpsc::Receiver<Both>; //~ yes | no
type T36 = mpsc::SyncSender<SendOnly>; //~ yes | yes
type T37 = AtomicUsize; //~ yes | yes
type T38 = AtomicPtr<Neither>; //~ yes | yes
type T39 = PhantomData<Neither>; //~ no | no
type T40 = PhantomData<fn(Neither)>; //~ yes | yes
type T41 = PhantomData<*mut u8>; //~ no | no
type T42 = PhantomPinned; //~ yes | yes
type T43 = HashMap<SendOnly, Both>; //~ yes | no
type T44 = BTreeMap<Both, SyncOnly>; //~ no | yes
type T45 = HashSet<Both>; //~ yes | yes
type T46 = VecDeque<SendOnly>; //~ yes | no
type T47 = LinkedList<SyncOnly>; //~ no | yes
type T48 = BinaryHeap<Neither>; //~ no | no
type T49 = std::ptr::NonNull<u8>; //~ no | no
type T50 = std::thread::JoinHandle<SendOnly>; //~ yes | yes
type T51 = std::thread::JoinHandle<Neither>; //~ yes | yes
type T52 = std::fs::File; //~ yes | yes
type T53 = std::time::Instant; //~ yes | yes
type T54 = std::path::PathBuf; //~ yes | yes
type T55 = std::io::Error; //~ yes | yes
type T56 = std::io::BufReader<SendOnly>; //~ yes | no
type T57 = std::pin::Pin<Box<SyncOnly>>; //~ no | yes
type T58 = std::borrow::Cow<'static, str>; //~ yes | yes
type T59 = std::mem::ManuallyDrop<SendOnly>; //~ yes | no
type T60 = std::mem::MaybeUninit<Neither>; //~ no | no
type T61 = std::num::Wrapping<SyncOnly>; //~ no | yes
type T62 = std::ops::Range<SendOnly>; //~ yes | no
type T63 = std::vec::IntoIter<SendOnly>; //~ yes | no
type T64 = std::slice::Iter<'static, SendOnly>; //~ no | no
type T65 = std::slice::IterMut<'static, SendOnly>; //~ yes | no
type T66 = std::collections::hash_map::Iter<'static, Both, SendOnly>; //~ no | no
type T67 = std::env::Args; //~ no | no
type T68 = std::any::TypeId; //~ yes | yes
type T69 = std::task::Waker; //~ yes | yes
type T70 = std::ffi::CString; //~ yes | yes
type T71 = std::sync::atomic::AtomicBool; //~ yes | yes
type T72 = (Barrier, Condvar, Once); //~ yes | yes
type T73 = std::net::TcpStream; //~ yes | yes
type T74 = std::process::Child; //~ yes | yes
type T75 = std::string::Drain<'static>; //~ yes | yes
type T76 = std::vec::Drain<'static, SendOnly>; //~ yes | no
type T77 = std::iter::Map<std::vec::IntoIter<u8>, fn(u8) -> u8>; //~ yes | yes
type T78 = std::sync::PoisonError<SendOnly>; //~ yes | no
type T79 = std::cmp::Reverse<SyncOnly>; //~ no | yes
type T80 = std::thread::LocalKey<Neither>; //~ yes | yes
type T81 = std::fmt::Formatter<'static>; //~ no | no
type T82 = std::fmt::Arguments<'static>; //~ no | no
type T83 = std::panic::AssertUnwindSafe<SendOnly>; //~ yes | no
type T84 = std::backtrace::Backtrace; //~ yes | yes
