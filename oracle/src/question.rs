//! What can be asked.

use std::io;

use serde_json::Value;

use crate::http::Client;
use crate::random::Random;

/// A question that the server and the core answer alike, or one of them is wrong.
pub trait Question: Clone {
    /// Its kind, as stored cases spell it.
    const KIND: &'static str;

    /// Makes the server ready: policies, tokens.
    ///
    /// # Errors
    /// When the server cannot be reached.
    fn prepare(client: &mut Client) -> io::Result<()>;

    /// One that is made by chance, biased towards what is hard.
    fn random(random: &mut Random) -> Self;

    /// How many single answers it asks for.
    fn checks(&self) -> usize {
        1
    }

    /// The server's answer.
    ///
    /// # Errors
    /// When the server cannot be reached.
    fn ask(&self, client: &mut Client) -> io::Result<Value>;

    /// The answers that the core would accept; more than one where the server lets chance decide.
    fn judge(&self) -> Vec<Value>;

    /// Simpler questions, the simplest first.
    fn simpler(&self) -> Vec<Self>;

    /// As it is stored.
    fn to_json(&self) -> Value;

    /// As it was stored; `None` when it is not of this kind.
    fn from_json(value: &Value) -> Option<Self>;
}
