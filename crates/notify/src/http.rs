//! The one place that builds an HTTP client, so that every request has the same time-outs and follows no redirect.

use crate::ConfigError;
use std::time::Duration;

/// Idle connections are dropped well before a provider's load balancer does it: a request written into a connection
/// that is just being closed is an ambiguous outcome.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// How long one exchange with a provider may take. A provider that has not answered by then may still have taken the
/// message, so shorter is not safer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Making the connection, its TLS handshake included: 5 s.
    pub connect: Duration,
    /// The whole exchange: 15 s.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(15) }
    }
}

/// A client for one provider. Needs the process's rustls provider to be installed already.
pub(crate) fn client(setting: &'static str, timeouts: Timeouts) -> Result<reqwest::Client, ConfigError> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(ConfigError::new(
            setting,
            "no TLS provider is installed in this process",
            "install rustls' ring provider at start, before any transport is built",
        ));
    }
    #[allow(clippy::disallowed_methods, reason = "this is the one place that builds an HTTP client")]
    reqwest::Client::builder()
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.total)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|_| {
            ConfigError::new(
                setting,
                "the HTTPS client cannot be built",
                "check that the system's root certificates (ca-certificates) are installed",
            )
        })
}
