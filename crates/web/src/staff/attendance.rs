//! Attendance and retention: sessions that were missed, courses that ended early, how long clients stay. What is counted comes
//! from `store::attendance`, by the definitions of `care::attendance`; here is decided who may see which figure. Nobody is ranked:
//! there is no table of people.

mod asked;
mod figures;
mod file;

pub(super) use figures::text as figure_text;
pub(super) use file::shown;

use super::dashboard::{Known, gives_away, note};
use super::download::{self, Format, Sheet};
use super::exit::Exits;
use super::saved_view;
use super::session::Signed;
use crate::App;
use crate::error::Result;
use asked::{Asked, Question};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::Instant;
use care::access::Action;
use care::attendance::{By, Ended, EndingRule, Endings, Sessions, Stayed};
use care::outcome::{Audience, least};
use care::saved_view::Dashboard;
use store::Read;
use store::attendance::Wanted;
use templates::format;
use templates::staff::{Attendance, AttendanceBody, Place};

/// What was counted, and which of it may be shown.
pub(super) struct Counts {
    /// All sessions that are wanted; none where they are too few for this audience.
    pub sessions: Option<Sessions>,
    /// All closed courses; none where they are too few.
    pub endings: Option<Endings>,
    /// Courses that began, by their number of sessions; none where they are too few.
    pub stayed: Option<Vec<Stayed>>,
    /// Sessions by group.
    pub by_sessions: Vec<Sessions>,
    /// Closed courses by group.
    pub by_endings: Vec<Endings>,
    /// Who was asked why they stopped coming; none where courses are too few.
    pub exits: Option<Exits>,
    /// Whether there is anything at all.
    pub is_empty: bool,
}

async fn endings(read: &mut Read, wanted: &Wanted, by: Option<By>, rule: EndingRule) -> Result<Vec<Endings>> {
    let rows: Vec<Ended> = store::attendance::ended(read, wanted, by, rule).await?;
    Ok(Endings::groups(rows))
}

async fn counts(read: &mut Read, question: &Question, audience: Audience, now: Instant) -> Result<Counts> {
    let wanted = &question.wanted;
    let rule = question.early;
    let sessions = store::attendance::sessions(read, wanted, None, now).await?.pop().unwrap_or_default();
    let all = Endings::together(&endings(read, wanted, None, rule).await?);
    let stayed = store::attendance::stayed(read, wanted).await?;
    let began: u64 = stayed.iter().filter(|one| one.sessions > 0).map(|one| one.ended + one.open).sum();
    let is_empty = sessions.booked() == 0 && all.closed() == 0 && began == 0;
    let fewest = least(None, audience);
    let (mut shows_sessions, mut shows_courses) = (sessions.booked() >= fewest, all.closed() >= fewest);
    let mut shows_exits = true;
    for by in By::ALL {
        let Some(chosen) = wanted.chosen(*by) else { continue };
        let wider = wanted.without(*by);
        if shows_sessions {
            let beside = store::attendance::sessions(read, &wider, Some(*by), now).await?;
            let parts: Vec<_> = beside.into_iter().map(|one| (one.of.clone(), one.booked())).collect();
            shows_sessions = !gives_away(&parts, chosen, fewest);
        }
        if shows_courses {
            let beside = endings(read, &wider, Some(*by), EndingRule::Judged).await?;
            let parts: Vec<_> = beside.into_iter().map(|one| (one.of.clone(), one.closed())).collect();
            shows_courses = !gives_away(&parts, chosen, fewest);
        }
        if shows_courses && shows_exits {
            let parts = store::exit_survey::answered_by(read, &wider, *by).await?;
            shows_exits = !gives_away(&parts, chosen, fewest);
        }
    }
    let grouped = Wanted { spans: question.grouped.clone(), ..wanted.clone() };
    let (by_sessions, by_endings) = match question.by {
        None => (Vec::new(), Vec::new()),
        by => (store::attendance::sessions(read, &grouped, by, now).await?, endings(read, &grouped, by, rule).await?),
    };
    let exits = match (shows_courses, shows_exits) {
        (false, _) => None,
        (true, false) => Some(Exits::Withheld),
        (true, true) => Some(Exits::Counted(store::exit_survey::asked(read, wanted).await?)),
    };
    Ok(Counts {
        exits,
        sessions: shows_sessions.then_some(sessions),
        endings: shows_courses.then_some(all),
        // Without enough sessions a filter has picked too few people.
        stayed: (began >= fewest && shows_sessions).then_some(stayed),
        by_sessions,
        by_endings,
        is_empty,
    })
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::ViewAttendance, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, &app, &me).await?;
    let question = asked.question(&me, &known, telling.now);
    let counts = counts(&mut read, &question, Audience::Staff, telling.now).await?;
    let address = question.address("");
    let saved = saved_view::of(&mut read, &me, Dashboard::Attendance, &address).await?;
    drop(read);
    note(&app, &me, question.view, &known, "view.attendance").await?;
    let body = if counts.is_empty {
        AttendanceBody::None
    } else {
        AttendanceBody::Shown(Box::new(figures::of(&known, &question, &counts)))
    };
    let day = |day| format::day(day, me.language);
    let narrowed = By::ALL.iter().any(|by| question.wanted.chosen(*by).is_some()) || question.has_own_definitions();
    let filters = asked::filters(&known, &question);
    let page = Attendance {
        shell: me.shell(&app, Some(Place::Attendance)),
        filters: filters.form("/attendance", narrowed),
        view: question.view,
        period: format!("{} – {}", day(question.first_day()), day(question.last_day())),
        as_of: format::date_time(telling.now, me.zone, me.language),
        no_show: question.no_show,
        early: question.early,
        fewest: question.fewest,
        body,
        csv: question.address("/attendance.csv"),
        xlsx: question.address("/attendance.xlsx"),
        saved,
    };
    me.render(&app, StatusCode::OK, &page)
}

/// The same as a table that leaves the house, with the stricter rules for that.
async fn table(app: &App, me: &Signed, asked: &Asked) -> Result<Sheet> {
    me.authorise(app, Action::ViewAttendance, None).await?;
    let now = app.now();
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, app, me).await?;
    let question = asked.question(me, &known, now);
    let counts = counts(&mut read, &question, Audience::Outside, now).await?;
    drop(read);
    note(app, me, question.view, &known, "export.attendance").await?;
    Ok(file::write(&known, &question, &counts, now))
}

/// As a file.
pub(super) async fn csv(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    download::answer(table(&app, &me, &asked).await?, Format::Csv).await
}

/// As a workbook.
pub(super) async fn xlsx(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    download::answer(table(&app, &me, &asked).await?, Format::Workbook).await
}
