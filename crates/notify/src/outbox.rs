//! The demo's way out: a folder with one JSON file for each message, shown on the outbox page and sent to nobody.
//!
//! A file is written aside, synced and renamed, so that a reader never sees half a message and an accepted one survives
//! a power cut. Its name is the message's instant and attempt id: the same attempt written twice is one file.

use crate::error::RetryReason;
use crate::{Accepted, Mail, SendError, Sms};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A message that stayed here. Protected: it is what the recipient would have read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "snake_case")]
pub enum OutboxMessage {
    /// A text.
    Sms {
        /// The attempt.
        attempt_id: String,
        /// When the intent to send was recorded.
        at: DateTime<Utc>,
        /// The recipient's number.
        to: String,
        /// What it says.
        body: String,
        /// Where delivery would have been reported.
        status_callback: Option<String>,
        /// Seconds it may wait at the provider.
        validity_period: u32,
    },
    /// A mail.
    Mail {
        /// The attempt.
        attempt_id: String,
        /// When the intent to send was recorded.
        at: DateTime<Utc>,
        /// The recipient's address.
        to: String,
        /// The name shown as sender.
        from_name: Option<String>,
        /// The subject.
        subject: String,
        /// The plain text.
        text: String,
        /// The same as HTML.
        html: String,
        /// The one-click address for leaving.
        unsubscribe: Option<String>,
    },
}

impl std::fmt::Debug for OutboxMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutboxMessage({})", self.attempt_id())
    }
}

impl OutboxMessage {
    /// The attempt.
    pub fn attempt_id(&self) -> &str {
        match self {
            Self::Sms { attempt_id, .. } | Self::Mail { attempt_id, .. } => attempt_id,
        }
    }

    /// When the intent to send was recorded.
    pub const fn at(&self) -> DateTime<Utc> {
        match self {
            Self::Sms { at, .. } | Self::Mail { at, .. } => *at,
        }
    }

    /// The recipient's number or address.
    pub fn to(&self) -> &str {
        match self {
            Self::Sms { to, .. } | Self::Mail { to, .. } => to,
        }
    }

    /// What it says, as plain text.
    pub fn text(&self) -> &str {
        match self {
            Self::Sms { body, .. } => body,
            Self::Mail { text, .. } => text,
        }
    }

    /// The id under which a local transport accepted it.
    pub(crate) fn accepted(&self) -> Accepted {
        Accepted { provider_id: format!("local-{}", self.attempt_id()) }
    }
}

impl From<&Sms> for OutboxMessage {
    fn from(sms: &Sms) -> Self {
        Self::Sms {
            attempt_id: sms.attempt_id.as_str().to_owned(),
            at: sms.at,
            to: sms.to.expose().to_owned(),
            body: sms.body.expose().to_owned(),
            status_callback: sms.status_callback.as_ref().map(|url| url.expose().to_owned()),
            validity_period: sms.validity_period.seconds(),
        }
    }
}

impl From<&Mail> for OutboxMessage {
    fn from(mail: &Mail) -> Self {
        Self::Mail {
            attempt_id: mail.attempt_id.as_str().to_owned(),
            at: mail.at,
            to: mail.to.address.expose().to_owned(),
            from_name: mail.from_name.as_ref().map(|name| name.expose().to_owned()),
            subject: mail.subject.expose().to_owned(),
            text: mail.text.clone(),
            html: mail.html.clone(),
            unsubscribe: mail.unsubscribe.as_ref().map(|way| way.one_click.expose().to_owned()),
        }
    }
}

/// The folder could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the outbox folder {folder} cannot be {verb}: {source}; check that it exists and belongs to this user")]
pub struct OutboxError {
    folder: PathBuf,
    verb: &'static str,
    source: std::io::Error,
}

/// The folder.
#[derive(Debug, Clone)]
pub struct FileOutbox {
    folder: PathBuf,
}

impl FileOutbox {
    /// Opens the folder, making it when it is missing. Readable by the owner alone.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, OutboxError> {
        let outbox = Self { folder: folder.into() };
        fs::create_dir_all(&outbox.folder).map_err(|source| outbox.error("made", source))?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&outbox.folder, fs::Permissions::from_mode(0o700))
                .map_err(|source| outbox.error("made private", source))?;
        }
        Ok(outbox)
    }

    /// The newest messages first, at most `limit`. A file that is not a message is left out and named in the log.
    pub async fn list(&self, limit: usize) -> Result<Vec<OutboxMessage>, OutboxError> {
        let outbox = self.clone();
        self.blocking("read", move || {
            let mut messages = Vec::new();
            for path in outbox.files()?.iter().rev() {
                if messages.len() == limit {
                    break;
                }
                if let Some(message) = read(path)? {
                    messages.push(message);
                }
            }
            Ok(messages)
        })
        .await
    }

    pub(crate) async fn write(&self, message: OutboxMessage) -> Result<Accepted, SendError> {
        let accepted = message.accepted();
        let outbox = self.clone();
        let written = self.blocking("written", move || outbox.write_now(&message)).await;
        match written {
            Ok(()) => Ok(accepted),
            Err(error) => {
                tracing::error!(%error, "a message could not be put into the outbox");
                Err(SendError::retry(RetryReason::Outbox))
            }
        }
    }

    /// Every message, oldest first, for looking one up.
    pub(crate) async fn all(&self) -> Result<Vec<OutboxMessage>, SendError> {
        self.list(usize::MAX).await.map_err(|error| {
            tracing::error!(%error, "the outbox could not be searched");
            SendError::retry(RetryReason::Outbox)
        })
    }

    fn write_now(&self, message: &OutboxMessage) -> std::io::Result<()> {
        let name = format!(
            "{}-{}",
            message.at().to_rfc3339_opts(SecondsFormat::Micros, true).replace(':', ""),
            message.attempt_id()
        );
        let aside = self.folder.join(format!(".{name}.part"));
        let mut file = private_file(&aside)?;
        file.write_all(&serde_json::to_vec_pretty(message)?)?;
        file.sync_all()?;
        fs::rename(&aside, self.folder.join(format!("{name}.json")))?;
        fs::File::open(&self.folder)?.sync_all()
    }

    /// The message files in the order of their names, which is the order of their instants.
    fn files(&self) -> std::io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
            if !hidden && path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        verb: &'static str,
        work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, OutboxError> {
        let done =
            tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(std::io::Error::other("interrupted")));
        done.map_err(|source| self.error(verb, source))
    }

    fn error(&self, verb: &'static str, source: std::io::Error) -> OutboxError {
        OutboxError { folder: self.folder.clone(), verb, source }
    }
}

fn private_file(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

fn read(path: &Path) -> std::io::Result<Option<OutboxMessage>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        // Removed since it was listed.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let message = serde_json::from_slice(&bytes).ok();
    if message.is_none() {
        tracing::warn!(file = %path.display(), "this file in the outbox is not a message");
    }
    Ok(message)
}
