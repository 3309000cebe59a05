//! A browser that costs next to nothing: one connection kept open, requests written as bytes, bodies measured by their
//! length.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection.
pub struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Header lines.
    pub head: String,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The value of a hidden field of a page.
    pub fn field(&self, name: &str) -> String {
        let body = String::from_utf8_lossy(&self.body);
        let marker = format!("name=\"{name}\" value=\"");
        let start = body.find(&marker).unwrap_or_else(|| panic!("the page has a field {name}:\n{body}")) + marker.len();
        body[start..].chars().take_while(|c| *c != '"').collect()
    }
}

/// The bytes of a GET.
pub fn get(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{}\r\n", cookie_line(cookie)).into_bytes()
}

/// The bytes of a form.
pub fn post(path: &str, cookie: &str, form: &str) -> Vec<u8> {
    let length = form.len();
    let cookie = cookie_line(cookie);
    let kind = "content-type: application/x-www-form-urlencoded";
    format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{kind}\r\ncontent-length: {length}\r\n{cookie}\r\n{form}")
        .into_bytes()
}

fn cookie_line(cookie: &str) -> String {
    if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") }
}

impl Wire {
    /// Connects.
    pub async fn to(address: std::net::SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        Self { stream, buffer: Vec::with_capacity(64 * 1024) }
    }

    /// One request and its answer.
    pub async fn ask(&mut self, request: &[u8]) -> Answer {
        self.stream.write_all(request).await.expect("the server reads");
        self.buffer.clear();
        let head_end = loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_end]).into_owned();
        let status = head.get(9..12).and_then(|code| code.parse().ok()).expect("a status line");
        let mut answer = Answer { status, head, body: Vec::new() };
        let body = if let Some(length) = answer.header("content-length").and_then(|length| length.parse::<usize>().ok())
        {
            while self.buffer.len() < head_end + length {
                self.more().await;
            }
            self.buffer[head_end..head_end + length].to_vec()
        } else if answer.header("transfer-encoding").is_some() {
            while !self.buffer.ends_with(b"0\r\n\r\n") {
                self.more().await;
            }
            self.buffer[head_end..].to_vec()
        } else {
            Vec::new()
        };
        answer.body = body;
        answer
    }

    async fn more(&mut self) {
        let read = self.stream.read_buf(&mut self.buffer).await.expect("the server answers");
        assert!(read > 0, "the server ended the connection");
    }
}
