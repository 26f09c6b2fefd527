//! The program from outside: a command line and a folder in, an exit code and streams out.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, in its helpers too"
)]

mod acme;
mod run;
mod schema;
