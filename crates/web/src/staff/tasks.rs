//! The front desk's work: what came in by itself and needs a person.

use super::form::{Nothing, Posted};
use super::people::People;
use super::session::Signed;
use super::shown::{Seen, done, id};
use super::words::Telling;
use crate::App;
use crate::error::Result;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::practice::Task;
use care::{ClientId, TaskId};
use chrono::Duration;
use std::collections::HashMap;
use store::Read;
use templates::staff::{Flash, Place, TaskRow, Tasks};
use workflows::practice;

/// How far back done tasks are shown, and how many at most.
const LATELY: Duration = Duration::days(7);
const DONE: usize = 30;

/// One task.
pub(super) fn row(task: &Task, name: &impl Fn(&ClientId) -> String, people: &People, telling: Telling) -> TaskRow {
    let by = task.done_at.map(|at| {
        let who = task.done_by.as_ref().map(|id| people.name(id)).unwrap_or_default();
        format!("{who}, {}", telling.session(at))
    });
    TaskRow {
        id: task.id.as_str().to_owned(),
        kind: task.kind,
        client: task.client_id.as_ref().map(name),
        href: task.client_id.as_ref().map(|client| format!("/clients/{client}")),
        raised: telling.moment(task.raised_at),
        due: telling.moment(task.due_at),
        done_by: by,
    }
}

/// The open tasks about clients of the person's sites, and those about no client.
pub(super) async fn open(read: &mut Read, me: &Signed) -> Result<(Vec<Task>, HashMap<ClientId, String>)> {
    let open = store::task::open(read).await?;
    within_sites(read, me, open).await
}

/// Those tasks that are about clients of the person's sites or about no client, and the clients' names.
async fn within_sites(
    read: &mut Read,
    me: &Signed,
    mut tasks: Vec<Task>,
) -> Result<(Vec<Task>, HashMap<ClientId, String>)> {
    let clients: Vec<ClientId> = tasks.iter().filter_map(|task| task.client_id.clone()).collect();
    let known: HashMap<ClientId, String> = store::client::by_ids(read, &clients)
        .await?
        .into_iter()
        .filter(|client| me.viewer.works_at(&client.site_id))
        .map(|client| (client.id.clone(), client.name.into_exposed()))
        .collect();
    tasks.retain(|task| task.client_id.as_ref().is_none_or(|client| known.contains_key(client)));
    Ok((tasks, known))
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::ViewTasks, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let (open, mut known) = open(&mut read, &me).await?;
    let lately = store::task::done_since(&mut read, telling.now - LATELY).await?;
    let (lately, names) = within_sites(&mut read, &me, lately).await?;
    drop(read);
    known.extend(names);
    let name = |id: &ClientId| known.get(id).cloned().unwrap_or_default();
    let page = Tasks {
        shell: me.shell(&app, Some(Place::Tasks)),
        open: open.iter().map(|task| row(task, &name, &people, telling)).collect(),
        done: lately.iter().take(DONE).map(|task| row(task, &name, &people, telling)).collect(),
    };
    let seen = Seen::list("view.tasks", &me, known.keys().cloned());
    me.show(&app, StatusCode::OK, &page, seen).await
}

/// Marks one done.
pub(super) async fn finish(
    State(app): State<App>,
    me: Signed,
    Path(task): Path<String>,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Response> {
    me.authorise(&app, Action::ViewTasks, None).await?;
    let task: TaskId = id(&task)?;
    let mut read = app.db.read(&me.practice).await?;
    let (open, _) = open(&mut read, &me).await?;
    drop(read);
    // Done meanwhile by somebody else is done; another site's is not known here.
    if !open.iter().any(|one| one.id == task) {
        return Ok(done(&app, "/tasks", Flash::NotPossible));
    }
    let mut tx = app.db.write(&me.practice).await?;
    practice::finish_task(&mut tx, &app.ctx, &me.viewer, &task).await?;
    tx.commit().await?;
    Ok(done(&app, "/tasks", Flash::TaskDone))
}
