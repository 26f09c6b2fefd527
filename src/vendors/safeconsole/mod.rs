//! DataLocker SafeConsole, which manages encrypted drives, the people who carry them, and the policies of both.

#[allow(dead_code, reason = "its vendor is not there yet")]
mod emulator;
