//! Tests from outside: everything goes through `trueup::run` in a world of its own, or through the real binary.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod case;
mod cases;
mod cli;
mod faults;
mod language;
mod laws;
mod live;
mod process;
mod secrets;
mod world;
