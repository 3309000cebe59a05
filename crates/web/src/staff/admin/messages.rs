//! The practice's own words for its messages, with a look at what they read like, and the days on which none goes.

use super::{frame, typed_day};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Nothing, Posted, field_problems};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::done;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::Language;
use care::access::Action;
use care::message::Channel;
use care::message_template::{self, Fault, Longest, Placeholder, TemplateKind};
use care::practice::Practice;
use care::segments::{Encoding, Segments};
use chrono::NaiveDate;
use serde::Deserialize;
use templates::client::LanguageName;
use templates::staff::admin::{
    Alphabet, Cost, HolidayRow, MessageEditor, MessageRow, MessageVersion, MessageWords, Messages, PlaceholderRow,
    Preview, Section,
};
use templates::staff::{FieldProblem, Flash, Wrong};
use templates::{format, mail, text};
use workflows::message_template::{Draft, check, save, take_back};
use workflows::practice::{add_holiday, remove_holiday};

/// Whose words: message, channel and language, as an address has them.
#[derive(Debug, Clone, Copy)]
struct Which {
    kind: TemplateKind,
    channel: Channel,
    language: Language,
}

impl Which {
    fn of(path: &(String, String, String)) -> Result<Self> {
        let (Ok(kind), Ok(channel), Ok(language)) =
            (path.0.parse::<TemplateKind>(), path.1.parse::<Channel>(), path.2.parse::<Language>())
        else {
            return Err(Error::NotFound);
        };
        if kind.channels().contains(&channel) { Ok(Self { kind, channel, language }) } else { Err(Error::NotFound) }
    }

    fn href(self) -> String {
        format!("/admin/messages/{}/{}/{}", self.kind, self.channel, self.language.as_str())
    }
}

/// The product's words for a message, with its placeholders in braces: subject and body.
fn product_words(app: &App, which: Which) -> Result<(String, String)> {
    let (words, language) = (&app.templates, which.language);
    let brace = |placeholder: Placeholder| format!("{{{placeholder}}}");
    let (practice, link) = (brace(Placeholder::Practice), brace(Placeholder::Link));
    let (phone, emergency) = (brace(Placeholder::Phone), brace(Placeholder::Emergency));
    let open_until = Some(brace(Placeholder::OpenUntil));
    if which.channel == Channel::Sms {
        let said = match which.kind {
            TemplateKind::Invite => words.text(&text::Invite { practice, link }, language)?,
            TemplateKind::Reminder => words.text(&text::Reminder { practice, link }, language)?,
            TemplateKind::Appointment => {
                words.text(&text::Appointment { practice, when: brace(Placeholder::When), link }, language)?
            }
            TemplateKind::Help => words.text(&text::HelpReply { practice, phone, emergency }, language)?,
            TemplateKind::NotMonitored => {
                words.text(&text::NotMonitoredReply { practice, phone, emergency }, language)?
            }
        };
        return Ok((String::new(), said));
    }
    let unsubscribe = String::new();
    let mail = match which.kind {
        TemplateKind::Reminder => words.mail(&mail::Reminder { practice, link, open_until, unsubscribe }, language)?,
        TemplateKind::Appointment => {
            words.mail(&mail::Appointment { practice, when: brace(Placeholder::When), link, unsubscribe }, language)?
        }
        _ => words.mail(&mail::Invite { practice, link, minutes: 2, open_until, unsubscribe }, language)?,
    };
    // What stands below the link is added to every mail.
    let body = mail.text.split_once("{link}").map_or(mail.text.as_str(), |(above, _)| above);
    Ok((mail.subject, format!("{}\n\n{{link}}", body.trim_end())))
}

/// What the placeholders of a preview stand for.
fn sample(app: &App, practice: &Practice, placeholder: Placeholder, language: Language) -> String {
    let soon = format::local_day(app.now() + chrono::Duration::days(4), care_zone(practice));
    match placeholder {
        Placeholder::Practice => practice.display_name.clone(),
        Placeholder::Link => format!("{}/c/Zk3vT0b9QnW5xH2yLr8mUg", app.config.base_url),
        Placeholder::Phone => practice.phone.clone(),
        Placeholder::Emergency => "911".to_owned(),
        Placeholder::Minutes => "2".to_owned(),
        Placeholder::OpenUntil => format::weekday_day(soon, language),
        Placeholder::When => {
            let at = care::local_time::at_minute(soon, 15 * 60, care_zone(practice));
            format::long_date_time(at, care_zone(practice), language)
        }
    }
}

fn care_zone(practice: &Practice) -> chrono_tz::Tz {
    care::local_time::zone(&practice.zone).unwrap_or(chrono_tz::Tz::UTC)
}

fn preview(app: &App, practice: &Practice, which: Which, subject: &str, body: &str) -> Option<Preview> {
    let value = |placeholder| sample(app, practice, placeholder, which.language);
    let parsed = message_template::parse(body, which.kind.allowed()).ok()?;
    let subject = match which.channel {
        Channel::Sms => None,
        Channel::Email => Some(message_template::parse(subject, &[Placeholder::Practice]).ok()?.fill(value)),
    };
    let filled = parsed.fill(value);
    let cost = (which.channel == Channel::Sms).then(|| cost(message_template::worst(&parsed, longest(practice))));
    let text = match which.channel {
        Channel::Sms => text::own(&filled, &practice.display_name),
        Channel::Email => filled,
    };
    Some(Preview { subject, text, cost })
}

fn longest(practice: &Practice) -> Longest<'_> {
    Longest { practice: &practice.display_name, phone: &practice.phone }
}

fn cost(Segments { encoding, count, units }: Segments) -> Cost {
    let (alone, part, alphabet) = match encoding {
        Encoding::Gsm7 => (160, 153, Alphabet::Gsm7),
        Encoding::Ucs2 => (70, 67, Alphabet::Ucs2),
    };
    Cost { segments: count, units, room: if count > 1 { count * part } else { alone }, alphabet }
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, TypedHoliday::default(), Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: TypedHoliday,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let practice = store::practice::get(&mut read).await?;
    let own = store::message_template::all_current(&mut read).await?;
    drop(read);
    let mut rows = Vec::new();
    for &kind in TemplateKind::ALL {
        for &channel in kind.channels() {
            let mut words = Vec::new();
            for &language in Language::ALL {
                let which = Which { kind, channel, language };
                let ours = own.iter().find(|one| (one.kind, one.channel, one.language) == (kind, channel, language));
                let text = match ours {
                    Some(own) => own.body.clone(),
                    None => product_words(app, which)?.1,
                };
                let parsed = message_template::parse(&text, kind.allowed()).ok();
                words.push(MessageWords {
                    code: language.as_str().to_owned(),
                    language: LanguageName::from(language).name.to_owned(),
                    href: which.href(),
                    version: ours.map(|own| own.version),
                    segments: parsed
                        .filter(|_| channel == Channel::Sms)
                        .map(|parsed| message_template::worst(&parsed, longest(&practice)).count),
                    text,
                });
            }
            rows.push(MessageRow { kind, channel, words });
        }
    }
    let settings = &practice.settings;
    let hours = |from, until| format!("{} – {}", format::clock(from, me.language), format::clock(until, me.language));
    let (shell, sections) = frame(app, me, Section::Messages);
    let view = Messages {
        shell,
        sections,
        sender: practice.display_name.clone(),
        hours: hours(settings.quiet_until_minute, settings.quiet_from_minute),
        unknown_hours: hours(settings.unknown_zone_until_minute, settings.unknown_zone_from_minute),
        reminder_hours: (settings.reminder_after_hours > 0).then_some(settings.reminder_after_hours),
        fallback_hours: (settings.fallback_after_hours > 0).then_some(settings.fallback_after_hours),
        expires_hours: settings.expires_after_hours,
        rows,
        holidays: settings
            .holidays
            .iter()
            .map(|one| HolidayRow {
                iso: one.day.to_string(),
                day: format::day(one.day, me.language),
                name: one.name.clone(),
            })
            .collect(),
        holiday: typed.holiday,
        holiday_name: typed.holiday_name,
        problems,
    };
    me.render(app, status, &view)
}

/// A holiday as typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct TypedHoliday {
    holiday: String,
    holiday_name: String,
}

/// Adds a day without messages.
pub async fn holiday(State(app): State<App>, me: Signed, Posted(typed): Posted<TypedHoliday>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let Ok(Some(day)) = typed_day(&typed.holiday) else {
        let wrong = if typed.holiday.trim().is_empty() { Wrong::Required } else { Wrong::Date };
        let problems = vec![FieldProblem::new("holiday", wrong)];
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, problems).await;
    };
    let mut tx = app.db.write(&me.practice).await?;
    match add_holiday(&mut tx, &app.ctx, &me.viewer, day, &typed.holiday_name).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, field_problems(&problems)).await;
        }
        Err(error) => return Err(error.into()),
    }
    app.forget_face(&me.practice);
    Ok(done(&app, "/admin/messages", Flash::Saved))
}

/// Takes one away.
pub async fn delete_holiday(
    State(app): State<App>,
    me: Signed,
    Path(day): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let day: NaiveDate = day.parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write(&me.practice).await?;
    let flash = match remove_holiday(&mut tx, &app.ctx, &me.viewer, day).await {
        Ok(()) => {
            tx.commit().await?;
            Flash::Saved
        }
        Err(workflows::Error::Conflict) => Flash::NotPossible,
        Err(error) => return Err(error.into()),
    };
    app.forget_face(&me.practice);
    Ok(done(&app, "/admin/messages", flash))
}

/// Words as typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    subject: String,
    body: String,
    act: String,
}

/// The words of one message.
pub async fn edit(State(app): State<App>, me: Signed, Path(path): Path<(String, String, String)>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let which = Which::of(&path)?;
    let mut read = app.db.read(&me.practice).await?;
    let current = store::message_template::current(&mut read, which.kind, which.language, which.channel).await?;
    drop(read);
    let (subject, body) = match current {
        Some(own) => (own.subject.unwrap_or_default(), own.body),
        None => product_words(&app, which)?,
    };
    editor(&app, &me, StatusCode::OK, which, &subject, &body, Vec::new()).await
}

async fn editor(
    app: &App,
    me: &Signed,
    status: StatusCode,
    which: Which,
    subject: &str,
    body: &str,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let practice = store::practice::get(&mut read).await?;
    let current = store::message_template::current(&mut read, which.kind, which.language, which.channel).await?;
    let all = store::message_template::versions(&mut read, which.kind, which.language, which.channel).await?;
    let people = People::of(&mut read, me.zone).await?;
    drop(read);
    let draft = Draft {
        kind: which.kind,
        language: which.language,
        channel: which.channel,
        subject: subject.to_owned(),
        body: body.to_owned(),
    };
    let (of_subject, of_body) = check(&me.shelf.library, &practice, &draft);
    let offending = of_subject.into_iter().chain(of_body).filter_map(|fault| match fault {
        Fault::NotAllowed(name) => Some(format!("{{{name}}}")),
        Fault::NamesInstrument(name) => Some(name),
        _ => None,
    });
    let version = current.as_ref().map(|one| one.version);
    let (shell, sections) = frame(app, me, Section::Messages);
    let view = MessageEditor {
        shell,
        sections,
        kind: which.kind,
        channel: which.channel,
        code: which.language.as_str().to_owned(),
        language: LanguageName::from(which.language).name.to_owned(),
        action: which.href(),
        subject: (which.channel == Channel::Email).then(|| subject.to_owned()),
        body: body.to_owned(),
        placeholders: which
            .kind
            .allowed()
            .iter()
            .map(|one| PlaceholderRow {
                text: format!("{{{one}}}"),
                name: one.as_str().to_owned(),
                needed: which.kind.needed(which.channel).contains(one),
            })
            .collect(),
        preview: preview(app, &practice, which, subject, body),
        offending: offending.collect(),
        version,
        versions: all
            .iter()
            .filter(|one| Some(one.version) != version)
            .map(|one| MessageVersion {
                version: one.version,
                saved: format::day(format::local_day(one.created_at, me.zone), me.language),
                by: people.name(&one.created_by),
                text: one.body.clone(),
            })
            .collect(),
        problems,
    };
    me.render(app, status, &view)
}

/// Saves the words, or shows what they would read like.
pub async fn write(
    State(app): State<App>,
    me: Signed,
    Path(path): Path<(String, String, String)>,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let which = Which::of(&path)?;
    let draft = Draft {
        kind: which.kind,
        language: which.language,
        channel: which.channel,
        subject: typed.subject.clone(),
        body: typed.body.clone(),
    };
    if typed.act == "preview" {
        return editor(&app, &me, StatusCode::OK, which, &typed.subject, &typed.body, Vec::new()).await;
    }
    let mut tx = app.db.write(&me.practice).await?;
    match save(&mut tx, &app.ctx, &me.viewer, &draft).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = field_problems(&problems);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return editor(&app, &me, status, which, &typed.subject, &typed.body, problems).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &which.href(), Flash::Saved))
}

/// Brings the product's words back.
pub async fn restore(
    State(app): State<App>,
    me: Signed,
    Path(path): Path<(String, String, String)>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let which = Which::of(&path)?;
    let mut tx = app.db.write(&me.practice).await?;
    let flash = match take_back(&mut tx, &app.ctx, &me.viewer, which.kind, which.language, which.channel).await {
        Ok(()) => {
            tx.commit().await?;
            Flash::Saved
        }
        Err(workflows::Error::Conflict) => Flash::NothingChanged,
        Err(error) => return Err(error.into()),
    };
    Ok(done(&app, &which.href(), flash))
}
