//! From settings to working parts: keys, database, transport, templates, logs.

use crate::Refusal;
use crate::config::{LogFormat, Settings, SmsProviderName};
use anyhow::Result;
use care::{SystemClock, SystemEntropy};
use instruments::Library;
use notify::sms::telnyx::{PublicKey, TelnyxClient, TelnyxConfig, TelnyxSender};
use notify::sms::{Sender, SmsClient, SmsConfig, SmsProvider};
use notify::smtp::{SmtpClient, SmtpConfig};
use notify::{FileOutbox, Live, Mailbox, PhoneNumber, Transport};
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;
use store::{Db, Keyring, SealError};
use templates::Templates;
use tracing_subscriber::EnvFilter;
use web::SmsSigner;
use workflows::Context;

/// The parts of an instance.
pub struct Parts {
    /// The database, migrated.
    pub db: Db,
    /// Time, chance and the instruments.
    pub ctx: Context,
    /// The words and pages.
    pub templates: Arc<Templates>,
    /// Where messages go.
    pub transport: Transport,
}

/// Says something to the person at the shell.
#[expect(clippy::print_stdout, reason = "the command line speaks on standard output")]
pub fn say(text: &str) {
    println!("{text}");
}

/// Says what went wrong to the person at the shell.
#[expect(clippy::print_stderr, reason = "the command line complains on standard error")]
pub fn complain(text: &str) {
    eprintln!("{text}");
}

/// Starts logging. Logs carry ids and counts, never anything about a person.
pub fn log(settings: &Settings) -> Result<()> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|error| {
        Refusal::Configuration(format!("--log '{}' cannot be read: {error}; try info", settings.log))
    })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A journal or a file has no colours.
        .with_ansi(std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none());
    let started = match settings.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    // A second start in the same process (tests) keeps the first one's settings.
    let _ = started;
    Ok(())
}

/// The instrument library, checked.
pub fn library() -> Result<Arc<Library>> {
    Ok(Arc::new(Library::embedded().map_err(|error| Refusal::Data(error.to_string()))?))
}

/// A context on the machine's clock and chance.
pub fn context() -> Result<Context> {
    Ok(Context::new(SystemClock, SystemEntropy, library()?))
}

/// The keys. Made for an empty place; never made anew where data may need the old ones.
pub async fn keys(settings: &Settings) -> Result<Keyring> {
    let path = &settings.key_file;
    match Keyring::load(path) {
        Ok(keys) => Ok(keys),
        Err(SealError::Missing(_)) => {
            let data = Db::is_set_up(&settings.database_url, store::Options::default()).await;
            if data.map_err(|error| refused(&error))? {
                return Err(Refusal::Configuration(format!(
                    "there is no key file at {}, and the database holds data sealed with one; put the key file back \
                     (--key-file or BELLWETHER_KEY_FILE)",
                    crate::shown(path)
                ))
                .into());
            }
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                make_folder(folder)?;
            }
            let keys = Keyring::generate(path).map_err(|error| Refusal::Configuration(error.to_string()))?;
            say(&format!("made a new key file at {}; keep a copy of it apart from the data", crate::shown(path)));
            Ok(keys)
        }
        Err(error) => Err(Refusal::Configuration(error.to_string()).into()),
    }
}

/// The keys of data that exist: never made anew.
pub fn existing_keys(settings: &Settings) -> Result<Keyring> {
    Ok(Keyring::load(&settings.key_file).map_err(|error| Refusal::Configuration(error.to_string()))?)
}

/// A database that exists, connected and migrated; for commands that would be at a loss with an empty one.
pub async fn existing(settings: &Settings) -> Result<Db> {
    if let Some(file) = sqlite_file(&settings.database_url).filter(|file| !file.exists()) {
        return Err(Refusal::Configuration(format!(
            "there is no database at {}; check --database-url (BELLWETHER_DATABASE_URL)",
            crate::shown(&file)
        ))
        .into());
    }
    let keys = existing_keys(settings)?;
    // Another process may hold it for a moment: one that starts as well, or that mends what a power cut left.
    for _ in 1..STARTS {
        match connected(settings, keys.clone()).await {
            Err(store::Error::Busy) => {}
            found => return Ok(found.map_err(|error| refused(&error))?),
        }
    }
    Ok(connected(settings, keys).await.map_err(|error| refused(&error))?)
}

async fn connected(settings: &Settings, keys: Keyring) -> store::Result<Db> {
    let db = Db::connect(&settings.database_url, keys, store::Options::default()).await?;
    db.migrate().await?;
    Ok(db)
}

/// Makes a folder and those it is in.
pub fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| {
        Refusal::Configuration(format!("the folder {} cannot be made: {error}", crate::shown(folder))).into()
    })
}

/// The file of an SQLite address.
pub fn sqlite_file(url: &str) -> Option<std::path::PathBuf> {
    url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//").into())
}

/// How often a start tries to get at a database that is busy, each time for some seconds.
const STARTS: usize = 3;

/// The database, connected and migrated.
pub async fn database(settings: &Settings) -> Result<Db> {
    let keys = keys(settings).await?;
    if let Some(folder) = sqlite_file(&settings.database_url)
        .as_deref()
        .and_then(Path::parent)
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        make_folder(folder)?;
    }
    let db =
        Db::connect(&settings.database_url, keys, store::Options::default()).await.map_err(|error| refused(&error))?;
    db.migrate().await.map_err(|error| refused(&error))?;
    Ok(db)
}

/// A refusal with its remedy.
pub fn refused(error: &store::Error) -> Refusal {
    let remedy = match error {
        store::Error::Unavailable(_) => "; check --database-url, and that the server runs and lets this user in",
        store::Error::Busy => "; another process holds the database; stop it or wait",
        _ => "",
    };
    Refusal::Configuration(format!("{error}{remedy}"))
}

/// Where messages go.
pub fn transport(settings: &Settings) -> Result<Transport> {
    if let Some(folder) = &settings.outbox {
        let outbox = FileOutbox::open(folder).map_err(|error| Refusal::Configuration(error.to_string()))?;
        return Ok(Transport::File(outbox));
    }
    let refuse = |error: &dyn std::fmt::Display| Refusal::Configuration(error.to_string());
    let mail = match (&settings.smtp_url, &settings.mail_from) {
        (Some(url), Some(from)) => {
            let config = SmtpConfig::parse(url, mailbox(from)?).map_err(|error| refuse(&error))?;
            Some(SmtpClient::new(config).map_err(|error| refuse(&error))?)
        }
        _ => None,
    };
    let sms = sms(settings)?;
    Ok(Transport::Live(Arc::new(Live { mail, sms })))
}

/// The provider of texts, where one is named.
fn sms(settings: &Settings) -> Result<Option<SmsProvider>> {
    let (Some(token), Some(from)) = (&settings.sms_token, &settings.sms_from) else { return Ok(None) };
    let number =
        |text: &str| PhoneNumber::parse(text).map_err(|error| Refusal::Configuration(format!("--sms-from: {error}")));
    let refuse = |error: notify::ConfigError| Refusal::Configuration(error.to_string());
    let own = match settings.sms_provider {
        SmsProviderName::Twilio => "https://api.twilio.com",
        SmsProviderName::Telnyx => "https://api.telnyx.com",
    };
    let base_url = settings.sms_base_url.clone().unwrap_or_else(|| own.to_owned());
    Ok(Some(match settings.sms_provider {
        SmsProviderName::Twilio => {
            let sender = if from.starts_with("MG") {
                Sender::MessagingService(from.clone())
            } else {
                Sender::Number(number(from)?)
            };
            let account_sid = settings.sms_account.clone().unwrap_or_default();
            let config = SmsConfig { base_url, account_sid, auth_token: token.clone().into(), sender };
            SmsClient::new(config).map_err(refuse)?.into()
        }
        SmsProviderName::Telnyx => {
            let sender = if from.starts_with('+') {
                TelnyxSender::Number(number(from)?)
            } else {
                TelnyxSender::Profile(from.clone())
            };
            let config = TelnyxConfig { base_url, api_key: token.clone().into(), sender };
            TelnyxClient::new(config).map_err(refuse)?.into()
        }
    }))
}

/// Who signs what the provider of texts calls.
pub fn sms_signer(settings: &Settings) -> Result<Option<SmsSigner>> {
    Ok(match (settings.sms_provider, &settings.sms_token, &settings.sms_public_key) {
        (SmsProviderName::Twilio, Some(token), _) => Some(SmsSigner::Twilio(token.clone().into())),
        (SmsProviderName::Telnyx, _, Some(key)) => {
            let key = PublicKey::parse(key).map_err(|error| Refusal::Configuration(error.to_string()))?;
            Some(SmsSigner::Telnyx(key))
        }
        _ => None,
    })
}

/// `Name <address>` or an address alone.
fn mailbox(text: &str) -> Result<Mailbox> {
    let parsed = match text.split_once('<') {
        Some((name, address)) => Mailbox::named(name.trim().trim_matches('"'), address.trim_end_matches('>').trim()),
        None => Mailbox::plain(text.trim()),
    };
    Ok(parsed.map_err(|error| Refusal::Configuration(format!("--mail-from: {error}; write it as Name <address>")))?)
}

/// Everything together.
pub async fn parts(settings: &Settings) -> Result<Parts> {
    settings.check()?;
    log(settings)?;
    let templates = Arc::new(Templates::new().map_err(|error| Refusal::Data(error.to_string()))?);
    let transport = transport(settings)?;
    let ctx = context()?.with_texts_ending_early(transport.texts_end_early());
    Ok(Parts { db: database(settings).await?, ctx, templates, transport })
}
