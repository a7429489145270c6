//! The documents' meaning: values with the places that they were read from.
//!
//! Reading never fails. What cannot be understood is left out of the model and kept as a problem, which
//! the rules turn into findings.

mod agent;
mod bundle;
mod duration;
mod go;
mod grouping;
mod job;
mod policy;
mod setup;
mod target;
mod token;
mod token_request;
mod token_role;

pub use agent::*;
pub use bundle::*;
pub use duration::*;
pub(crate) use go::{Quoted, QuotedAscii, QuotedList};
pub use grouping::*;
pub use job::*;
pub use policy::*;
pub use setup::*;
pub use target::*;
pub use token::*;
pub use token_request::*;
pub use token_role::*;
