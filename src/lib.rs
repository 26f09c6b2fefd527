//! trueup.
#![allow(dead_code, reason = "the skeleton's parts are not joined yet")]

mod apply;
mod emulate;
mod http;
mod model;
mod vendors;
mod yaml;
