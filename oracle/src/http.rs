//! As much of HTTP/1.1 as a server on the same machine needs: one connection that is kept, no TLS.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status; 0 when the server closed the connection without an answer.
    pub status: u16,
    /// The body; `null` when there is none.
    pub body: Value,
}

impl Answer {
    /// The texts of `errors` or `warnings`.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let texts = self.body[name].as_array().into_iter().flatten();
        texts.map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// A client with one token.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    token: String,
    connection: Option<BufReader<TcpStream>>,
}

/// The largest body of an answer that is read.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// A server that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Client {
    /// A client of the server at `address`.
    pub fn new(address: SocketAddr, token: &str) -> Self {
        Self { address, token: token.to_owned(), connection: None }
    }

    /// Sends a request with the client's own token.
    ///
    /// # Errors
    /// When the server cannot be reached or does not speak HTTP.
    pub fn send(&mut self, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        let token = self.token.clone();
        self.send_as(&token, method, path, body)
    }

    /// Sends a request with another token.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn send_as(&mut self, token: &str, method: &str, path: &str, body: &str) -> io::Result<Answer> {
        let request = format!(
            "{method} /v1/{path} HTTP/1.1\r\nHost: {}\r\nX-Vault-Token: {token}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        // A connection that the server has given up in the meantime is made anew, once.
        let had_connection = self.connection.is_some();
        match self.exchange(&request) {
            Ok(None) if had_connection => Ok(self.exchange(&request)?.unwrap_or(CLOSED)),
            Ok(answer) => Ok(answer.unwrap_or(CLOSED)),
            Err(_) if had_connection => {
                self.connection = None;
                Ok(self.exchange(&request)?.unwrap_or(CLOSED))
            }
            Err(error) => Err(error),
        }
    }

    /// `None` when the server closes the connection instead of an answer.
    fn exchange(&mut self, request: &str) -> io::Result<Option<Answer>> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect_timeout(&self.address, TIMEOUT)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(TIMEOUT))?;
                BufReader::new(stream)
            }
        };
        connection.get_mut().write_all(request.as_bytes())?;
        let Some((status, headers)) = head(&mut connection)? else { return Ok(None) };
        let body = body(&mut connection, status, &headers)?;
        if !headers.contains("connection: close") {
            self.connection = Some(connection);
        }
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? };
        Ok(Some(Answer { status, body }))
    }
}

const CLOSED: Answer = Answer { status: 0, body: Value::Null };

/// The status, and the headers in lower case.
fn head(connection: &mut impl BufRead) -> io::Result<Option<(u16, String)>> {
    let mut line = String::new();
    connection.read_line(&mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(garbled)?;
    let mut headers = String::new();
    loop {
        line.clear();
        connection.read_line(&mut line)?;
        if line.trim_end().is_empty() {
            return Ok(Some((status, headers)));
        }
        headers.push_str(&line.to_ascii_lowercase());
    }
}

fn body(connection: &mut impl BufRead, status: u16, headers: &str) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if status == 204 {
        return Ok(body);
    }
    if headers.contains("transfer-encoding: chunked") {
        loop {
            let mut line = String::new();
            connection.read_line(&mut line)?;
            let length = usize::from_str_radix(line.trim(), 16).map_err(|_| garbled())?;
            read_into(&mut body, connection, length)?;
            line.clear();
            connection.read_line(&mut line)?;
            if length == 0 {
                return Ok(body);
            }
        }
    }
    let length = headers.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok()).ok_or_else(garbled)?;
    read_into(&mut body, connection, length)?;
    Ok(body)
}

fn read_into(body: &mut Vec<u8>, connection: &mut impl Read, length: usize) -> io::Result<()> {
    if body.len() + length > MAX_BODY {
        return Err(garbled());
    }
    let start = body.len();
    body.resize(start + length, 0);
    connection.read_exact(&mut body[start..])
}

fn garbled() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the server's answer is no HTTP that is understood here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_with_both_kinds_of_length() {
        let plain = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}";
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";
        for (text, expected) in [(&plain[..], 400), (&chunked[..], 200)] {
            let mut connection = text;
            let (status, headers) = head(&mut connection).unwrap().unwrap();
            assert_eq!(status, expected);
            assert_eq!(body(&mut connection, status, &headers).unwrap(), b"{}");
            assert!(connection.is_empty());
        }
        assert_eq!(head(&mut &b""[..]).unwrap(), None);
    }
}
