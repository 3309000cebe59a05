//! How closed courses ended, one row per course and lens, and their counts by group. What a row says is `care::outcome`'s;
//! what may be shown of the counts is too.

use crate::{Read, Record, Result, Row, Tx, values};
use care::outcome::{Belonging, Count, Dimension, Outcome, PairedSums, Tally, Verdict};
use care::{EpisodeId, PlacementId, SiteId, StaffId};
use chrono::NaiveDate;

/// How many ids or rows go into one statement.
const BATCH: usize = 200;

impl Record for Outcome {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            episode_id: row.get("episode_id")?,
            lens: row.get("lens")?,
            closed_on: row.get("closed_on")?,
            reason: row.get("reason")?,
            sessions: row.get("sessions")?,
            belonging: Belonging {
                site_id: row.get("site_id")?,
                language: row.get("language")?,
                clinician_id: row.get("clinician_id")?,
                programme_id: row.get("programme_id")?,
                payer_id: row.get("payer_id")?,
                modality_id: row.get("modality_id")?,
                problem_id: row.get("problem_id")?,
            },
            verdict: Verdict {
                first: row.get("first_score")?,
                last: row.get("last_score")?,
                paired: row.get("paired")?,
                caseness: row.get("caseness")?,
                change: row.get("change")?,
                recovered: row.get("recovered")?,
                responded: row.get("responded")?,
                remitted: row.get("remitted")?,
            },
        })
    }
}

/// Keeps what is known of courses now, over what was known before.
pub async fn save(tx: &mut Tx, outcomes: &[Outcome]) -> Result<()> {
    let practice = tx.practice().clone();
    for batch in outcomes.chunks(BATCH) {
        let rows = batch.iter().map(|one| {
            let (belonging, verdict) = (&one.belonging, &one.verdict);
            values![
                &practice,
                one.lens.as_str(),
                &one.episode_id,
                one.closed_on,
                one.reason,
                one.sessions,
                &belonging.site_id,
                belonging.language,
                belonging.clinician_id.as_ref(),
                belonging.programme_id.as_ref(),
                belonging.payer_id.as_ref(),
                belonging.modality_id.as_ref(),
                belonging.problem_id.as_ref(),
                verdict.first,
                verdict.last,
                verdict.paired,
                verdict.caseness,
                verdict.change,
                verdict.recovered,
                verdict.responded,
                verdict.remitted,
            ]
        });
        tx.query(
            "INSERT INTO outcome (practice_id, lens, episode_id, closed_on, reason, sessions, site_id, language, clinician_id, \
             programme_id, payer_id, modality_id, problem_id, first_score, last_score, paired, caseness, change, recovered, \
             responded, remitted) VALUES $rows \
             ON CONFLICT (practice_id, lens, episode_id) DO UPDATE SET closed_on = excluded.closed_on, reason = excluded.reason, \
             sessions = excluded.sessions, site_id = excluded.site_id, language = excluded.language, \
             clinician_id = excluded.clinician_id, programme_id = excluded.programme_id, payer_id = excluded.payer_id, \
             modality_id = excluded.modality_id, problem_id = excluded.problem_id, first_score = excluded.first_score, \
             last_score = excluded.last_score, paired = excluded.paired, caseness = excluded.caseness, change = excluded.change, \
             recovered = excluded.recovered, responded = excluded.responded, remitted = excluded.remitted",
        )
        .bind_rows(rows.collect::<Vec<_>>())
        .execute()
        .await?;
    }
    Ok(())
}

/// What is kept of these courses.
pub async fn of_episodes(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Outcome>> {
    let practice = read.practice().clone();
    let mut found = Vec::new();
    for batch in episodes.chunks(BATCH) {
        let rows: Vec<Outcome> = read
            .query("SELECT * FROM outcome WHERE practice_id = $1 AND episode_id IN ($each) ORDER BY episode_id, lens")
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Closed episodes of which nothing is kept yet, by id.
pub async fn missing(read: &mut Read, limit: i64) -> Result<Vec<EpisodeId>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT e.id FROM episode e WHERE e.practice_id = $1 AND e.state = 'discharged' AND NOT EXISTS \
         (SELECT 1 FROM outcome o WHERE o.practice_id = e.practice_id AND o.lens = 'course' AND o.episode_id = e.id) \
         ORDER BY e.id LIMIT $2",
    )
    .bind(&practice)
    .bind(limit)
    .scalars()
    .await
}

/// Closed episodes that ended before the instant, of clients known by then, and of which nothing is kept.
pub async fn overdue(read: &mut Read, before: care::Instant) -> Result<Vec<EpisodeId>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT e.id FROM episode e JOIN client c ON c.practice_id = e.practice_id AND c.id = e.client_id \
         WHERE e.practice_id = $1 AND e.state = 'discharged' AND e.discharged_at < $2 AND c.created_at < $2 AND NOT EXISTS \
         (SELECT 1 FROM outcome o WHERE o.practice_id = e.practice_id AND o.lens = 'course' AND o.episode_id = e.id) \
         ORDER BY e.id",
    )
    .bind(&practice)
    .bind(before)
    .scalars()
    .await
}

/// Closed episodes by id, after one: for a check of all of them.
pub async fn closed_after(read: &mut Read, after: Option<&EpisodeId>, limit: i64) -> Result<Vec<EpisodeId>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id FROM episode WHERE practice_id = $1 AND state = 'discharged' AND id > $2 ORDER BY id LIMIT $3",
    )
    .bind(&practice)
    .bind(after.map_or("", EpisodeId::as_str))
    .bind(limit)
    .scalars()
    .await
}

/// Which of a client's attributes and of an episode's belongings are kept with a closed course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Episode.
    pub episode_id: EpisodeId,
    /// Belongings; the clinician is the last one assigned.
    pub belonging: Belonging,
    /// Sessions that took place.
    pub sessions: i64,
}

impl Record for Origin {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            episode_id: row.get("episode_id")?,
            belonging: Belonging {
                site_id: row.get("site_id")?,
                language: row.get("language")?,
                clinician_id: row.get("clinician_id")?,
                programme_id: row.get("programme_id")?,
                payer_id: row.get("payer_id")?,
                modality_id: row.get("modality_id")?,
                problem_id: row.get("problem_id")?,
            },
            sessions: row.get("sessions")?,
        })
    }
}

/// Where these episodes belong and how many sessions they had.
pub async fn origins(read: &mut Read, episodes: &[EpisodeId]) -> Result<Vec<Origin>> {
    let practice = read.practice().clone();
    let mut found = Vec::new();
    for batch in episodes.chunks(BATCH) {
        let rows: Vec<Origin> = read
            .query(
                "SELECT e.id AS episode_id, e.site_id, c.language, e.programme_id, e.payer_id, e.modality_id, e.problem_id, \
                 (SELECT a.clinician_id FROM assignment a WHERE a.practice_id = e.practice_id AND a.episode_id = e.id \
                 ORDER BY a.starts_at DESC, a.id DESC LIMIT 1) AS clinician_id, \
                 (SELECT count(*) FROM appointment p WHERE p.practice_id = e.practice_id AND p.episode_id = e.id \
                 AND p.state = 'attended') AS sessions \
                 FROM episode e JOIN client c ON c.practice_id = e.practice_id AND c.id = e.client_id \
                 WHERE e.practice_id = $1 AND e.id IN ($each)",
            )
            .bind(&practice)
            .bind_each(batch)
            .all()
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// Which closed courses are counted. Whatever is none does not restrict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Through which lens.
    pub lens: String,
    /// First day.
    pub from: NaiveDate,
    /// The day after the last.
    pub until: NaiveDate,
    /// Of these clinicians only: whom the reader may see.
    pub clinicians: Option<Vec<StaffId>>,
    /// Of this site.
    pub site: Option<SiteId>,
    /// Of this programme.
    pub programme: Option<PlacementId>,
    /// Of this payer.
    pub payer: Option<PlacementId>,
    /// Of this form of therapy.
    pub modality: Option<PlacementId>,
    /// Of this problem.
    pub problem: Option<PlacementId>,
    /// In this language.
    pub language: Option<care::Language>,
    /// Of this one clinician.
    pub clinician: Option<StaffId>,
}

impl Wanted {
    /// Every course that ended in the period.
    pub fn all(lens: &str, from: NaiveDate, until: NaiveDate) -> Self {
        Self {
            lens: lens.to_owned(),
            from,
            until,
            clinicians: None,
            site: None,
            programme: None,
            payer: None,
            modality: None,
            problem: None,
            language: None,
            clinician: None,
        }
    }

    /// Without the restriction to one value of a dimension.
    #[must_use]
    pub fn without(&self, dimension: Dimension) -> Self {
        let mut wider = self.clone();
        match dimension {
            Dimension::Site => wider.site = None,
            Dimension::Programme => wider.programme = None,
            Dimension::Payer => wider.payer = None,
            Dimension::Modality => wider.modality = None,
            Dimension::Problem => wider.problem = None,
            Dimension::Language => wider.language = None,
            Dimension::Clinician => wider.clinician = None,
            Dimension::Quarter | Dimension::Month => {}
        }
        wider
    }

    /// The one value of a dimension it is restricted to.
    pub fn chosen(&self, dimension: Dimension) -> Option<&str> {
        match dimension {
            Dimension::Site => self.site.as_ref().map(SiteId::as_str),
            Dimension::Programme => self.programme.as_ref().map(PlacementId::as_str),
            Dimension::Payer => self.payer.as_ref().map(PlacementId::as_str),
            Dimension::Modality => self.modality.as_ref().map(PlacementId::as_str),
            Dimension::Problem => self.problem.as_ref().map(PlacementId::as_str),
            Dimension::Language => self.language.map(care::Language::as_str),
            Dimension::Clinician => self.clinician.as_ref().map(StaffId::as_str),
            Dimension::Quarter | Dimension::Month => None,
        }
    }
}

/// What was counted of the courses that two groups have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The id of the one group; empty where the courses have none.
    pub across: String,
    /// The counts, by the id of the other.
    pub tally: Tally,
}

impl Record for Part {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { across: row.get("across")?, tally: Tally::read(row)? })
    }
}

/// What was counted of a clinician's courses: what clinicians are estimated on, and what effects are adjusted by.
#[derive(Debug, Clone, PartialEq)]
pub struct OfClinician {
    /// Who; empty for the courses that nobody had.
    pub of: String,
    /// [`Counted::Improvement`](care::outcome::Counted::Improvement).
    pub improvement: Count,
    /// First and last scores of those at caseness first.
    pub cases: PairedSums,
}

impl Record for OfClinician {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            of: row.get("of")?,
            improvement: Count { hits: row.get("better")?, measured: row.get("paired")?, eligible: row.get("closed")? },
            cases: sums(row, "case_", row.get("paired_cases")?)?,
        })
    }
}

impl Record for Tally {
    fn read(row: &Row<'_>) -> Result<Self> {
        let (paired, cases) = (row.get("paired")?, row.get("paired_cases")?);
        Ok(Self {
            of: row.get("of")?,
            closed: row.get("closed")?,
            below: row.get("below")?,
            paired,
            paired_cases: cases,
            recovered: row.get("recovered")?,
            reliably_recovered: row.get("reliably_recovered")?,
            better: row.get("better")?,
            worse: row.get("worse")?,
            responded: row.get("responded")?,
            remitted: row.get("remitted")?,
            all: sums(row, "", paired)?,
            cases: sums(row, "case_", cases)?,
        })
    }
}

/// The sums over pairs in the columns that begin with `prefix`.
fn sums(row: &Row<'_>, prefix: &str, n: u64) -> Result<PairedSums> {
    let get = |name: &str| row.get(format!("{prefix}{name}").as_str());
    Ok(PairedSums {
        n,
        first: get("first")?,
        first_squared: get("first_squared")?,
        last: get("last")?,
        last_squared: get("last_squared")?,
        product: get("product")?,
    })
}

/// The id of the group that a course belongs to: of quarters and months their name, as `care::calendar::Step` names them.
macro_rules! group_of {
    (none) => {
        "''"
    };
    (site) => {
        "site_id"
    };
    (language) => {
        "language"
    };
    (clinician) => {
        "coalesce(clinician_id, '')"
    };
    (programme) => {
        "coalesce(programme_id, '')"
    };
    (payer) => {
        "coalesce(payer_id, '')"
    };
    (modality) => {
        "coalesce(modality_id, '')"
    };
    (problem) => {
        "coalesce(problem_id, '')"
    };
    // A day is text in the same order on both databases.
    (month) => {
        "substr(CAST(closed_on AS TEXT), 1, 7)"
    };
    (quarter) => {
        "substr(CAST(closed_on AS TEXT), 1, 4) || CASE WHEN substr(CAST(closed_on AS TEXT), 6, 2) < '04' THEN '-Q1' \
         WHEN substr(CAST(closed_on AS TEXT), 6, 2) < '07' THEN '-Q2' \
         WHEN substr(CAST(closed_on AS TEXT), 6, 2) < '10' THEN '-Q3' ELSE '-Q4' END"
    };
}

/// A statement over the courses of a lens in a period: what is read of each group, which is known as `of`.
macro_rules! of_the_period {
    ($columns:expr, $of:expr, $wanted:expr, $grouped:literal) => {
        concat!(
            "SELECT ",
            $of,
            " AS of, ",
            $columns,
            " FROM outcome WHERE practice_id = $1 AND lens = $2 AND closed_on >= $3 AND closed_on < $4 ",
            $wanted,
            " GROUP BY ",
            $grouped,
            " ORDER BY ",
            $grouped
        )
    };
}

/// The same over those courses that are [`Wanted`], by the name of a [`group_of!`].
macro_rules! of_the_wanted {
    ($columns:expr, $by:ident, $grouped:literal) => {
        of_the_period!(
            $columns,
            group_of!($by),
            "AND ($5 = '' OR site_id = $5) AND ($6 = '' OR programme_id = $6) AND ($7 = '' OR payer_id = $7) \
             AND ($8 = '' OR modality_id = $8) AND ($9 = '' OR problem_id = $9) AND ($10 = '' OR language = $10) \
             AND ($11 = '' OR clinician_id = $11) AND ($12 = 'all' OR clinician_id IN ($each))",
            $grouped
        )
    };
}

/// The statement of a dimension, out of one for each: a text that says which one it is would be read again for every course.
macro_rules! of_each_dimension {
    ($by:expr, $columns:expr, $grouped:literal) => {
        match $by {
            None => of_the_wanted!($columns, none, $grouped),
            Some(Dimension::Site) => of_the_wanted!($columns, site, $grouped),
            Some(Dimension::Language) => of_the_wanted!($columns, language, $grouped),
            Some(Dimension::Clinician) => of_the_wanted!($columns, clinician, $grouped),
            Some(Dimension::Programme) => of_the_wanted!($columns, programme, $grouped),
            Some(Dimension::Payer) => of_the_wanted!($columns, payer, $grouped),
            Some(Dimension::Modality) => of_the_wanted!($columns, modality, $grouped),
            Some(Dimension::Problem) => of_the_wanted!($columns, problem, $grouped),
            Some(Dimension::Month) => of_the_wanted!($columns, month, $grouped),
            Some(Dimension::Quarter) => of_the_wanted!($columns, quarter, $grouped),
        }
    };
}

/// The columns of [`Tally::paired_cases`] and [`Tally::cases`].
macro_rules! of_cases {
    () => {
        concat!(
            "count(*) FILTER (WHERE paired AND caseness) AS paired_cases, ",
            "coalesce(sum(first_score) FILTER (WHERE paired AND caseness), 0.0) AS case_first, ",
            "coalesce(sum(first_score * first_score) FILTER (WHERE paired AND caseness), 0.0) AS case_first_squared, ",
            "coalesce(sum(last_score) FILTER (WHERE paired AND caseness), 0.0) AS case_last, ",
            "coalesce(sum(last_score * last_score) FILTER (WHERE paired AND caseness), 0.0) AS case_last_squared, ",
            "coalesce(sum(first_score * last_score) FILTER (WHERE paired AND caseness), 0.0) AS case_product"
        )
    };
}

/// The columns of a [`Tally`].
macro_rules! counts_and_sums {
    () => {
        concat!(
            "count(*) AS closed, count(*) FILTER (WHERE NOT caseness) AS below, count(*) FILTER (WHERE paired) AS paired, ",
            "count(*) FILTER (WHERE recovered) AS recovered, ",
            "count(*) FILTER (WHERE recovered AND change = 'better') AS reliably_recovered, ",
            "count(*) FILTER (WHERE change = 'better') AS better, count(*) FILTER (WHERE change = 'worse') AS worse, ",
            "count(*) FILTER (WHERE caseness AND responded) AS responded, ",
            "count(*) FILTER (WHERE caseness AND remitted) AS remitted, ",
            "coalesce(sum(first_score) FILTER (WHERE paired), 0.0) AS first, ",
            "coalesce(sum(first_score * first_score) FILTER (WHERE paired), 0.0) AS first_squared, ",
            "coalesce(sum(last_score) FILTER (WHERE paired), 0.0) AS last, ",
            "coalesce(sum(last_score * last_score) FILTER (WHERE paired), 0.0) AS last_squared, ",
            "coalesce(sum(first_score * last_score) FILTER (WHERE paired), 0.0) AS product, ",
            of_cases!()
        )
    };
}

async fn over_the_wanted<T: Record>(
    read: &mut Read,
    sql: &'static str,
    wanted: &Wanted,
    across: Option<Dimension>,
) -> Result<Vec<T>> {
    let practice = read.practice().clone();
    let nobody = Vec::new();
    let scope = if wanted.clinicians.is_some() { "some" } else { "all" };
    let query = read
        .query(sql)
        .bind(&practice)
        .bind(wanted.lens.as_str())
        .bind(wanted.from)
        .bind(wanted.until)
        .bind(wanted.chosen(Dimension::Site).unwrap_or_default())
        .bind(wanted.chosen(Dimension::Programme).unwrap_or_default())
        .bind(wanted.chosen(Dimension::Payer).unwrap_or_default())
        .bind(wanted.chosen(Dimension::Modality).unwrap_or_default())
        .bind(wanted.chosen(Dimension::Problem).unwrap_or_default())
        .bind(wanted.chosen(Dimension::Language).unwrap_or_default())
        .bind(wanted.chosen(Dimension::Clinician).unwrap_or_default())
        .bind(scope);
    let query = match across {
        Some(across) => query.bind(across.as_str()),
        None => query,
    };
    query.bind_each(wanted.clinicians.as_ref().unwrap_or(&nobody)).all().await
}

/// The counts by group, by the group's id; one group without a dimension (none where no course is wanted).
pub async fn tally(read: &mut Read, wanted: &Wanted, by: Option<Dimension>) -> Result<Vec<Tally>> {
    over_the_wanted(read, of_each_dimension!(by, counts_and_sums!(), "1"), wanted, None).await
}

/// The same, apart for each group of another dimension that a filter can pick one of.
pub async fn tally_across(
    read: &mut Read,
    wanted: &Wanted,
    by: Option<Dimension>,
    across: Dimension,
) -> Result<Vec<Part>> {
    let sql = of_each_dimension!(
        by,
        concat!(
            "CASE $13 WHEN 'site' THEN ",
            group_of!(site),
            " WHEN 'language' THEN ",
            group_of!(language),
            " WHEN 'clinician' THEN ",
            group_of!(clinician),
            " WHEN 'programme' THEN ",
            group_of!(programme),
            " WHEN 'payer' THEN ",
            group_of!(payer),
            " WHEN 'modality' THEN ",
            group_of!(modality),
            " WHEN 'problem' THEN ",
            group_of!(problem),
            " END AS across, ",
            counts_and_sums!()
        ),
        "2, 1"
    );
    over_the_wanted(read, sql, wanted, Some(across)).await
}

/// What each clinician of the practice had at the end in a period, by id; empty for the courses that nobody had.
pub async fn of_clinicians(
    read: &mut Read,
    lens: &str,
    (from, until): (NaiveDate, NaiveDate),
) -> Result<Vec<OfClinician>> {
    const SQL: &str = of_the_period!(
        concat!(
            "count(*) AS closed, count(*) FILTER (WHERE paired) AS paired, ",
            "count(*) FILTER (WHERE change = 'better') AS better, ",
            of_cases!()
        ),
        group_of!(clinician),
        "",
        "1"
    );
    let practice = read.practice().clone();
    read.query(SQL).bind(&practice).bind(lens).bind(from).bind(until).all().await
}

/// How many courses each group has, by the group's id.
pub async fn sizes(read: &mut Read, wanted: &Wanted, by: Dimension) -> Result<Vec<(String, u64)>> {
    over_the_wanted(read, of_each_dimension!(Some(by), "count(*) AS closed", "1"), wanted, None).await
}

/// The lenses through which closed courses of the practice are seen, by name; looked up one after the other, for each has
/// thousands of courses.
pub async fn lenses(read: &mut Read) -> Result<Vec<String>> {
    let practice = read.practice().clone();
    read.query(
        "WITH RECURSIVE seen (lens) AS (SELECT min(lens) FROM outcome WHERE practice_id = $1 UNION ALL \
         SELECT (SELECT min(o.lens) FROM outcome o WHERE o.practice_id = $1 AND o.lens > seen.lens) FROM seen \
         WHERE seen.lens IS NOT NULL) SELECT lens FROM seen WHERE lens <> 'course' ORDER BY lens",
    )
    .bind(&practice)
    .scalars()
    .await
}
