//! Connections to the mail server, kept for the next mail, and the dialogue that hands one over.

use super::compose::{Composed, compose};
use super::{Security, SmtpConfig};
use crate::error::RetryReason;
use crate::{Accepted, ConfigError, Mail, SendError, Timeouts};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials as Login, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use secrecy::ExposeSecret;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::Semaphore;

/// A client of one mail server.
pub struct SmtpClient {
    config: SmtpConfig,
    tls: Option<TlsParameters>,
    hello: ClientId,
    timeouts: Timeouts,
    slots: Semaphore,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl std::fmt::Debug for SmtpClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpClient")
            .field("host", &self.config.host)
            .field("port", &self.config.port)
            .finish_non_exhaustive()
    }
}

/// How far the dialogue has come, which decides what a reply or a broken connection means.
#[derive(Clone, Copy)]
enum Stage {
    Connect,
    SignIn,
    Sender,
    Recipient,
    Data,
    Content,
}

impl SmtpClient {
    /// Checks the settings. Connects to nobody.
    pub fn new(config: SmtpConfig) -> Result<Self, ConfigError> {
        Self::with_timeouts(config, Timeouts::default())
    }

    /// The same, with other time-outs.
    pub fn with_timeouts(config: SmtpConfig, timeouts: Timeouts) -> Result<Self, ConfigError> {
        if !(1..=32).contains(&config.connections) {
            return Err(ConfigError::new("SMTP connections", "is not between 1 and 32", "use 4"));
        }
        let tls = match config.security {
            Security::PlainLoopback if super::is_loopback(&config.host) => None,
            Security::PlainLoopback => {
                return Err(ConfigError::new(
                    "SMTP security",
                    "would send mail unencrypted to another machine",
                    "use STARTTLS or TLS",
                ));
            }
            Security::ImplicitTls | Security::StartTls => Some(tls_parameters(&config)?),
        };
        let domain = config.from.address.expose().rsplit('@').next().unwrap_or("localhost").to_owned();
        let slots = Semaphore::new(config.connections);
        Ok(Self { config, tls, hello: ClientId::Domain(domain), timeouts, slots, idle: Mutex::new(Vec::new()) })
    }

    /// Hands one mail over. The id is the mail's Message-ID.
    pub async fn send(&self, mail: &Mail) -> Result<Accepted, SendError> {
        let composed = compose(&self.config.from, mail).map_err(|_| SendError::Permanent { code: 0 })?;
        let _slot = self.slots.acquire().await.map_err(|_| SendError::retry(RetryReason::Unavailable))?;
        let handed_over = AtomicBool::new(false);
        match tokio::time::timeout(self.timeouts.total, self.deliver(&composed, &handed_over)).await {
            Ok(Ok(())) => Ok(Accepted { provider_id: composed.message_id }),
            Ok(Err(error)) => Err(error),
            // The time ran out; the connection is gone with the dialogue.
            Err(_) if handed_over.load(Ordering::Relaxed) => Err(SendError::Ambiguous),
            Err(_) => Err(SendError::retry(RetryReason::Interrupted)),
        }
    }

    /// Connects and signs in: proves the settings without sending anything.
    pub async fn probe(&self) -> Result<(), SendError> {
        let connection = tokio::time::timeout(self.timeouts.total, self.connect())
            .await
            .unwrap_or(Err(SendError::retry(RetryReason::NoConnection)))?;
        self.keep(connection);
        Ok(())
    }

    async fn deliver(&self, mail: &Composed, handed_over: &AtomicBool) -> Result<(), SendError> {
        let mut connection = self.connection().await?;
        match dialogue(&mut connection, mail, handed_over).await {
            Ok(()) => {
                self.keep(connection);
                Ok(())
            }
            Err(error) => {
                // What the answer means is known; saying goodbye must not delay it.
                let patience = self.timeouts.connect;
                tokio::spawn(async move { tokio::time::timeout(patience, connection.abort()).await });
                Err(error)
            }
        }
    }

    /// An idle connection that still answers, or a new one.
    async fn connection(&self) -> Result<AsyncSmtpConnection, SendError> {
        loop {
            let candidate = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match candidate {
                None => return self.connect().await,
                Some(mut connection) => {
                    let answer = tokio::time::timeout(self.timeouts.connect, connection.test_connected()).await;
                    if answer == Ok(true) {
                        return Ok(connection);
                    }
                }
            }
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        if !connection.has_broken() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let address = (self.config.host.as_str(), self.config.port);
        let implicit = self.tls.clone().filter(|_| self.config.security == Security::ImplicitTls);
        let opened =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.timeouts.connect), &self.hello, implicit, None);
        let mut connection = opened.await.map_err(|error| meaning(&error, Stage::Connect))?;
        if self.config.security == Security::StartTls
            && let Some(tls) = self.tls.clone()
        {
            connection.starttls(tls, &self.hello).await.map_err(|error| meaning(&error, Stage::Connect))?;
        }
        if let Some(credentials) = &self.config.credentials {
            let login = Login::new(credentials.user.clone(), credentials.password.expose_secret().to_owned());
            connection.auth(DEFAULT_MECHANISMS, &login).await.map_err(|error| meaning(&error, Stage::SignIn))?;
        }
        Ok(connection)
    }
}

async fn dialogue(
    connection: &mut AsyncSmtpConnection,
    mail: &Composed,
    handed_over: &AtomicBool,
) -> Result<(), SendError> {
    let from = MailFrom::new(mail.envelope.from().cloned(), Vec::new());
    connection.command(from).await.map_err(|error| meaning(&error, Stage::Sender))?;
    for recipient in mail.envelope.to() {
        let to = Rcpt::new(recipient.clone(), Vec::new());
        connection.command(to).await.map_err(|error| meaning(&error, Stage::Recipient))?;
    }
    connection.command(Data).await.map_err(|error| meaning(&error, Stage::Data))?;
    handed_over.store(true, Ordering::Relaxed);
    connection.message(&mail.bytes).await.map_err(|error| meaning(&error, Stage::Content))?;
    Ok(())
}

/// What an error at a stage means. A reply is certain whatever the stage; without one it depends on the stage.
fn meaning(error: &Error, stage: Stage) -> SendError {
    let code = error.status().map_or(0, |code| u32::from(u16::from(code)));
    match (stage, code) {
        // Greylisting, a full queue, "closing": nothing was taken.
        (_, 400..=499) => SendError::retry(RetryReason::Unavailable),
        (Stage::Connect, 500..=599) => {
            SendError::Misconfigured { code, hint: "the mail server does not talk to this machine" }
        }
        (Stage::SignIn, 500..=599) => {
            SendError::Misconfigured { code, hint: "check the mail server's user name and password" }
        }
        (_, 530 | 534 | 535 | 538) => {
            SendError::Misconfigured { code, hint: "the mail server asks for another way to sign in" }
        }
        (Stage::Sender, 500..=551 | 553 | 554 | 556..=599) => {
            SendError::Misconfigured { code, hint: "the mail server refuses the sender's address" }
        }
        (Stage::Recipient, 550 | 551 | 553) if !is_policy(error) => SendError::NoMailbox { code },
        (_, 500..=599) => SendError::Permanent { code },
        (Stage::Content, _) => SendError::Ambiguous,
        _ if error.is_tls() || failed_handshake(error) => SendError::Misconfigured {
            code: 0,
            hint: "no encrypted connection to the mail server; check host name and certificate",
        },
        _ if error.is_client() => SendError::Misconfigured {
            code: 0,
            hint: "the mail server offers neither the encryption nor the sign-in that is configured",
        },
        (Stage::Connect | Stage::SignIn, _) => SendError::retry(RetryReason::NoConnection),
        _ => SendError::retry(RetryReason::Interrupted),
    }
}

/// Whether a refusal is about who we are and not about the mailbox: the server's own words begin with a status of class 5.7
/// (RFC 3463, 3.8: "security or policy status").
fn is_policy(error: &Error) -> bool {
    std::error::Error::source(error).is_some_and(|said| said.to_string().contains("5.7."))
}

/// Whether a connection failed because the two sides could not agree on its encryption: an unknown authority, another
/// host's certificate, no TLS at all. The library files these under connection errors.
fn failed_handshake(error: &Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let wrapped = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let refused = wrapped.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if cause.is::<rustls::Error>() || refused.is_some() {
            return true;
        }
        source = cause.source();
    }
    false
}

fn tls_parameters(config: &SmtpConfig) -> Result<TlsParameters, ConfigError> {
    const REMEDY: &str = "check the host name, the system's root certificates and the extra root";
    let mut builder = TlsParameters::builder(config.host.clone());
    if let Some(pem) = &config.extra_root {
        // The library finds no certificate in anything else and is content with that.
        let begins = pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----");
        let root = Certificate::from_pem(pem).ok().filter(|_| begins);
        let root = root.ok_or_else(|| ConfigError::new("SMTP extra root", "is not a PEM certificate", REMEDY))?;
        builder = builder.add_root_certificate(root);
    }
    builder.build_rustls().map_err(|_| ConfigError::new("SMTP TLS", "cannot be set up", REMEDY))
}
