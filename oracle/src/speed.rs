//! How fast the server answers, to be compared with the core.

use std::io;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::Client;

const POLICY: &str = "oracle-speed";

/// The server refuses a body of more than 1,000 strings.
const PATHS: usize = 990;

/// For so long is asked for each number of rules.
const TIME: Duration = Duration::from_secs(2);

/// Prints the time of one answer of `sys/capabilities`, asked with as many paths as a request may have, for a
/// token with 10, 1,000 and 100,000 rules. The server builds the ACL anew for every path.
///
/// # Errors
/// When the server does not answer.
pub fn measure(client: &mut Client) -> io::Result<()> {
    for rules in [10, 1_000, 100_000] {
        let path = |index: usize| format!("secret/data/team-{}/app-{index}/config", index % (rules / 20 + 3));
        let star = |index: usize| if index % 10 < 3 { "*" } else { "" };
        let blocks = (0..rules).map(|index| {
            format!("path \"{}{}\" {{ capabilities = [\"read\"] }}\n", path(index), star(index))
        });
        let body = json!({ "policy": blocks.collect::<String>() }).to_string();
        let written = client.send("PUT", &format!("sys/policies/acl/{POLICY}"), &body)?;
        let body = json!({ "policies": [POLICY], "no_default_policy": true }).to_string();
        let created = client.send("POST", "auth/token/create-orphan", &body)?;
        let Some(token) = created.body["auth"]["client_token"].as_str().filter(|_| written.status == 204)
        else {
            println!("sys/capabilities/{rules}: the server does not take the policy");
            continue;
        };
        // A request for few paths where each takes long.
        let count = if rules > 1_000 { 2 } else { PATHS };
        let paths: Vec<Value> = (0..count).map(|index| path(index * 7 % rules).into()).collect();
        let question = json!({ "token": token, "paths": paths }).to_string();
        let (started, mut answers) = (Instant::now(), 0);
        while started.elapsed() < TIME {
            let answer = client.send("POST", "sys/capabilities", &question)?;
            if answer.status != 200 {
                return Err(io::Error::other(format!("sys/capabilities answers {}", answer.status)));
            }
            answers += count;
        }
        let nanoseconds = started.elapsed().as_nanos() / answers as u128;
        println!("sys/capabilities/{rules}: {nanoseconds} ns an answer");
    }
    Ok(())
}
