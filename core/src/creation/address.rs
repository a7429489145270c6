//! The addresses that a token may be bound to, as the server reads and prints them (`hashicorp/go-sockaddr`).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};

use crate::model::{Quoted, QuotedAscii};

/// The address as the server stores it: without a mask that covers all bits, IPv6 in its short form. What
/// holds a `/` and is no network, such as `300.0.0.0/8`, is taken for the path of a socket.
///
/// # Errors
/// With the server's own text.
pub(super) fn stored_address(text: &str) -> Result<String, String> {
    ipv4(text).or_else(|| ipv6(text)).or_else(|| socket_path(text)).ok_or_else(|| {
        let text = Quoted(text);
        format!("error parsing address {text}: Unable to convert {text} to an IPv4 or IPv6 address, or a UNIX Socket")
    })
}

fn ipv4(text: &str) -> Option<String> {
    let text = without_hexadecimal_mask(text);
    if let Ok(socket) = text.parse::<SocketAddrV4>() {
        return Some(with_port(socket.ip().to_string(), socket.port()));
    }
    if let Some((address, bits)) = text.split_once('/') {
        let bits = mask(bits, 32)?;
        if let Ok(address) = address.parse::<Ipv4Addr>() {
            return Some(with_mask(address.to_string(), bits, 32));
        }
        // A mapped address counts as IPv4, with the last bits of its mask.
        let address = address.parse::<Ipv6Addr>().ok()?.to_ipv4_mapped()?;
        return Some(with_mask(address.to_string(), bits, 32));
    }
    let mapped = || text.parse::<Ipv6Addr>().ok()?.to_ipv4_mapped();
    text.parse::<Ipv4Addr>().ok().or_else(mapped).map(|address| address.to_string())
}

fn ipv6(text: &str) -> Option<String> {
    if let Ok(socket) = text.parse::<SocketAddrV6>() {
        let address = socket.ip().to_string();
        let address = if socket.port() == 0 { address } else { format!("[{address}]") };
        return Some(with_port(address, socket.port()));
    }
    let Some((address, bits)) = text.split_once('/') else {
        return text.parse::<Ipv6Addr>().ok().map(printed);
    };
    let address = address.parse::<Ipv6Addr>().ok()?;
    let bits = mask(bits, 128)?;
    if let Some(address) = address.to_ipv4_mapped() {
        return bits.checked_sub(96).map(|bits| with_mask(address.to_string(), bits, 32));
    }
    Some(with_mask(printed(address), bits, 128))
}

/// Go prints the old IPv4-compatible addresses like all others.
fn printed(address: Ipv6Addr) -> String {
    let [.., high, low] = address.segments();
    let is_compatible = address.to_ipv4_mapped().is_none() && address.to_string().contains('.');
    if is_compatible { format!("::{high:x}:{low:x}") } else { address.to_string() }
}

fn socket_path(text: &str) -> Option<String> {
    let is_path = text.len() > 1 && (text.starts_with('.') || text.contains('/'));
    is_path.then(|| Quoted(&QuotedAscii(text).to_string()).to_string())
}

fn with_port(address: String, port: u16) -> String {
    if port == 0 { address } else { format!("{address}:{port}") }
}

fn with_mask(address: String, bits: u32, all: u32) -> String {
    if bits == all { address } else { format!("{address}/{bits}") }
}

fn mask(text: &str, all: u32) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten().filter(|bits| *bits <= all)
}

/// The library cuts masks such as `/ff000000` off.
fn without_hexadecimal_mask(text: &str) -> &str {
    let is_hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    match text.rsplit_once('/') {
        Some((address, mask)) if mask.len() == 8 && mask.bytes().all(is_hexadecimal) => address,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured on OpenBao 2.7.2, one by one.
    #[test]
    fn addresses_are_stored_as_the_server_stores_them() {
        let table = [
            ("10.1.2.3/8", "10.1.2.3/8"),
            ("1.2.3.4/32", "1.2.3.4"),
            ("::1", "::1"),
            ("2001:DB8::/32", "2001:db8::/32"),
            ("1.2.3.4:80", "1.2.3.4:80"),
            ("1.2.3.4:0", "1.2.3.4"),
            ("/tmp/x", r#""\"/tmp/x\"""#),
            ("A/é\"", r#""\"A/\\u00e9\\\"\"""#),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("::ffff:1.2.3.4/100", "1.2.3.4/4"),
            ("::10.0.0.0", "::a00:0"),
            ("1.2.3.4/0", "1.2.3.4/0"),
            ("1::/128", "1::"),
            ("1.2.3.4/08", "1.2.3.4/8"),
            ("1.2.3.4/33", r#""\"1.2.3.4/33\"""#),
            ("1.2.3.4/+8", r#""\"1.2.3.4/+8\"""#),
            ("[::1]:80", "[::1]:80"),
            ("10.0.0.0/ff000000", "10.0.0.0"),
        ];
        for (text, expected) in table {
            assert_eq!(stored_address(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "/", ".", "1.2.3", "01.2.3.4", "fe80::1%lo", "nope"] {
            let error = stored_address(text).unwrap_err();
            assert!(
                error.starts_with(&format!("error parsing address {text:?}: Unable to convert")),
                "{error}"
            );
        }
    }
}
