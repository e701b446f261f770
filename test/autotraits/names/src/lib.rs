//! Names that are not what they look like, and what rustc says of them: `//~ Send | Sync` on the line of an item. The same
//! files are read by the fast test and by `scripts/solver/check-names.ts`, which has the compiler fill in the column.
#![allow(dead_code, unused_imports, deprecated)]

#[macro_use]
mod macros;
mod aliases;
mod dependencies;
mod globs;
mod python;
mod reexports;
mod shadows;
