//! Types and what rustc says of them, `//~ Send | Sync`. The same files are a crate in memory for the fast test and a real
//! crate for `scripts/solver/check-rustc.ts`, which lets the compiler judge them.
#![feature(negative_impls)]
#![allow(dead_code, unused_imports, private_interfaces, non_camel_case_types, improper_ctypes)]

pub mod markers;
mod aliases;
mod autos;
mod cfgs;
mod dynamic;
mod generics;
mod impls;
mod names;
mod nested;
mod primitives;
mod projections;
mod recursion;
mod std_types;
