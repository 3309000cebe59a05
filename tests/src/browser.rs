//! A browser as far as the door can tell: cookies, redirects, forms.

use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use tower::ServiceExt;

/// One browser with its cookies.
pub struct Browser {
    router: Router,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: String,
    /// Body as it came, for what is no text.
    pub bytes: Vec<u8>,
    /// The path that was finally asked for.
    pub path: String,
}

impl Reply {
    /// Where a redirect leads.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok())
    }

    /// The value of a hidden field of the page.
    pub fn field(&self, name: &str) -> String {
        field_of(&self.body, name).unwrap_or_else(|| panic!("{} has no field '{name}':\n{}", self.path, self.body))
    }
}

/// What a page that stays open is told, line by line.
pub struct Events(BodyDataStream);

impl Events {
    /// The next line; none when the stream has ended.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            let bytes = self.0.next().await?.expect("the stream is whole");
            let text = String::from_utf8_lossy(&bytes);
            if let Some(line) = text.strip_prefix("data: ") {
                return Some(line.trim_end().to_owned());
            }
        }
    }
}

fn is_stream(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream")
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        Self { router, cookies: Mutex::default() }
    }

    /// One request, redirects not followed.
    pub async fn request(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Reply {
        let cookies = self.cookie_header();
        let mut request = Request::builder().method(method.clone()).uri(path);
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        let body = if method == Method::POST {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            Body::from(encoded(form))
        } else {
            Body::empty()
        };
        self.answer(request, path, body).await
    }

    /// POST of a form that carries a file, as its last field `file`; redirects are followed.
    pub async fn upload(&self, path: &str, form: &[(&str, &str)], file: &[u8]) -> Reply {
        let boundary = "a-line-that-is-in-no-file";
        let mut body = Vec::new();
        for (name, value) in form {
            let part = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.as_bytes());
        }
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"export.csv\"\r\nContent-Type: text/csv\r\n\r\n"
        );
        body.extend(head.as_bytes());
        body.extend(file);
        body.extend(format!("\r\n--{boundary}--\r\n").as_bytes());
        let mut request = Request::builder().method(Method::POST).uri(path);
        let cookies = self.cookie_header();
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies);
        }
        request = request.header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"));
        let reply = self.answer(request, path, Body::from(body)).await;
        self.follow(reply).await
    }

    /// What a page that stays open is told.
    pub async fn listen(&self, path: &str) -> Events {
        let request = Request::builder().uri(path).header(header::COOKIE, self.cookie_header());
        let peer: SocketAddr = "192.0.2.7:4711".parse().expect("an address");
        let request = request.extension(ConnectInfo(peer)).body(Body::empty()).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the door always answers");
        assert!(is_stream(response.headers()), "{path}: {}", response.status());
        Events(response.into_body().into_data_stream())
    }

    fn cookie_header(&self) -> String {
        let cookies = self.cookies.lock().expect("a test's lock");
        cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    async fn answer(&self, request: axum::http::request::Builder, path: &str, body: Body) -> Reply {
        let peer: SocketAddr = "192.0.2.7:4711".parse().expect("an address");
        let request = request.extension(ConnectInfo(peer)).body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the door always answers");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().expect("a readable cookie");
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            let mut cookies = self.cookies.lock().expect("a test's lock");
            if value.is_empty() || attributes.to_ascii_lowercase().contains("max-age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        // A stream of events has no end to wait for.
        let body = if is_stream(&parts.headers) { Body::empty() } else { body };
        let bytes = to_bytes(body, 4 << 20).await.expect("a body of a page's size");
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status, headers: parts.headers, body, bytes: bytes.to_vec(), path: path.to_owned() }
    }

    /// GET, following redirects.
    pub async fn get(&self, path: &str) -> Reply {
        let reply = self.request(Method::GET, path, &[]).await;
        self.follow(reply).await
    }

    /// POST, following redirects.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        let reply = self.request(Method::POST, path, form).await;
        self.follow(reply).await
    }

    /// POST of a form of a page to staff, with its token.
    pub async fn send(&self, csrf: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut form = vec![("csrf", csrf)];
        form.extend(fields);
        self.post(path, &form).await
    }

    /// A call of the message provider, signed as it signs.
    pub async fn webhook(&self, path: &str, fields: &[(&str, &str)]) -> StatusCode {
        let signature =
            crate::provider::signature(crate::process::TOKEN, &format!("{}{path}", crate::BASE_URL), fields);
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("X-Twilio-Signature", signature)
            .body(Body::from(encoded(fields)))
            .expect("a request");
        self.router.clone().oneshot(request).await.expect("the door always answers").status()
    }

    /// POST of a JSON document with headers of the caller's own.
    pub async fn raw(&self, path: &str, headers: &[(&str, String)], body: String) -> Reply {
        let mut request =
            Request::builder().method(Method::POST).uri(path).header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.answer(request, path, Body::from(body)).await
    }

    async fn follow(&self, mut reply: Reply) -> Reply {
        for _ in 0..10 {
            let Some(to) = reply.location().filter(|_| reply.status.is_redirection()) else { return reply };
            let to = to.to_owned();
            reply = self.request(Method::GET, &to, &[]).await;
        }
        panic!("redirects without end at {}", reply.path);
    }
}

/// The value of a hidden field of a page.
pub fn field_of(page: &str, name: &str) -> Option<String> {
    let marker = format!("name=\"{name}\" value=\"");
    let start = page.find(&marker)? + marker.len();
    let end = page[start..].find('"')? + start;
    Some(page[start..end].to_owned())
}

fn encoded(form: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes()
            .map(|byte| {
                if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            })
            .collect::<String>()
    };
    form.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}

/// The page's text without its tags and with single blanks.
pub fn words(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
