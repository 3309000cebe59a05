//! `bellwether mail bounce`: reads one report about a mail that came back, from standard input, as a mail server hands it over.

use crate::Refusal;
use crate::config::Settings;
use crate::wiring::{self, say};
use anyhow::Result;
use care::MessageId;
use care::message::Channel;
use notify::bounce::{self, Fate};
use std::io::Read as _;
use workflows::delivery::{Bounced, bounced};

/// Takes a report in. What is none, or is about no mail of ours, changes nothing and ends with exit code 1.
pub async fn run(settings: &Settings) -> Result<()> {
    let mut mail = Vec::new();
    let limit = bounce::LARGEST as u64;
    std::io::stdin()
        .take(limit + 1)
        .read_to_end(&mut mail)
        .map_err(|error| Refusal::Data(format!("standard input cannot be read: {error}")))?;
    if mail.len() > bounce::LARGEST {
        return Err(
            Refusal::Data("the mail is larger than 4 MB, and no report is; nothing was changed".to_owned()).into()
        );
    }
    let nothing = |why: &dyn std::fmt::Display| Refusal::Data(format!("{why}; nothing was changed"));
    let report = bounce::read(&mail).map_err(|error| nothing(&error))?;
    let unknown = || nothing(&"the report is about a mail that this database does not know");
    let db = wiring::existing(settings).await?;
    let ctx = wiring::context()?;
    let id = MessageId::from_text(report.attempt_id.as_str().to_owned());
    let mut read = db.read_all().await?;
    let practice = store::message::practice_of(&mut read, &id).await?.ok_or_else(unknown)?;
    drop(read);
    let mut tx = db.write(&practice).await?;
    let message = store::message::find(&mut tx, &id).await?;
    // The whole Message-ID has to be ours, and not only what is left of its @.
    let is_ours = |known: &care::message::Message| {
        known.channel == Channel::Email && known.provider_id.as_ref().is_none_or(|given| *given == report.message_id)
    };
    let message = message.filter(is_ours).ok_or_else(unknown)?;
    let said = match report.fate {
        Fate::Delivered => "it went on its way; nothing to do".to_owned(),
        fate => {
            let fate = if fate == Fate::Failed { Bounced::Failed } else { Bounced::Delayed };
            let is_news = bounced(&mut tx, &ctx, &message, &report.message_id, fate, &report.status).await?;
            tx.commit().await?;
            match (is_news, fate) {
                (false, _) => "known already; nothing was changed".to_owned(),
                (true, Bounced::Failed) => format!("undelivered ({})", report.status),
                (true, Bounced::Delayed) => format!("delayed ({}), the mail server goes on trying", report.status),
            }
        }
    };
    say(&format!("message {id}: {said}"));
    Ok(())
}
