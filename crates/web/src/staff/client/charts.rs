//! Scores and answers of an episode as charts, strips, sentences and the note for the record system.

use super::expectation::{Ask, expected, signals};
use crate::error::Result;
use crate::staff::words::{Telling, change_of};
use care::PacketId;
use care::appointment::{Appointment, AppointmentState};
use care::case::{Case, PlanChange, PlanChangeKind};
use care::episode::{Episode, Measure};
use care::expected_response::GrowthModel;
use care::packet::{Packet, PacketState};
use care::plausibility::{self, Doubt};
use care::protocol::Protocol;
use care::response::{Response, ResponseKind, Rule, Signal, StoredScore, read_by};
use instruments::{Instrument, ItemKind, Library, Polarity as Direction, Reference, Scale, Since, note};
use std::collections::HashMap;
use store::Read;
use store::answer::Changed;
use templates::chart::{
    AxisEvent, EventKind, HeatItem, HeatStrip, Mark, Polarity, Sparkline, SparklineData, Trajectory, TrajectoryData,
    Visit,
};
use templates::staff::{DoubtNote, MeasureView, Multiple, RiskAnswer, RiskHistory, Snippet, Trend};
use workflows::shelf::Shelf;

/// How many answers to an item about danger are listed.
const RISK_ANSWERS: usize = 12;

/// Everything drawn from scores and answers.
#[derive(Default)]
pub struct Charts {
    /// One view for each instrument, in the protocol's order.
    pub measures: Vec<MeasureView>,
    /// The same in a few square centimetres each.
    pub multiples: Vec<Multiple>,
    /// The answers to items about danger.
    pub risk: Vec<RiskHistory>,
    /// The last note.
    pub snippet: Option<Snippet>,
    /// By instrument: the labels of the items that moved most between the last two administrations.
    pub moved: HashMap<String, Vec<String>>,
}

/// What happened beside the scores.
pub struct Happened<'a> {
    /// The client's cases.
    pub cases: &'a [Case],
    /// The changes of the plan in all the client's episodes.
    pub plans: &'a [PlanChange],
}

/// What was read of the episode.
struct Course<'a> {
    library: &'a Library,
    /// What happened beside the scores, earliest first.
    events: Vec<(care::Instant, EventKind)>,
    scores: Vec<StoredScore>,
    signals: Vec<Signal>,
    /// Those that count, earliest first.
    responses: Vec<Response>,
    packets: Vec<Packet>,
    appointments: Vec<Appointment>,
    /// The running summaries.
    summaries: Vec<Measure>,
}

/// Reads and draws. `forecast` is the instrument whose forecast is asked for.
pub async fn of_episode(
    read: &mut Read,
    shelf: &Shelf,
    telling: Telling,
    episode: &Episode,
    protocol: Option<&Protocol>,
    happened: &Happened<'_>,
    forecast: Option<&str>,
) -> Result<Charts> {
    let library = &shelf.library;
    let mut responses = store::response::of_episode(read, &episode.id).await?;
    responses.retain(|response| response.kind == ResponseKind::Original);
    let appointments = store::appointment::of_episode(read, &episode.id).await?;
    let course = Course {
        library,
        events: events(episode, happened, &appointments),
        scores: store::response::scores_of_episode(read, &episode.id).await?,
        signals: store::response::signals(read, &episode.id).await?,
        responses,
        packets: store::packet::of_episode(read, &episode.id).await?,
        appointments,
        summaries: store::response::measures(read, &episode.id).await?,
    };
    let mut ids: Vec<&str> =
        protocol.iter().flat_map(|protocol| &protocol.lines).map(|line| line.instrument.as_str()).collect();
    ids.extend(course.scores.iter().map(|score| score.instrument.as_str()));
    let mut charts = Charts::default();
    let mut drawn: Vec<&str> = Vec::new();
    for id in ids {
        if drawn.contains(&id) {
            continue;
        }
        let Some(instrument) = read_by(library, id, &course.scores) else { continue };
        drawn.push(id);
        if let Some(risk) = risk_history(read, instrument, &course, telling).await? {
            charts.risk.push(risk);
        }
        // What the support check found stands on the case that asked for it, why somebody stopped on the page itself: neither is
        // followed over time.
        if matches!(id, care::support::INSTRUMENT | care::exit_survey::INSTRUMENT) {
            continue;
        }
        let drawing = Drawing {
            episode,
            model: shelf.detection.model(instrument, &instrument.primary().id),
            ask: if forecast == Some(id) { Ask::Forecast } else { Ask::Band },
        };
        let Some(mut view) = measure(instrument, &course, &drawing, telling) else { continue };
        view.doubts = doubts(library, instrument, &course);
        charts.moved.insert(id.to_owned(), most_moved(instrument, &course, telling));
        charts.multiples.extend(multiple(instrument, &course, telling, &view.chart.id));
        charts.measures.push(view);
    }
    charts.snippet = snippet(library, &course, telling);
    Ok(charts)
}

/// Number of the session a moment belongs to: how many started by then.
fn session_at(course: &Course<'_>, at: care::Instant) -> i64 {
    let held = course.appointments.iter().filter(|one| one.state.is_on() && one.starts_at <= at).count();
    i64::try_from(held).unwrap_or(0)
}

/// What stands on the axis beside the scores.
fn events(episode: &Episode, happened: &Happened<'_>, appointments: &[Appointment]) -> Vec<(care::Instant, EventKind)> {
    let cases = happened.cases.iter().filter(|case| case.episode_id == episode.id);
    let plans = happened.plans.iter().filter(|plan| plan.episode_id == episode.id);
    let kind = |plan: &PlanChange| {
        if plan.kind == PlanChangeKind::Medication { EventKind::Medication } else { EventKind::Plan }
    };
    let missed = appointments.iter().filter(|one| one.state == AppointmentState::NoShow);
    let mut events: Vec<(care::Instant, EventKind)> = cases
        .map(|case| (case.opened_at, EventKind::Case))
        .chain(plans.map(|plan| (plan.changed_at, kind(plan))))
        .chain(missed.map(|one| (one.starts_at, EventKind::NoShow)))
        .collect();
    events.sort_by_key(|(at, _)| *at);
    events
}

/// Where an instant lies among the visits: 0 at the first, 1.5 halfway between the second and the third.
fn position(visits: &[care::Instant], at: care::Instant) -> f64 {
    let before = visits.iter().filter(|visit| **visit <= at).count();
    match (before.checked_sub(1).map(|index| visits[index]), visits.get(before)) {
        (Some(from), Some(to)) => {
            let (whole, part) = ((*to - from).num_seconds(), (at - from).num_seconds());
            (before - 1) as f64 + if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
        }
        (Some(_), None) => (before - 1) as f64 + 0.5,
        (None, _) => -0.5,
    }
}

/// The last scores of an instrument in a few square centimetres.
fn multiple(instrument: &Instrument, course: &Course<'_>, telling: Telling, id: &str) -> Option<Multiple> {
    let scale = instrument.primary();
    let values: Vec<f64> = course
        .scores
        .iter()
        .filter(|score| score.is_of_series(course.library, instrument))
        .filter_map(|score| score.value)
        .collect();
    let (first, last) = (*values.first()?, *values.last()?);
    let change = (values.len() > 1).then(|| change_of(scale, first, last));
    let mark = if change.as_ref().is_some_and(|change| change.trend == Trend::ReliablyWorse) {
        Mark::Off
    } else {
        Mark::Plain
    };
    let range = (scale.axis.min, scale.axis.max);
    Some(Multiple {
        name: instrument.short_name.get(telling.language).to_owned(),
        href: format!("#m-{id}"),
        spark: Sparkline::new(&SparklineData { range, cutoff: cutoff(scale), values, mark })?,
        last: templates::format::score(last),
        change,
    })
}

/// What a chart is drawn with beside the course.
struct Drawing<'a> {
    episode: &'a Episode,
    model: Option<&'a GrowthModel>,
    ask: Ask,
}

fn measure(
    instrument: &Instrument,
    course: &Course<'_>,
    drawing: &Drawing<'_>,
    telling: Telling,
) -> Option<MeasureView> {
    let scale = instrument.primary();
    let scores: Vec<&StoredScore> =
        course.scores.iter().filter(|score| score.instrument == instrument.id && score.scale == scale.id).collect();
    if scores.is_empty() {
        return None;
    }
    let off = |score: &StoredScore| {
        course.signals.iter().any(|signal| {
            signal.response_id.as_ref() == Some(&score.response_id)
                && signal.inputs.instrument.as_deref() == Some(instrument.id.as_str())
                && matches!(
                    signal.rule,
                    Rule::ReliableDeterioration
                        | Rule::WorseThanBest
                        | Rule::NoImprovement
                        | Rule::ProbableBadEnd
                        | Rule::AllianceDrop
                )
        })
    };
    let mut visits: Vec<(care::Instant, Visit)> = scores
        .iter()
        .map(|score| {
            let answered = course.library.get(&score.instrument, &score.version).unwrap_or(instrument).primary();
            let band = score.band.as_deref().and_then(|band| answered.band(band));
            let visit = Visit {
                session: score.session,
                day: telling.short_day(score.at),
                value: score.value,
                mark: if off(score) { Mark::Off } else { Mark::Plain },
                band: band.map(|band| band.label.get(telling.language).to_owned()),
            };
            (score.at, visit)
        })
        .collect();
    let asked = |packet: &&Packet| packet.asked.iter().any(|asked| asked.id == instrument.id);
    let missed = course
        .packets
        .iter()
        .filter(|packet| packet.state == PacketState::Expired && packet.sent_at.is_some())
        .filter(asked);
    visits.extend(missed.map(|packet| {
        let at = packet.sent_at.unwrap_or(packet.send_at);
        let session = match course.appointments.iter().find(|one| Some(&one.id) == packet.appointment_id.as_ref()) {
            Some(appointment) => session_at(course, appointment.starts_at),
            None => session_at(course, at),
        };
        (at, Visit { session, day: telling.short_day(at), value: None, mark: Mark::Plain, band: None })
    }));
    visits.sort_by_key(|(at, _)| *at);
    let instants: Vec<care::Instant> = visits.iter().map(|(at, _)| *at).collect();
    let mut events: Vec<AxisEvent> = course
        .events
        .iter()
        .map(|(at, kind)| AxisEvent { position: position(&instants, *at), kind: *kind, day: telling.short_day(*at) })
        .collect();
    events.extend(changes_of_version(course, &scores).map(|at| AxisEvent {
        position: position(&instants, at) - 0.5,
        kind: EventKind::Version,
        day: telling.short_day(at),
    }));
    let visits: Vec<Visit> = visits.into_iter().map(|(_, visit)| visit).collect();
    let id: String = instrument.id.chars().filter(char::is_ascii_alphanumeric).collect();
    let summary = course.summaries.iter().find(|one| one.instrument == instrument.id && one.scale == scale.id);
    let page = (drawing.episode.client_id.as_str(), id.as_str());
    let expected = expected(drawing.model, summary, scale, &visits, drawing.ask, page, telling);
    let chart = Trajectory::new(&TrajectoryData {
        id,
        name: instrument.short_name.get(telling.language).to_owned(),
        range: range(course, scale, &scores),
        polarity: match scale.polarity {
            Direction::HigherWorse => Polarity::LowerIsBetter,
            Direction::HigherBetter => Polarity::HigherIsBetter,
        },
        cutoff: cutoff(scale),
        reliable_change: scale.reliable_change.as_ref().map(|rule| rule.points),
        visits,
        events,
        expected: expected.band,
        forecast: expected.forecast,
    });
    Some(MeasureView {
        chart,
        sentence: sentence(instrument, course, telling),
        doubts: Vec::new(),
        expectation: expected.note,
        signals: signals(instrument, &course.signals, telling),
        heat: heat(instrument, course, telling),
    })
}

/// When the first score of each further structure was given: from there on the scores are another series.
fn changes_of_version<'a>(
    course: &'a Course<'_>,
    scores: &'a [&StoredScore],
) -> impl Iterator<Item = care::Instant> + 'a {
    let mut newest: Option<i64> = None;
    scores.iter().filter(|score| score.value.is_some()).filter_map(move |score| {
        let structure = score.structure(course.library)?;
        let before = newest.filter(|before| *before >= structure);
        let is_change = newest.is_some_and(|newest| structure > newest);
        newest = before.or(Some(structure));
        is_change.then_some(score.at)
    })
}

/// The range of the scale, and of what its scores were in earlier structures.
fn range(course: &Course<'_>, scale: &Scale, scores: &[&StoredScore]) -> (f64, f64) {
    let answered = scores.iter().filter_map(|score| course.library.get(&score.instrument, &score.version));
    answered
        .map(|version| version.primary().axis)
        .fold((scale.axis.min, scale.axis.max), |(low, high), axis| (low.min(axis.min), high.max(axis.max)))
}

fn cutoff(scale: &Scale) -> Option<f64> {
    scale
        .caseness()
        .map(|cutoff| cutoff.value)
        .or_else(|| scale.alliance.as_ref().map(|alliance| alliance.concern_below))
}

/// The responses in which the instrument was answered, earliest first.
fn administrations<'a>(instrument: &Instrument, course: &'a Course<'_>) -> Vec<&'a Response> {
    course.responses.iter().filter(|response| response.answers.contains_key(&instrument.id)).collect()
}

/// Those among them that can be compared with the last scores: of the version's structure.
fn of_series<'a>(instrument: &Instrument, course: &'a Course<'_>) -> Vec<&'a Response> {
    let mut found = administrations(instrument, course);
    found.retain(|response| {
        let own = |score: &&StoredScore| score.response_id == response.id && score.instrument == instrument.id;
        let answered = course.scores.iter().find(own).and_then(|score| score.structure(course.library));
        answered.is_none_or(|structure| structure == instrument.structure)
    });
    found
}

/// The sentence about the last score, compared with the first.
fn sentence(instrument: &Instrument, course: &Course<'_>, telling: Telling) -> Option<String> {
    let last = *of_series(instrument, course).last()?;
    Some(sentence_about(instrument, course, last, telling))
}

/// Why the latest answers may not mean what they say.
fn doubts(library: &Library, instrument: &Instrument, course: &Course) -> Vec<DoubtNote> {
    let Some(last) = of_series(instrument, course).pop() else { return Vec::new() };
    let form = last.answers.get(&instrument.id).and_then(|answers| plausibility::of_form(instrument, answers));
    let packet = course.packets.iter().find(|packet| packet.id == last.packet_id);
    let sitting = packet.and_then(|packet| plausibility::of_sitting(library, packet, last));
    let note = |doubt: Doubt| match doubt {
        Doubt::SameEnd { answers, reversed } => DoubtNote { kind: "same_end", answers, reversed, seconds: 0 },
        Doubt::Hasty { answers, seconds } => DoubtNote { kind: "hasty", answers, reversed: 0, seconds },
    };
    form.into_iter().chain(sitting).map(note).collect()
}

fn sentence_about(instrument: &Instrument, course: &Course<'_>, response: &Response, telling: Telling) -> String {
    let none = instruments::Answers::new();
    let scale = instrument.primary();
    let answers = response.answers.get(&instrument.id).unwrap_or(&none);
    let usable: Vec<&StoredScore> = course
        .scores
        .iter()
        .filter(|score| score.is_of_series(course.library, instrument) && score.at < response.submitted_at)
        .filter(|score| score.value.is_some())
        .collect();
    let since =
        usable.first().and_then(|score| score.value).map(|value| Since { reference: Reference::Baseline, value });
    let scores = instruments::score(instrument, answers);
    scores
        .iter()
        .find(|score| score.scale == scale.id)
        .map(|score| note(instrument, score, since, telling.language))
        .unwrap_or_default()
}

/// The answers per item; visual analogues are on a line and not in a strip.
fn heat(instrument: &Instrument, course: &Course<'_>, telling: Telling) -> Option<HeatStrip> {
    if instrument.items.iter().any(|item| !matches!(item.kind, ItemKind::Choice(_))) {
        return None;
    }
    let administrations = of_series(instrument, course);
    if administrations.is_empty() {
        return None;
    }
    let days: Vec<String> = administrations.iter().map(|response| telling.short_day(response.submitted_at)).collect();
    let rows: Vec<HeatItem> = instrument
        .items
        .iter()
        .map(|item| HeatItem {
            label: item.label.get(telling.language).to_owned(),
            answers: administrations.iter().map(|response| value(response, &instrument.id, &item.id)).collect(),
        })
        .collect();
    let highest = instrument.items.iter().map(|item| item.range().1).max().unwrap_or(1);
    Some(HeatStrip::new(&days, &rows, highest))
}

fn value(response: &Response, instrument: &str, item: &str) -> Option<i64> {
    response.answers.get(instrument)?.get(item)?.value()
}

fn most_moved(instrument: &Instrument, course: &Course<'_>, telling: Telling) -> Vec<String> {
    let administrations = of_series(instrument, course);
    let [.., before, after] = administrations.as_slice() else { return Vec::new() };
    let mut moved: Vec<(i64, &str)> = instrument
        .items
        .iter()
        .filter_map(|item| {
            let change = value(after, &instrument.id, &item.id)? - value(before, &instrument.id, &item.id)?;
            (change != 0).then(|| (change.abs(), item.label.get(telling.language)))
        })
        .collect();
    // A stable sort: items that moved alike stay in the instrument's order.
    moved.sort_by_key(|(change, _)| std::cmp::Reverse(*change));
    moved.into_iter().take(3).map(|(_, label)| label.to_owned()).collect()
}

async fn risk_history(
    read: &mut Read,
    instrument: &Instrument,
    course: &Course<'_>,
    telling: Telling,
) -> Result<Option<RiskHistory>> {
    let Some(rule) = instrument.risk.first() else { return Ok(None) };
    let Some(item) = instrument.item(&rule.item) else { return Ok(None) };
    let latest: Vec<&Response> = administrations(instrument, course).into_iter().rev().take(RISK_ANSWERS).collect();
    let packets: Vec<PacketId> = latest.iter().map(|response| response.packet_id.clone()).collect();
    let changes = store::answer::changes(read, &packets).await?;
    let is_of_it = |change: &&Changed| change.instrument == instrument.id && change.item == item.id;
    let mut answers = Vec::new();
    for response in latest {
        let last = value(response, &instrument.id, &item.id);
        let first = changes
            .iter()
            .filter(is_of_it)
            .filter(|change| change.packet_id == response.packet_id)
            .min_by_key(|change| change.answered_at)
            .and_then(|change| change.value)
            .filter(|first| Some(*first) != last);
        let shown = |value: i64| item.shown(value, telling.language);
        let is_endorsed = |value: i64| rule.steps.iter().any(|step| value >= step.at_least);
        answers.push(RiskAnswer {
            day: telling.day(response.submitted_at),
            first: first.or(last).and_then(shown),
            changed_to: first.and(last).and_then(shown),
            endorsed: first.into_iter().chain(last).any(is_endorsed),
        });
    }
    Ok((!answers.is_empty()).then(|| RiskHistory {
        instrument: instrument.short_name.get(telling.language).to_owned(),
        item: item.label.get(telling.language).to_owned(),
        answers,
    }))
}

/// The last check-in as text for the record system.
fn snippet(library: &Library, course: &Course<'_>, telling: Telling) -> Option<Snippet> {
    let response = course.responses.last()?;
    let packet = course.packets.iter().find(|packet| packet.id == response.packet_id)?;
    let session = course.scores.iter().find(|score| score.response_id == response.id).map(|score| score.session);
    let day = telling.day(response.submitted_at);
    let mut lines = vec![match (telling.language, session) {
        (care::Language::En, Some(session)) => format!("{day}, self-report, session {session}."),
        (care::Language::En, None) => format!("{day}, self-report."),
        (care::Language::Es, Some(session)) => format!("{day}, autoinforme, sesión {session}."),
        (care::Language::Es, None) => format!("{day}, autoinforme."),
    }];
    for asked in &packet.asked {
        let Some(instrument) = library.get(&asked.id, &asked.version) else { continue };
        if !response.answers.contains_key(&instrument.id) {
            continue;
        }
        lines.push(format!("{}.", sentence_about(instrument, course, response, telling)));
        for rule in &instrument.risk {
            let Some(item) = instrument.item(&rule.item) else { continue };
            let answer =
                value(response, &instrument.id, &item.id).and_then(|value| item.shown(value, telling.language));
            let unknown = match telling.language {
                care::Language::En => "not answered",
                care::Language::Es => "sin respuesta",
            };
            lines.push(format!("{}: {}.", item.label.get(telling.language), answer.as_deref().unwrap_or(unknown)));
        }
    }
    Some(Snippet { lines: u32::try_from(lines.len()).unwrap_or(4), text: lines.join("\n") })
}
