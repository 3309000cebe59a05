//! Who looked at what and who changed what: the latest entries, of a person or about a client. Looking here is an entry
//! itself.

use super::frame;
use crate::App;
use crate::error::Result;
use crate::staff::form::encoded;
use crate::staff::people::People;
use crate::staff::session::Signed;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::{Language, StaffId};
use serde::Deserialize;
use store::AuditFilter;
use templates::staff::admin::{Audit, AuditRow, Section};
use templates::staff::{Choice, Pager};
use workflows::audit;

/// Entries of one page.
const PAGE: i64 = 100;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    who: String,
    #[serde(default)]
    client: String,
    #[serde(default)]
    before: String,
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let who = asked.who.parse::<StaffId>().ok();
    let actor = who.as_ref().map(|id| format!("staff:{id}"));
    // Only a whole id is looked for; anything else finds nothing rather than everything.
    let client = Some(asked.client.trim().to_owned()).filter(|client| !client.is_empty());
    let filter = AuditFilter { before: asked.before.parse().ok(), actor, about: client };
    let mut tx = app.db.write(&me.practice).await?;
    let people = People::of(&mut tx, me.zone).await?;
    let rows = store::audit_latest(&mut tx, &filter, PAGE).await?;
    tx.audit(audit::entry(&app.ctx, &me.actor(), "view.audit", "practice", me.practice.as_str()));
    tx.commit().await?;
    let name = |actor: &str| match (actor.split_once(':'), me.language) {
        (Some(("staff", id)), _) => people.name(&StaffId::from_text(id)),
        (Some(("client", _)), Language::En) => "client".to_owned(),
        (Some(("client", _)), Language::Es) => "cliente".to_owned(),
        (_, Language::En) => "system".to_owned(),
        (_, Language::Es) => "sistema".to_owned(),
    };
    let telling = me.telling(&app);
    let shown: Vec<AuditRow> = rows
        .iter()
        .map(|row| AuditRow {
            number: row.seq,
            at: telling.date_time(row.at),
            who: name(&row.actor),
            action: row.action.clone(),
            about: format!("{} {}", row.subject_kind, row.subject_id),
        })
        .collect();
    let address = |before: Option<i64>| {
        let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
        format!("/admin/audit?who={}&client={}{before}", encoded(&asked.who), encoded(asked.client.trim()))
    };
    let oldest = rows.last().map(|row| row.seq);
    let is_full = i64::try_from(rows.len()).unwrap_or(0) == PAGE;
    let pager = match (rows.first(), oldest) {
        (Some(first), Some(oldest)) if is_full || filter.before.is_some() => Some(Pager {
            from: first.seq,
            until: oldest,
            total: first.seq.max(filter.before.unwrap_or(0)),
            previous: filter.before.is_some().then(|| address(None)),
            next: is_full.then(|| address(Some(oldest))),
        }),
        _ => None,
    };
    let mut staff: Vec<Choice> =
        people.staff.iter().map(|one| Choice::new(one.id.as_str(), one.name.text(), &asked.who)).collect();
    staff.sort_by(|one, other| one.label.cmp(&other.label));
    let (shell, sections) = frame(&app, &me, Section::Audit);
    let page = Audit { shell, sections, people: staff, client: asked.client.clone(), rows: shown, pager };
    me.render(&app, StatusCode::OK, &page)
}
