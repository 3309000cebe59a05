//! How long records are kept, and records that are no longer kept. A practice decides a rule with its source; without one
//! nothing is ever proposed. What is due is proposed to people, and erased by nobody but them.

use crate::text::text_enum;
use crate::{ClientId, ErasureId, Instant, StaffId};
use chrono::{Datelike, Duration, NaiveDate};

text_enum! {
    /// Why a record is erased.
    Ground {
        /// The client asked for it, and the law allows it.
        Request = "request",
        /// Its time is over by the practice's rule.
        Retention = "retention",
        /// It should never have been made: another person's, a test.
        Mistake = "mistake",
    }
}

text_enum! {
    /// What stays of an erased record.
    Kept {
        /// Nothing but that there was one.
        Nothing = "nothing",
        /// Answers, scores, sessions and cases, without a name, an address or a word.
        Figures = "figures",
    }
}

/// A practice's rule; the latest decision counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionRule {
    /// Years after the last discharge; without, everything is kept and nothing is proposed.
    pub years: Option<i64>,
    /// Who was younger than this at the last discharge is kept at least until `minor_years` after reaching it.
    pub minor_age: Option<i64>,
    /// See `minor_age`.
    pub minor_years: Option<i64>,
    /// What stays of a record whose time is over.
    pub kept: Kept,
    /// Where the rule comes from, in the practice's words: a statute, a contract, a board's rule, with its date.
    pub source: String,
    /// When it was decided.
    pub decided_at: Instant,
    /// By whom.
    pub decided_by: StaffId,
}

/// Until when a record is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// No rule ends it.
    Forever,
    /// The last day.
    Day(NaiveDate),
    /// The rule is another for minors, and the birth date is not known.
    Unknown,
}

/// The same day so many years later; the day before where there is none (29 February).
fn years_later(day: NaiveDate, years: i64) -> NaiveDate {
    let year = day.year().saturating_add(i32::try_from(years).unwrap_or(i32::MAX / 2));
    day.with_year(year).or_else(|| day.pred_opt().and_then(|before| before.with_year(year))).unwrap_or(NaiveDate::MAX)
}

/// Until when the rule keeps a record whose last course of therapy ended on a day.
pub fn until(rule: Option<&RetentionRule>, discharged_on: NaiveDate, born: Option<NaiveDate>) -> Until {
    let Some((rule, years)) = rule.and_then(|rule| Some((rule, rule.years?))) else { return Until::Forever };
    let usual = years_later(discharged_on, years);
    let (Some(age), Some(after)) = (rule.minor_age, rule.minor_years) else { return Until::Day(usual) };
    let Some(born) = born else { return Until::Unknown };
    let of_age = years_later(born, age);
    if discharged_on < of_age { Until::Day(usual.max(years_later(of_age, after))) } else { Until::Day(usual) }
}

/// A request to erase a record, and its carrying out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Id.
    pub id: ErasureId,
    /// Whose record.
    pub client_id: ClientId,
    /// Why.
    pub ground: Ground,
    /// What stays.
    pub kept: Kept,
    /// When it was asked for.
    pub asked_at: Instant,
    /// By whom; none where a restored copy was brought up to date with a list.
    pub asked_by: Option<StaffId>,
    /// When the request was taken back.
    pub withdrawn_at: Option<Instant>,
    /// When it was carried out.
    pub done_at: Option<Instant>,
    /// By whom.
    pub done_by: Option<StaffId>,
}

/// How long a request waits before the person who made it may carry it out alone.
pub const WAIT: Duration = Duration::days(14);

impl Erasure {
    /// From when on a person may carry the request out: another one at once, whoever made it after [`WAIT`].
    pub fn open_to(&self, who: &StaffId) -> Instant {
        if self.asked_by.as_ref() == Some(who) { self.asked_at + WAIT } else { self.asked_at }
    }
}

/// What stands in the way of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// A case is open.
    OpenCase,
    /// A course of therapy is open.
    OpenEpisode,
    /// The practice's rule keeps the record until this day.
    KeptUntil(NaiveDate),
    /// The practice's rule asks for a birth date, and there is none.
    BirthDateUnknown,
}

/// What is known of a record that is to be erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Open cases.
    pub open_cases: usize,
    /// Open courses of therapy.
    pub open_episodes: usize,
    /// The last day of the last course of therapy that ended.
    pub discharged_on: Option<NaiveDate>,
    /// Birth date.
    pub born: Option<NaiveDate>,
}

/// Everything that stands in the way. A record made by mistake is under no duty to be kept; open care always stands in the way.
pub fn hindrances(
    rule: Option<&RetentionRule>,
    ground: Ground,
    standing: &Standing,
    today: NaiveDate,
) -> Vec<Hindrance> {
    let mut found = Vec::new();
    if standing.open_cases > 0 {
        found.push(Hindrance::OpenCase);
    }
    if standing.open_episodes > 0 {
        found.push(Hindrance::OpenEpisode);
    }
    let kept = match standing.discharged_on {
        Some(day) if ground != Ground::Mistake => until(rule, day, standing.born),
        _ => Until::Forever,
    };
    match kept {
        Until::Day(day) if today <= day => found.push(Hindrance::KeptUntil(day)),
        Until::Unknown => found.push(Hindrance::BirthDateUnknown),
        Until::Day(_) | Until::Forever => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn rule(years: Option<i64>, minor: Option<(i64, i64)>) -> RetentionRule {
        RetentionRule {
            years,
            minor_age: minor.map(|(age, _)| age),
            minor_years: minor.map(|(_, years)| years),
            kept: Kept::Nothing,
            source: "A statute".into(),
            decided_at: Instant::UNIX_EPOCH,
            decided_by: StaffId::from_text("s"),
        }
    }

    #[test]
    fn adults_are_kept_for_years_and_minors_until_an_age_and_years() {
        let both = rule(Some(7), Some((18, 3)));
        let ended = day("2020-02-29");
        assert_eq!(until(Some(&both), ended, Some(day("1980-05-05"))), Until::Day(day("2027-02-28")));
        // Twelve at discharge: 18 in 2026, and three years more.
        assert_eq!(until(Some(&both), ended, Some(day("2008-03-01"))), Until::Day(day("2029-03-01")));
        // Seventeen at discharge: the seven years are longer.
        assert_eq!(until(Some(&both), ended, Some(day("2002-06-01"))), Until::Day(day("2027-02-28")));
        assert_eq!(until(Some(&both), ended, None), Until::Unknown, "nobody is taken for an adult");
        assert_eq!(until(Some(&rule(Some(7), None)), ended, None), Until::Day(day("2027-02-28")));
        assert_eq!(until(Some(&rule(None, None)), ended, None), Until::Forever);
        assert_eq!(until(None, ended, None), Until::Forever);
    }

    #[test]
    fn open_care_and_the_duty_to_keep_stand_in_the_way() {
        let rule = rule(Some(7), None);
        let standing = Standing { open_cases: 1, open_episodes: 1, discharged_on: Some(day("2020-03-01")), born: None };
        let today = day("2026-03-01");
        assert_eq!(
            hindrances(Some(&rule), Ground::Request, &standing, today),
            [Hindrance::OpenCase, Hindrance::OpenEpisode, Hindrance::KeptUntil(day("2027-03-01"))]
        );
        assert_eq!(
            hindrances(Some(&rule), Ground::Mistake, &standing, today),
            [Hindrance::OpenCase, Hindrance::OpenEpisode]
        );
        let over = Standing { open_cases: 0, open_episodes: 0, ..standing };
        assert_eq!(
            hindrances(Some(&rule), Ground::Retention, &over, day("2027-03-01")).len(),
            1,
            "the last day counts"
        );
        assert_eq!(hindrances(Some(&rule), Ground::Retention, &over, day("2027-03-02")), []);
    }

    #[test]
    fn whoever_asks_waits_and_another_person_does_not() {
        let asked = Erasure {
            id: ErasureId::from_text("e"),
            client_id: ClientId::from_text("c"),
            ground: Ground::Request,
            kept: Kept::Nothing,
            asked_at: Instant::UNIX_EPOCH,
            asked_by: Some(StaffId::from_text("adam")),
            withdrawn_at: None,
            done_at: None,
            done_by: None,
        };
        assert_eq!(asked.open_to(&StaffId::from_text("adam")), Instant::UNIX_EPOCH + WAIT);
        assert_eq!(asked.open_to(&StaffId::from_text("olga")), Instant::UNIX_EPOCH);
    }
}
