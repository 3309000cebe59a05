//! Sessions and closed courses counted by group, each by one statement. What the counts mean is `care::attendance`'s, what may
//! be shown of them the page's.

use crate::{Read, Record, Result, Row, values};
use care::attendance::{By, Ended, EndingRule, Sessions, Stayed};
use care::{Instant, PlacementId, SiteId, StaffId};
use chrono::NaiveDate;

/// A span of time and what it is called; sessions are counted in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The group's id where steps of the calendar are compared; empty otherwise.
    pub of: String,
    /// First day.
    pub from: NaiveDate,
    /// The day after the last.
    pub until: NaiveDate,
    /// When the first day begins.
    pub begins: Instant,
    /// When the last day is over.
    pub ends: Instant,
}

/// Which sessions and courses are counted. Whatever is none does not restrict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The spans: one, or the steps of the calendar one after the other.
    pub spans: Vec<Span>,
    /// Of these clinicians only: whom the reader may see.
    pub clinicians: Option<Vec<StaffId>>,
    /// Of this site.
    pub site: Option<SiteId>,
    /// Of this programme.
    pub programme: Option<PlacementId>,
    /// Of this payer.
    pub payer: Option<PlacementId>,
}

impl Wanted {
    /// Without the restriction to one value.
    #[must_use]
    pub fn without(&self, by: By) -> Self {
        let mut wider = self.clone();
        match by {
            By::Site => wider.site = None,
            By::Programme => wider.programme = None,
            By::Payer => wider.payer = None,
            By::Month | By::Quarter => {}
        }
        wider
    }

    /// The one value it is restricted to.
    pub fn chosen(&self, by: By) -> Option<&str> {
        match by {
            By::Site => self.site.as_ref().map(SiteId::as_str),
            By::Programme => self.programme.as_ref().map(PlacementId::as_str),
            By::Payer => self.payer.as_ref().map(PlacementId::as_str),
            By::Month | By::Quarter => None,
        }
    }

    fn text(&self, by: By) -> &str {
        self.chosen(by).unwrap_or_default()
    }
}

impl Record for Sessions {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            of: row.get("of")?,
            attended: row.get("attended")?,
            no_show: row.get("no_show")?,
            late: row.get("late")?,
            cancelled: row.get("cancelled")?,
            unrecorded: row.get("unrecorded")?,
        })
    }
}

impl Record for Ended {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            of: row.get("of")?,
            sessions: row.get("sessions")?,
            closed: row.get("closed")?,
            judged: row.get("judged")?,
            unilateral: row.get("unilateral")?,
            missed_last: row.get("missed_last")?,
        })
    }
}

impl Record for Stayed {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self { sessions: row.get("sessions")?, ended: row.get("ended")?, open: row.get("open")? })
    }
}

/// Sessions counted by group, with the columns of their courses where those are joined.
macro_rules! counted {
    ($courses:literal, $programme:literal, $payer:literal) => {
        concat!(
            "WITH span (of, begins, ends) AS (VALUES $rows) \
             SELECT CASE $2 WHEN 'site' THEN p.site_id WHEN 'programme' THEN coalesce(",
            $programme,
            ", '') WHEN 'payer' THEN coalesce(",
            $payer,
            ", '') ELSE span.of END AS of, \
             count(*) FILTER (WHERE p.state = 'attended') AS attended, \
             count(*) FILTER (WHERE p.state = 'no_show') AS no_show, \
             count(*) FILTER (WHERE p.state = 'late_cancelled') AS late, \
             count(*) FILTER (WHERE p.state = 'cancelled') AS cancelled, \
             count(*) FILTER (WHERE p.state = 'scheduled') AS unrecorded \
             FROM span JOIN appointment p ON p.starts_at >= span.begins AND p.starts_at < span.ends ",
            $courses,
            " WHERE p.practice_id = $1 AND p.starts_at < $3 AND ($4 = '' OR p.site_id = $4) AND ($5 = '' OR ",
            $programme,
            " = $5) AND ($6 = '' OR ",
            $payer,
            " = $6) AND ($7 = 'all' OR p.clinician_id IN ($each)) GROUP BY 1 ORDER BY 1"
        )
    };
}

/// Sessions whose time has come, by group. A session belongs to its own clinician and site, and to the programme and payer of its
/// course, which is looked up only where one of the two is asked for: without it the count is a walk along one index.
pub async fn sessions(read: &mut Read, wanted: &Wanted, by: Option<By>, now: Instant) -> Result<Vec<Sessions>> {
    let practice = read.practice().clone();
    let nobody = Vec::new();
    let scope = if wanted.clinicians.is_some() { "some" } else { "all" };
    let spans = wanted.spans.iter().map(|span| values![span.of.as_str(), span.begins, span.ends]);
    let of_course =
        matches!(by, Some(By::Programme | By::Payer)) || wanted.programme.is_some() || wanted.payer.is_some();
    read.query(if of_course {
        counted!(
            "JOIN episode e ON e.practice_id = p.practice_id AND e.id = p.episode_id",
            "e.programme_id",
            "e.payer_id"
        )
    } else {
        counted!("", "''", "''")
    })
    .bind(&practice)
    .bind(by.map_or("", By::as_str))
    .bind(now)
    .bind(wanted.text(By::Site))
    .bind(wanted.text(By::Programme))
    .bind(wanted.text(By::Payer))
    .bind(scope)
    .bind_rows(spans)
    .bind_each(wanted.clinicians.as_ref().unwrap_or(&nobody))
    .all()
    .await
}

/// Closed courses by group and by the number of their sessions. A course belongs to its last clinician and to where it was when it
/// ended. What asks the sessions and scores of every course is asked only where the definition of an early end needs it.
pub async fn ended(read: &mut Read, wanted: &Wanted, by: Option<By>, rule: EndingRule) -> Result<Vec<Ended>> {
    let practice = read.practice().clone();
    let nobody = Vec::new();
    let scope = if wanted.clinicians.is_some() { "some" } else { "all" };
    let spans = wanted.spans.iter().map(|span| values![span.of.as_str(), span.from, span.until]);
    read.query(
        "WITH span (of, first, after) AS (VALUES $rows) \
         SELECT CASE $2 WHEN 'site' THEN o.site_id WHEN 'programme' THEN coalesce(o.programme_id, '') \
         WHEN 'payer' THEN coalesce(o.payer_id, '') ELSE span.of END AS of, o.sessions, count(*) AS closed, \
         count(*) FILTER (WHERE o.reason = 'dropped_out') AS judged, \
         count(*) FILTER (WHERE $3 = 'unilateral' AND o.reason = 'dropped_out' AND NOT EXISTS (SELECT 1 FROM outcome r \
         WHERE r.practice_id = o.practice_id AND r.episode_id = o.episode_id AND (r.change = 'better' OR r.recovered))) \
         AS unilateral, \
         count(*) FILTER (WHERE $3 = 'missed_last' AND (SELECT p.state FROM appointment p WHERE p.practice_id = o.practice_id \
         AND p.episode_id = o.episode_id AND p.state IN ('attended', 'no_show', 'late_cancelled') \
         ORDER BY p.starts_at DESC, p.id DESC LIMIT 1) = 'no_show') AS missed_last \
         FROM span JOIN outcome o ON o.closed_on >= span.first AND o.closed_on < span.after \
         WHERE o.practice_id = $1 AND o.lens = 'course' AND ($4 = '' OR o.site_id = $4) \
         AND ($5 = '' OR o.programme_id = $5) AND ($6 = '' OR o.payer_id = $6) \
         AND ($7 = 'all' OR o.clinician_id IN ($each)) GROUP BY 1, o.sessions ORDER BY 1, o.sessions",
    )
    .bind(&practice)
    .bind(by.map_or("", By::as_str))
    .bind(rule.as_str())
    .bind(wanted.text(By::Site))
    .bind(wanted.text(By::Programme))
    .bind(wanted.text(By::Payer))
    .bind(scope)
    .bind_rows(spans)
    .bind_each(wanted.clinicians.as_ref().unwrap_or(&nobody))
    .all()
    .await
}

/// Courses that began in the spans, by the number of their sessions so far and whether they have ended. They belong to the last
/// clinician they had.
pub async fn stayed(read: &mut Read, wanted: &Wanted) -> Result<Vec<Stayed>> {
    let practice = read.practice().clone();
    let nobody = Vec::new();
    let scope = if wanted.clinicians.is_some() { "some" } else { "all" };
    let (first, after) = match (wanted.spans.first(), wanted.spans.last()) {
        (Some(first), Some(last)) => (first.from, last.until),
        _ => return Ok(Vec::new()),
    };
    read.query(
        "SELECT c.sessions, count(*) FILTER (WHERE c.state <> 'open') AS ended, \
         count(*) FILTER (WHERE c.state = 'open') AS open FROM \
         (SELECT e.state, (SELECT count(*) FROM appointment p WHERE p.practice_id = e.practice_id AND p.episode_id = e.id \
         AND p.state = 'attended') AS sessions FROM episode e \
         WHERE e.practice_id = $1 AND e.started_on >= $2 AND e.started_on < $3 AND ($4 = '' OR e.site_id = $4) \
         AND ($5 = '' OR e.programme_id = $5) AND ($6 = '' OR e.payer_id = $6) \
         AND ($7 = 'all' OR (SELECT a.clinician_id FROM assignment a WHERE a.practice_id = e.practice_id \
         AND a.episode_id = e.id ORDER BY a.starts_at DESC, a.id DESC LIMIT 1) IN ($each))) AS c \
         GROUP BY c.sessions ORDER BY c.sessions",
    )
    .bind(&practice)
    .bind(first)
    .bind(after)
    .bind(wanted.text(By::Site))
    .bind(wanted.text(By::Programme))
    .bind(wanted.text(By::Payer))
    .bind(scope)
    .bind_each(wanted.clinicians.as_ref().unwrap_or(&nobody))
    .all()
    .await
}
