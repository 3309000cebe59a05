//! The quarterly pack as a document: what its page says, for whoever reads it on paper.

use print::{Block, Column, Document, Paper, Style, Table};

use super::Say;
use crate::Language;
use crate::engine::{Error, Templates};
use crate::staff::{PackExperiment, PackRow, PackStatus, QuarterPack};

/// The document of a quarter, in the reader's language.
pub fn of_quarter(
    templates: &Templates,
    pack: &QuarterPack,
    paper: Paper,
    language: Language,
) -> Result<Document, Error> {
    let say = Say { words: templates.words(language) };
    let title = format!("{}: {}", say.is("improvement-quarter")?, pack.quarter);
    let mut document = Document::new(title.clone(), language.as_str(), paper);
    document.header = format!("{} · {title}", pack.shell.practice);
    document.footer = say.with("outcomes-as-of", [("when", pack.as_of.as_str().into())])?;
    document.numbering = say.with("report-page", [("page", "{page}".into()), ("pages", "{pages}".into())])?;
    document.push(Block::title(&title));
    document.push(Block::Facts(vec![
        (say.is("report-practice")?, pack.shell.practice.clone()),
        (say.is("pack-choose")?, pack.period.clone()),
        (say.is("report-dated")?, pack.as_of.clone()),
    ]));
    for section in &pack.sections {
        let name = say.is(&format!("pack-{}", section.what))?;
        document.push(Block::part(&name));
        if section.rows.is_empty() {
            document.push(Block::paragraph(say.is("pack-nothing")?));
            continue;
        }
        let rows: Result<Vec<Vec<String>>, Error> = section.rows.iter().map(|row| figure(&say, row)).collect();
        document.push(Block::Table(Table {
            summary: name,
            columns: vec![
                Column::words(say.is("outcomes-figure")?, 3.6),
                Column::numbers(say.is("outcomes-value")?, 1.3),
                Column::numbers(say.is("outcomes-interval")?, 1.6),
                Column::numbers(say.is("pack-of")?, 1.4),
                Column::numbers(say.is("loop-known")?, 1.0),
            ],
            rows: rows?,
        }));
    }
    document.push(Block::part(say.is("improvement-experiments")?));
    if pack.experiments.is_empty() {
        document.push(Block::paragraph(say.is("pack-no-experiments")?));
    }
    for one in &pack.experiments {
        experiment(&mut document, &say, one)?;
    }
    document.push(Block::note(say.with("pack-explain", [("least", pack.least.into())])?));
    document.push(Block::note(say.is("outcomes-fair")?));
    if print::lacks_letters(&document) {
        document.push(Block::note(say.is("report-box")?));
    }
    Ok(document)
}

fn figure(say: &Say<'_>, row: &PackRow) -> Result<Vec<String>, Error> {
    let mut name = say.is(&row.label)?;
    if let Some(kind) = row.kind {
        name = format!("{name} – {}", say.is(&format!("level-{}", kind.as_str()))?);
    }
    let name = format!("{name}\n{}", say.is(&row.about)?);
    let of = match (row.hits, row.cases) {
        (Some(hits), Some(cases)) => say.with("outcomes-hits", [("hits", hits.into()), ("measured", cases.into())])?,
        (None, Some(cases)) => cases.to_string(),
        _ => String::new(),
    };
    let known = if row.known.is_empty() { "–".to_owned() } else { row.known.clone() };
    Ok(match row.status {
        PackStatus::Shown => vec![name, row.value.clone(), row.interval.clone(), of, known],
        PackStatus::NotReportable => vec![name, say.is("pack-status-not_reportable")?, String::new(), of, known],
        PackStatus::Few => vec![name, say.is("pack-status-few")?, String::new(), String::new(), String::new()],
    })
}

fn experiment(document: &mut Document, say: &Say<'_>, one: &PackExperiment) -> Result<(), Error> {
    document.push(Block::Paragraph(Style::Strong, one.change.clone()));
    let place = match &one.site {
        Some(site) => site.clone(),
        None => say.is("experiment-everywhere")?,
    };
    let since = say.with("pack-since", [("day", one.starts.as_str().into())])?;
    let metric = say.is(&format!("metric-{}", one.metric.as_str()))?;
    let mut lines = vec![format!("{metric} · {place} · {since}")];
    lines.push(match one.verdict {
        Some(verdict) => format!("{}: {}", say.is(&format!("verdict-{}", verdict.as_str()))?, one.reason),
        None => say.is(&format!("experiment-stage-{}", one.stage.as_str()))?,
    });
    document.push(Block::List(lines));
    Ok(())
}
