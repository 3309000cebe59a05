//! The practice's names, hours, reminders and ladder.

use super::{frame, languages};
use crate::App;
use crate::error::Result;
use crate::staff::door::zones;
use crate::staff::form::{Posted, renamed};
use crate::staff::session::Signed;
use crate::staff::shown::done;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use care::access::Action;
use care::ladder::{self, Kind};
use care::practice::{AppointmentReminders, Practice, Settings, ShowProgress, Silence};
use care::proof::Proof;
use serde::Deserialize;
use templates::staff::admin::{PracticeSettings, Section};
use templates::staff::{Choice, FieldProblem, Flash, Wrong};
use workflows::Problem;
use workflows::practice::{PracticeForm, update};

/// What is typed: times of day as `HH:MM`, the rest as whole numbers.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub struct Typed {
    practice: String,
    display_name: String,
    phone: String,
    language: String,
    zone: String,
    quiet_until: String,
    quiet_from: String,
    unknown_until: String,
    unknown_from: String,
    before_session_hours: String,
    reminder_after_hours: String,
    fallback_after_hours: String,
    expires_after_hours: String,
    business_from: String,
    business_until: String,
    ladder_in_1: String,
    ladder_in_2: String,
    ladder_in_3: String,
    ladder_after_1: String,
    ladder_after_2: String,
    ladder_after_3: String,
    review_in_1: String,
    review_in_2: String,
    review_in_3: String,
    review_after_1: String,
    review_after_2: String,
    review_after_3: String,
    ladder_repeat: String,
    off_track_supervisor_after_hours: String,
    off_track_overdue_after_hours: String,
    missed_supervisor_after_hours: String,
    missed_overdue_after_hours: String,
    read_supervisor_after_hours: String,
    alert_budget: String,
    silence: String,
    appointment_reminders: String,
    progress: String,
    proof: String,
}

/// A minute of the day as `HH:MM`.
fn clock(minute: u32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// `HH:MM` as a minute of the day; midnight at its end is `24:00`.
fn minute(text: &str) -> Option<u32> {
    let mut parts = text.trim().splitn(3, ':');
    let (hours, minutes) = (parts.next()?.parse::<u32>().ok()?, parts.next()?.parse::<u32>().ok()?);
    (hours < 24 && minutes < 60 || (hours, minutes) == (24, 0)).then_some(hours * 60 + minutes)
}

impl Typed {
    fn of(practice: &Practice) -> Self {
        let s = &practice.settings;
        // What holds, whatever was kept: what was slower than danger allows does not.
        let tiers = |kind| {
            let (in_hours, after_hours) = ladder::tiers(kind, s);
            [in_hours, after_hours].map(|tiers| tiers.map(|minutes| minutes.to_string()))
        };
        let [[in_1, in_2, in_3], [after_1, after_2, after_3]] = tiers(Kind::Urgent);
        let [[review_in_1, review_in_2, review_in_3], [review_after_1, review_after_2, review_after_3]] =
            tiers(Kind::Review);
        let supervisors = |kind| ladder::supervisors_after(kind, s).to_string();
        Self {
            practice: practice.name.clone(),
            display_name: practice.display_name.clone(),
            phone: practice.phone.clone(),
            language: practice.language.as_str().to_owned(),
            zone: practice.zone.clone(),
            quiet_until: clock(s.quiet_until_minute),
            quiet_from: clock(s.quiet_from_minute),
            unknown_until: clock(s.unknown_zone_until_minute),
            unknown_from: clock(s.unknown_zone_from_minute),
            before_session_hours: s.before_session_hours.to_string(),
            reminder_after_hours: s.reminder_after_hours.to_string(),
            fallback_after_hours: s.fallback_after_hours.to_string(),
            expires_after_hours: s.expires_after_hours.to_string(),
            business_from: clock(s.business_from_minute),
            business_until: clock(s.business_until_minute),
            ladder_in_1: in_1,
            ladder_in_2: in_2,
            ladder_in_3: in_3,
            ladder_after_1: after_1,
            ladder_after_2: after_2,
            ladder_after_3: after_3,
            review_in_1,
            review_in_2,
            review_in_3,
            review_after_1,
            review_after_2,
            review_after_3,
            ladder_repeat: ladder::repeat(s).to_string(),
            off_track_supervisor_after_hours: supervisors(Kind::OffTrack),
            off_track_overdue_after_hours: s.off_track_overdue_after_hours.to_string(),
            missed_supervisor_after_hours: supervisors(Kind::Missed),
            missed_overdue_after_hours: s.missed_overdue_after_hours.to_string(),
            read_supervisor_after_hours: supervisors(Kind::Read),
            alert_budget: s.alert_budget.to_string(),
            silence: s.silence.as_str().to_owned(),
            appointment_reminders: s.appointment_reminders.as_str().to_owned(),
            progress: s.progress.as_str().to_owned(),
            proof: s.proof.as_str().to_owned(),
        }
    }

    /// The settings, or the fields that are no times or numbers.
    fn settings(&self) -> Result<Settings, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut time = |field: &str, text: &str| {
            minute(text).unwrap_or_else(|| {
                problems.push(FieldProblem::new(field, Wrong::Time));
                0
            })
        };
        let times = [
            time("quiet_until", &self.quiet_until),
            time("quiet_from", &self.quiet_from),
            time("unknown_until", &self.unknown_until),
            time("unknown_from", &self.unknown_from),
            time("business_from", &self.business_from),
            time("business_until", &self.business_until),
        ];
        let mut number = |field: &str, text: &str| {
            text.trim().parse::<u32>().unwrap_or_else(|_| {
                problems.push(FieldProblem::new(field, Wrong::Number));
                0
            })
        };
        let settings = Settings {
            quiet_until_minute: times[0],
            quiet_from_minute: times[1],
            unknown_zone_until_minute: times[2],
            unknown_zone_from_minute: times[3],
            business_from_minute: times[4],
            business_until_minute: times[5],
            reminder_after_hours: number("reminder_after_hours", &self.reminder_after_hours),
            fallback_after_hours: number("fallback_after_hours", &self.fallback_after_hours),
            expires_after_hours: number("expires_after_hours", &self.expires_after_hours),
            before_session_hours: number("before_session_hours", &self.before_session_hours),
            ladder_in_hours: [
                number("ladder_in_1", &self.ladder_in_1),
                number("ladder_in_2", &self.ladder_in_2),
                number("ladder_in_3", &self.ladder_in_3),
            ],
            ladder_after_hours: [
                number("ladder_after_1", &self.ladder_after_1),
                number("ladder_after_2", &self.ladder_after_2),
                number("ladder_after_3", &self.ladder_after_3),
            ],
            review_in_hours: Some([
                number("review_in_1", &self.review_in_1),
                number("review_in_2", &self.review_in_2),
                number("review_in_3", &self.review_in_3),
            ]),
            review_after_hours: Some([
                number("review_after_1", &self.review_after_1),
                number("review_after_2", &self.review_after_2),
                number("review_after_3", &self.review_after_3),
            ]),
            ladder_repeat: number("ladder_repeat", &self.ladder_repeat),
            off_track_supervisor_after_hours: number(
                "off_track_supervisor_after_hours",
                &self.off_track_supervisor_after_hours,
            ),
            off_track_overdue_after_hours: number("off_track_overdue_after_hours", &self.off_track_overdue_after_hours),
            missed_supervisor_after_hours: Some(number(
                "missed_supervisor_after_hours",
                &self.missed_supervisor_after_hours,
            )),
            missed_overdue_after_hours: number("missed_overdue_after_hours", &self.missed_overdue_after_hours),
            read_supervisor_after_hours: Some(number("read_supervisor_after_hours", &self.read_supervisor_after_hours)),
            silence: self.silence.parse().unwrap_or(Silence::Case),
            appointment_reminders: self.appointment_reminders.parse().unwrap_or(AppointmentReminders::Off),
            alert_budget: number("alert_budget", &self.alert_budget),
            progress: self.progress.parse().unwrap_or(ShowProgress::Symptoms),
            proof: self.proof.parse().unwrap_or(Proof::Off),
            // Kept as they are: they have a form of their own.
            holidays: Vec::new(),
        };
        problems.dedup();
        if problems.is_empty() { Ok(settings) } else { Err(problems) }
    }
}

/// The page.
pub async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let mut read = app.db.read(&me.practice).await?;
    let practice = store::practice::get(&mut read).await?;
    drop(read);
    page(&app, &me, StatusCode::OK, Typed::of(&practice), Vec::new())
}

fn page(app: &App, me: &Signed, status: StatusCode, typed: Typed, problems: Vec<FieldProblem>) -> Result<Response> {
    let (shell, sections) = frame(app, me, Section::Settings);
    let view = PracticeSettings {
        shell,
        sections,
        languages: languages(&typed.language),
        zones: zones(&typed.zone),
        silence: Silence::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), &typed.silence)).collect(),
        appointment_reminders: AppointmentReminders::ALL
            .iter()
            .map(|one| Choice::new(one.as_str(), one.as_str(), &typed.appointment_reminders))
            .collect(),
        proof: Proof::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), &typed.proof)).collect(),
        progress: ShowProgress::ALL
            .iter()
            .map(|one| Choice::new(one.as_str(), one.as_str(), &typed.progress))
            .collect(),
        practice: typed.practice,
        display_name: typed.display_name,
        phone: typed.phone,
        quiet_until: typed.quiet_until,
        quiet_from: typed.quiet_from,
        unknown_until: typed.unknown_until,
        unknown_from: typed.unknown_from,
        before_session_hours: typed.before_session_hours,
        reminder_after_hours: typed.reminder_after_hours,
        fallback_after_hours: typed.fallback_after_hours,
        expires_after_hours: typed.expires_after_hours,
        business_from: typed.business_from,
        business_until: typed.business_until,
        ladder_in: [typed.ladder_in_1, typed.ladder_in_2, typed.ladder_in_3],
        ladder_after: [typed.ladder_after_1, typed.ladder_after_2, typed.ladder_after_3],
        review_in: [typed.review_in_1, typed.review_in_2, typed.review_in_3],
        review_after: [typed.review_after_1, typed.review_after_2, typed.review_after_3],
        usual_in: ladder::IN_HOURS,
        usual_after: ladder::AFTER_HOURS,
        usual_repeat: ladder::REPEAT,
        usual_supervisor: ladder::SUPERVISORS,
        ladder_repeat: typed.ladder_repeat,
        off_track_supervisor_after_hours: typed.off_track_supervisor_after_hours,
        off_track_overdue_after_hours: typed.off_track_overdue_after_hours,
        missed_supervisor_after_hours: typed.missed_supervisor_after_hours,
        missed_overdue_after_hours: typed.missed_overdue_after_hours,
        read_supervisor_after_hours: typed.read_supervisor_after_hours,
        alert_budget: typed.alert_budget,
        problems,
    };
    me.render(app, status, &view)
}

const NAMES: [(&str, &str); 4] = [
    ("name", "practice"),
    ("quiet_from_minute", "quiet_from"),
    ("unknown_zone_from_minute", "unknown_from"),
    ("business_until_minute", "business_until"),
];

/// The steps of a ladder have a field each: `ladder_in_hours.2` is `ladder_in_2`.
fn by_step(problems: Vec<Problem>) -> Vec<Problem> {
    let named = |problem: Problem| match problem.field.split_once("_hours.") {
        Some((ladder, step)) => Problem { field: format!("{ladder}_{step}"), ..problem },
        None => problem,
    };
    problems.into_iter().map(named).collect()
}

/// Saves.
pub async fn save(State(app): State<App>, me: Signed, Posted(typed): Posted<Typed>) -> Result<Response> {
    me.authorise(&app, Action::Administer, None).await?;
    let settings = match typed.settings() {
        Ok(settings) => settings,
        Err(problems) => return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, problems),
    };
    let form = PracticeForm {
        name: typed.practice.clone(),
        display_name: typed.display_name.clone(),
        phone: typed.phone.clone(),
        language: typed.language.parse().unwrap_or(me.face.practice.language),
        zone: typed.zone.clone(),
        settings,
    };
    let mut tx = app.db.write(&me.practice).await?;
    match update(&mut tx, &app.ctx, &me.viewer, &form).await {
        Ok(()) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, typed, renamed(&by_step(problems), &NAMES));
        }
        Err(error) => return Err(error.into()),
    }
    app.forget_face(&me.practice);
    Ok(done(&app, "/admin/settings", Flash::Saved))
}

#[cfg(test)]
mod tests {
    use super::{clock, minute};

    #[test]
    fn times_of_day_come_back_as_they_were() {
        for (text, at) in [("00:00", 0), ("08:30", 510), ("23:59", 1439), ("24:00", 1440)] {
            assert_eq!((minute(text), clock(at)), (Some(at), text.to_owned()));
        }
        assert_eq!(minute("8:30:00"), Some(510), "some browsers send seconds");
        for wrong in ["", "8", "25:00", "12:60", "24:01", "noon"] {
            assert_eq!(minute(wrong), None, "{wrong}");
        }
    }
}
