//! A provider that breaks off: what is certain about a text depends on whether a request can have been read.

use crate::{from_number, sms, sms_client};
use notify::{RetryReason, SendError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Serves one connection and sends one text to it.
async fn outcome<F, Fut>(serve: F) -> Result<String, SendError>
where
    F: FnOnce(TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream).await;
    });
    let sent = sms_client(&base, from_number()).send(&sms("0198-1")).await;
    server.abort();
    sent.map(|accepted| accepted.provider_id)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request);
        if read == 0
            || (text.contains("\r\n\r\n") && text.contains("ValidityPeriod") && text.contains("StatusCallback"))
        {
            return text.into_owned();
        }
    }
}

#[tokio::test]
async fn refused_before_anything_was_written_is_a_retry() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let sent = sms_client(&base, from_number()).send(&sms("0198-1")).await;
    assert_eq!(sent, Err(SendError::retry(RetryReason::NoConnection)));
}

#[tokio::test]
async fn broken_off_half_way_through_the_request_is_ambiguous() {
    let sent = outcome(|mut stream| async move {
        let mut some = [0; 20];
        stream.read_exact(&mut some).await.unwrap();
    });
    assert_eq!(sent.await, Err(SendError::Ambiguous));
}

#[tokio::test]
async fn broken_off_after_the_request_is_ambiguous() {
    let sent = outcome(|mut stream| async move {
        read_request(&mut stream).await;
    });
    assert_eq!(sent.await, Err(SendError::Ambiguous));
}

#[tokio::test]
async fn a_cut_answer_is_ambiguous() {
    let sent = outcome(|mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{\"sid\": \"SM").await.unwrap();
    });
    assert_eq!(sent.await, Err(SendError::Ambiguous));
}

#[tokio::test]
async fn a_refusal_whose_reason_was_cut_off_is_heard_again() {
    let sent = outcome(|mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n{\"code\": 21").await.unwrap();
    });
    assert_eq!(sent.await, Err(SendError::retry(RetryReason::Interrupted)));
}

#[tokio::test]
async fn an_endless_answer_is_given_up_on() {
    let sent = outcome(|mut stream| async move {
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let block = vec![b' '; 65_536];
        while stream.write_all(&block).await.is_ok() {}
    });
    assert_eq!(sent.await, Err(SendError::Ambiguous));
}
