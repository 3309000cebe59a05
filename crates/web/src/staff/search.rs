//! The search field: clients within the person's scope, by name, or by exactly their number, address or external id. What
//! is searched for travels in a form's body: a name has no place in an address.

use super::form::Posted;
use super::people::People;
use super::session::Signed;
use super::shown::Seen;
use crate::App;
use crate::error::{Error, Result};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use care::ClientId;
use care::staff::Role;
use serde::Deserialize;
use std::collections::HashMap;
use templates::format;
use templates::staff::{SearchHit, SearchResults};
use workflows::client;

/// Hits shown at most.
const HITS: usize = 30;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
}

/// The page before anything was searched for.
pub(super) async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    found(&app, &me, "").await
}

/// The page with what was found.
pub(super) async fn search(State(app): State<App>, me: Signed, Posted(asked): Posted<Asked>) -> Result<Response> {
    found(&app, &me, &asked.q).await
}

async fn found(app: &App, me: &Signed, text: &str) -> Result<Response> {
    if !me.is(&[Role::Clinician, Role::Supervisor, Role::Intake, Role::Admin]) {
        return Err(Error::Forbidden);
    }
    let mut read = app.db.read(&me.practice).await?;
    let found = if text.trim().is_empty() {
        Vec::new()
    } else {
        client::search(&mut read, &app.ctx, &me.viewer, text, HITS).await?
    };
    let people = People::of(&mut read, me.zone).await?;
    let ids: Vec<ClientId> = found.iter().map(|client| client.id.clone()).collect();
    let clinicians = clinicians_of(&mut read, &ids).await?;
    drop(read);
    let hits = found.iter().map(|client| {
        let born = client.birth_date.as_ref().map(|born| format::day(*born.expose(), me.language));
        let clinician = clinicians.get(&client.id).map(|id| people.name(id));
        let about = [born, Some(people.site_name(&client.site_id)), clinician]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        SearchHit { client: client.name.text().to_owned(), href: format!("/clients/{}", client.id), about }
    });
    let mut shell = me.shell(app, None);
    shell.search = Some(text.to_owned());
    "/search".clone_into(&mut shell.path);
    let page = SearchResults { shell, hits: hits.collect() };
    let seen = Seen::list("view.search", me, ids.clone());
    me.show(app, StatusCode::OK, &page, seen).await
}

/// The clinicians of these clients' open episodes.
pub(super) async fn clinicians_of(
    read: &mut store::Read,
    clients: &[ClientId],
) -> Result<HashMap<ClientId, care::StaffId>> {
    let episodes = store::episode::open_of_clients(read, clients).await?;
    let ids: Vec<_> = episodes.iter().map(|episode| episode.id.clone()).collect();
    let current = store::assignment::current_of(read, &ids).await?;
    let clinician = |episode: &care::EpisodeId| {
        current.iter().find(|one| &one.episode_id == episode).map(|one| one.clinician_id.clone())
    };
    Ok(episodes.iter().filter_map(|episode| Some((episode.client_id.clone(), clinician(&episode.id)?))).collect())
}
