//! How to reach the mail server.

use crate::{ConfigError, Mailbox};
use secrecy::SecretString;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (port 465).
    ImplicitTls,
    /// Plain until `STARTTLS`, which the server must offer (port 587).
    StartTls,
    /// No encryption: only for a server on this machine.
    PlainLoopback,
}

/// A user at the mail server.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// The mail server and who mails come from.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// The server's name, as in its certificate.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Who signs in, if anybody.
    pub credentials: Option<Credentials>,
    /// Who mails come from.
    pub from: Mailbox,
    /// Connections open at the same time, 1 to 32.
    pub connections: usize,
    /// A root certificate (PEM) to trust besides the system's, for a relay with a private authority.
    pub extra_root: Option<Vec<u8>>,
}

const SETTING: &str = "SMTP URL";
const REMEDY: &str =
    "use smtps://user:password@host or smtp://user:password@host:587 (percent-encode special characters)";

impl SmtpConfig {
    /// Reads `smtps://` (TLS from the start, port 465) or `smtp://` (STARTTLS, port 587). On this machine itself
    /// (`localhost`, `127.0.0.0/8`, `::1`), `smtp://` is plain, port 25 unless named.
    ///
    /// ```
    /// use notify::{Mailbox, smtp::{Security, SmtpConfig}};
    /// let from = Mailbox::named("Harbor Lane", "checkin@harborlane.example").unwrap();
    /// let config = SmtpConfig::parse("smtp://mailer:p%40ss@mail.example", from).unwrap();
    /// assert_eq!((config.port, config.security), (587, Security::StartTls));
    /// ```
    pub fn parse(url: &str, from: Mailbox) -> Result<Self, ConfigError> {
        let fault = |problem: &str| ConfigError::new(SETTING, problem, REMEDY);
        let url = reqwest::Url::parse(url.trim()).map_err(|_| fault("is not an address"))?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| fault("has no host"))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(fault("has a path, query or fragment"));
        }
        let (security, port) = match url.scheme() {
            "smtps" => (Security::ImplicitTls, 465),
            "smtp" if is_loopback(&host) => (Security::PlainLoopback, 25),
            "smtp" => (Security::StartTls, 587),
            _ => return Err(fault("begins with neither smtp:// nor smtps://")),
        };
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some(Credentials {
                user: percent_decoded(user)
                    .ok_or_else(|| fault("has a user name that is not percent-encoded UTF-8"))?,
                password: percent_decoded(password)
                    .ok_or_else(|| fault("has a password that is not percent-encoded UTF-8"))?
                    .into(),
            }),
            _ => return Err(fault("has a user name without password, or a password without user name")),
        };
        let port = url.port().unwrap_or(port);
        Ok(Self { host, port, security, credentials, from, connections: 4, extra_root: None })
    }
}

/// Whether a host name means this very machine, so that nothing sent to it crosses a wire.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let high = char::from(rest.next()?).to_digit(16)?;
                let low = char::from(rest.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn parse(url: &str) -> Result<SmtpConfig, ConfigError> {
        SmtpConfig::parse(url, Mailbox::plain("checkin@clinic.example").unwrap())
    }

    #[test]
    fn what_urls_mean() {
        let tls = parse("smtps://mailer:p%40s%3As@mail.example").unwrap();
        assert_eq!((tls.host.as_str(), tls.port, tls.security), ("mail.example", 465, Security::ImplicitTls));
        let credentials = tls.credentials.unwrap();
        assert_eq!((credentials.user.as_str(), credentials.password.expose_secret()), ("mailer", "p@s:s"));
        assert_eq!(parse("smtp://mail.example:2525").unwrap().security, Security::StartTls);
        for local in ["smtp://localhost:1025", "smtp://127.0.0.1:1025", "smtp://[::1]:1025"] {
            let config = parse(local).unwrap();
            assert_eq!((config.security, config.port), (Security::PlainLoopback, 1025), "{local}");
        }
        assert_eq!(parse("smtp://127.0.0.1.evil.example").unwrap().security, Security::StartTls);
    }

    #[test]
    fn faults_are_named_without_the_secret() {
        for bad in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtp://u@mail.example",
            "smtps://u:sekret%zz@mail.example",
            "smtp://u:sekret@mail.example/inbox",
            "smtp://u:sekret@mail.example?tls=none",
        ] {
            let error = parse(bad).unwrap_err().to_string();
            assert!(error.starts_with("SMTP URL") && error.contains("smtps://"), "{error}");
            assert!(!error.contains("sekret"), "{error}");
        }
        let shown = format!("{:?}", parse("smtps://mailer:sekret@mail.example").unwrap());
        assert!(!shown.contains("sekret"), "{shown}");
    }
}
