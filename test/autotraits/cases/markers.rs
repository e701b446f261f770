use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::MutexGuard;

pub struct Both; //~ yes | yes
pub struct SendOnly(PhantomData<Cell<u8>>); //~ yes | no
pub struct SyncOnly(PhantomData<MutexGuard<'static, u8>>); //~ no | yes
pub struct Neither(PhantomData<*const u8>); //~ no | no
