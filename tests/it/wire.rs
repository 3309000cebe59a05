//! What reaches the door on the wire: a request that breaks off anywhere is no request, and one whose reply got lost may be
//! sent again.

use std::net::SocketAddr;
use tests::{Harbor, TestApp, at, both_databases, field_of};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use web::{Limits, serve};

/// Sends a request; everything that comes back.
async fn send(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    everything(stream).await
}

/// The same with a line that breaks off behind these bytes.
async fn break_off(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream.shutdown().await.unwrap();
    everything(stream).await
}

async fn everything(mut stream: TcpStream) -> String {
    let mut reply = Vec::new();
    // A server that resets the connection has said what it has to say.
    let _ = stream.read_to_end(&mut reply).await;
    String::from_utf8_lossy(&reply).into_owned()
}

fn get(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n").into_bytes()
}

fn post(path: &str, cookie: &str, form: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    )
    .into_bytes()
}

fn header<'a>(reply: &'a str, name: &str) -> &'a str {
    let mut lines = reply.lines().take_while(|line| !line.is_empty());
    let line = lines
        .find(|line| line.to_ascii_lowercase().starts_with(name))
        .unwrap_or_else(|| panic!("no {name} in:\n{reply}"));
    line.split_once(": ").expect("a header has a value").1
}

both_databases! {
    async fn an_answer_that_breaks_off_at_any_byte_is_no_answer(db: TestDb) {
        let app = TestApp::new(db, at("2026-03-09T09:00:00-07:00"));
        let harbor = Harbor::found(&app).await;
        let packet = harbor.packet(&app, &["phq-9"]).await;
        let link = harbor.link(&app, &packet).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(serve(listener, web::router(&app.app), Limits::default(), std::future::pending()));

        let started = send(address, &post(&format!("{link}/start"), "", "")).await;
        assert!(started.starts_with("HTTP/1.1 303"), "{started}");
        let cookie = header(&started, "set-cookie").split(';').next().unwrap().to_owned();
        let mut path = header(&started, "location").to_owned();
        let mut page = send(address, &get(&path, &cookie)).await;
        while page.starts_with("HTTP/1.1 303") {
            header(&page, "location").clone_into(&mut path);
            page = send(address, &get(&path, &cookie)).await;
        }
        let field = |name: &str| field_of(&page, name).unwrap_or_else(|| panic!("no field {name} in:\n{page}"));
        let form = format!("csrf={}&item={}&seq={}&value=2", field("csrf"), field("item").replace(':', "%3A"), field("seq"));
        let whole = post(&path, &cookie, &form);

        let saved = async || {
            let mut read = app.db.read(&harbor.practice).await.unwrap();
            store::answer::of_packet(&mut read, &packet).await.unwrap().len()
        };
        let head = whole.len() - form.len();
        for length in (1..head).step_by(23).chain(head..whole.len()) {
            let reply = break_off(address, &whole[..length]).await;
            assert!(!reply.starts_with("HTTP/1.1 303") && !reply.starts_with("HTTP/1.1 5"), "cut at {length}: {reply}");
            assert_eq!(saved().await, 0, "cut at {length} of {}", whole.len());
        }
        // The whole of it, twice: the phone never saw the first reply.
        let first = send(address, &whole).await;
        assert!(first.starts_with("HTTP/1.1 303"), "{first}");
        let again = send(address, &whole).await;
        assert_eq!(header(&first, "location"), header(&again, "location"));
        assert_eq!(saved().await, 1);
        server.abort();
    }
}
