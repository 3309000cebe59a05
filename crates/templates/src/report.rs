//! A client's record as a document to file: what the client page says, in the order in which a chart is read, for `print` to
//! set. The pictures are the page's own charts.

mod course;
mod quarter;
mod record;

pub use quarter::of_quarter;

use fluent_bundle::{FluentArgs, FluentValue};
use print::{Block, Document, Figure, Paper};
use serde::Serialize;

use crate::Language;
use crate::chart::Trajectory;
use crate::engine::{Error, Page, Templates};
use crate::staff::{ClientPage, ReasonText, StepLine};
use crate::words::Words;

/// The record of one client, as a reader may see it.
pub struct ClientReport<'a> {
    /// What the page says.
    pub page: &'a ClientPage,
    /// The steps of each case of the page, earliest first.
    pub steps: &'a [Vec<StepLine>],
    /// When the record was read, formatted.
    pub dated: String,
    /// The sheets the practice uses.
    pub paper: Paper,
}

/// The picture of a trajectory as an SVG file of its own.
#[derive(Clone, Serialize)]
pub struct TrajectoryPicture {
    /// The geometry.
    pub chart: Trajectory,
}

impl Page for TrajectoryPicture {
    const TEMPLATE: &'static str = "staff/trajectory_print.html";

    fn samples() -> Vec<Self> {
        ClientPage::samples()
            .into_iter()
            .flat_map(|page| page.measures)
            .map(|measure| Self { chart: measure.chart })
            .collect()
    }
}

/// The document of a client's record, in the reader's language.
pub fn of_client(templates: &Templates, report: &ClientReport<'_>, language: Language) -> Result<Document, Error> {
    let say = Say { words: templates.words(language) };
    let page = report.page;
    let name = &page.header.name;
    let mut document = Document::new(format!("{}: {name}", say.is("report-title")?), language.as_str(), report.paper);
    document.header = format!("{} · {name}", page.shell.practice);
    document.footer = say.with("client-printed", [("who", page.header.printed.as_str().into())])?;
    document.numbering = say.with("report-page", [("page", "{page}".into()), ("pages", "{pages}".into())])?;
    record::who(&mut document, &say, report)?;
    record::glance(&mut document, &say, page)?;
    record::cases(&mut document, &say, report)?;
    for measure in &page.measures {
        course::measure(&mut document, &say, templates, language, measure)?;
    }
    course::goals(&mut document, &say, templates, language, &page.goals)?;
    course::raters(&mut document, &say, templates, language, &page.raters)?;
    record::risk(&mut document, &say, page)?;
    record::own_words(&mut document, &say, page)?;
    record::plans(&mut document, &say, page)?;
    record::consents(&mut document, &say, page)?;
    if print::lacks_letters(&document) {
        document.push(Block::note(say.is("report-box")?));
    }
    Ok(document)
}

/// The words of one language.
struct Say<'a> {
    words: &'a Words,
}

impl Say<'_> {
    /// A message without variables.
    fn is(&self, key: &str) -> Result<String, Error> {
        self.words.say(key, &FluentArgs::new())
    }

    /// A message with its variables.
    fn with<const N: usize>(&self, key: &str, args: [(&str, FluentValue<'_>); N]) -> Result<String, Error> {
        let mut all = FluentArgs::new();
        for (name, value) in args {
            all.set(name.to_owned(), value);
        }
        self.words.say(key, &all)
    }

    /// A rule's finding as a sentence.
    fn reason(&self, reason: &ReasonText) -> Result<String, Error> {
        self.with(
            &format!("reason-{}", reason.rule.as_str()),
            [
                ("instrument", reason.instrument.as_str().into()),
                ("item", reason.item.as_str().into()),
                ("answer", reason.answer.as_str().into()),
                ("value", reason.value.as_str().into()),
                ("reference", reason.reference.as_str().into()),
                ("change", reason.change.as_str().into()),
                ("threshold", reason.threshold.as_str().into()),
                ("session", reason.session.as_str().into()),
                ("missed", reason.missed.as_str().into()),
                ("ahead", reason.ahead.as_str().into()),
                ("probability", reason.probability.as_str().into()),
            ],
        )
    }
}

/// A picture of the document.
fn figure(svg: String, alternative: String) -> Block {
    Block::Figure(Figure { svg, alternative })
}
