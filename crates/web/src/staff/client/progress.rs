//! What the client sees of their own course: the same page on the staff's screen, for the session, and the choice for this client.

use super::View;
use crate::App;
use crate::error::{Error, Result};
use crate::progress::{Saying, episode_of, goals, lines};
use crate::staff::form::Posted;
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{Seen, done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::ClientId;
use care::access::Action;
use care::practice::ShowProgress;
use serde::Deserialize;
use store::Read;
use templates::client::{Course, Shell};
use templates::staff::{Choice, Flash, ProgressForm};

/// The choice, for those who see the chart.
pub async fn form(read: &mut Read, view: View, client: &ClientId) -> Result<Option<ProgressForm>> {
    if view != View::Chart {
        return Ok(None);
    }
    let chosen = workflows::progress::chosen(read, client).await?.map_or("practice", ShowProgress::as_str);
    let all = ["practice"].into_iter().chain(ShowProgress::ALL.iter().map(|one| one.as_str()));
    Ok(Some(ProgressForm { choices: all.map(|one| Choice::new(one, one, chosen)).collect() }))
}

/// The page as the client would see it, in the client's language.
pub async fn show(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ViewChart, Some(&client)).await?;
    let mut read = app.db.read(&me.practice).await?;
    let found = store::client::find(&mut read, &client).await?.ok_or(Error::NotFound)?;
    let people = People::of(&mut read, me.zone).await?;
    let saying = Saying { language: found.language, zone: people.zone(&found.site_id) };
    let shown = workflows::progress::shown(&mut read, &me.face.practice.settings, &client).await?;
    let (lines, goals, reader) = match episode_of(&mut read, &client).await? {
        Some(episode) => {
            let clinician = store::assignment::current(&mut read, &episode.id).await?;
            let lines = lines(&mut read, &me.shelf.library, &episode, shown, saying).await?;
            let goals = goals(&mut read, &app.templates, &episode, shown, saying).await?;
            (lines, goals, clinician.map(|one| people.name(&one.clinician_id)))
        }
        None => (Vec::new(), Vec::new(), None),
    };
    drop(read);
    let page = Course {
        shell: Shell::new(Some(me.face.practice.display_name.clone())),
        back: format!("/clients/{client}"),
        reader,
        lines,
        goals,
    };
    me.show_in(&app, found.language, StatusCode::OK, &page, Seen::client("view.progress", &client)).await
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Chosen {
    progress: String,
}

/// Chooses for this client.
pub async fn choose(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(chosen): Posted<Chosen>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ViewChart, Some(&client)).await?;
    let shown = match chosen.progress.as_str() {
        "practice" => None,
        other => Some(other.parse::<ShowProgress>().map_err(|_| Error::Invalid(Vec::new()))?),
    };
    let mut tx = app.db.write(&me.practice).await?;
    workflows::progress::choose(&mut tx, &app.ctx, &me.staff.id, &client, shown).await?;
    tx.commit().await?;
    Ok(done(&app, &format!("/clients/{client}"), Flash::Saved))
}
