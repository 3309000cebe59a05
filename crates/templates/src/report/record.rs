//! The record around the scores: who it is about, cases with what was decided, danger, own words, plan, consents.

use print::{Block, Column, Document, Style, Table};

use super::course::nothing;
use super::{ClientReport, Say};
use crate::engine::Error;
use crate::staff::{CaseLine, ClientPage, PlanLine, StepLine, Trend};

/// Who the report is about, and when it was made.
pub(super) fn who(document: &mut Document, say: &Say<'_>, report: &ClientReport<'_>) -> Result<(), Error> {
    let header = &report.page.header;
    document.push(Block::title(&header.name));
    let mut facts = vec![(say.is("report-practice")?, report.page.shell.practice.clone())];
    let mut person = Vec::new();
    if let Some(called) = &header.preferred_name {
        person.push(say.with("client-called", [("name", called.as_str().into())])?);
    }
    if let Some(age) = header.age {
        person.push(say.with("client-age", [("age", age.into())])?);
    }
    person.push(header.language.clone());
    facts.push((say.is("report-person")?, format!("{} · {}", header.name, person.join(" · "))));
    facts.push((say.is("report-record")?, header.id.clone()));
    facts.push((say.is("report-site")?, header.site.clone()));
    let clinician = match &header.clinician {
        Some(name) => name.clone(),
        None => say.is("client-unassigned")?,
    };
    facts.push((say.is("report-clinician")?, clinician));
    let mut course = Vec::new();
    if let Some(since) = &header.episode {
        course.push(say.with("client-since", [("when", since.as_str().into())])?);
    }
    if let Some(when) = &header.discharged {
        course.push(say.with("client-discharged", [("when", when.as_str().into())])?);
    }
    if !course.is_empty() {
        facts.push((say.is("report-course")?, course.join(" · ")));
    }
    if let Some(when) = &header.next_session {
        facts.push((say.is("report-next")?, when.clone()));
    }
    facts.push((say.is("report-dated")?, report.dated.clone()));
    document.push(Block::Facts(facts));
    Ok(())
}

/// Where things stand.
pub(super) fn glance(document: &mut Document, say: &Say<'_>, page: &ClientPage) -> Result<(), Error> {
    if page.header.signal.is_none() && page.changed.is_none() {
        return Ok(());
    }
    document.push(Block::part(say.is("client-glance")?));
    if let Some(signal) = page.header.signal {
        document.push(Block::Paragraph(Style::Strong, say.is(&format!("signal-{}", signal.as_str()))?));
    }
    if !page.header.reasons.is_empty() {
        let reasons: Result<Vec<String>, Error> = page.header.reasons.iter().map(|reason| say.reason(reason)).collect();
        document.push(Block::List(reasons?));
    }
    if let Some(changed) = &page.changed {
        let args = [
            ("instrument", changed.instrument.as_str().into()),
            ("from", changed.from.as_str().into()),
            ("to", changed.to.as_str().into()),
        ];
        let mut words = format!("{} {} {}.", say.with("changed", args)?, changed.change, trend(say, changed.trend)?);
        if !changed.moved.is_empty() {
            let moved = say.with("changed-moved", [("items", changed.moved.join(", ").into())])?;
            words = format!("{words} {moved}");
        }
        document.push(Block::paragraph(words));
    }
    Ok(())
}

fn trend(say: &Say<'_>, trend: Trend) -> Result<String, Error> {
    say.is(match trend {
        Trend::ReliablyBetter => "trend-reliably_better",
        Trend::Better => "trend-better",
        Trend::Same => "trend-same",
        Trend::Worse => "trend-worse",
        Trend::ReliablyWorse => "trend-reliably_worse",
    })
}

/// The cases, each with its reasons and everything that was done.
pub(super) fn cases(document: &mut Document, say: &Say<'_>, report: &ClientReport<'_>) -> Result<(), Error> {
    document.push(Block::part(say.is("report-cases")?));
    if report.page.cases.is_empty() {
        return nothing(document, say);
    }
    for (index, case) in report.page.cases.iter().enumerate() {
        document.push(Block::section(say.with("case-of", [("day", case.opened.as_str().into())])?));
        document.push(Block::Paragraph(Style::Strong, standing(say, case)?));
        let reasons: Result<Vec<String>, Error> = case.reasons.iter().map(|reason| say.reason(reason)).collect();
        document.push(Block::List(reasons?));
        if let Some(steps) = report.steps.get(index).filter(|steps| !steps.is_empty()) {
            document.push(done(say, case, steps)?);
        }
    }
    Ok(())
}

fn standing(say: &Say<'_>, case: &CaseLine) -> Result<String, Error> {
    let mut parts = Vec::new();
    if case.closed.is_none() {
        parts.push(say.is(&format!("level-{}", case.level.as_str()))?);
    }
    parts.push(say.is(&format!("case-state-{}", case.state.as_str()))?);
    if let Some(due) = &case.due {
        parts.push(say.with("report-due", [("when", due.text.as_str().into())])?);
    }
    if let Some(when) = &case.closed {
        parts.push(say.with("case-closed-on", [("when", when.as_str().into())])?);
    }
    Ok(parts.join(" · "))
}

fn done(say: &Say<'_>, case: &CaseLine, steps: &[StepLine]) -> Result<Block, Error> {
    let mut rows = Vec::new();
    for step in steps {
        let mut what = say.is(&format!("step-{}", step.kind.as_str()))?;
        if let Some(to) = &step.to {
            what = format!("{what} → {to}");
        }
        if let Some(note) = &step.note {
            what = format!("{what}\n{note}");
        }
        let by = match &step.by {
            Some(name) => name.clone(),
            None => say.is("by-system")?,
        };
        rows.push(vec![step.at.text.clone(), what, by]);
    }
    Ok(Block::Table(Table {
        summary: say.with("case-of", [("day", case.opened.as_str().into())])?,
        columns: vec![
            Column::words(say.is("report-when")?, 1.5),
            Column::words(say.is("report-what")?, 4.0),
            Column::words(say.is("report-who")?, 1.5),
        ],
        rows,
    }))
}

/// The answers to items about danger. What was not answered is unknown, never negative.
pub(super) fn risk(document: &mut Document, say: &Say<'_>, page: &ClientPage) -> Result<(), Error> {
    let title = say.is("report-risk")?;
    document.push(Block::part(&title));
    if page.risk.is_empty() {
        return nothing(document, say);
    }
    let mut rows = Vec::new();
    for item in &page.risk {
        for answer in &item.answers {
            let mut said = match &answer.first {
                Some(first) => first.clone(),
                None => say.is("risk-unknown")?,
            };
            if let Some(changed) = &answer.changed_to {
                said = format!("{said} → {changed} ({})", say.is("risk-changed")?);
            }
            if answer.endorsed {
                said = format!("◆ {said} ({})", say.is("report-counts")?);
            }
            rows.push(vec![answer.day.clone(), format!("{}: {}", item.instrument, item.item), said]);
        }
    }
    document.push(Block::Table(Table {
        summary: title,
        columns: vec![
            Column::words(say.is("chart-day")?, 1.2),
            Column::words(say.is("report-instrument")?, 3.0),
            Column::words(say.is("report-answer")?, 3.4),
        ],
        rows,
    }));
    Ok(())
}

/// What the client wrote.
pub(super) fn own_words(document: &mut Document, say: &Say<'_>, page: &ClientPage) -> Result<(), Error> {
    if page.words.is_empty() {
        return Ok(());
    }
    let title = say.is("words-title")?;
    document.push(Block::part(&title));
    let mut rows = Vec::new();
    for line in &page.words {
        let mut text = match &line.question {
            Some(question) => format!("{question}\n{}", line.text),
            None => line.text.clone(),
        };
        if !line.found.is_empty() {
            let phrases: Vec<String> = line.found.iter().map(|phrase| format!("“{phrase}”")).collect();
            text = format!("{text}\n◆ {}", say.with("words-found", [("phrases", phrases.join(", ").into())])?);
        }
        rows.push(vec![line.given.clone(), text]);
    }
    document.push(Block::Table(Table {
        summary: title.clone(),
        columns: vec![Column::words(say.is("report-when")?, 1.4), Column::words(title, 5.0)],
        rows,
    }));
    Ok(())
}

/// What was changed in the plan, and what it came to.
pub(super) fn plans(document: &mut Document, say: &Say<'_>, page: &ClientPage) -> Result<(), Error> {
    let title = say.is("plan-title")?;
    document.push(Block::part(&title));
    if page.plans.is_empty() {
        return nothing(document, say);
    }
    let rows: Result<Vec<Vec<String>>, Error> = page.plans.iter().map(|plan| changed(say, plan)).collect();
    document.push(Block::Table(Table {
        summary: title,
        columns: vec![
            Column::words(say.is("report-what")?, 3.0),
            Column::words(say.is("report-why")?, 3.0),
            Column::words(say.is("report-who")?, 1.7),
            Column::words(say.is("report-review")?, 1.7),
        ],
        rows: rows?,
    }));
    Ok(())
}

fn changed(say: &Say<'_>, plan: &PlanLine) -> Result<Vec<String>, Error> {
    let kind = say.is(&format!("plan-{}", plan.kind.as_str()))?;
    let review = match plan.outcome {
        Some(outcome) => say.is(&format!("plan-outcome-{}", outcome.as_str()))?,
        None => say.with("plan-review-at", [("session", plan.review_session.into())])?,
    };
    Ok(vec![format!("{kind}: {}", plan.what), plan.why.clone(), plan.by.clone(), review])
}

/// What the client agreed to.
pub(super) fn consents(document: &mut Document, say: &Say<'_>, page: &ClientPage) -> Result<(), Error> {
    let title = say.is("client-consents")?;
    document.push(Block::part(&title));
    let mut rows = Vec::new();
    for line in &page.consents {
        let state = match line.state {
            Some(state) => say.is(&format!("consent-{}", state.as_str()))?,
            None => say.is("consent-none")?,
        };
        let mut since: Vec<String> = line.since.iter().cloned().collect();
        if let Some(source) = line.source {
            since.push(say.is(&format!("consent-source-{}", source.as_str()))?);
        }
        if let Some(version) = &line.wording {
            since.push(say.with("consent-wording", [("version", version.as_str().into())])?);
        }
        rows.push(vec![
            say.is(&format!("purpose-{}", line.purpose.as_str()))?,
            say.is(&format!("channel-{}", line.channel.as_str()))?,
            state,
            since.join(" · "),
        ]);
    }
    if rows.is_empty() {
        return nothing(document, say);
    }
    document.push(Block::Table(Table {
        summary: title,
        columns: vec![
            Column::words(say.is("report-purpose")?, 2.2),
            Column::words(say.is("report-channel")?, 1.0),
            Column::words(say.is("report-state")?, 1.2),
            Column::words(say.is("report-since")?, 3.6),
        ],
        rows,
    }));
    Ok(())
}
