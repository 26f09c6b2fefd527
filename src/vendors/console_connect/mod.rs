//! Console Connect of PCCW Global: members and their roles, ports, layer 2 connections and ASNs.
//!
//! Facts are from the vendor's public documentation and from its public clients. What no public source states is marked
//! "assumed" where it matters.

#[allow(dead_code, reason = "its vendor is not there yet")]
pub(crate) mod emulator;
