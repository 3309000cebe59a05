//! A new course of therapy for a client whose last one has ended, and where the present one belongs.

use super::acts::{again, open_episode, page_of};
use super::{Typed, page};
use crate::App;
use crate::error::Result;
use crate::staff::form::Posted;
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::placement::Placement;
use care::{ClientId, ProtocolId, SiteId, StaffId};
use chrono::NaiveDate;
use serde::Deserialize;
use templates::staff::{FieldProblem, Flash, Wrong};
use workflows::episode::{self, Start};
use workflows::placement;

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Beginning {
    clinician: String,
    site: String,
    protocol: String,
    starts_on: String,
}

/// Begins it and plans its check-ins.
pub async fn begin(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(form): Posted<Beginning>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageClient, Some(&client)).await?;
    let typed = |problems| Typed {
        clinician: form.clinician.clone(),
        site: form.site.clone(),
        protocol: form.protocol.clone(),
        starts_on: form.starts_on.clone(),
        problems,
        ..Typed::default()
    };
    let day = match form.starts_on.trim() {
        "" => Ok(None),
        text => NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Some),
    };
    let Ok(started_on) = day else {
        let typed = typed(vec![FieldProblem::new("starts_on", Wrong::Date)]);
        return page(&app, &me, &client, StatusCode::UNPROCESSABLE_ENTITY, typed).await;
    };
    let start = Start {
        client: client.clone(),
        site: form.site.parse::<SiteId>().ok(),
        protocol: form.protocol.parse::<ProtocolId>().ok(),
        clinician: form.clinician.parse::<StaffId>().ok(),
        started_on,
    };
    let mut tx = app.db.write(&me.practice).await?;
    match episode::start(&mut tx, &app.ctx, &me.actor(), &start).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let named: Vec<workflows::Problem> = problems
                .into_iter()
                .map(|problem| match problem.field.as_str() {
                    "started_on" => workflows::Problem { field: "starts_on".to_owned(), ..problem },
                    _ => problem,
                })
                .collect();
            return again(&app, &me, &client, &named, typed(Vec::new())).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&client), Flash::EpisodeBegun))
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Placed {
    programme: String,
    payer: String,
    modality: String,
    problem: String,
}

/// Says where the open episode belongs: programme, payer, form of therapy, problem.
pub async fn place(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(form): Posted<Placed>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageClient, Some(&client)).await?;
    let episode = open_episode(&app, &me, &client).await?;
    let to = Placement {
        programme_id: form.programme.parse().ok(),
        payer_id: form.payer.parse().ok(),
        modality_id: form.modality.parse().ok(),
        problem_id: form.problem.parse().ok(),
    };
    let mut tx = app.db.write(&me.practice).await?;
    match placement::place(&mut tx, &app.ctx, &me.actor(), &episode.id, &to).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return again(&app, &me, &client, &problems, Typed::default()).await;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(done(&app, &page_of(&client), Flash::Saved))
}
