//! The words of a message. What they are made of is read together with the intent; no name, instrument or score is among it.

use crate::{Error, JobContext};
use care::message::{Channel, Message, MessageKind};
use care::message_template::{self, MOST_MINUTES, MessageTemplate, Placeholder, TemplateKind};
use care::packet::Packet;
use care::protocol::minutes;
use care::staff::Role;
use care::{Instant, Phi, StaffId};
use chrono::Duration;
use notify::{
    AttemptId, HeaderText, HttpsUrl, InvalidMessage, Mail, Mailbox, PhoneNumber, Sms, SmsBody, Unsubscribe,
    ValidityPeriod,
};
use store::Tx;
use templates::text::gsm7;
use templates::{format, mail, text};
use workflows::Context;
use workflows::delivery::{Claimed, Ready};
use workflows::inbound::{self, Reply};

/// The emergency number named where a practice has configured no telephone number of three digits.
const EMERGENCY: &str = "911";
/// The longest a text waits at the provider when no hours hold it.
const LONGEST_WAIT: Duration = Duration::hours(10);
/// How long an answer to a client's own text, or a link they asked for, still makes sense.
const ANSWER_LASTS: Duration = Duration::hours(1);

/// What the words and the sending need beyond [`Ready`].
#[derive(Debug)]
pub(super) struct Facts {
    /// Whether it goes to staff.
    pub(super) for_staff: bool,
    /// The last instant at which the message makes sense.
    pub(super) ends_at: Option<Instant>,
    /// About how many minutes the check-in takes.
    minutes: u32,
    /// When the reason arose and when it is due.
    reason: Option<(Instant, Instant)>,
    /// What is no danger is told of once when it was due at this instant and nobody took it up.
    overdue: Option<Instant>,
    /// When the case is due.
    case_due: Option<Instant>,
    /// How many cases wait, for the one message of a day about all of them.
    waiting: u32,
    emergency: String,
    /// Who invites a colleague, and as what.
    inviter: Option<(Phi<String>, Role)>,
    /// The practice's own words, where it has some.
    own: Option<MessageTemplate>,
    now: Instant,
}

impl Facts {
    /// Reads those of several messages.
    pub(super) async fn read(tx: &mut Tx, ctx: &Context, claimed: &[Claimed]) -> Result<Vec<Self>, Error> {
        let has_own = claimed.iter().any(|one| template_of(&one.message).is_some());
        let own = if has_own { store::message_template::all_current(tx).await? } else { Vec::new() };
        let mut all = Vec::with_capacity(claimed.len());
        for one in claimed {
            all.push(Self::of(tx, ctx, one, &own).await?);
        }
        Ok(all)
    }

    /// Those of one, by the practice's own words.
    async fn of(tx: &mut Tx, ctx: &Context, claimed: &Claimed, own: &[MessageTemplate]) -> Result<Self, Error> {
        let Claimed { message, ready, .. } = claimed;
        let now = ctx.now();
        let mut facts = Self {
            for_staff: message.staff_id.is_some(),
            ends_at: ends_at(claimed),
            minutes: 1,
            reason: None,
            overdue: None,
            case_due: None,
            waiting: 0,
            emergency: EMERGENCY.to_owned(),
            inviter: None,
            own: None,
            now,
        };
        if let Some(id) = &message.reason_id {
            let reason = store::case::reason(tx, id).await?;
            facts.reason = reason.as_ref().map(|reason| (reason.raised_at, reason.due_at));
            facts.overdue = reason.filter(|reason| !reason.rule.is_risk()).map(|reason| reason.due_at);
        }
        if let Some(id) = &message.case_id {
            facts.case_due = store::case::find(tx, id).await?.map(|case| case.due_at);
        }
        if let (MessageKind::StaffInvite, Some(id)) = (message.kind, &message.staff_id) {
            facts.inviter = inviter(tx, id).await?;
        }
        if let (MessageKind::CaseNotice, None, Some(person)) = (message.kind, &message.case_id, &message.staff_id) {
            facts.waiting = u32::try_from(store::case::waiting_for(tx, person, now).await?).unwrap_or(u32::MAX);
        }
        if message.kind == MessageKind::AutoReply {
            let resources = store::crisis_resource::list(tx, ready.language).await?;
            let number =
                resources.iter().find_map(|one| one.href.strip_prefix("tel:").filter(|number| number.len() == 3));
            number.unwrap_or(EMERGENCY).clone_into(&mut facts.emergency);
        }
        if let Some(kind) = template_of(message) {
            let fits = |one: &&MessageTemplate| {
                (one.kind, one.language, one.channel) == (kind, ready.language, message.channel)
            };
            facts.own = own.iter().find(fits).cloned();
        }
        // The product's texts have no room for it.
        if let Some(packet) = &ready.packet
            && (message.channel == Channel::Email || facts.own.is_some())
        {
            facts.minutes = minutes_of(tx, ctx, packet).await?;
        }
        Ok(facts)
    }

    /// Seconds for which a text may wait at the provider, so that it does not arrive after its window.
    fn validity(&self, claimed: &Claimed, now: Instant) -> ValidityPeriod {
        let longest = self.now + LONGEST_WAIT;
        let arrives_by = match claimed.message.kind {
            MessageKind::Invite | MessageKind::Reminder | MessageKind::Appointment => {
                claimed.ready.hours().open_until(self.now, longest)
            }
            MessageKind::NewLink | MessageKind::AutoReply => self.now + ANSWER_LASTS,
            _ => longest,
        };
        let arrives_by = self.ends_at.map_or(arrives_by, |end| arrives_by.min(end));
        ValidityPeriod::clamp((arrives_by - now).to_std().unwrap_or_default())
    }
}

/// The last instant at which a message makes sense.
fn ends_at(claimed: &Claimed) -> Option<Instant> {
    let Claimed { message, ready, .. } = claimed;
    let end = ready.packet.as_ref().map(|packet| packet.expires_at);
    match message.kind {
        MessageKind::Appointment => ready.appointment.map(|(starts_at, _)| starts_at),
        MessageKind::NewLink | MessageKind::AutoReply => {
            let lasts_until = message.due_at + ANSWER_LASTS;
            Some(end.map_or(lasts_until, |end| end.min(lasts_until)))
        }
        _ => end,
    }
}

/// About how long a check-in takes: its questionnaires, what they may go on to, and the client's own goals.
async fn minutes_of(tx: &mut Tx, ctx: &Context, packet: &Packet) -> Result<u32, Error> {
    let shelf = ctx.shelf_with(tx, &packet.asked).await?;
    let questions = workflows::check_in::most_questions(&shelf.library, packet);
    let goals = store::goal::asked::count(tx, packet).await?;
    let all = u32::try_from(questions).unwrap_or(u32::MAX).saturating_add(goals);
    Ok(minutes(all).min(MOST_MINUTES))
}

/// Who sent the latest invitation to a person, and the role in which they did.
async fn inviter(tx: &mut Tx, invited: &StaffId) -> Result<Option<(Phi<String>, Role)>, Error> {
    let Some(by) = store::staff::invited_by(tx, invited).await? else { return Ok(None) };
    let person = store::staff::find(tx, &by).await?;
    Ok(person.and_then(|person| {
        let role = [Role::Admin, Role::Owner].into_iter().find(|role| person.is(*role))?;
        Some((person.name, role))
    }))
}

/// Which of the practice's own words a message has; those to staff are the product's.
fn template_of(message: &Message) -> Option<TemplateKind> {
    match message.kind {
        MessageKind::Invite | MessageKind::NewLink => Some(TemplateKind::Invite),
        MessageKind::Reminder => Some(TemplateKind::Reminder),
        MessageKind::Appointment => Some(TemplateKind::Appointment),
        MessageKind::AutoReply => Some(match inbound::reply(message) {
            Some(Reply::Help) => TemplateKind::Help,
            _ => TemplateKind::NotMonitored,
        }),
        _ => None,
    }
}

/// What the placeholders of the practice's own words stand for.
struct Values<'a> {
    ready: &'a Ready,
    facts: &'a Facts,
    link: &'a str,
}

impl Values<'_> {
    fn of(&self, placeholder: Placeholder) -> String {
        let Self { ready, facts, link } = self;
        match placeholder {
            Placeholder::Practice => ready.practice.display_name.clone(),
            Placeholder::Link => (*link).to_owned(),
            Placeholder::Phone => ready.practice.phone.clone(),
            Placeholder::Emergency => facts.emergency.clone(),
            Placeholder::Minutes => facts.minutes.to_string(),
            Placeholder::OpenUntil => open_until(ready).unwrap_or_default(),
            Placeholder::When => when(ready),
        }
    }
}

/// Day and time of the appointment, in the zone of its site.
fn when(ready: &Ready) -> String {
    ready.appointment.map(|(at, zone)| format::short_moment(at, zone, ready.language)).unwrap_or_default()
}

fn open_until(ready: &Ready) -> Option<String> {
    ready.expires_at.map(|end| format::weekday_day(format::local_day(end, ready.reading_zone()), ready.language))
}

/// The practice's own words with their values. A version that cannot be read (none was saved so) is left for the
/// product's words: a message is better in those than not at all.
fn own_words(facts: &Facts, ready: &Ready, link: &str) -> Option<(String, String)> {
    let own = facts.own.as_ref()?;
    let values = Values { ready, facts, link };
    let filled = |text: &str| {
        let parsed = message_template::parse(text, own.kind.allowed())
            .inspect_err(|fault| tracing::error!(template = own.id.as_str(), %fault, "words that cannot be read"));
        parsed.ok().map(|parsed| parsed.fill(|placeholder| values.of(placeholder)))
    };
    Some((filled(own.subject.as_deref().unwrap_or_default())?, filled(&own.body)?))
}

/// A message in words, with the links that are its own.
pub(super) struct Letter {
    words: Words,
    link: Option<String>,
    unsubscribe: Option<String>,
}

enum Words {
    Text(String),
    Mail(mail::Rendered),
}

/// What goes out.
pub(super) enum Outgoing {
    Sms(Sms),
    Mail(Mail),
}

/// Puts a message into words.
pub(super) fn write(ctx: &JobContext, claimed: &Claimed, facts: &Facts) -> Result<Letter, Error> {
    let Claimed { message, ready, .. } = claimed;
    let link = link_of(ctx, message, ready);
    let unsubscribe = ready.unsubscribe.as_ref().map(|token| format!("{}/u/{token}", ctx.base_url));
    let here = link.clone().unwrap_or_default();
    let words = match message.channel {
        Channel::Sms => Words::Text(as_text(ctx, message, ready, facts, here)?),
        Channel::Email => {
            Words::Mail(as_mail(ctx, message, ready, facts, here, unsubscribe.clone().unwrap_or_default())?)
        }
    };
    Ok(Letter { words, link, unsubscribe })
}

fn link_of(ctx: &JobContext, message: &Message, ready: &Ready) -> Option<String> {
    let base = &ctx.base_url;
    match message.kind {
        MessageKind::Invite | MessageKind::Reminder | MessageKind::NewLink => {
            ready.token.as_ref().map(|token| format!("{base}/c/{token}"))
        }
        MessageKind::Appointment => ready.token.as_ref().map(|token| format!("{base}/a/{token}")),
        MessageKind::StaffInvite => ready.token.as_ref().map(|token| format!("{base}/invite/{token}")),
        MessageKind::CaseNotice | MessageKind::RiskNotice | MessageKind::Escalation => Some(
            message.case_id.as_ref().map_or_else(|| format!("{base}/today"), |case| format!("{base}/cases/{case}")),
        ),
        MessageKind::AutoReply => None,
    }
}

fn as_text(ctx: &JobContext, message: &Message, ready: &Ready, facts: &Facts, link: String) -> Result<String, Error> {
    let (words, language) = (&ctx.templates, ready.language);
    let practice = ready.practice.display_name.clone();
    if let Some((_, text)) = own_words(facts, ready, &link) {
        return Ok(text::own(&text, &ready.practice.display_name));
    }
    Ok(match message.kind {
        MessageKind::Invite | MessageKind::NewLink | MessageKind::StaffInvite => {
            words.text(&text::Invite { practice, link }, language)?
        }
        MessageKind::Reminder => words.text(&text::Reminder { practice, link }, language)?,
        MessageKind::Appointment => {
            words.text(&text::Appointment { practice, when: gsm7::fold(&when(ready)), link }, language)?
        }
        MessageKind::Escalation if facts.overdue.is_some() => words.text(&text::CaseOpened { link }, language)?,
        MessageKind::CaseNotice | MessageKind::RiskNotice => words.text(&text::CaseOpened { link }, language)?,
        MessageKind::Escalation => {
            words.text(&text::CaseEscalated { waiting_minutes: waiting(facts), link }, language)?
        }
        MessageKind::AutoReply => {
            let (phone, emergency) = (ready.practice.phone.clone(), facts.emergency.clone());
            match inbound::reply(message) {
                Some(Reply::Help) => words.text(&text::HelpReply { practice, phone, emergency }, language)?,
                _ => words.text(&text::NotMonitoredReply { practice, phone, emergency }, language)?,
            }
        }
    })
}

fn as_mail(
    ctx: &JobContext,
    message: &Message,
    ready: &Ready,
    facts: &Facts,
    link: String,
    unsubscribe: String,
) -> Result<mail::Rendered, Error> {
    let (words, language) = (&ctx.templates, ready.language);
    let practice = ready.practice.display_name.clone();
    let open_until = open_until(ready);
    if let Some((subject, body)) = own_words(facts, ready, &link) {
        return Ok(words.mail(&mail::Own::new(practice, subject, &body, link, unsubscribe), language)?);
    }
    Ok(match message.kind {
        MessageKind::Invite | MessageKind::NewLink | MessageKind::AutoReply => {
            words.mail(&mail::Invite { practice, link, minutes: facts.minutes, open_until, unsubscribe }, language)?
        }
        MessageKind::Reminder => words.mail(&mail::Reminder { practice, link, open_until, unsubscribe }, language)?,
        MessageKind::Appointment => {
            words.mail(&mail::Appointment { practice, when: when(ready), link, unsubscribe }, language)?
        }
        MessageKind::CaseNotice if message.case_id.is_none() => {
            words.mail(&mail::CaseDigest { count: facts.waiting, link }, language)?
        }
        MessageKind::CaseNotice | MessageKind::RiskNotice => {
            let urgency = if message.kind == MessageKind::RiskNotice { mail::Urgency::Now } else { mail::Urgency::Due };
            let due = facts.reason.map(|(_, due)| due).or(facts.case_due).unwrap_or(facts.now);
            words.mail(
                &mail::CaseOpened { urgency, due: format::long_date_time(due, ready.reading_zone(), language), link },
                language,
            )?
        }
        MessageKind::Escalation => {
            let overdue = facts.overdue.map(|due| format::long_date_time(due, ready.reading_zone(), language));
            words.mail(&mail::CaseEscalated { waiting_minutes: waiting(facts), overdue, link }, language)?
        }
        MessageKind::StaffInvite => {
            let hours = u32::try_from(workflows::staff::INVITATION.num_hours()).unwrap_or(1);
            let (inviter, role) =
                facts.inviter.as_ref().map_or((None, None), |(name, role)| (Some(name.text().to_owned()), Some(*role)));
            words.mail(&mail::StaffInvite { inviter, role, practice, link, hours }, language)?
        }
    })
}

fn waiting(facts: &Facts) -> u32 {
    let minutes = facts.reason.map_or(0, |(raised_at, _)| (facts.now - raised_at).num_minutes());
    u32::try_from(minutes.max(0)).unwrap_or(u32::MAX)
}

impl Letter {
    /// The text for the ledger: as sent, without the links, which open what they lead to.
    pub(super) fn for_ledger(self) -> String {
        let mut said = match self.words {
            Words::Text(text) => text,
            Words::Mail(mail) => format!("{}\n\n{}", mail.subject, mail.text),
        };
        for (link, name) in [(self.link, "{link}"), (self.unsubscribe, "{unsubscribe}")] {
            if let Some(link) = link {
                said = said.replace(&link, name);
            }
        }
        said
    }

    /// What goes out.
    pub(super) fn outgoing(
        &self,
        ctx: &JobContext,
        claimed: &Claimed,
        facts: &Facts,
    ) -> Result<Outgoing, InvalidMessage> {
        let Claimed { message, ready, .. } = claimed;
        let attempt_id = AttemptId::parse(message.id.as_str())?;
        let at = ctx.now();
        match &self.words {
            Words::Text(text) => {
                let status_callback =
                    ctx.status_callback_url.as_ref().map(|base| HttpsUrl::parse(&format!("{base}/{}", message.id)));
                Ok(Outgoing::Sms(Sms {
                    to: PhoneNumber::parse(&ready.to)?,
                    body: SmsBody::parse(text)?,
                    status_callback: status_callback.transpose()?,
                    attempt_id,
                    validity_period: facts.validity(claimed, at),
                    at,
                }))
            }
            Words::Mail(mail) => {
                let one_click = self.unsubscribe.as_ref().map(|link| HttpsUrl::parse(link)).transpose()?;
                Ok(Outgoing::Mail(Mail {
                    to: Mailbox::plain(&ready.to)?,
                    from_name: Some(HeaderText::parse("display name", &ready.practice.display_name)?),
                    reply_to: None,
                    bounce_to: None,
                    subject: HeaderText::parse("subject", &mail.subject)?,
                    text: mail.text.clone(),
                    html: mail.html.clone(),
                    unsubscribe: one_click.map(|one_click| Unsubscribe { one_click, mail: None }),
                    attempt_id,
                    at,
                }))
            }
        }
    }
}
