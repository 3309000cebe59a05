//! Tablets in waiting rooms: set up with a pairing code, taken out of use.

use super::frame;
use crate::App;
use crate::error::Result;
use crate::staff::form::{Nothing, Posted, field_problems};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::{KioskId, SiteId};
use serde::Deserialize;
use templates::format;
use templates::staff::admin::{KioskRow, Kiosks, Section};
use templates::staff::{Choice, FieldProblem, Flash};
use workflows::kiosk::{revoke, set_up};

/// A kiosk as typed.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Typed {
    kiosk_name: String,
    site: String,
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, Typed::default(), None, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Typed,
    pairing: Option<(String, String)>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let kiosks = store::kiosk::list(&mut read).await?;
    let people = People::of(&mut read, me.zone).await?;
    drop(read);
    let (shell, sections) = frame(app, me, Section::Messages);
    let view = Kiosks {
        shell,
        sections,
        rows: kiosks
            .iter()
            .map(|one| KioskRow {
                id: one.id.as_str().to_owned(),
                name: one.name.clone(),
                site: people.site_name(&one.site_id),
                locked: one.locked(app.now()).map(|until| format::time(until, me.zone, me.language)),
            })
            .collect(),
        pairing,
        address: format!("{}/kiosk", app.config.base_url),
        name: typed.kiosk_name,
        sites: people.sites.iter().map(|one| Choice::new(one.id.as_str(), one.name.as_str(), &typed.site)).collect(),
        problems,
    };
    me.render(app, status, &view)
}

/// Sets one up; the answer shows its pairing code, once.
pub async fn add(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let site = SiteId::from_text(typed.site.clone());
    let mut tx = app.db.write(&me.practice).await?;
    match set_up(&mut tx, &app.ctx, &me.viewer, &site, &typed.kiosk_name).await {
        Ok((_, code)) => {
            tx.commit().await?;
            let shown = format!("{} {}", &code[..4], &code[4..]);
            page(&app, &me, StatusCode::OK, Typed::default(), Some((typed.kiosk_name, shown)), Vec::new()).await
        }
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let problems = field_problems(&problems);
            page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, None, problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Takes one out of use.
pub async fn out(
    State(app): State<App>,
    me: Signed,
    Path(kiosk): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let kiosk: KioskId = id(&kiosk)?;
    let mut tx = app.db.write(&me.practice).await?;
    let flash = match revoke(&mut tx, &app.ctx, &me.viewer, &kiosk).await {
        Ok(()) => {
            tx.commit().await?;
            Flash::Saved
        }
        Err(workflows::Error::Conflict) => Flash::NothingChanged,
        Err(error) => return Err(error.into()),
    };
    Ok(done(&app, "/admin/kiosks", flash))
}
