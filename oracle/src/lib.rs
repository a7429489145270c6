//! The core's judgements beside those of a real server.
//!
//! A [`Question`] can be made by chance, asked of the server ([`http`], [`server`]), judged by the core, made
//! smaller, and written down. [`run`] asks many and reports what differs; [`case`] keeps what once differed, and
//! what was written by hand, in one form, which ordinary tests judge again without a server.
//!
//! This is a crate of its own so that `xtask` builds without the core; `cargo xtask oracle` gets the server and
//! starts the program.

pub mod acl;
pub mod body;
pub mod case;
pub mod http;
pub mod parse;
pub mod question;
pub mod random;
pub mod role;
pub mod run;
pub mod scenario;
pub mod server;
pub mod speed;
pub mod token;
mod values;

pub use question::Question;
