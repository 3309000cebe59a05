//! What a form brings: its token is checked before anything else, then its fields are read. And the small texts of
//! addresses.

use super::session::Present;
use crate::App;
use crate::error::{Error, Result};
use crate::security::is_cross_site;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum_extra::extract::Form;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Write;
use std::sync::Arc;
use store::Tx;
use templates::staff::{Choice, FieldProblem, Wrong};
use workflows::Problem;

/// The fields of a form that one of our own pages sent for this browser.
pub(super) struct Posted<T>(pub T);

/// A form that says everything by being sent.
#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned + Send> FromRequest<App> for Posted<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        let (parts, body) = request.into_parts();
        if is_cross_site(&parts) {
            return Err(Error::Stale);
        }
        let present = parts.extensions.get::<Arc<Present>>().cloned().ok_or(Error::Internal)?;
        let again = parts.clone();
        let unreadable = || Error::Invalid(Vec::new());
        let bytes =
            Bytes::from_request(Request::from_parts(parts.clone(), body), app).await.map_err(|_| unreadable())?;
        let as_form = |parts| Request::from_parts(parts, Body::from(bytes.clone()));
        let Form(token) = Form::<Token>::from_request(as_form(parts), app).await.map_err(|_| Error::Stale)?;
        if token.csrf != present.csrf {
            return Err(Error::Stale);
        }
        let Form(fields) = Form::<T>::from_request(as_form(again), app).await.map_err(|_| unreadable())?;
        Ok(Self(fields))
    }
}

/// Keeps what went well and takes back what did not. What came of it is the caller's to say.
pub(super) async fn settled<T>(tx: Tx, outcome: workflows::Result<T>) -> Result<workflows::Result<T>> {
    if outcome.is_ok() {
        tx.commit().await?;
    }
    Ok(outcome)
}

/// What is wrong, field by field, in the words the pages have.
pub(super) fn field_problems(problems: &[Problem]) -> Vec<FieldProblem> {
    renamed(problems, &[])
}

/// The same where a form has other names for its fields than the workflow: (workflow's, form's). What belongs to no field
/// of a form is left out; who gets nothing back says so in another way.
pub(super) fn renamed(problems: &[Problem], names: &[(&str, &str)]) -> Vec<FieldProblem> {
    let mut found: Vec<FieldProblem> = Vec::new();
    for problem in problems {
        // A field of a list is named `<list>.<position>.<field>`.
        let last = problem.field.rsplit('.').next().unwrap_or_default();
        let name = names.iter().find(|(theirs, _)| *theirs == last).map_or(last, |(_, ours)| ours);
        let field = FieldProblem::new(name, wrong_of(problem.key));
        if FIELDS.contains(&name) && !found.contains(&field) {
            found.push(field);
        }
    }
    found
}

/// The fields that have a label.
const FIELDS: &[&str] = &[
    // The rules of detection.
    "act_ceiling",
    "act_little_change",
    "act_no_improvement",
    "act_outside_band_twice",
    "act_probable_bad_end",
    "act_reliable_deterioration",
    "act_two_rises",
    "act_worse_than_best",
    "act_worst_ever",
    "band_percent",
    "detection_reason",
    "little_change_percent",
    "little_change_session",
    "no_improvement_review",
    "no_improvement_session",
    "probability_percent",
    "alert_budget",
    "answered_at",
    "answered_on",
    "answers",
    "apply_reason",
    "at_most",
    "at_site",
    "backup",
    "begin_reason",
    "before_session_hours",
    "birth_date",
    "body",
    "body_en",
    "body_es",
    "budget_items",
    "budget_seconds",
    "change",
    "business_from",
    "business_until",
    "case_to",
    "client",
    "clinician",
    "code",
    "consent",
    "contact",
    "cover",
    "date",
    "decide_on",
    "decision",
    "decision_reason",
    "detail",
    "discuss_note",
    "display_name",
    "disposition",
    "due",
    "duty_from",
    "duty_person",
    "duty_site",
    "duty_until",
    "email",
    "emergency_contact",
    "emergency_name",
    "emergency_phone",
    "emergency_relation",
    "ends_on",
    "every",
    "erasure_reason",
    "erasure_word",
    "exception_from",
    "exception_instrument",
    "exception_number",
    "exception_rater",
    "exception_reason",
    "exception_rhythm",
    "exception_times",
    "exception_until",
    "expectation",
    "expires_after_hours",
    "external_id",
    "fallback_after_hours",
    "file",
    "ground",
    "guardrail",
    "guardian_email",
    "guardian_name",
    "guardian_phone",
    "guardian_relation",
    "held_on",
    "holder",
    "holiday",
    "holiday_name",
    "href",
    "in_force_from",
    "instrument_id",
    "kind",
    "kiosk_name",
    "label",
    "ladder_after_1",
    "ladder_after_2",
    "ladder_after_3",
    "ladder_in_1",
    "ladder_in_2",
    "ladder_in_3",
    "ladder_repeat",
    "language",
    "max_clients",
    "max_sessions",
    "max_weight",
    "metric",
    "minor_age",
    "minor_years",
    "minutes",
    "missed_overdue_after_hours",
    "missed_supervisor_after_hours",
    "mode",
    "move_reason",
    "name",
    "note",
    "number",
    "off_track_overdue_after_hours",
    "off_track_supervisor_after_hours",
    "on_call",
    "owner",
    "owner_name",
    "password",
    "password_again",
    "password_now",
    "payer",
    "person",
    "phone",
    "phrases_en",
    "phrases_es",
    "phrases_why",
    "pin",
    "position",
    "practice",
    "preferred_channel",
    "preferred_name",
    "programme",
    "protocol",
    "protocol_name",
    "quiet_from",
    "quiet_until",
    "read_supervisor_after_hours",
    "reason",
    "recipient",
    "referral",
    "reminder_after_hours",
    "retention_source",
    "retention_years",
    "review_after_1",
    "review_after_2",
    "review_after_3",
    "review_in_1",
    "review_in_2",
    "review_in_3",
    "review_session",
    "role",
    "safety_plan",
    "screener",
    "seat",
    "seats",
    "sex",
    "silence",
    "site",
    "site_name",
    "starts",
    "starts_on",
    "stays",
    "subject",
    "suggestions",
    "suggestions_why",
    "supervisor",
    "task",
    "terms",
    "unknown_from",
    "unknown_until",
    "verdict",
    "version",
    "weeks",
    "what",
    "why",
    "worse_than_best_percent",
    "zone",
];

/// The page's word for a workflow's key.
fn wrong_of(key: &str) -> Wrong {
    let spelled =
        |wrong: &Wrong| serde_json::to_value(wrong).is_ok_and(|value| key.strip_prefix("wrong-") == value.as_str());
    Wrong::ALL.iter().copied().find(spelled).unwrap_or(match key {
        "case-note-missing" => Wrong::Required,
        "supervision-holds-already" | "protocol-line-twice" => Wrong::Taken,
        "settings-window" | "appointment-not-started" => Wrong::Order,
        "wrong-characters" => Wrong::Gsm,
        _ => Wrong::Choose,
    })
}

/// The protocols in force that an episode can begin under; the default is chosen unless another was.
pub(super) async fn protocol_choices(read: &mut store::Read, typed: &str) -> Result<Vec<Choice>> {
    let default = store::protocol::default(read).await?.map(|default| default.id.as_str().to_owned());
    let chosen = if typed.is_empty() { default.unwrap_or_default() } else { typed.to_owned() };
    let current = store::protocol::current(read).await?;
    Ok(current.into_iter().map(|one| Choice::new(one.id.as_str(), one.name, &chosen)).collect())
}

/// Whether a text is a path on this host and nothing that a browser could read as another one.
pub(super) fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The path to go to after signing in, or *Today* where the text is none of ours or leads back to the door.
pub(super) fn own_path(path: &str) -> &str {
    if is_own_path(path) && !path.starts_with("/sign-") { path } else { "/today" }
}

/// Percent-encodes everything but letters, digits, `/` and `-._~` (RFC 3986), for a value in a query.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_paths_are_gone_to() {
        for fine in ["/today", "/cases/0192?x=1", "/caseload?q=ros&sort=-name"] {
            assert_eq!(own_path(fine), fine);
        }
        for other in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "/a b",
            "/sign-out",
            "javascript:alert(1)",
        ] {
            assert_eq!(own_path(other), "/today", "{other}");
        }
        assert_eq!(encoded("/caseload?q=a b&x"), "/caseload%3Fq%3Da%20b%26x");
    }

    #[test]
    fn every_way_of_being_wrong_finds_its_words() {
        assert_eq!(wrong_of("wrong-password-short"), Wrong::PasswordShort);
        assert_eq!(wrong_of("wrong-email"), Wrong::Email);
        assert_eq!(wrong_of("case-note-missing"), Wrong::Required);
    }
}
