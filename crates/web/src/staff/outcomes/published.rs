//! What is published by problem, as a file. The figures are public: nothing is kept back, and their date, source and licence go with
//! them.

use crate::App;
use crate::error::Result;
use crate::staff::download::{self, Format, Sheet};
use crate::staff::session::Signed;
use axum::extract::State;
use axum::response::Response;
use care::Instant;
use care::access::Action;
use care::outcome::{Benchmark, OfProblem, PAIR};
use exchange::csv_out::Value;

const HEADERS: [&str; 9] =
    ["data_as_of", "published_by", "period", "source", "licence", "problem", "finished", "figure", "percent"];

fn write(now: Instant) -> Sheet {
    let benchmark = Benchmark::nhs_talking_therapies();
    let text = |text: &str| Value::Text(text.to_owned().into());
    let about = [
        now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        benchmark.name.clone(),
        benchmark.period.clone(),
        benchmark.source.clone(),
        benchmark.licence.clone(),
    ];
    let mut rows = Vec::new();
    for one in benchmark.problems(PAIR) {
        for what in OfProblem::PUBLISHED {
            let finished = Value::Whole(i64::try_from(one.counts.finished).unwrap_or(i64::MAX));
            let share = one.share(what).map_or(Value::Empty, |share| Value::Decimal(share * 100.0, 1));
            let cells = [text(one.problem.as_str()), finished, text(what.as_str()), share];
            rows.push(about.iter().map(|cell| text(cell)).chain(cells).collect());
        }
    }
    Sheet { name: "published-by-problem".to_owned(), headers: HEADERS.to_vec(), rows, as_of: now }
}

async fn answer(app: &App, me: &Signed, format: Format) -> Result<Response> {
    me.authorise(app, Action::ViewOutcomes, None).await?;
    download::answer(write(app.now()), format).await
}

/// As a file.
pub(in crate::staff) async fn csv(State(app): State<App>, me: Signed) -> Result<Response> {
    answer(&app, &me, Format::Csv).await
}

/// As a workbook.
pub(in crate::staff) async fn xlsx(State(app): State<App>, me: Signed) -> Result<Response> {
    answer(&app, &me, Format::Workbook).await
}
