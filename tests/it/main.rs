//! The tests from outside, in one binary so that it is linked once: a command line and a folder in, an exit code and
//! streams out.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails, in its helpers too"
)]

mod acme;
mod readme;
mod run;
mod schema;
mod source;
mod tidy;
