//! The address of Vault, as Go's `url.Parse` judges it.

/// Why Go cannot parse an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressProblem {
    /// A control character.
    ControlCharacter,
    /// A `:` before any scheme's name.
    MissingScheme,
    /// `127.0.0.1:8200`: no scheme, but a colon before the first slash.
    ColonInFirstSegment,
    /// A `[` without `]` in the host.
    UnclosedBracket,
    /// What follows the host's last colon is no number.
    BadPort,
    /// A character that no host name has.
    BadHostCharacter(char),
    /// A `%` without two hexadecimal digits.
    BadEscape,
}

impl AddressProblem {
    /// Go's words for it.
    pub const fn as_go_text(self) -> &'static str {
        match self {
            Self::ControlCharacter => "invalid control character in URL",
            Self::MissingScheme => "missing protocol scheme",
            Self::ColonInFirstSegment => "first path segment in URL cannot contain colon",
            Self::UnclosedBracket => "missing ']' in host",
            Self::BadPort => "invalid port after host",
            Self::BadHostCharacter(_) => "invalid character in host name",
            Self::BadEscape => "invalid URL escape",
        }
    }
}

/// Why Go's `url.Parse` refuses `address`, if it does.
pub fn address_problem(address: &str) -> Option<AddressProblem> {
    let address = address.split_once('#').map_or(address, |(before, _)| before);
    if address.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Some(AddressProblem::ControlCharacter);
    }
    if address.starts_with(':') {
        return Some(AddressProblem::MissingScheme);
    }
    let (scheme, rest) = split_scheme(address);
    let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
    if !rest.starts_with('/') {
        let first_segment = rest.split('/').next().unwrap_or_default();
        if scheme.is_none() && first_segment.contains(':') {
            return Some(AddressProblem::ColonInFirstSegment);
        }
        // With a scheme, all that follows is opaque and not looked into.
        return if scheme.is_some() { None } else { escape_problem(rest) };
    }
    let Some(authority) = rest.strip_prefix("//") else { return escape_problem(rest) };
    let (authority, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
    host_problem(authority).or_else(|| escape_problem(path))
}

/// Whether requests can be made: the scheme is `http` or `https` (or `unix`, which Vault's client takes).
pub fn has_http_scheme(address: &str) -> bool {
    split_scheme(address).0.is_some_and(|scheme| {
        ["http", "https", "unix"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
    }) && address.contains("://")
}

/// `address` with `https://` for what stands before its host, where there is no other scheme.
pub fn with_https(address: &str) -> Option<String> {
    let bare = address.strip_prefix("//").unwrap_or(address);
    let usable = !bare.is_empty() && !bare.contains("://") && !bare.starts_with([':', '/']);
    usable.then(|| format!("https://{bare}")).filter(|fixed| address_problem(fixed).is_none())
}

/// Go's `getScheme`: a letter, then letters, digits, `+`, `-`, `.`, up to a colon.
fn split_scheme(address: &str) -> (Option<&str>, &str) {
    match address.split_once(':') {
        Some((scheme, rest))
            if scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.chars().all(|each| each.is_ascii_alphanumeric() || "+-.".contains(each)) =>
        {
            (Some(scheme), rest)
        }
        _ => (None, address),
    }
}

fn host_problem(authority: &str) -> Option<AddressProblem> {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host.starts_with('[') {
        let Some((_, port)) = host.rsplit_once(']') else { return Some(AddressProblem::UnclosedBracket) };
        return (!is_port(port)).then_some(AddressProblem::BadPort);
    }
    if let Some(colon) = host.rfind(':')
        && !is_port(host.split_at(colon).1)
    {
        return Some(AddressProblem::BadPort);
    }
    let bad = host.chars().find(|each| each.is_ascii() && !is_host_character(*each));
    match bad {
        Some('%') => Some(AddressProblem::BadEscape),
        bad => bad.map(AddressProblem::BadHostCharacter),
    }
}

/// Nothing, or a colon and digits (or nothing).
fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

fn is_host_character(each: char) -> bool {
    each.is_ascii_alphanumeric() || "-_.~!$&'()*+,;=:[]<>\"".contains(each)
}

fn escape_problem(text: &str) -> Option<AddressProblem> {
    let is_escape = |after: &str| {
        let mut bytes = after.bytes();
        let mut hex = || bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        hex() && hex()
    };
    let broken = text.split('%').skip(1).any(|after| !is_escape(after));
    broken.then_some(AddressProblem::BadEscape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_judged_as_go_does() {
        use AddressProblem::*;
        for (address, expected) in [
            ("https://vault.service.consul:8200", None),
            ("http://[::1]:8200", None),
            ("https://vault", None),
            ("vault.service.consul:8200", None),
            ("vault.service.consul", None),
            ("127.0.0.1:8200", Some(ColonInFirstSegment)),
            (":8200", Some(MissingScheme)),
            ("https://vault:port", Some(BadPort)),
            ("https://[::1:8200", Some(UnclosedBracket)),
            ("https://va ult:8200", Some(BadHostCharacter(' '))),
            ("https://{{ vault }}:8200", Some(BadHostCharacter('{'))),
            ("https://vault:8200/%zz", Some(BadEscape)),
            ("https://vault:8200\n", Some(ControlCharacter)),
        ] {
            assert_eq!(address_problem(address), expected, "{address}");
        }
    }

    #[test]
    fn an_address_without_a_usable_scheme_gets_one() {
        for (address, usable, fixed) in [
            ("https://vault:8200", true, None),
            ("HTTP://vault:8200", true, None),
            ("vault:8200", false, Some("https://vault:8200")),
            ("127.0.0.1:8200", false, Some("https://127.0.0.1:8200")),
            ("//vault:8200", false, Some("https://vault:8200")),
            ("ftp://vault:8200", false, None),
            ("https:vault", false, None),
        ] {
            assert_eq!(has_http_scheme(address), usable, "{address}");
            assert_eq!(with_https(address).as_deref(), fixed, "{address}");
        }
    }
}
