//! The places where the practice works: name, zone, who is on call, and when check-ins before sessions go.

use super::frame;
use crate::App;
use crate::error::Result;
use crate::staff::door::zones;
use crate::staff::form::{Posted, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::{done, id};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::staff::Role;
use care::{SiteId, StaffId};
use serde::Deserialize;
use store::client::Scope;
use templates::staff::admin::{Section, SiteForm, Sites};
use templates::staff::{FieldProblem, Flash};
use workflows::practice;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    site_name: String,
    zone: String,
    on_call: String,
    before_session_hours: String,
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    page(&app, &me, StatusCode::OK, None, Vec::new()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Option<(String, Typed)>,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let mut forms = Vec::new();
    let shown = |form: &str, otherwise: Typed| match &typed {
        Some((wrong, typed)) if wrong == form => typed.clone(),
        _ => otherwise,
    };
    let called = [Role::Clinician, Role::Supervisor, Role::Intake, Role::Owner, Role::Admin];
    for site in &people.sites {
        let clients = store::client::list(&mut read, &Scope::Sites(vec![site.id.clone()])).await?.len();
        let on_call = site.on_call_id.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
        let kept = Typed {
            site_name: site.name.clone(),
            zone: site.zone.clone(),
            on_call,
            before_session_hours: site.before_session_hours.map(|hours| hours.to_string()).unwrap_or_default(),
        };
        let values = shown(site.id.as_str(), kept);
        forms.push(SiteForm {
            id: site.id.as_str().to_owned(),
            action: format!("/admin/sites/{}", site.id),
            name: values.site_name,
            zones: zones(&values.zone),
            on_call: people.choices(&called, Some(&site.id), &values.on_call),
            before_session_hours: values.before_session_hours,
            clients: i64::try_from(clients).unwrap_or(0),
        });
    }
    drop(read);
    let values = shown("new", Typed { zone: me.face.practice.zone.clone(), ..Typed::default() });
    forms.push(SiteForm {
        id: "new".to_owned(),
        action: "/admin/sites".to_owned(),
        name: values.site_name,
        zones: zones(&values.zone),
        on_call: people.choices(&called, None, &values.on_call),
        before_session_hours: values.before_session_hours,
        clients: 0,
    });
    let (shell, sections) = frame(app, me, Section::Sites);
    let wrong_in = typed.map(|(form, _)| form);
    let usual_hours = me.face.practice.settings.before_session_hours;
    me.render(app, status, &Sites { shell, sections, forms, usual_hours, problems, wrong_in })
}

async fn write(app: &App, me: &Signed, site: Option<&SiteId>, typed: &Typed) -> workflows::Result<()> {
    let (ctx, by) = (&app.ctx, &me.viewer);
    let form = practice::SiteForm {
        name: typed.site_name.clone(),
        zone: typed.zone.clone(),
        before_session_hours: typed.before_session_hours.clone(),
    };
    let mut tx = app.db.write(&me.practice).await?;
    let site = match site {
        Some(site) => {
            practice::edit_site(&mut tx, ctx, by, site, &form).await?;
            site.clone()
        }
        None => practice::add_site(&mut tx, ctx, by, &form).await?,
    };
    let on_call = typed.on_call.parse::<StaffId>().ok();
    let before = store::site::find(&mut tx, &site).await?.and_then(|site| site.on_call_id);
    if before != on_call {
        practice::set_on_call(&mut tx, ctx, by, &site, on_call.as_ref()).await?;
    }
    Ok(tx.commit().await?)
}

async fn keep(app: &App, me: &Signed, site: Option<&SiteId>, typed: Typed) -> Result<Response> {
    me.authorise(app, Action::Administer, None).await?;
    match write(app, me, site, &typed).await {
        Ok(()) => Ok(done(app, "/admin/sites", Flash::Saved)),
        Err(workflows::Error::Invalid(problems)) => {
            let form = site.map_or("new", SiteId::as_str).to_owned();
            let problems = renamed(&problems, &[("name", "site_name"), ("site", "site_name")]);
            page(app, me, StatusCode::UNPROCESSABLE_ENTITY, Some((form, typed)), problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Adds a site.
pub async fn add(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    keep(&app, &me, None, typed).await
}

/// Saves a site.
pub async fn save(
    State(app): State<App>,
    me: Signed,
    Path(site): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    keep(&app, &me, Some(&id(&site)?), typed).await
}
