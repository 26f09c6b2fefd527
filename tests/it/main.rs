//! The tests from outside: one binary, so that it is linked once.

mod readme;
mod source;
mod tidy;
