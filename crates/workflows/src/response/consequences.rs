//! What follows from the answers to a check-in, as rows that nobody has written yet. No statement is made here: what is known
//! comes in as a [`Standing`], what is to be kept goes out as [`Consequences`]. So an answer of today and a history that is
//! taken over in bulk are decided by the same function.

use crate::Context;
use care::detection::Detection;
use care::episode::{BaselineWindow, Measure};
use care::packet::Packet;
use care::response::{Mode, Response, ResponseKind, Sheet, Signal, StoredScore};
use care::review::{self, Finding, History, Known, NewReason};
use care::{Instant, ResponseId, ScoreId, SignalId};
use chrono::Duration;
use instruments::Library;
use sha2::{Digest, Sha256};
use store::standing::Standing;

/// What is to be kept of a submission, and what a case is opened or extended for.
#[derive(Debug, Clone)]
pub struct Consequences {
    /// The answers as submitted.
    pub response: Response,
    /// Their scores.
    pub scores: Vec<StoredScore>,
    /// The running summaries that changed or began.
    pub measures: Vec<Measure>,
    /// What the rules found.
    pub signals: Vec<Signal>,
    /// What somebody must act on.
    pub reasons: Vec<NewReason>,
}

/// What answers are judged by.
#[derive(Debug, Clone, Copy)]
pub struct Judge<'a> {
    /// The instruments.
    pub library: &'a Library,
    /// Rules and growth models.
    pub detection: &'a Detection,
}

/// The number of the session a check-in belongs to: that of its appointment, else of the sessions begun by then.
fn session_number(standing: &Standing, packet: &Packet, at: Instant) -> i64 {
    let own = packet.appointment_id.as_ref();
    let position = own.and_then(|own| standing.sessions.iter().position(|(id, _)| id == own));
    let number = position.map_or_else(
        || standing.sessions.iter().filter(|(_, starts_at)| *starts_at <= at).count(),
        |position| position + 1,
    );
    i64::try_from(number.max(1)).unwrap_or(i64::MAX)
}

fn baseline_window(standing: &Standing) -> BaselineWindow {
    BaselineWindow::around(standing.sessions.first().map_or_else(
        || standing.episode.started_on.and_time(chrono::NaiveTime::MIN).and_utc() + Duration::hours(20),
        |(_, starts_at)| *starts_at,
    ))
}

/// Scores and reviews a sheet submitted at `at`. Scoring is our own arithmetic over data; if it should ever fail, the answers
/// are kept and a person is told.
pub fn consequences(
    ctx: &Context,
    judge: &Judge<'_>,
    packet: &Packet,
    sheet: Sheet,
    mode: Mode,
    at: Instant,
    standing: &Standing,
) -> Consequences {
    let response = response(ctx, packet, sheet, ResponseKind::Original, mode, at);
    let session = session_number(standing, packet, at);
    let judged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        care::failpoint!("score");
        let scores = review::score(judge.library, &packet.asked, &response.answers);
        let history = History {
            episode: &standing.episode.id,
            measures: &standing.measures,
            session,
            baseline_window: baseline_window(standing),
            known: Known { packet: Some(&packet.id), open: &standing.open, closed: &standing.closed },
            detection: judge.detection,
        };
        let review = review::review(judge.library, &packet.asked, &response.answers, &scores, &history, at);
        (scores, review)
    }));
    let Ok((scores, review)) = judged else {
        tracing::error!(response = %response.id, "scoring failed; the answers are kept and staff are told");
        let failed = NewReason {
            rule: care::response::Rule::ScoringFailed,
            level: care::case::ReasonLevel::Review,
            inputs: care::response::SignalInputs::default(),
        };
        return Consequences {
            response,
            scores: Vec::new(),
            measures: Vec::new(),
            signals: Vec::new(),
            reasons: vec![failed],
        };
    };
    let scores = scores
        .into_iter()
        .map(|score| StoredScore {
            id: ctx.id(ScoreId::new),
            response_id: response.id.clone(),
            episode_id: standing.episode.id.clone(),
            instrument: score.instrument,
            version: score.version,
            scale: score.scale,
            state: score.state,
            value: score.value,
            exact: score.exact,
            answered: score.answered,
            missing: score.missing,
            band: score.band,
            session,
            at,
        })
        .collect();
    let signals = signals(ctx, packet, Some(&response.id), &review.signals);
    Consequences { response, scores, measures: review.measures, signals, reasons: review.reasons }
}

/// The answers as they are kept.
pub(super) fn response(
    ctx: &Context,
    packet: &Packet,
    sheet: Sheet,
    kind: ResponseKind,
    mode: Mode,
    at: Instant,
) -> Response {
    Response {
        id: ctx.id(ResponseId::new),
        packet_id: packet.id.clone(),
        client_id: packet.client_id.clone(),
        episode_id: packet.episode_id.clone(),
        kind,
        mode,
        fingerprint: fingerprint(&sheet),
        answers: sheet,
        submitted_at: at,
    }
}

/// What the rules found, as it is kept.
pub fn signals(ctx: &Context, packet: &Packet, response: Option<&ResponseId>, findings: &[Finding]) -> Vec<Signal> {
    let now = ctx.now();
    findings
        .iter()
        .map(|finding| Signal {
            id: ctx.id(SignalId::new),
            episode_id: packet.episode_id.clone(),
            response_id: response.cloned(),
            rule: finding.rule,
            level: finding.level,
            inputs: finding.inputs.clone(),
            raised_at: now,
        })
        .collect()
}

/// Hash of a sheet: the same answers have the same one.
pub(crate) fn fingerprint(sheet: &Sheet) -> String {
    use std::fmt::Write;
    let mut hasher = Sha256::new();
    for (instrument, answers) in sheet {
        for (item, answer) in answers {
            let value = answer.value().map_or_else(|| "-".to_owned(), |value| value.to_string());
            hasher.update(format!("{instrument}\u{1f}{item}\u{1f}{value}\n"));
        }
    }
    hasher.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
