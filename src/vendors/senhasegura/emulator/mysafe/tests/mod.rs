//! MySafe as a client sees it: requests in, answers out.

mod passwords;
