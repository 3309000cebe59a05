//! All clients of the person's sites, by name.

use super::frame;
use crate::App;
use crate::error::Result;
use crate::staff::people::People;
use crate::staff::search::clinicians_of;
use crate::staff::session::Signed;
use crate::staff::shown::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::ClientId;
use care::access::Action;
use care::client::{Client, Consent, ConsentState, Purpose};
use care::message::Channel;
use serde::Deserialize;
use templates::format;
use templates::staff::Pager;
use templates::staff::admin::{ClientList, ClientListRow, Section};
use workflows::client;

/// Rows of one page.
const PAGE: usize = 100;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    page: String,
}

/// The page.
pub async fn list(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::ListClients, None).await?;
    let mut read = app.db.read(&me.practice).await?;
    let found = client::list(&mut read, &app.ctx, &me.viewer).await?;
    let people = People::of(&mut read, me.zone).await?;
    let total = found.len();
    let page = asked.page.parse::<usize>().unwrap_or(1).clamp(1, total.div_ceil(PAGE).max(1));
    let shown: Vec<&Client> = found.iter().skip((page - 1) * PAGE).take(PAGE).collect();
    let ids: Vec<ClientId> = shown.iter().map(|client| client.id.clone()).collect();
    let clinicians = clinicians_of(&mut read, &ids).await?;
    let consents = store::consent::current_of(&mut read, &ids).await?;
    drop(read);
    let rows = shown.iter().map(|client| ClientListRow {
        name: client.name.text().to_owned(),
        href: format!("/admin/clients/{}", client.id),
        born: client.birth_date.as_ref().map(|born| format::day(*born.expose(), me.language)),
        site: people.site_name(&client.site_id),
        clinician: clinicians.get(&client.id).map(|id| people.name(id)),
        reachable: Channel::ALL
            .iter()
            .any(|channel| client.address(*channel).is_some() && agreed(&consents, client, *channel)),
    });
    let address = |page: usize| format!("/admin/clients?page={page}");
    let count = |number: usize| i64::try_from(number).unwrap_or(0);
    let (shell, sections) = frame(&app, &me, Section::Clients);
    let view = ClientList {
        shell,
        sections,
        rows: rows.collect(),
        pager: (total > PAGE).then(|| Pager {
            from: count((page - 1) * PAGE + 1),
            until: count((page * PAGE).min(total)),
            total: count(total),
            previous: (page > 1).then(|| address(page - 1)),
            next: (page * PAGE < total).then(|| address(page + 1)),
        }),
    };
    let seen = Seen::list("view.clients", &me, ids.clone());
    me.show(&app, StatusCode::OK, &view, seen).await
}

fn agreed(consents: &[Consent], client: &Client, channel: Channel) -> bool {
    consents.iter().any(|one| {
        one.client_id == client.id
            && one.channel == channel
            && one.purpose == Purpose::CheckIn
            && one.state == ConsentState::Given
    })
}
