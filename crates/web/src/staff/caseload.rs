//! The caseload: every current client of the people this person looks after, those who need attention first. All state is
//! in the address.

use super::form::encoded;
use super::people::People;
use super::session::Signed;
use super::shown::Seen;
use super::standing::{self, Standing, rank};
use super::words::{change_of, level_of, primary};
use crate::App;
use crate::error::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum_extra::extract::Query;
use care::access::Action;
use care::episode::Measure;
use care::response::SignalLevel;
use care::{ClientId, EpisodeId};
use instruments::{AllianceFlag, Change, Instrument, Library, Scale, alliance_flags, change};
use serde::Deserialize;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Write;
use store::assignment::Assigned;
use store::client::Named;
use store::response::Scored;
use templates::chart::{Mark, Sparkline, SparklineData};
use templates::format;
use templates::staff::{Caseload, CaseloadRow, Choice, Column, Direction, Filters, OpenCase, Pager, Place, SortKey};
use workflows::access;

/// Rows of one page.
const PAGE: usize = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    signal: String,
    clinician: String,
    site: String,
    sort: String,
    page: String,
}

impl Asked {
    /// What the table is sorted by, and whether its usual order is turned round.
    fn order(&self) -> (SortKey, Option<()>) {
        let (name, turned) = self.sort.strip_prefix('-').map_or((self.sort.as_str(), None), |name| (name, Some(())));
        (SortKey::ALL.iter().copied().find(|key| key.as_str() == name).unwrap_or(SortKey::Attention), turned)
    }

    /// The address with these filters, another order and page.
    fn address(&self, sort: &str, page: usize) -> String {
        let mut address = format!("/caseload?sort={}", encoded(sort));
        for (name, value) in [("signal", &self.signal), ("clinician", &self.clinician), ("site", &self.site)] {
            if !value.is_empty() {
                let _ = write!(address, "&{name}={}", encoded(value));
            }
        }
        if page > 1 {
            let _ = write!(address, "&page={page}");
        }
        address
    }

    fn is_filtered(&self) -> bool {
        [&self.clinician, &self.site].iter().any(|text| !text.trim().is_empty()) || self.signal().is_some()
    }

    fn signal(&self) -> Option<SignalLevel> {
        self.signal.parse().ok()
    }
}

/// One client with everything the row and the order need.
struct Line<'a> {
    assigned: &'a Assigned,
    client: &'a Named,
    standing: &'a Standing,
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed, Query(asked): Query<Asked>) -> Result<Response> {
    me.authorise(&app, Action::ViewCaseload, None).await?;
    let telling = me.telling(&app);
    let library = &me.shelf.library;
    let mut read = app.db.read(&me.practice).await?;
    let looked_after = access::looks_after(&mut read, &app.ctx, &me.viewer).await?;
    let mut people = People::places(&mut read, me.zone).await?;
    people.meet(&mut read, &looked_after).await?;
    let assigned = store::assignment::episodes_of(&mut read, &looked_after).await?;
    let episodes: Vec<EpisodeId> = assigned.iter().map(|one| one.episode.id.clone()).collect();
    let standings = standing::of_episodes(&mut read, &me.shelf, me.language, telling.now, &episodes).await?;
    let ids: Vec<ClientId> = assigned.iter().map(|one| one.episode.client_id.clone()).collect();
    let clients: HashMap<ClientId, Named> =
        store::client::named(&mut read, &ids).await?.into_iter().map(|client| (client.id.clone(), client)).collect();

    let mut lines: Vec<Line<'_>> = assigned
        .iter()
        .filter_map(|assigned| {
            let client = clients.get(&assigned.episode.client_id)?;
            Some(Line { assigned, client, standing: standings.get(&assigned.episode.id)? })
        })
        .collect();
    let unfiltered = lines.len();
    lines.retain(|line| {
        asked.signal().is_none_or(|signal| line.standing.overall.level == signal)
            && (asked.clinician.is_empty() || line.assigned.clinician_id.as_str() == asked.clinician)
            && (asked.site.is_empty() || line.client.site_id.as_str() == asked.site)
    });
    let (key, turned) = asked.order();
    lines.sort_by(|one, other| {
        let order = compare(key, one, other).then_with(|| one.client.name.text().cmp(other.client.name.text()));
        if turned.is_some() { order.reverse() } else { order }
    });
    let total = lines.len();
    let page = asked.page.parse::<usize>().unwrap_or(1).clamp(1, total.div_ceil(PAGE).max(1));
    let shown: Vec<&Line<'_>> = lines.iter().skip((page - 1) * PAGE).take(PAGE).collect();
    // The instruments as they read for each client.
    let own: Vec<Cow<'_, Library>> = shown.iter().map(|line| library.for_person(&line.standing.person)).collect();
    let led: Vec<Option<Led<'_>>> =
        shown.iter().zip(&own).map(|(line, own)| Led::of(own, &line.standing.measures)).collect();
    let series: Vec<Scored<'_>> =
        shown.iter().zip(&led).flat_map(|(line, led)| led.iter().flat_map(|led| led.series(line))).collect();
    let mut drawn: HashMap<EpisodeId, Vec<f64>> = HashMap::new();
    for (episode, value) in store::response::last_of_series(&mut read, &series, Sparkline::LAST).await? {
        drawn.entry(episode).or_default().push(value);
    }
    let capacity = super::capacity::own(&mut read, &app, &me).await?;
    drop(read);

    let several_clinicians = looked_after.len() > 1;
    let rows = shown.iter().zip(&own).zip(&led).map(|((line, own), led)| {
        let values = drawn.remove(&line.assigned.episode.id).unwrap_or_default();
        row(own, &me, &people, telling, line, led.as_ref(), values, several_clinicians.then_some(()))
    });
    let all = || Choice::new("", if me.language == care::Language::Es { "Todos" } else { "All" }, "");
    let chosen_signal = asked.signal().map_or("all", SignalLevel::as_str);
    let signals =
        ["all", "red", "amber", "green", "blue", "grey"].map(|value| Choice::new(value, value, chosen_signal));
    let clinicians: Vec<Choice> = if several_clinicians {
        let mut names: Vec<Choice> =
            looked_after.iter().map(|id| Choice::new(id.as_str(), people.name(id), &asked.clinician)).collect();
        names.sort_by(|one, other| one.label.cmp(&other.label));
        std::iter::once(all()).chain(names).collect()
    } else {
        Vec::new()
    };
    let sites: Vec<Choice> = if people.sites.len() > 1 {
        std::iter::once(all())
            .chain(people.sites.iter().map(|site| Choice::new(site.id.as_str(), site.name.clone(), &asked.site)))
            .collect()
    } else {
        Vec::new()
    };
    let count = |number: usize| i64::try_from(number).unwrap_or(0);
    let last = page * PAGE;
    let view = Caseload {
        shell: me.shell(&app, Some(Place::Caseload)),
        own: capacity,
        rows: rows.collect(),
        columns: columns(&asked, key, turned),
        total: count(total),
        unfiltered: count(unfiltered),
        pager: (total > PAGE).then(|| Pager {
            from: count((page - 1) * PAGE + 1),
            until: count(last.min(total)),
            total: count(total),
            previous: (page > 1).then(|| asked.address(&asked.sort, page - 1)),
            next: (last < total).then(|| asked.address(&asked.sort, page + 1)),
        }),
        filters: Filters {
            signals: signals.into(),
            clinicians,
            sites,
            sort: asked.sort.clone(),
            active: asked.is_filtered(),
        },
    };
    let seen = Seen::list("view.caseload", &me, shown.iter().map(|line| line.client.id.clone()));
    me.show(&app, StatusCode::OK, &view, seen).await
}

fn columns(asked: &Asked, current: SortKey, turned: Option<()>) -> Vec<Column> {
    let column = |&key: &SortKey| {
        let is_current = key == current;
        let sort = if is_current && turned.is_none() { format!("-{}", key.as_str()) } else { key.as_str().to_owned() };
        let sorted = is_current.then_some(if turned.is_some() { Direction::Descending } else { Direction::Ascending });
        Column { key, href: asked.address(&sort, 1), sorted }
    };
    SortKey::ALL.iter().map(column).collect()
}

/// The usual order of a column: what should be looked at stands at its top.
fn compare(key: SortKey, one: &Line<'_>, other: &Line<'_>) -> Ordering {
    let last_first = |at: Option<care::Instant>| (at.is_none(), at.map(std::cmp::Reverse));
    match key {
        SortKey::Name => Ordering::Equal,
        SortKey::Attention => attention(one.standing).cmp(&attention(other.standing)),
        SortKey::Sessions => one.standing.sessions.cmp(&other.standing.sessions),
        SortKey::Completed => last_first(one.standing.completed_at()).cmp(&last_first(other.standing.completed_at())),
        SortKey::Next => {
            let next = |line: &Line<'_>| line.standing.next.as_ref().map(|next| next.starts_at);
            (next(one).is_none(), next(one)).cmp(&(next(other).is_none(), next(other)))
        }
    }
}

/// Danger, then other open cases, then by colour, and among equals whoever comes next.
fn attention(standing: &Standing) -> impl Ord + use<> {
    let case = match &standing.case {
        Some((_, reasons)) if reasons.iter().any(|reason| reason.rule.is_risk() && reason.is_open()) => 0_u8,
        Some(_) => 1,
        None => 2,
    };
    let next = standing.next.as_ref().map(|next| next.starts_at);
    (u8::from(case != 0), rank(standing.overall.level), case, next.is_none(), next)
}

#[expect(clippy::too_many_arguments, reason = "a row is put together from everything the page has read")]
fn row(
    library: &Library,
    me: &Signed,
    people: &People,
    telling: super::words::Telling,
    line: &Line<'_>,
    led: Option<&Led<'_>>,
    values: Vec<f64>,
    with_clinician: Option<()>,
) -> CaseloadRow {
    let Line { assigned, client, standing } = line;
    let there = telling.at(people.zone(&client.site_id));
    let mut about: Vec<String> = Vec::new();
    if people.sites.len() > 1 {
        about.push(people.site_name(&client.site_id));
    }
    if with_clinician.is_some() {
        about.push(people.name(&assigned.clinician_id));
    }
    let spark = led.and_then(|led| {
        let is_off = matches!(standing.overall.level, SignalLevel::Red);
        Sparkline::new(&SparklineData {
            range: (led.scale.axis.min, led.scale.axis.max),
            cutoff: led.scale.caseness().map(|cutoff| cutoff.value),
            values,
            mark: if is_off { Mark::Off } else { Mark::Plain },
        })
    });
    // A fall says more than a low score alone, which may have been low all along.
    let alliance_flag = primary(library, &standing.measures)
        .flat_map(|(scale, measure)| alliance_flags(scale, measure.previous, measure.latest))
        .max_by_key(|flag| *flag == AllianceFlag::Drop)
        .map(AllianceFlag::as_str);
    CaseloadRow {
        client: client.name.text().to_owned(),
        href: format!("/clients/{}", client.id),
        about: about.join(" · "),
        instrument: led.map(|led| led.instrument.short_name.get(me.language).to_owned()),
        spark,
        last: led.map(|led| format::score(led.measure.latest)),
        change: led
            .filter(|led| led.measure.n > 1)
            .and_then(|led| Some(change_of(led.scale, led.measure.baseline?, led.measure.latest))),
        signal: standing.overall.level,
        reasons: standing.reasons.clone(),
        because: standing.because(),
        sessions: standing.sessions,
        completed: standing.completed_at().map(|at| format::relative(at, telling.now, me.language)),
        next_session: standing.next.as_ref().map(|next| there.session(next.starts_at)),
        alliance_flag,
        case: standing.case.as_ref().map(|(case, reasons)| OpenCase {
            href: format!("/cases/{}", case.id),
            level: level_of(reasons),
            state: case.state,
        }),
    }
}

/// The outcome scale a row speaks of, with the instrument its scores are read by.
struct Led<'a> {
    library: &'a Library,
    instrument: &'a Instrument,
    scale: &'a Scale,
    measure: &'a Measure,
}

impl<'a> Led<'a> {
    fn of(library: &'a Library, measures: &'a [Measure]) -> Option<Self> {
        let (scale, measure) = leading(library, measures)?;
        let instrument = library.of_structure(&measure.instrument, measure.structure)?;
        Some(Self { library, instrument, scale, measure })
    }

    /// What is drawn of it: the scores by every version of its structure.
    fn series(&self, line: &'a Line<'_>) -> impl Iterator<Item = Scored<'a>> + use<'a> {
        let Self { library, instrument, scale, .. } = *self;
        let alike = library.versions(&instrument.id).filter(|version| version.structure == instrument.structure);
        alike.map(|version| Scored {
            episode: &line.assigned.episode.id,
            instrument: &instrument.id,
            version: &version.version,
            scale: &scale.id,
        })
    }
}

/// The outcome scale a row speaks of: one that got reliably worse, else one that was at caseness in the beginning, so that
/// the row is about what the client came with; of several the one answered most.
fn leading<'a>(library: &'a Library, measures: &'a [Measure]) -> Option<(&'a Scale, &'a Measure)> {
    let outcomes = primary(library, measures).filter(|(scale, _)| scale.alliance.is_none());
    outcomes.max_by(|(one_scale, one), (other_scale, other)| {
        let case = |scale: &Scale, measure: &Measure| {
            measure.baseline.is_some_and(|baseline| scale.caseness().is_some_and(|cutoff| cutoff.is_met(baseline)))
        };
        let worse = |scale: &Scale, measure: &Measure| {
            let since = |from: f64| change(scale, from, measure.latest) == Some(Change::Deteriorated);
            measure.baseline.is_some_and(since) || since(measure.best)
        };
        let key = |scale, measure: &Measure| (worse(scale, measure), case(scale, measure), measure.n);
        key(one_scale, one).cmp(&key(other_scale, other)).then_with(|| other.instrument.cmp(&one.instrument))
    })
}
