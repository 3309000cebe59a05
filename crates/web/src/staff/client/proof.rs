//! What a client shows before a check-in opens: the choice for this client, the PIN, and a lock lifted.

use super::acts::page_of;
use super::{Typed, page};
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Nothing, Posted, field_problems};
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use crate::staff::words::Telling;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::ClientId;
use care::access::Action;
use care::practice::Settings;
use care::proof::Proof;
use serde::Deserialize;
use store::Read;
use templates::staff::{Choice, Flash, ProofForm};

/// How it stands, for those who may change it.
pub async fn form(
    read: &mut Read,
    settings: &Settings,
    telling: Telling,
    client: &ClientId,
) -> Result<Option<ProofForm>> {
    let Some(standing) = store::proof::of_client(read, client).await? else { return Ok(None) };
    let on_file = standing.on_file;
    let chosen = on_file.chosen.map_or("practice", Proof::as_str);
    let (wanted, asked) = (on_file.wanted(settings.proof), on_file.asked(settings.proof));
    Ok(Some(ProofForm {
        choices: ["practice"]
            .into_iter()
            .chain(Proof::ALL.iter().map(|one| one.as_str()))
            .map(|one| Choice::new(one, one, chosen))
            .collect(),
        asked,
        missing: (asked != wanted).then_some(wanted),
        pin_since: standing.pin_set_at.map(|at| telling.day(at)),
        locked: standing.locked_until.filter(|until| telling.now < *until).map(|until| telling.date_time(until)),
    }))
}

/// What was chosen.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Chosen {
    proof: String,
    pin: String,
}

/// Chooses for this client.
pub async fn choose(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(typed): Posted<Chosen>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageClient, Some(&client)).await?;
    let chosen = match typed.proof.as_str() {
        "practice" => None,
        other => Some(other.parse::<Proof>().map_err(|_| Error::Invalid(Vec::new()))?),
    };
    let mut tx = app.db.write(&me.practice).await?;
    match workflows::proof::choose(&mut tx, &app.ctx, &me.actor(), &client, chosen, &typed.pin).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let typed = Typed { problems: field_problems(&problems), ..Typed::default() };
            return page(&app, &me, &client, StatusCode::UNPROCESSABLE_ENTITY, typed).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&client), Flash::Saved))
}

/// Lets the client try again at once.
pub async fn unlock(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageClient, Some(&client)).await?;
    let mut tx = app.db.write(&me.practice).await?;
    match workflows::proof::unlock(&mut tx, &app.ctx, &me.actor(), &client).await {
        Ok(()) => tx.commit().await?,
        // Somebody was faster.
        Err(workflows::Error::Conflict) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&client), Flash::Saved))
}
