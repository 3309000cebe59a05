//! Every option, as a flag and as a `BELLWETHER_…` variable. `.env` files are left to whoever starts the process.

use clap::Args;
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
    /// Base address of the text message provider (Twilio's own or one that speaks the same).
    #[arg(long, env = "BELLWETHER_SMS_BASE_URL", default_value = "https://api.twilio.com")]
    pub sms_base_url: String,
    /// Account at the text message provider.
    #[arg(long, env = "BELLWETHER_SMS_ACCOUNT")]
    pub sms_account: Option<String>,
    /// Secret of that account; it also signs what the provider calls.
    #[arg(long, env = "BELLWETHER_SMS_TOKEN", hide_env_values = true)]
    pub sms_token: Option<String>,
    /// Sender of texts: a messaging service (`MG…`) or a number in the form `+15550100`.
    #[arg(long, env = "BELLWETHER_SMS_FROM")]
    pub sms_from: Option<String>,
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
        let sms = [&self.sms_account, &self.sms_token, &self.sms_from];
        if sms.iter().any(|one| one.is_some()) && sms.iter().any(|one| one.is_none()) {
            return refuse("--sms-account, --sms-token and --sms-from belong together: give all three or none");
        }
        if self.outbox.is_some() && (self.smtp_url.is_some() || self.sms_account.is_some()) {
            return refuse("--outbox replaces sending: give either it or a mail server and a text message provider");
        }
        Ok(())
    }
}
