//! The emulator as a client sees it: requests in, answers out.

mod controls;
mod drives;
mod lists;
mod paths;
mod people;
mod policies;
mod tokens;
mod worlds;
