//! One's own account: name and language, password, recovery codes, signed-in browsers. What a stolen session must not be
//! able to do asks for the present password first.

use super::door::{blocking, chosen_password};
use super::form::{Nothing, Posted, field_problems, renamed};
use super::people::People;
use super::session::Signed;
use super::shown::{Seen, done};
use crate::App;
use crate::error::{Error, Result};
use crate::security::Visitor;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use care::staff::{Role, Shortcut};
use care::{ClientId, Phi, StaffId};
use chrono::Duration;
use serde::Deserialize;
use std::collections::BTreeMap;
use store::AuditRow;
use templates::staff::{Account, Choice, FieldProblem, Flash, FreshCodes, LookRow, Looks, SessionLine, Wrong};
use workflows::sign_in::{self, Begun, Compared};
use workflows::staff::{self, PersonForm};

/// How far back looks are listed.
const DAYS: i64 = 90;
/// Looks listed at most.
const LISTED: i64 = 300;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    name: String,
    phone: String,
    language: String,
    backup: String,
    shortcut: String,
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    page(&app, &me, StatusCode::OK, None, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Option<Typed>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let now = app.now();
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let sessions = store::session::of_staff(&mut read, &me.staff.id, now).await?;
    let credentials = store::staff::credentials(&mut read, &me.staff.id).await?.ok_or(Error::NotFound)?;
    let left = store::staff::recovery_codes_left(&mut read, &me.staff.id).await?;
    drop(read);
    let telling = me.telling(app);
    let text = |value: Option<&Phi<String>>| value.map(|value| value.text().to_owned()).unwrap_or_default();
    let typed = typed.unwrap_or_else(|| Typed {
        name: me.staff.name.text().to_owned(),
        phone: text(me.staff.phone.as_ref()),
        language: me.staff.language.as_str().to_owned(),
        backup: me.staff.backup_id.as_ref().map(|backup| backup.as_str().to_owned()).unwrap_or_default(),
        shortcut: me.staff.shortcut.as_str().to_owned(),
    });
    let called = [Role::Clinician, Role::Supervisor, Role::Intake, Role::Owner, Role::Admin];
    let mut backups: Vec<Choice> = people.choices(&called, None, &typed.backup);
    backups.retain(|choice| choice.value != me.staff.id.as_str());
    let mut lines: Vec<SessionLine> = sessions
        .iter()
        .filter(|session| !sign_in::is_idle(session, now))
        .map(|session| SessionLine {
            since: telling.date_time(session.created_at),
            used: telling.date_time(session.last_seen_at),
            ends: telling.date_time(session.expires_at),
            here: session.id == me.session.id,
        })
        .collect();
    lines.sort_by_key(|line| !line.here);
    let view = Account {
        shell: me.shell(app, None),
        name: typed.name,
        email: me.staff.email.text().to_owned(),
        phone: typed.phone,
        languages: Account::languages(typed.language.parse().unwrap_or(me.language)),
        backups,
        shortcut: Shortcut::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), &typed.shortcut)).collect(),
        roles: me.staff.roles.clone(),
        codes_left: (credentials.totp_secret.is_some() && credentials.totp_step > 0).then_some(left),
        sessions: lines,
        problems,
    };
    me.render(app, status, &view)
}

/// Saves name, number, language, backup and what "/" does.
pub(super) async fn save(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    let person = PersonForm {
        name: Phi::new(typed.name.clone()),
        email: me.staff.email.clone(),
        phone: Phi::new(typed.phone.clone()),
        language: typed.language.parse().unwrap_or(me.language),
    };
    let backup = typed.backup.parse::<StaffId>().ok();
    let shortcut = typed.shortcut.parse().unwrap_or(me.staff.shortcut);
    let mut tx = app.db.write(&me.practice).await?;
    let outcome = async {
        staff::edit(&mut tx, &app.ctx, &me.viewer, &me.staff.id, &person).await?;
        if backup != me.staff.backup_id {
            staff::set_backup(&mut tx, &app.ctx, &me.viewer, &me.staff.id, backup.as_ref()).await?;
        }
        if shortcut != me.staff.shortcut {
            staff::set_shortcut(&mut tx, &app.ctx, &me.viewer, shortcut).await?;
        }
        Ok(())
    }
    .await;
    match outcome {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let found = renamed(&problems, &[]);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, Some(typed), found).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, "/account", Flash::Saved))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Passwords {
    password_now: String,
    password: String,
    password_again: String,
}

/// Whether the person has typed their own password; every try counts like a sign-in.
async fn knows_password(app: &App, me: &Signed, visitor: Visitor, typed: &str) -> Result<bool> {
    let mut tx = app.db.write_all().await?;
    let begun = sign_in::begin(&mut tx, &app.ctx, me.staff.email.text(), &visitor.0.to_string()).await?;
    tx.commit().await?;
    let attempt = match begun {
        Begun::Wait(seconds) => return Err(Error::TooMany(seconds)),
        Begun::Compare(attempt) => attempt,
    };
    let typed = typed.to_owned();
    let (attempt, compared) = blocking(move || {
        let compared = Compared::password(&attempt, &typed);
        (attempt, compared)
    })
    .await?;
    let mut tx = app.db.write_all().await?;
    let knows = sign_in::confirm_password(&mut tx, &app.ctx, &me.session, &attempt, compared).await?;
    tx.commit().await?;
    Ok(knows)
}

/// Sets a new password and signs the other browsers out.
pub(super) async fn change_password(
    State(app): State<App>,
    me: Signed,
    visitor: Visitor,
    Posted(form): Posted<Passwords>,
) -> Result<Response> {
    let again = |problems| page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, None, problems);
    if !knows_password(&app, &me, visitor, &form.password_now).await? {
        return again(vec![FieldProblem::new("password_now", Wrong::PasswordOld)]).await;
    }
    let chosen = chosen_password(&app, &form.password, &form.password_again, me.staff.email.text()).await?;
    let hash = match chosen {
        Ok(hash) => hash,
        Err(problems) => return again(field_problems(&problems)).await,
    };
    let mut tx = app.db.write(&me.practice).await?;
    sign_in::change_password(&mut tx, &app.ctx, &me.session, &hash).await?;
    tx.commit().await?;
    Ok(done(&app, "/account", Flash::PasswordChanged))
}

#[derive(Deserialize)]
pub(super) struct OwnPassword {
    #[serde(default)]
    password_now: String,
}

/// Hands out fresh recovery codes, shown this once.
pub(super) async fn renew_codes(
    State(app): State<App>,
    me: Signed,
    visitor: Visitor,
    Posted(form): Posted<OwnPassword>,
) -> Result<Response> {
    if !knows_password(&app, &me, visitor, &form.password_now).await? {
        let problems = vec![FieldProblem::new("password_now", Wrong::PasswordOld)];
        return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, None, problems).await;
    }
    let mut tx = app.db.write(&me.practice).await?;
    let codes = sign_in::renew_recovery_codes(&mut tx, &app.ctx, &me.session).await?;
    tx.commit().await?;
    let view =
        FreshCodes { shell: me.shell(&app, None), codes: codes.iter().map(|code| code.text().to_owned()).collect() };
    me.render(&app, StatusCode::OK, &view)
}

/// Signs the person out everywhere but here.
pub(super) async fn end_sessions(
    State(app): State<App>,
    me: Signed,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let mut tx = app.db.write(&me.practice).await?;
    sign_in::sign_out_everywhere(&mut tx, &app.ctx, &me.staff.id, Some(&me.session.id)).await?;
    tx.commit().await?;
    Ok(done(&app, "/account", Flash::SessionsEnded))
}

/// Whom an entry is about, of the clients given; `None` where it is about the person only.
fn client_of(row: &AuditRow, own: &BTreeMap<ClientId, String>) -> Option<ClientId> {
    let one = row.detail.0.get("client").and_then(|value| value.as_str());
    let first = || row.detail.0.get("clients").and_then(|value| value.get(0)).and_then(|value| value.as_str());
    let id = if row.subject_kind == "client" { Some(row.subject_id.as_str()) } else { one.or_else(first) };
    id.map(ClientId::from_text).filter(|id| own.contains_key(id))
}

/// Who else opened the pages of the person's clients, and who changed their account.
pub(super) async fn looks(State(app): State<App>, me: Signed) -> Result<Response> {
    let since = app.now() - Duration::days(DAYS);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let episodes = store::assignment::episodes_of(&mut read, std::slice::from_ref(&me.staff.id)).await?;
    let ids: Vec<ClientId> = episodes.iter().map(|one| one.episode.client_id.clone()).collect();
    let ids = if me.is(&[Role::Clinician]) { ids } else { Vec::new() };
    let own: BTreeMap<ClientId, String> = store::client::by_ids(&mut read, &ids)
        .await?
        .into_iter()
        .map(|client| (client.id.clone(), client.name.into_exposed()))
        .collect();
    let mut subjects: Vec<String> = own.keys().map(|id| id.as_str().to_owned()).collect();
    for client in own.keys() {
        subjects
            .extend(store::case::of_client(&mut read, client).await?.iter().map(|case| case.id.as_str().to_owned()));
    }
    subjects.push(me.staff.id.as_str().to_owned());
    let mine = workflows::audit::actor(&me.actor());
    let mut found = store::audit_of_subjects(&mut read, &subjects, &mine, since, LISTED + 1).await?;
    let most = usize::try_from(LISTED).unwrap_or(usize::MAX);
    let is_cut = found.len() > most;
    found.truncate(most);
    drop(read);
    let telling = me.telling(&app);
    let mut seen = Vec::new();
    let mut rows = Vec::new();
    for row in &found {
        let Some(who) = row.actor.strip_prefix("staff:") else { continue };
        let client = client_of(row, &own);
        seen.extend(client.clone());
        rows.push(LookRow {
            at: telling.date_time(row.at),
            who: people.name(&StaffId::from_text(who)),
            what: super::words::did(&app.templates, me.language, &row.action),
            href: client.as_ref().map(|id| format!("/clients/{id}")),
            client: client.as_ref().and_then(|id| own.get(id)).cloned(),
        });
    }
    let view = Looks { shell: me.shell(&app, None), days: DAYS, listed: is_cut.then_some(LISTED), rows };
    let seen = Seen::list("view.looks", &me, seen);
    me.show(&app, StatusCode::OK, &view, seen).await
}
