//! Every option, as a flag and as a `BELLWETHER_…` variable. `.env` files are left to whoever starts the process.

use clap::{Args, Command};
use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::PathBuf;

/// What a running instance needs to know.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Where the data are: `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/DATABASE`.
    #[arg(
        long,
        env = "BELLWETHER_DATABASE_URL",
        default_value = "sqlite:bellwether-data/bellwether.db",
        hide_env_values = true
    )]
    pub database_url: String,
    /// The key file that opens names, contacts and free text. Keep a copy apart from the data: without it they are lost.
    #[arg(long, env = "BELLWETHER_KEY_FILE", default_value = "bellwether-data/key")]
    pub key_file: PathBuf,
    /// The address clients and staff use, for example `https://checkin.example.org`. Every link is made from it.
    #[arg(long, env = "BELLWETHER_BASE_URL", default_value = "http://localhost:8080")]
    pub base_url: String,
    /// Address to listen on.
    #[arg(long, env = "BELLWETHER_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: std::net::SocketAddr,
    /// Proxies whose `X-Forwarded-For` is believed, separated by commas.
    #[arg(long, env = "BELLWETHER_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<IpAddr>,
    /// Mail server: `smtps://USER:PASSWORD@HOST`, `smtp://USER:PASSWORD@HOST:587` (STARTTLS) or `smtp://localhost`.
    #[arg(long, env = "BELLWETHER_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// Sender of mails: `Name <address>`.
    #[arg(long, env = "BELLWETHER_MAIL_FROM")]
    pub mail_from: Option<String>,
    /// Provider of text messages: `twilio` (or one that speaks the same) or `telnyx`.
    #[arg(long, env = "BELLWETHER_SMS_PROVIDER", default_value = "twilio")]
    pub sms_provider: SmsProviderName,
    /// Base address of the text message provider; without it the provider's own.
    #[arg(long, env = "BELLWETHER_SMS_BASE_URL")]
    pub sms_base_url: Option<String>,
    /// Account at the text message provider (twilio).
    #[arg(long, env = "BELLWETHER_SMS_ACCOUNT")]
    pub sms_account: Option<String>,
    /// Secret of that account, with twilio the one that also signs what the provider calls; with telnyx the API key.
    #[arg(long, env = "BELLWETHER_SMS_TOKEN", hide_env_values = true)]
    pub sms_token: Option<String>,
    /// Public key of the account, with which what the provider calls is checked (telnyx).
    #[arg(long, env = "BELLWETHER_SMS_PUBLIC_KEY")]
    pub sms_public_key: Option<String>,
    /// Sender of texts: a number in the form `+15550100`, a messaging service (twilio, `MG…`) or the id of a messaging
    /// profile (telnyx).
    #[arg(long, env = "BELLWETHER_SMS_FROM")]
    pub sms_from: Option<String>,
    /// How many texts a second this node hands over, as the provider allows the sender's number; without it as many as it
    /// takes. Texts to staff never wait.
    #[arg(long, env = "BELLWETHER_SMS_PER_SECOND")]
    pub sms_per_second: Option<std::num::NonZeroU32>,
    /// Folder that mails and texts are written to instead of being sent.
    #[arg(long, env = "BELLWETHER_OUTBOX")]
    pub outbox: Option<PathBuf>,
    /// Scheduled backups.
    #[command(flatten)]
    pub backups: BackupSettings,
    /// How logs are written: `text` or `json`.
    #[arg(long, env = "BELLWETHER_LOG_FORMAT", default_value = "text")]
    pub log_format: LogFormat,
    /// What is logged, for example `info` or `info,sqlx=warn`.
    #[arg(long, env = "BELLWETHER_LOG", default_value = "info,sqlx=warn")]
    pub log: String,
}

/// When `serve` and `worker` make backups, and which are kept.
#[derive(Debug, Clone, Args)]
pub struct BackupSettings {
    /// Folder for scheduled backups, best on another disk; without it none are made.
    #[arg(long, env = "BELLWETHER_BACKUP_FOLDER")]
    pub backup_folder: Option<PathBuf>,
    /// Hours between scheduled backups.
    #[arg(long, env = "BELLWETHER_BACKUP_EVERY_HOURS", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..))]
    pub backup_every_hours: u16,
    /// Days of which the latest scheduled backup is kept.
    #[arg(long, env = "BELLWETHER_BACKUP_KEEP_DAYS", default_value_t = 14)]
    pub backup_keep_days: u16,
    /// Weeks of which the latest scheduled backup is kept.
    #[arg(long, env = "BELLWETHER_BACKUP_KEEP_WEEKS", default_value_t = 8)]
    pub backup_keep_weeks: u16,
    /// Months of which the latest scheduled backup is kept.
    #[arg(long, env = "BELLWETHER_BACKUP_KEEP_MONTHS", default_value_t = 12)]
    pub backup_keep_months: u16,
}

impl Default for BackupSettings {
    /// None are made.
    fn default() -> Self {
        Self {
            backup_folder: None,
            backup_every_hours: 24,
            backup_keep_days: 14,
            backup_keep_weeks: 8,
            backup_keep_months: 12,
        }
    }
}

/// The providers of text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SmsProviderName {
    /// Twilio, or one that speaks the same.
    Twilio,
    /// Telnyx.
    Telnyx,
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Settings {
    /// Refuses what cannot work or must not be used, with the remedy.
    pub fn check(&self) -> Result<(), crate::Refusal> {
        let refuse = |text: &str| Err(crate::Refusal::Configuration(text.to_owned()));
        let url = self.base_url.as_str();
        if !(url.starts_with("https://") || url.starts_with("http://")) || url.ends_with('/') {
            return refuse(
                "--base-url must be an address without a slash at its end, for example https://checkin.example.org",
            );
        }
        let host = url.split("://").nth(1).unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
        if url.starts_with("http://") && !matches!(host, "localhost" | "127.0.0.1") {
            return refuse(
                "--base-url must begin with https:// (answers must not travel unencrypted); put a proxy with a certificate in front, \
                 or use http://localhost for a trial",
            );
        }
        // A text message has room for so much.
        if url.len() > 34 {
            return refuse(
                "--base-url is longer than 34 characters, too long for a link in one text message; use a shorter host name",
            );
        }
        for (name, secret) in [("--sms-token", &self.sms_token)] {
            if secret.as_deref().is_some_and(|secret| {
                secret.len() < 12 || ["changeme", "secret", "password"].iter().any(|word| secret.contains(word))
            }) {
                return refuse(&format!("{name} is a default or far too short; use the provider's own secret"));
            }
        }
        if self.smtp_url.is_some() != self.mail_from.is_some() {
            return refuse("--smtp-url and --mail-from belong together: give both or neither");
        }
        let (sms, together, other) = match self.sms_provider {
            SmsProviderName::Twilio => (
                [&self.sms_account, &self.sms_token, &self.sms_from],
                "--sms-account, --sms-token and --sms-from belong together: give all three or none",
                self.sms_public_key
                    .is_some()
                    .then_some("--sms-public-key is telnyx': leave it out, or give --sms-provider telnyx"),
            ),
            SmsProviderName::Telnyx => (
                [&self.sms_public_key, &self.sms_token, &self.sms_from],
                "with --sms-provider telnyx, --sms-token, --sms-public-key and --sms-from belong together: give all three or none",
                self.sms_account
                    .is_some()
                    .then_some("--sms-account is twilio's: leave it out with --sms-provider telnyx"),
            ),
        };
        if sms.iter().any(|one| one.is_some()) && sms.iter().any(|one| one.is_none()) {
            return refuse(together);
        }
        if let Some(other) = other {
            return refuse(other);
        }
        if self.outbox.is_some() && (self.smtp_url.is_some() || self.sms_token.is_some()) {
            return refuse("--outbox replaces sending: give either it or a mail server and a text message provider");
        }
        Ok(())
    }
}

/// Every setting with its meaning and its default, commented out: the file an operator fills in. Checked in as
/// `docs/operations/env.example`.
pub fn example() -> String {
    let mut text = String::from(
        "# Settings of Bellwether. Written by `bellwether env-example`; each can also be given as an option (see --help).\n\
         # Lines without a leading # count. Keep this file to its owner: it holds passwords.\n",
    );
    let command = Settings::augment_args(Command::new("bellwether"));
    for argument in command.get_arguments() {
        let Some(name) = argument.get_env() else { continue };
        let default: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        text.push('\n');
        for line in wrapped(&help) {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "#{}={}", name.to_string_lossy(), default.join(","));
    }
    text
}

fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is a line from the start");
        if !last.is_empty() && last.len() + word.len() + 1 > 100 {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_example_is_that_of_the_options() {
        let checked_in = include_str!("../../../docs/operations/env.example");
        assert_eq!(checked_in, example(), "write it anew: cargo run -- env-example > docs/operations/env.example");
    }

    #[test]
    fn every_setting_has_a_variable_and_a_meaning() {
        let command = Settings::augment_args(Command::new("bellwether"));
        for argument in command.get_arguments() {
            assert!(argument.get_env().is_some(), "{} has no variable", argument.get_id());
            assert!(argument.get_help().is_some(), "{} has no meaning", argument.get_id());
        }
    }
}
