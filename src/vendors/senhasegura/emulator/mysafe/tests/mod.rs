//! MySafe as a client sees it: requests in, answers out.

mod access_keys;
mod items;
mod passwords;
