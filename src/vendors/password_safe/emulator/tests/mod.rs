//! The emulator as a client sees it.

mod access;
mod folders;
mod people;
mod sessions;
mod worlds;
