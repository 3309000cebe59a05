//! The caseload: every current client in one table, those who need attention first. All state is in the address.

use care::case::{CaseState, ReasonLevel};
use care::response::SignalLevel;
use care::review::Because;
use serde::Serialize;

use super::{Change, Choice, OwnCapacity, Place, ReasonText, Shell, Trend};
use crate::Page;
use crate::chart::{Mark, Sparkline, SparklineData};

/// The caseload table.
#[derive(Clone, Serialize)]
pub struct Caseload {
    /// The frame.
    pub shell: Shell,
    /// A clinician's own capacity; none for those who only supervise.
    pub own: Option<OwnCapacity>,
    /// What is shown.
    pub filters: Filters,
    /// The columns by which the table can be sorted.
    pub columns: Vec<Column>,
    /// The rows of this page.
    pub rows: Vec<CaseloadRow>,
    /// How many clients there are with these filters.
    pub total: i64,
    /// How many there are without filters; with 0 the page says how clients come here.
    pub unfiltered: i64,
    /// Other pages.
    pub pager: Option<Pager>,
}

/// The filters above the table; a GET form with these names.
#[derive(Clone, Serialize)]
pub struct Filters {
    /// The signals (`signal`), `all` first.
    pub signals: Vec<Choice>,
    /// The clinicians (`clinician`), for supervisors; empty for one's own caseload.
    pub clinicians: Vec<Choice>,
    /// The sites (`site`); empty where there is one.
    pub sites: Vec<Choice>,
    /// The current order (`sort`), kept in a hidden field.
    pub sort: String,
    /// Whether any filter is set.
    pub active: bool,
}

/// A column by which the table can be sorted. The words are `column-<key>`.
#[derive(Clone, Serialize)]
pub struct Column {
    /// Which.
    pub key: SortKey,
    /// The address that sorts by it (or turns its order round).
    pub href: String,
    /// Its present order; none where another column decides.
    pub sorted: Option<Direction>,
}

/// What the table can be sorted by. The column of a key stands where the page puts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// The client's name.
    Name,
    /// Who needs attention: the default.
    Attention,
    /// Number of sessions.
    Sessions,
    /// Time since the last completed check-in.
    Completed,
    /// The next session.
    Next,
}

impl SortKey {
    /// Every key, in the order of the columns.
    pub const ALL: &'static [Self] = &[Self::Name, Self::Attention, Self::Sessions, Self::Completed, Self::Next];

    /// The value of `sort` in the address; a `-` in front turns the order round.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Attention => "attention",
            Self::Sessions => "sessions",
            Self::Completed => "completed",
            Self::Next => "next",
        }
    }
}

/// The order of a sorted column (the values of `aria-sort`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// One client.
#[derive(Clone, Serialize)]
pub struct CaseloadRow {
    /// The client's name.
    pub client: String,
    /// The client's page.
    pub href: String,
    /// Age, site and, for supervisors, the clinician, formatted ("34 · North").
    pub about: String,
    /// The instrument whose scores are shown.
    pub instrument: Option<String>,
    /// The last scores.
    pub spark: Option<Sparkline>,
    /// The last score.
    pub last: Option<String>,
    /// The change since the first score.
    pub change: Option<Change>,
    /// The overall signal.
    pub signal: SignalLevel,
    /// Why, the gravest first.
    pub reasons: Vec<ReasonText>,
    /// Why, where it is no concern; the words are `because-<key>`.
    pub because: Vec<Because>,
    /// Sessions held.
    pub sessions: i64,
    /// The last completed check-in ("3 days ago"); none for never.
    pub completed: Option<String>,
    /// The next session, formatted; none where there is none.
    pub next_session: Option<String>,
    /// Whether the last session feedback fell (`drop`) or was low (`low`). The words are `alliance-<flag>`.
    pub alliance_flag: Option<&'static str>,
    /// The open case.
    pub case: Option<OpenCase>,
}

/// A link to an open case.
#[derive(Clone, Serialize)]
pub struct OpenCase {
    /// Its page.
    pub href: String,
    /// Its gravest open reason.
    pub level: ReasonLevel,
    /// Where it stands.
    pub state: CaseState,
}

/// Links to the neighbouring pages of a long list.
#[derive(Clone, Serialize)]
pub struct Pager {
    /// First row shown.
    pub from: i64,
    /// Last row shown.
    pub until: i64,
    /// Rows in all.
    pub total: i64,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

fn rows() -> Vec<CaseloadRow> {
    let every = ReasonText::samples();
    let row = |client: &str, about: &str, values: &[f64], signal, reasons: Vec<ReasonText>, trend| {
        let mark = if signal == SignalLevel::Red { Mark::Off } else { Mark::Plain };
        let change = values
            .first()
            .zip(values.last())
            .filter(|_| values.len() > 1)
            .map(|(first, last)| Change { points: crate::format::change(last - first), trend });
        CaseloadRow {
            client: client.into(),
            href: "/clients/p1".into(),
            about: about.into(),
            instrument: (!values.is_empty()).then(|| "PHQ-9".into()),
            spark: Sparkline::new(&SparklineData {
                range: (0.0, 27.0),
                cutoff: Some(10.0),
                values: values.to_vec(),
                mark,
            }),
            last: values.last().map(|&value| crate::format::score(value)),
            change,
            signal,
            reasons,
            because: match signal {
                SignalLevel::Grey => vec![Because::TooFewScores],
                SignalLevel::Blue => vec![Because::FunctionalAndImproved],
                _ => vec![],
            },
            sessions: values.iter().map(|_| 1).sum::<i64>() + 1,
            completed: (!values.is_empty()).then(|| "3 days ago".into()),
            next_session: Some("Thu, Mar 12".into()),
            alliance_flag: None,
            case: None,
        }
    };
    let mut rows = vec![
        row(
            "Jordan Ellis",
            "34 · North",
            &[18.0, 16.0, 14.0, 22.0],
            SignalLevel::Red,
            vec![ReasonText::sample_risk(), ReasonText::sample_worse()],
            Trend::Worse,
        ),
        row(
            "Lucía Fernández",
            "41 · Bay",
            &[11.0, 12.0, 14.0, 13.0, 18.0],
            SignalLevel::Red,
            vec![every[2].clone()],
            Trend::ReliablyWorse,
        ),
        row(
            "Devon Achterberg",
            "27 · North",
            &[15.0, 13.0, 14.0, 12.0],
            SignalLevel::Amber,
            vec![every[6].clone()],
            Trend::Better,
        ),
        row(
            "Mei-Ling Castellanos",
            "52 · Bay",
            &[14.0, 11.0, 9.0, 9.0, 7.0, 6.0],
            SignalLevel::Green,
            vec![],
            Trend::ReliablyBetter,
        ),
        row("Theo Lindqvist", "19 · North", &[9.0, 9.0], SignalLevel::Grey, vec![], Trend::Same),
        row(
            "Rosa Quispe",
            "63 · Bay",
            &[19.0, 15.0, 12.0, 8.0, 6.0, 5.0, 4.0, 4.0, 3.0],
            SignalLevel::Blue,
            vec![],
            Trend::ReliablyBetter,
        ),
        row("Amara Nwosu", "30 · North", &[], SignalLevel::Grey, vec![], Trend::Same),
    ];
    rows[0].case = Some(OpenCase { href: "/cases/c1".into(), level: ReasonLevel::Urgent, state: CaseState::Open });
    rows[1].case =
        Some(OpenCase { href: "/cases/c2".into(), level: ReasonLevel::Routine, state: CaseState::Acknowledged });
    rows[1].alliance_flag = Some("low");
    rows[2].alliance_flag = Some("drop");
    rows[6].next_session = None;
    rows
}

fn columns() -> Vec<Column> {
    let column = |&key: &SortKey| Column {
        key,
        href: format!("/caseload?sort={}", key.as_str()),
        sorted: (key == SortKey::Attention).then_some(Direction::Descending),
    };
    SortKey::ALL.iter().map(column).collect()
}

impl Page for Caseload {
    const TEMPLATE: &'static str = "staff/caseload.html";

    fn samples() -> Vec<Self> {
        let signals = |current: &str| {
            ["all", "red", "amber", "green", "blue", "grey"]
                .into_iter()
                .map(|value| Choice::new(value, value, current))
                .collect::<Vec<_>>()
        };
        let own = Self {
            shell: Shell::sample_at(Place::Caseload),
            own: Some(OwnCapacity::sample()),
            filters: Filters {
                signals: signals("all"),
                clinicians: vec![],
                sites: vec![],
                sort: "attention".into(),
                active: false,
            },
            columns: columns(),
            rows: rows(),
            total: 7,
            unfiltered: 7,
            pager: None,
        };
        let supervisor = {
            let mut page = own.clone();
            page.shell = Shell::sample_extreme(Place::Caseload);
            page.own = None;
            page.filters.clinicians = vec![
                Choice::new("", "All", ""),
                Choice::new("s1", "Ana Ruiz", ""),
                Choice::new("s2", "Tomás Oyelaran-Whitfield", ""),
            ];
            page.filters.sites =
                vec![Choice::new("", "All", ""), Choice::new("n", "North", ""), Choice::new("b", "Bay", "")];
            page.rows[0].client = "María-Fernanda de los Ángeles Villaseñor Etxeberría-Goikoetxea".into();
            page.rows[0].about = "34 · North · Tomás Oyelaran-Whitfield".into();
            page.total = 214;
            page.unfiltered = 214;
            page.pager = Some(Pager {
                from: 51,
                until: 100,
                total: 214,
                previous: Some("/caseload?page=1".into()),
                next: Some("/caseload?page=3".into()),
            });
            page
        };
        let paused = OwnCapacity { paused: Some("Mar 9, 2026".into()), more: vec![], ..OwnCapacity::sample() };
        let none_found = Self {
            own: Some(paused),
            filters: Filters { signals: signals("red"), active: true, ..own.filters.clone() },
            rows: vec![],
            total: 0,
            ..own.clone()
        };
        let empty = Self { rows: vec![], total: 0, unfiltered: 0, ..own.clone() };
        vec![own, supervisor, none_found, empty]
    }
}

/// The answer to the search field: clients within the person's scope.
#[derive(Clone, Serialize)]
pub struct SearchResults {
    /// The frame; `shell.search` is the text searched for.
    pub shell: Shell,
    /// The clients found.
    pub hits: Vec<SearchHit>,
}

/// A client found.
#[derive(Clone, Serialize)]
pub struct SearchHit {
    /// The name.
    pub client: String,
    /// The client's page, or the form for people who see no charts.
    pub href: String,
    /// Birth date, site and clinician, formatted.
    pub about: String,
}

impl Page for SearchResults {
    const TEMPLATE: &'static str = "staff/search.html";

    fn samples() -> Vec<Self> {
        let shell = Shell { search: Some("ros".into()), path: "/search".into(), ..Shell::sample() };
        let shell = Shell { nav: super::NavEntry::offered_to(&shell.roles, shell.mode, None), ..shell };
        let hit = |client: &str| SearchHit {
            client: client.into(),
            href: "/clients/p1".into(),
            about: "born Mar 4, 1963 · Bay · Ana Ruiz".into(),
        };
        vec![
            Self { shell: shell.clone(), hits: vec![hit("Rosa Quispe"), hit("Rosalind Baptiste-Montgomery")] },
            Self { shell, hits: vec![] },
        ]
    }
}
