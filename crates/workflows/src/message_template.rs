//! The practice's own words for its messages to clients: checked, kept in versions, taken back. The product's words are in
//! force wherever a practice has none of its own; they are `templates`'.

use crate::access::require;
use crate::{Context, Error, Problem, Result, audit, staff};
use care::access::{Action, Viewer};
use care::message::Channel;
use care::message_template::{Fault, Longest, MessageTemplate, TemplateKind, faults};
use care::practice::Practice;
use care::{Language, MessageTemplateId};
use instruments::Library;
use store::Tx;

/// Words as typed.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Which message.
    pub kind: TemplateKind,
    /// In which language.
    pub language: Language,
    /// For which channel.
    pub channel: Channel,
    /// The subject, of a mail.
    pub subject: String,
    /// The text.
    pub body: String,
}

impl Draft {
    /// The same with the line ends and blanks that are kept.
    fn tidied(&self) -> Self {
        let tidy = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
        Self { subject: tidy(&self.subject), body: tidy(&self.body), ..self.clone() }
    }
}

/// What is wrong with a draft: of its subject, of its body.
pub fn check(library: &Library, practice: &Practice, draft: &Draft) -> (Vec<Fault>, Vec<Fault>) {
    let draft = draft.tidied();
    let names: Vec<&str> = library
        .iter()
        .flat_map(|one| {
            [
                one.id.as_str(),
                one.short_name.get(Language::En),
                one.title.get(Language::En),
                one.title.get(Language::Es),
            ]
        })
        .collect();
    let longest = Longest { practice: &practice.display_name, phone: &practice.phone };
    faults(draft.kind, draft.channel, Some(&draft.subject), &draft.body, longest, names.into_iter())
}

/// Puts a draft in force as the next version. The same words again change nothing.
pub async fn save(tx: &mut Tx, ctx: &Context, by: &Viewer, draft: &Draft) -> Result<()> {
    require(by, Action::Administer)?;
    if !draft.kind.channels().contains(&draft.channel) {
        return Err(Error::NotFound);
    }
    let practice = store::practice::get(tx).await?;
    let (of_subject, of_body) = check(&ctx.shelf(tx).await?.library, &practice, draft);
    let problems: Vec<Problem> = [("subject", of_subject), ("body", of_body)]
        .into_iter()
        .flat_map(|(field, faults)| faults.into_iter().map(move |fault| (field, fault)))
        .map(|(field, fault)| Problem { field: field.to_owned(), key: fault.key() })
        .collect();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let draft = draft.tidied();
    let (kind, language, channel) = (draft.kind, draft.language, draft.channel);
    let subject = (channel == Channel::Email).then_some(draft.subject);
    let current = store::message_template::current(tx, kind, language, channel).await?;
    if current.is_some_and(|current| current.body == draft.body && current.subject == subject) {
        return Ok(());
    }
    let versions = store::message_template::versions(tx, kind, language, channel).await?;
    store::message_template::retire(tx, kind, language, channel).await?;
    let template = MessageTemplate {
        id: ctx.id(MessageTemplateId::new),
        kind,
        language,
        channel,
        version: versions.first().map_or(0, |latest| latest.version) + 1,
        subject,
        body: draft.body,
        created_at: ctx.now(),
        created_by: by.staff_id.clone(),
    };
    if !store::message_template::insert(tx, &template).await? {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &staff::actor(by), "message_template.save", "message_template", template.id.as_str());
    tx.audit(told(entry, kind, language, channel).with("version", template.version.to_string()));
    Ok(())
}

/// Brings the product's words back into force. [`Error::Conflict`] when they are already.
pub async fn take_back(
    tx: &mut Tx,
    ctx: &Context,
    by: &Viewer,
    kind: TemplateKind,
    language: Language,
    channel: Channel,
) -> Result<()> {
    require(by, Action::Administer)?;
    let current = store::message_template::current(tx, kind, language, channel).await?.ok_or(Error::Conflict)?;
    if !store::message_template::retire(tx, kind, language, channel).await? {
        return Err(Error::Conflict);
    }
    let entry =
        audit::entry(ctx, &staff::actor(by), "message_template.take_back", "message_template", current.id.as_str());
    tx.audit(told(entry, kind, language, channel));
    Ok(())
}

fn told(entry: store::AuditEntry, kind: TemplateKind, language: Language, channel: Channel) -> store::AuditEntry {
    entry.with("kind", kind.as_str()).with("language", language.as_str()).with("channel", channel.as_str())
}
