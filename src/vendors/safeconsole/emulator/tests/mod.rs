//! The emulator as a client sees it: requests in, answers out.

