//! Talks to the emulator as clients do: each test holds it to a rule of the vendor.

mod catalog;
mod connections;
mod members;
mod orders;
mod ports;
mod sessions;
mod two_companies;
mod worlds;
