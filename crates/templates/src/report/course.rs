//! One instrument in a report: the picture, its key, the scores as a table, and what the rules and the items say.

use print::{Block, Column, Document, Style, Table};

use super::{Say, TrajectoryPicture, figure};
use crate::Language;
use crate::chart::{EventKind, ExpectedRow, HeatStrip, Mark, Polarity, Trajectory};
use crate::engine::{Error, Templates};
use crate::staff::{ExpectationNote, GoalView, MeasureView, RaterSeries, SignalNote};

/// Adds the part of one instrument.
pub(super) fn measure(
    document: &mut Document,
    say: &Say<'_>,
    templates: &Templates,
    language: Language,
    measure: &MeasureView,
) -> Result<(), Error> {
    let chart = &measure.chart;
    document.push(Block::part(&chart.name));
    if let Some(sentence) = &measure.sentence {
        document.push(Block::paragraph(sentence));
    }
    let picture = TrajectoryPicture { chart: chart.clone() };
    document.push(figure(templates.render(&picture, language)?, seen(say, chart)?));
    let key = key(say, chart)?;
    if !key.is_empty() {
        document.push(Block::note(key.join(" · ")));
    }
    if let Some(note) = &measure.expectation {
        document.push(Block::note(source(say, note)?));
        if let Some(told) = &note.forecast {
            document.push(Block::paragraph(say.with(
                "expectation-forecast",
                [
                    ("scores", told.scores.into()),
                    ("median", told.median.as_str().into()),
                    ("session", told.session.into()),
                    ("low", told.low.as_str().into()),
                    ("high", told.high.as_str().into()),
                ],
            )?));
        }
    }
    document.push(scores(say, chart)?);
    if !measure.signals.is_empty() {
        document.push(Block::section(say.is("signals-title")?));
        let mut points = Vec::new();
        for signal in &measure.signals {
            let level = say.is(&format!("signal-{}", signal.level.as_str()))?;
            points.push(format!("{level}: {}", signal.sentence));
        }
        document.push(Block::List(points));
        if let Some(first) = measure.signals.first() {
            document.push(Block::note(rested_on(say, first)?));
        }
    }
    if let Some(heat) = &measure.heat {
        document.push(Block::section(say.is("heat-title")?));
        document.push(items(say, chart, heat)?);
    }
    Ok(())
}

/// Adds the client's own goals; nothing where none is followed.
pub(super) fn goals(
    document: &mut Document,
    say: &Say<'_>,
    templates: &Templates,
    language: Language,
    goals: &[GoalView],
) -> Result<(), Error> {
    if goals.is_empty() {
        return Ok(());
    }
    document.push(Block::part(say.is("goals")?));
    document.push(Block::note(say.is("goals-rule")?));
    for goal in goals {
        let name = say.with("goal-number", [("n", goal.number.into())])?;
        document.push(Block::section(format!("{name}: “{}”", goal.text)));
        let Some(chart) = &goal.chart else {
            document.push(Block::paragraph(say.is("goal-unrated")?));
            continue;
        };
        let picture = TrajectoryPicture { chart: chart.clone() };
        document.push(figure(templates.render(&picture, language)?, seen(say, chart)?));
        document.push(scores(say, chart)?);
    }
    Ok(())
}

/// Adds what others say about the client; nothing where nobody was asked.
pub(super) fn raters(
    document: &mut Document,
    say: &Say<'_>,
    templates: &Templates,
    language: Language,
    raters: &[RaterSeries],
) -> Result<(), Error> {
    if raters.is_empty() {
        return Ok(());
    }
    document.push(Block::part(say.is("raters")?));
    document.push(Block::note(say.is("raters-rule")?));
    for one in raters {
        document.push(Block::section(&one.title));
        if let Some(sentence) = &one.sentence {
            document.push(Block::paragraph(sentence));
        }
        let Some(chart) = &one.chart else {
            document.push(Block::paragraph(say.with("raters-unscored", [("forms", one.forms.into())])?));
            continue;
        };
        let picture = TrajectoryPicture { chart: chart.clone() };
        document.push(figure(templates.render(&picture, language)?, seen(say, chart)?));
        document.push(scores(say, chart)?);
    }
    Ok(())
}

/// What there is to see, for those who do not see it.
fn seen(say: &Say<'_>, chart: &Trajectory) -> Result<String, Error> {
    let direction = match chart.polarity {
        Polarity::LowerIsBetter => "chart-desc-lower",
        Polarity::HigherIsBetter => "chart-desc-higher",
    };
    let mut words = vec![
        say.with("chart-title", [("name", chart.name.as_str().into())])?,
        say.with(direction, [("lowest", chart.lowest.as_str().into()), ("highest", chart.highest.as_str().into())])?,
    ];
    if let Some(last) = chart.points.last() {
        let args = [("value", last.value.as_str().into()), ("day", last.day.as_str().into())];
        words.push(say.with("chart-desc-last", args)?);
    }
    if let Some(cutoff) = &chart.cutoff {
        words.push(format!("{}.", say.with("chart-cutoff", [("value", cutoff.value.as_str().into())])?));
    }
    for event in &chart.events {
        words.push(format!("{}: {}.", event.day, say.is(&event_words(event.kind))?));
    }
    Ok(words.join(" "))
}

fn event_words(kind: EventKind) -> String {
    let name = match kind {
        EventKind::Case => "case",
        EventKind::Plan => "plan",
        EventKind::Medication => "medication",
        EventKind::NoShow => "no_show",
        EventKind::Version => "version",
    };
    format!("chart-event-{name}")
}

/// What the shapes of the picture mean.
fn key(say: &Say<'_>, chart: &Trajectory) -> Result<Vec<String>, Error> {
    let mut key = Vec::new();
    if chart.expected.is_some() {
        key.push(say.is("chart-expected")?);
    }
    if chart.forecast.is_some() {
        key.push(say.is("chart-forecast")?);
    }
    if let Some(bracket) = &chart.bracket {
        key.push(say.with("chart-bracket", [("points", bracket.points.as_str().into())])?);
    }
    if !chart.missed.is_empty() {
        key.push(say.with("chart-missed", [("count", chart.missed.len().into())])?);
    }
    for kind in EventKind::ALL {
        if chart.events.iter().any(|event| event.kind == *kind) {
            let shape = match kind {
                EventKind::Case => '◆',
                EventKind::Plan => '■',
                EventKind::Medication => '✚',
                EventKind::NoShow => '✕',
                EventKind::Version => '|',
            };
            key.push(format!("{shape}\u{a0}{}", say.is(&event_words(*kind))?));
        }
    }
    Ok(key)
}

fn source(say: &Say<'_>, note: &ExpectationNote) -> Result<String, Error> {
    match &note.source {
        Some(source) => say.with(
            "expectation-published",
            [("source", source.as_str().into()), ("courses", note.courses.as_str().into())],
        ),
        None => say.with(
            "expectation-practice",
            [
                ("courses", note.courses.as_str().into()),
                ("version", note.version.into()),
                ("dated", note.dated.as_str().into()),
            ],
        ),
    }
}

/// The scores, and what is expected ahead.
fn scores(say: &Say<'_>, chart: &Trajectory) -> Result<Block, Error> {
    let has_expectation = chart.expected.is_some();
    let mut columns = vec![
        Column::numbers(say.is("chart-session")?, 1.0),
        Column::words(say.is("chart-day")?, 1.4),
        Column::numbers(say.is("chart-score")?, 1.2),
        Column::numbers(say.is("chart-change")?, 1.2),
        Column::words(say.is("chart-band")?, 3.0),
    ];
    if has_expectation {
        columns.push(Column::numbers(say.is("chart-expected-column")?, 2.0));
    }
    let missed = say.is("chart-row-missed")?;
    let mut rows: Vec<Vec<String>> = chart
        .rows
        .iter()
        .map(|row| {
            let value = match (&row.value, row.mark) {
                (Some(value), Mark::Off) => format!("▼ {value}"),
                (Some(value), Mark::Plain) => value.clone(),
                (None, _) => missed.clone(),
            };
            vec![
                row.session.to_string(),
                row.day.clone(),
                value,
                row.change.clone().unwrap_or_default(),
                row.band.clone().unwrap_or_default(),
                row.expected.as_ref().map(expected).unwrap_or_default(),
            ]
        })
        .collect();
    for (ahead, words) in [(&chart.expected, "chart-ahead-expected"), (&chart.forecast, "chart-ahead-forecast")] {
        for row in ahead.iter().flat_map(|one| &one.ahead) {
            let blank = String::new;
            rows.push(vec![row.session.to_string(), blank(), blank(), blank(), say.is(words)?, expected(row)]);
        }
    }
    let summary = say.with("report-scores", [("name", chart.name.as_str().into())])?;
    Ok(Block::Table(Table { summary, columns, rows }))
}

fn expected(row: &ExpectedRow) -> String {
    format!("{} ({}–{})", row.median, row.low, row.high)
}

/// What a signal was computed with.
fn rested_on(say: &Say<'_>, signal: &SignalNote) -> Result<String, Error> {
    let mut parts = Vec::new();
    if let Some(band) = &signal.expected {
        parts.push(say.with("signals-expected", [("band", band.as_str().into())])?);
    }
    if let Some(percent) = &signal.probability {
        let mut words = say.with("signals-probability", [("percent", percent.as_str().into())])?;
        if let Some(agreement) = signal.agreement {
            words = format!("{words} ({})", say.is(&format!("agreement-{}", agreement.as_str()))?);
        }
        parts.push(words);
    }
    if let Some(model) = &signal.model {
        parts.push(say.with("signals-model", [("model", model.as_str().into())])?);
    }
    if let Some(rules) = &signal.rules {
        parts.push(say.with("signals-rules", [("rules", rules.as_str().into())])?);
    }
    Ok(parts.join(" · "))
}

/// The answers by item.
fn items(say: &Say<'_>, chart: &Trajectory, heat: &HeatStrip) -> Result<Block, Error> {
    let mut columns = vec![Column::words(say.is("heat-item")?, 4.0)];
    columns.extend(heat.days.iter().map(|day| Column::numbers(day, 1.0)));
    columns.push(Column::numbers(say.is("heat-moved")?, 1.0));
    let rows = heat
        .rows
        .iter()
        .map(|row| {
            let mut cells = vec![row.label.clone()];
            cells.extend(row.cells.iter().map(|cell| cell.value.map_or("–".to_owned(), |value| value.to_string())));
            cells.push(row.moved.clone().unwrap_or_default());
            cells
        })
        .collect();
    let summary = say.with("heat-caption", [("name", chart.name.as_str().into())])?;
    Ok(Block::Table(Table { summary, columns, rows }))
}

/// A heading for a part that has nothing to show, and that it has not.
pub(super) fn nothing(document: &mut Document, say: &Say<'_>) -> Result<(), Error> {
    document.push(Block::Paragraph(Style::Plain, say.is("report-none")?));
    Ok(())
}
