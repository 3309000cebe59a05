//! A client's own goals. What is typed is read here, what it changes is `workflows::goal`'s.

use super::form::Posted;
use super::people::People;
use super::session::Signed;
use super::shown::{Seen, done, id};
use crate::App;
use crate::error::{Error, Result};
use crate::goals::Drawing;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::{Access, Action, decide};
use care::episode::Episode;
use care::goal::{self, Goal, GoalState};
use care::{ClientId, Instant, Phi};
use serde::Deserialize;
use templates::format;
use templates::staff::{FieldProblem, Flash, GoalCard, GoalForms, Goals, Place, Wrong};
use workflows::goal::{Act, act};

/// What was posted.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    act: String,
    goal: String,
    goal_text: String,
    goal_rating: String,
}

impl Typed {
    fn number(&self) -> Option<i64> {
        self.goal.parse().ok()
    }

    /// What is meant, or what is wrong with it.
    fn read(&self) -> Result<Act, FieldProblem> {
        let words = || match goal::words(&self.goal_text) {
            Some(text) => Ok(Phi::new(text.to_owned())),
            None if self.goal_text.trim().is_empty() => Err(FieldProblem::new("goal_text", Wrong::Required)),
            None => Err(FieldProblem::new("goal_text", Wrong::TooLong)),
        };
        let number = || self.number().ok_or_else(|| FieldProblem::new("goal_text", Wrong::Choose));
        Ok(match self.act.as_str() {
            "agree" => Act::Agree(words()?),
            "reword" => Act::Reword(number()?, words()?),
            "rate" => {
                let rating = goal::rating(&self.goal_rating);
                Act::Rate(number()?, rating.ok_or_else(|| FieldProblem::new("goal_rating", Wrong::Number))?)
            }
            "reached" => Act::End(number()?, GoalState::Reached),
            "dropped" => Act::End(number()?, GoalState::Dropped),
            _ => return Err(FieldProblem::new("goal_text", Wrong::Choose)),
        })
    }
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Path(client): Path<String>) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ViewChart, Some(&client)).await?;
    page(&app, &me, &client, StatusCode::OK, &Typed::default(), None).await
}

async fn page(
    app: &App,
    me: &Signed,
    client: &ClientId,
    status: StatusCode,
    typed: &Typed,
    problem: Option<FieldProblem>,
) -> Result<Response> {
    let mut read = app.db.read(&me.practice).await?;
    let found = store::client::find(&mut read, client).await?.ok_or(Error::NotFound)?;
    let episode = store::episode::open_or_latest(&mut read, client).await?;
    let (mut goals, sessions) = match &episode {
        Some(episode) => (
            store::goal::of_episode(&mut read, &episode.id).await?,
            store::appointment::of_episode(&mut read, &episode.id).await?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let people = People::of(&mut read, me.zone).await?;
    let tie = workflows::access::to_client(&mut read, &app.ctx, &me.viewer, client).await?;
    drop(read);
    let is_open = episode.as_ref().is_some_and(Episode::is_open);
    let may = is_open && decide(&me.viewer, Action::ManageEpisode, &tie) == Access::Allowed;
    let zone = episode.as_ref().map_or(me.zone, |episode| people.zone(&episode.site_id));
    let day = |at: Instant| format::day(format::local_day(at, zone), me.language);
    let drawing = Drawing { templates: &app.templates, appointments: &sessions, zone, language: me.language };
    let card = |goal: &Goal| -> Option<GoalCard> {
        let (last, earlier) = goal.wordings.split_last()?;
        let times = |version| goal.ratings.iter().filter(|one| one.version == version).count();
        let is_meant = typed.number() == Some(goal.number);
        Some(GoalCard {
            number: goal.number,
            state: goal.state,
            ended: goal.ended_at.map(day),
            text: last.text.text().to_owned(),
            agreed: (day(last.agreed_at), people.name(&last.agreed_with)),
            earlier: earlier
                .iter()
                .map(|one| (one.text.text().to_owned(), day(one.agreed_at), times(one.version)))
                .collect(),
            chart: drawing.chart(goal),
            last: goal.ratings.last().map(|one| one.rating),
            problems: problem.iter().filter(|_| is_meant).cloned().collect(),
        })
    };
    let next = goal::next_number(&goals);
    goals.sort_by_key(|goal| (goal.state != GoalState::Active, goal.number));
    let view = Goals {
        shell: me.shell(app, Some(Place::Caseload)),
        client: client.as_str().to_owned(),
        name: found.called().to_owned(),
        goals: goals.iter().filter_map(card).collect(),
        form: match (may, next) {
            (false, _) => GoalForms::Closed,
            (true, None) => GoalForms::Full,
            (true, Some(_)) => GoalForms::Open,
        },
        at_a_time: goal::AT_A_TIME,
        text: if typed.act == "agree" { typed.goal_text.clone() } else { String::new() },
        problems: problem.iter().filter(|_| typed.number().is_none()).cloned().collect(),
    };
    me.show(app, status, &view, Seen::client("view.goals", client)).await
}

/// Agrees on a goal, words it anew, rates it or ends it.
pub(super) async fn change(
    State(app): State<App>,
    me: Signed,
    Path(client): Path<String>,
    Posted(typed): Posted<Typed>,
) -> Result<Response> {
    let client: ClientId = id(&client)?;
    me.authorise(&app, Action::ManageEpisode, Some(&client)).await?;
    let meant = match typed.read() {
        Ok(meant) => meant,
        Err(problem) => {
            return page(&app, &me, &client, StatusCode::UNPROCESSABLE_ENTITY, &typed, Some(problem)).await;
        }
    };
    let back = format!("/clients/{client}/goals");
    let mut tx = app.db.write(&me.practice).await?;
    let Some(episode) = store::episode::open_of_client(&mut tx, &client).await? else {
        return Ok(done(&app, &back, Flash::NotPossible));
    };
    let flash = match act(&mut tx, &app.ctx, &me.staff.id, &episode, &meant).await {
        Ok(()) => {
            tx.commit().await?;
            Flash::Saved
        }
        Err(workflows::Error::Conflict) => Flash::NothingChanged,
        Err(error) => return Err(error.into()),
    };
    Ok(done(&app, &back, flash))
}
