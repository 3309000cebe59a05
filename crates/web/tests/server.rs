//! Slow clients are cut off, and a stop lets a request finish.

use axum::Router;
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use web::{Limits, serve};

/// How long a test waits for what must happen before it calls it missing.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn half_a_header_does_not_hold_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let limits = Limits { headers: Duration::from_millis(200), ..Limits::default() };
    let router = Router::new().route("/", get(async || "here"));
    let server = tokio::spawn(serve(listener, router, limits, async {
        let _ = stopped.await;
    }));
    let mut slow = TcpStream::connect(address).await.unwrap();
    slow.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow:").await.unwrap();
    let mut rest = Vec::new();
    // The server closes: without a limit this read would never end.
    tokio::time::timeout(PATIENCE, slow.read_to_end(&mut rest))
        .await
        .expect("the server closes a half-open request")
        .unwrap();
    assert!(!rest.starts_with(b"HTTP/1.1 200"));

    let mut prompt = TcpStream::connect(address).await.unwrap();
    prompt.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut reply = Vec::new();
    tokio::time::timeout(PATIENCE, prompt.read_to_end(&mut reply)).await.expect("others are served").unwrap();
    assert!(reply.starts_with(b"HTTP/1.1 200"));
    stop.send(()).unwrap();
    tokio::time::timeout(PATIENCE, server).await.expect("it stops").unwrap().unwrap();
}

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_stop() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let (begun, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (seen, wait) = (begun.clone(), go.clone());
    let router = Router::new().route(
        "/",
        get(move || {
            let (seen, wait) = (seen.clone(), wait.clone());
            async move {
                seen.notify_one();
                wait.notified().await;
                "finished"
            }
        }),
    );
    let server = tokio::spawn(serve(listener, router, Limits::default(), async {
        let _ = stopped.await;
    }));
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    begun.notified().await;
    stop.send(()).unwrap();
    go.notify_one();
    let mut reply = Vec::new();
    tokio::time::timeout(PATIENCE, client.read_to_end(&mut reply)).await.expect("the reply comes").unwrap();
    assert!(String::from_utf8_lossy(&reply).ends_with("finished"));
    tokio::time::timeout(PATIENCE, server).await.expect("it stops").unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
