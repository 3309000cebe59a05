//! Where check-ins, alerts and tasks got lost, found by the database. Check-ins are those of a period, by when they were to be sent;
//! alerts and tasks are what stands open now. What the kinds mean is `care::leak`'s.

use crate::{Bind, Read, Result, record};
use care::leak::{Leak, Leaked};
use care::response::Rule;
use care::{Instant, SiteId, StaffId};
use chrono::NaiveDate;

record! { Leaked { leak, client_id, site_id, clinician_id, owner_id, case_id, at } }

/// Which of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// When the period of the check-ins begins.
    pub begins: Instant,
    /// When it is over.
    pub ends: Instant,
    /// What is past by now.
    pub now: Instant,
    /// Who is on leave is a matter of the day, in the practice's zone.
    pub today: NaiveDate,
    /// Of clients whom one of these people treats, and of work that one of them has; none for everybody's.
    pub whose: Option<Vec<StaffId>>,
    /// At this site alone.
    pub site: Option<SiteId>,
    /// Of this kind alone.
    pub leak: Option<Leak>,
    /// Of each kind at most so many, the latest.
    pub most: i64,
}

impl Wanted {
    fn wants(&self, leak: Leak) -> bool {
        self.leak.is_none_or(|wanted| wanted == leak)
    }

    const fn of_whom(&self) -> &'static str {
        if self.whose.is_some() { "some" } else { "all" }
    }

    fn people(&self) -> &[StaffId] {
        self.whose.as_deref().unwrap_or_default()
    }

    fn at_site(&self) -> &str {
        self.site.as_ref().map_or("", SiteId::as_str)
    }
}

/// The course of a check-in or a case and who has it now.
macro_rules! course_of {
    ($row:literal) => {
        concat!(
            " JOIN episode e ON e.practice_id = ",
            $row,
            ".practice_id AND e.id = ",
            $row,
            ".episode_id LEFT JOIN assignment a ON a.practice_id = e.practice_id AND a.episode_id = e.id AND a.ends_at IS NULL "
        )
    };
}

/// Everything that is wanted, kind by kind in the order of the way, the latest of each first.
pub async fn find(read: &mut Read, wanted: &Wanted) -> Result<Vec<Leaked>> {
    let mut found = Vec::new();
    for leak in [Leak::Undelivered, Leak::Unopened, Leak::Incomplete] {
        if wanted.wants(leak) {
            found.extend(stopped(read, wanted, leak).await?);
        }
    }
    if wanted.wants(Leak::Unreviewed) {
        found.extend(unreviewed(read, wanted).await?);
    }
    if wanted.wants(Leak::Unacted) {
        found.extend(unacted(read, wanted).await?);
    }
    if wanted.wants(Leak::Unowned) {
        found.extend(unowned(read, wanted).await?);
    }
    Ok(found)
}

/// What is said of a check-in that got lost.
macro_rules! of_check_in {
    () => {
        "p.client_id, e.site_id, a.clinician_id, CAST(NULL AS TEXT) AS owner_id, CAST(NULL AS TEXT) AS case_id"
    };
}

/// The check-ins that are wanted, from the practice in `$1` to the people in `$each`; `$7` is each statement's own.
macro_rules! check_ins_wanted {
    () => {
        concat!(
            course_of!("p"),
            "WHERE p.practice_id = $1 AND p.send_at >= $2 AND p.send_at < $3 AND ($4 = '' OR e.site_id = $4) \
             AND ($5 = 'all' OR a.clinician_id IN ($each)) "
        )
    };
}

async fn of_check_ins(
    read: &mut Read,
    wanted: &Wanted,
    statement: &'static str,
    own: impl Bind,
) -> Result<Vec<Leaked>> {
    let practice = read.practice().clone();
    read.query(statement)
        .bind(&practice)
        .bind(wanted.begins)
        .bind(wanted.ends)
        .bind(wanted.at_site())
        .bind(wanted.of_whom())
        .bind(wanted.most)
        .bind(own)
        .bind_each(wanted.people())
        .all()
        .await
}

/// Check-ins that were not handed in: those whose messages all came to nothing, those nobody opened, those begun and left.
async fn stopped(read: &mut Read, wanted: &Wanted, leak: Leak) -> Result<Vec<Leaked>> {
    let statement = concat!(
        "WITH stopped AS (SELECT p.id, p.send_at AS at, ",
        of_check_in!(),
        ", CASE WHEN p.last_answer_at IS NOT NULL OR p.started_at IS NOT NULL THEN 'incomplete' \
         WHEN EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id AND m.kind = 'invite') \
         AND NOT EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id \
         AND m.state IN ('planned', 'sending', 'sent', 'delivered')) THEN 'undelivered' \
         WHEN EXISTS (SELECT 1 FROM message m WHERE m.practice_id = p.practice_id AND m.packet_id = p.id \
         AND m.sent_at IS NOT NULL) THEN 'unopened' END AS leak FROM packet p",
        check_ins_wanted!(),
        "AND p.state IN ('planned', 'open', 'expired')) SELECT * FROM stopped WHERE leak = $7 ORDER BY at DESC, id LIMIT $6"
    );
    of_check_ins(read, wanted, statement, leak).await
}

/// A look of somebody on staff since a check-in was handed in: at what is shown of a client, or at a case.
macro_rules! look {
    (client) => {
        concat!(look!(), "AND l.subject_kind = 'client' AND l.action IN ('view.chart', 'view.report', 'view.progress')")
    };
    (case) => {
        concat!(look!(), "AND l.subject_kind = 'case' AND l.action = 'view.case'")
    };
    () => {
        "SELECT 1 FROM audit l WHERE l.practice_id = p.practice_id AND l.at >= p.completed_at AND l.actor LIKE 'staff:%' "
    };
}

/// The merges that brought a check-in to the record it is of now. The order of the join is the one that looks up (`CROSS JOIN` keeps it
/// on SQLite).
macro_rules! merge_of_check_in {
    () => {
        "SELECT 1 FROM client_merge m CROSS JOIN client_merge_row r WHERE m.practice_id = p.practice_id \
         AND m.kept_id = p.client_id AND m.undone_at IS NULL AND r.practice_id = m.practice_id AND r.merge_id = m.id \
         AND r.what = 'moved' AND r.table_name = 'packet' AND r.row_key ->> 'id' = p.id "
    };
}

/// Check-ins that were handed in and whose time is over, of clients at whose page, report or case nobody on staff has looked
/// since: the audit says who did. What a merge brought was to be seen at the other record until then, and at this one only
/// from then on.
async fn unreviewed(read: &mut Read, wanted: &Wanted) -> Result<Vec<Leaked>> {
    let statement = concat!(
        "SELECT 'unreviewed' AS leak, p.completed_at AS at, ",
        of_check_in!(),
        " FROM packet p",
        check_ins_wanted!(),
        "AND p.state = 'completed' AND p.expires_at <= $7 AND NOT EXISTS (",
        look!(client),
        " AND l.subject_id = p.client_id AND NOT EXISTS (",
        merge_of_check_in!(),
        "AND m.merged_at > l.at)) AND NOT EXISTS (",
        merge_of_check_in!(),
        "AND EXISTS (",
        look!(client),
        " AND l.subject_id = m.gone_id AND l.at <= m.merged_at)) \
         AND NOT EXISTS (SELECT 1 FROM care_case c WHERE c.practice_id = p.practice_id AND c.client_id = p.client_id AND EXISTS (",
        look!(case),
        " AND l.subject_id = c.id)) ORDER BY p.send_at DESC, p.id LIMIT $6"
    );
    of_check_ins(read, wanted, statement, wanted.now).await
}

/// Open cases with an alert past its due date on which nothing was done, as `care::closed_loop` has it: a danger is disposed of,
/// anything else decided on.
async fn unacted(read: &mut Read, wanted: &Wanted) -> Result<Vec<Leaked>> {
    let practice = read.practice().clone();
    read.query(concat!(
        "WITH waiting AS (SELECT c.practice_id, c.id, c.client_id, c.episode_id, c.owner_id, (SELECT min(r.due_at) \
         FROM case_reason r WHERE r.practice_id = c.practice_id AND r.case_id = c.id AND r.due_at < $2 \
         AND ((r.rule = $3 AND r.disposed_at IS NULL) OR (r.rule <> $3 AND NOT EXISTS (SELECT 1 FROM case_step s \
         WHERE s.practice_id = r.practice_id AND s.case_id = r.case_id AND s.at >= r.raised_at \
         AND s.kind IN ('decided', 'closed'))))) AS at FROM care_case c WHERE c.practice_id = $1 AND c.state <> 'closed' \
         AND c.opened_at < $2) \
         SELECT 'unacted' AS leak, w.client_id, e.site_id, a.clinician_id, w.owner_id, w.id AS case_id, w.at FROM waiting w",
        course_of!("w"),
        "WHERE w.at IS NOT NULL AND ($4 = '' OR e.site_id = $4) \
         AND ($6 = 'all' OR a.clinician_id IN ($each) OR w.owner_id IN ($each)) ORDER BY w.at DESC, w.id LIMIT $5"
    ))
    .bind(&practice)
    .bind(wanted.now)
    .bind(Rule::RiskItem)
    .bind(wanted.at_site())
    .bind(wanted.most)
    .bind(wanted.of_whom())
    .bind_each(wanted.people())
    .bind_each(wanted.people())
    .all()
    .await
}

/// Open cases, and people to get in touch with, whose owner is on leave today or may not sign in.
async fn unowned(read: &mut Read, wanted: &Wanted) -> Result<Vec<Leaked>> {
    let practice = read.practice().clone();
    read.query(concat!(
        "WITH away AS (SELECT s.id FROM staff s WHERE s.practice_id = $1 AND (s.state <> 'active' OR EXISTS (SELECT 1 \
         FROM leave_period l WHERE l.practice_id = s.practice_id AND l.staff_id = s.id AND l.ended_at IS NULL \
         AND l.starts_on <= $2 AND l.ends_on >= $2))), \
         work AS (SELECT c.practice_id, c.client_id, c.episode_id, c.owner_id, c.id AS case_id, c.opened_at AS at FROM care_case c \
         WHERE c.practice_id = $1 AND c.state <> 'closed' AND c.owner_id IN (SELECT id FROM away) \
         UNION ALL SELECT o.practice_id, o.client_id, o.episode_id, o.owner_id, CAST(NULL AS TEXT), o.raised_at FROM outreach o \
         WHERE o.practice_id = $1 AND o.closed_at IS NULL AND o.owner_id IN (SELECT id FROM away)) \
         SELECT 'unowned' AS leak, w.client_id, e.site_id, a.clinician_id, w.owner_id, w.case_id, w.at FROM work w",
        course_of!("w"),
        "WHERE ($3 = '' OR e.site_id = $3) AND ($5 = 'all' OR a.clinician_id IN ($each) OR w.owner_id IN ($each)) \
         ORDER BY w.at DESC, w.client_id LIMIT $4"
    ))
    .bind(&practice)
    .bind(wanted.today)
    .bind(wanted.at_site())
    .bind(wanted.most)
    .bind(wanted.of_whom())
    .bind_each(wanted.people())
    .bind_each(wanted.people())
    .all()
    .await
}
