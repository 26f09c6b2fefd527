//! The program from outside: a command line and a folder in, an exit code and streams out.

mod acme;
mod run;
mod schema;
