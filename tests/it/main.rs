//! The tests from outside, in one binary so that it is linked once: a command line and a folder in, an exit code and
//! streams out. Everything goes through `trueup::run` in a world of its own, or through the real binary.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, in its helpers too"
)]

mod access;
mod acme;
mod age;
mod browser;
mod canary;
mod case;
mod cases;
mod chromium;
#[cfg(unix)]
mod ci;
mod cli;
mod drift;
mod events;
mod faults;
mod fmt;
mod generated;
mod graph;
mod help;
mod journal;
mod keys;
mod killed;
mod language;
mod laws;
mod lease;
mod ledger;
mod live;
mod policy;
mod process;
mod readme;
mod run;
mod safeconsole;
mod saved;
mod schedules;
mod schema;
mod secrets;
mod senhasegura;
mod shape;
mod show;
mod snapshot;
mod source;
mod stored;
mod tidy;
mod traffic;
mod verified;
mod wire;
mod world;
