//! Who looked at what and who changed what: the latest entries, of a person or about a client. Looking here is an entry
//! itself.

use super::{frame, typed_day};
use crate::App;
use crate::error::Result;
use crate::staff::form::encoded;
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::words::did;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::staff::Role;
use care::{ClientId, Language, StaffId, local_time};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::{AuditFilter, AuditRow as Entry, Read};
use templates::staff::admin::{Audit, AuditClient, AuditRow, Section};
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
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

/// The one client an entry is about, as its subject or in its detail.
fn client_of(row: &Entry) -> Option<ClientId> {
    let one = || row.detail.0.get("client").and_then(|value| value.as_str());
    let id = if row.subject_kind == "client" { Some(row.subject_id.as_str()) } else { one() };
    id.map(ClientId::from_text)
}

/// Names of the clients that entries are about, for whom they are to be seen by: an owner reads ids.
async fn named(
    read: &mut Read,
    me: &Signed,
    rows: &[Entry],
    asked: Option<&str>,
) -> Result<BTreeMap<ClientId, String>> {
    if !me.is(&[Role::Admin]) {
        return Ok(BTreeMap::new());
    }
    let mut ids: Vec<ClientId> = rows.iter().filter_map(client_of).chain(asked.map(ClientId::from_text)).collect();
    ids.sort();
    ids.dedup();
    let known = store::client::by_ids(read, &ids).await?;
    let seen = known.into_iter().filter(|client| me.viewer.works_at(&client.site_id));
    Ok(seen.map(|client| (client.id.clone(), client.name.into_exposed())).collect())
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let who = asked.who.parse::<StaffId>().ok();
    let actor = who.as_ref().map(|id| format!("staff:{id}"));
    // Only a whole id is looked for; anything else finds nothing rather than everything.
    let client = Some(asked.client.trim().to_owned()).filter(|client| !client.is_empty());
    let day = |text: &str| typed_day(text).ok().flatten();
    let midnight = |day: chrono::NaiveDate| local_time::at_minute(day, 0, me.zone);
    let filter = AuditFilter {
        before: asked.before.parse().ok(),
        actor,
        about: client,
        from: day(&asked.from).map(midnight),
        until: day(&asked.until).and_then(|day| day.succ_opt()).map(midnight),
    };
    let mut tx = app.db.write(&me.practice).await?;
    let people = People::of(&mut tx, me.zone).await?;
    let rows = store::audit_latest(&mut tx, &filter, PAGE).await?;
    let clients = named(&mut tx, &me, &rows, filter.about.as_deref()).await?;
    let entry = audit::entry(&app.ctx, &me.actor(), "view.audit", "practice", me.practice.as_str());
    tx.audit(entry.listing("clients", clients.keys().map(ClientId::as_str)));
    tx.commit().await?;
    let name = |actor: &str| match (actor.split_once(':'), me.language) {
        (Some(("staff", id)), _) => people.name(&StaffId::from_text(id)),
        (Some(("client", _)), Language::En) => "client".to_owned(),
        (Some(("client", _)), Language::Es) => "paciente".to_owned(),
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
            did: did(&app.templates, me.language, &row.action),
            action: row.action.clone(),
            client: client_of(row).and_then(|id| {
                let name = clients.get(&id)?.clone();
                Some(AuditClient { name, href: format!("/admin/audit?client={id}") })
            }),
            about: format!("{} {}", row.subject_kind, row.subject_id),
        })
        .collect();
    let address = |before: Option<i64>| {
        let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
        let days = format!("&from={}&until={}", encoded(&asked.from), encoded(&asked.until));
        format!("/admin/audit?who={}&client={}{days}{before}", encoded(&asked.who), encoded(asked.client.trim()))
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
    let page = Audit {
        shell,
        sections,
        people: staff,
        client: asked.client.clone(),
        named: filter.about.as_ref().and_then(|id| clients.get(&ClientId::from_text(id.as_str())).cloned()),
        from: asked.from.clone(),
        until: asked.until.clone(),
        rows: shown,
        pager,
    };
    me.render(&app, StatusCode::OK, &page)
}
