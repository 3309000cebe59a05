//! The rules of detection of a practice: changed by a person, with a reason, as a further revision; and tried on the scores of
//! the last days and on the closed courses before they are. What the rules mean is `care::detection`'s; what they are worth on closed courses is
//! [`crate::refit`]'s.

use crate::access::require;
use crate::field::Form;
use crate::shelf::{Shelf, detection};
use crate::{Context, Error, Result, audit, refit, staff};
use care::access::{Action, Viewer};
use care::detection::{
    Act, Configuration, Detection, Difference, EVERY_INSTRUMENT, LADDER, Number, Refused, Revision, ScopeState,
    Weighed, quieter,
};
use care::episode::Point;
use care::exposure::WINDOW_DAYS;
use care::model_card::{Alerts, RECENT_DAYS, Worth, alerts};
use care::protocol::Protocol;
use care::response::Rule;
use care::{DetectionRulesId, EpisodeId, Instant, Phi};
use chrono::Duration;
use instruments::{Instrument, Library};
use std::collections::{BTreeMap, BTreeSet};
use store::detection::{CourseScore, OfStructure};
use store::{Read, Tx};

/// Longest reason.
const REASON: usize = 300;

/// Whether the ladder looks at an instrument: its first scale is followed, and it is no alliance.
pub fn is_followed(instrument: &Instrument) -> bool {
    let scale = instrument.primary();
    scale.alliance.is_none() && scale.reliable_change.is_some()
}

/// The instruments that a practice's ladder looks at: those that were measured or are asked, and those with rules of their own.
pub async fn followed(read: &mut Read, shelf: &Shelf) -> Result<Vec<Instrument>> {
    let measured = store::detection::measured(read).await?;
    let asked = store::protocol::current(read).await?;
    let mut ids: BTreeSet<String> = measured.into_iter().map(|(instrument, _)| instrument).collect();
    ids.extend(asked.iter().flat_map(Protocol::of_client).map(|line| line.instrument.clone()));
    ids.extend(store::detection::in_force(read).await?.into_iter().map(|one| one.scope));
    Ok(ids.iter().filter_map(|id| shelf.library.current(id)).filter(|one| is_followed(one)).cloned().collect())
}

/// What of an instrument is followed: its primary scale, by versions of its structure.
pub(crate) fn of_structure(instrument: &Instrument) -> OfStructure<'_> {
    OfStructure { instrument: &instrument.id, structure: instrument.structure, scale: &instrument.primary().id }
}

/// The scores that are of the instrument's structure, as points of their series.
pub(crate) fn points<'a>(
    library: &'a Library,
    instrument: &'a Instrument,
    scores: Vec<CourseScore>,
) -> impl Iterator<Item = (EpisodeId, Point)> + 'a {
    let is_of = |version: &str| {
        library.get(&instrument.id, version).is_some_and(|answered| answered.structure == instrument.structure)
    };
    let own = scores.into_iter().filter(move |one| is_of(&one.version));
    own.map(|one| (one.episode_id, Point { value: one.value, session: one.session.max(1), at: one.at }))
}

/// Rules as typed: what follows from each, and the numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// By the rule's name.
    pub acts: BTreeMap<String, String>,
    /// By the number's name.
    pub numbers: BTreeMap<String, String>,
}

impl Typed {
    /// What a configuration looks like in a form.
    pub fn of(rules: &Configuration) -> Self {
        let act = |rule: &Rule| (rule.as_str().to_owned(), rules.act(*rule).as_str().to_owned());
        let number = |number: &Number| (number.as_str().to_owned(), rules.number(*number).to_string());
        Self { acts: LADDER.iter().map(act).collect(), numbers: Number::ALL.iter().map(number).collect() }
    }
}

/// Reads rules as typed. Everything is said, so that what was decided stays when the usual rules change. A rule outside the
/// ladder is refused: danger has a path of its own.
pub fn read_rules(typed: &Typed) -> Result<Configuration> {
    let mut form = Form::default();
    let rules = rules_of(&mut form, typed);
    form.finish()?;
    Ok(rules)
}

fn rules_of(form: &mut Form, typed: &Typed) -> Configuration {
    let mut rules = Configuration::default();
    for name in typed.acts.keys().filter(|name| !LADDER.iter().any(|rule| rule.as_str() == name.as_str())) {
        form.refuse(&format!("act_{name}"), "wrong-choose");
    }
    for rule in LADDER {
        let act = typed.acts.get(rule.as_str()).and_then(|text| text.trim().parse::<Act>().ok());
        let taken = act.map(|act| rules.set_act(rule, act));
        let key = match taken {
            Some(Ok(())) => continue,
            Some(Err(Refused::OpensNoCase(_))) => "wrong-unfit",
            _ => "wrong-choose",
        };
        form.refuse(&format!("act_{rule}"), key);
    }
    for number in Number::ALL {
        let text = typed.numbers.get(number.as_str()).map_or("", |text| text.trim());
        let value = text.parse::<i64>().ok();
        if value.is_none_or(|value| rules.set_number(*number, value).is_err()) {
            form.refuse(number.as_str(), if text.is_empty() { "wrong-required" } else { "wrong-number" });
        }
    }
    rules
}

/// What is to hold in a scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// These rules.
    Own(Configuration),
    /// The practice's rules again; for an instrument.
    Follow,
}

/// A change of the rules.
#[derive(Debug, Clone)]
pub struct Change {
    /// An instrument, or [`EVERY_INSTRUMENT`].
    pub scope: String,
    /// The revision that the person saw; 0 where the scope had none.
    pub seen: i64,
    /// What is to hold.
    pub wanted: Wanted,
    /// Why.
    pub reason: String,
}

/// The rules of a scope as they would be, and as they are.
fn compared(held: &Detection, scope: &str, wanted: &Wanted) -> (Configuration, Configuration) {
    let then = match wanted {
        Wanted::Own(rules) => rules.clone(),
        Wanted::Follow => held.with_scope(scope, None).rules(scope),
    };
    (held.rules(scope), then)
}

/// What a change would change, in the order of the ladder.
pub fn differences(held: &Detection, scope: &str, wanted: &Wanted) -> Vec<Difference> {
    let (now, then) = compared(held, scope, wanted);
    now.differences(&then)
}

/// Puts rules into force. They count for scores that come from now on; signals and cases that are there keep the rules they were
/// found by.
pub async fn change(tx: &mut Tx, ctx: &Context, by: &Viewer, change: &Change) -> Result<Revision> {
    require(by, Action::ChangeDetection)?;
    let shelf = ctx.shelf(tx).await?;
    let scope = change.scope.as_str();
    if scope != EVERY_INSTRUMENT && !shelf.library.current(scope).is_some_and(is_followed) {
        return Err(Error::NotFound);
    }
    let in_force = store::detection::in_force(tx).await?;
    let latest = in_force.iter().find(|one| one.scope == scope);
    let held = Detection::new(&in_force, Vec::new());
    let (now, then) = compared(&held, scope, &change.wanted);
    let follows_already = latest.is_none_or(|one| one.state == ScopeState::Follows);
    let mut form = Form::default();
    let reason = form.line("detection_reason", &change.reason, REASON);
    form.expect("act", "wrong-choose", || match change.wanted {
        Wanted::Own(_) => !now.differences(&then).is_empty(),
        Wanted::Follow => scope != EVERY_INSTRUMENT && !follows_already,
    });
    form.finish()?;
    if latest.map_or(0, |one| one.revision) != change.seen {
        return Err(Error::Conflict);
    }
    let revision = Revision {
        id: ctx.id(DetectionRulesId::new),
        scope: scope.to_owned(),
        revision: change.seen + 1,
        rules: then,
        state: match change.wanted {
            Wanted::Own(_) => ScopeState::Own,
            Wanted::Follow => ScopeState::Follows,
        },
        reason: Phi::new(reason),
        changed_by: by.staff_id.clone(),
        changed_at: ctx.now(),
    };
    if !store::detection::insert(tx, &revision).await? {
        return Err(Error::Conflict);
    }
    let entry = audit::entry(ctx, &staff::actor(by), "detection.change", "detection_rules", revision.id.as_str());
    let scope = if scope == EVERY_INSTRUMENT { "practice" } else { scope };
    tx.audit(
        entry
            .with("scope", scope)
            .with("revision", revision.revision.to_string())
            .with("state", revision.state.as_str()),
    );
    Ok(revision)
}

/// The scores of the last days and the closed courses, to try rules on.
#[derive(Debug, Clone)]
pub struct Recent {
    instruments: Vec<(Instrument, Vec<Vec<Point>>)>,
    closed: Vec<refit::Material>,
    detection: Detection,
    scope: String,
    since: Instant,
    /// Clinicians with courses in these days.
    pub clinicians: i64,
}

/// What was raised, and what would have been.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// By the rules in force.
    pub now: Alerts,
    /// By those that are tried.
    pub then: Alerts,
    /// What both are worth on the closed courses, by instrument.
    pub worth: Vec<WorthTrial>,
}

/// What rules are worth on the closed courses of an instrument.
#[derive(Debug, Clone, PartialEq)]
pub struct WorthTrial {
    /// Instrument id.
    pub instrument: String,
    /// By the rules in force.
    pub now: Worth,
    /// By those that are tried.
    pub then: Worth,
}

/// Reads the scores that a change in a scope is about: of the instrument, or of every one that goes by the practice's rules.
pub async fn recent(read: &mut Read, ctx: &Context, scope: &str) -> Result<Recent> {
    let shelf = ctx.shelf(read).await?;
    let held = detection(read).await?;
    let since = ctx.now() - Duration::days(RECENT_DAYS);
    let (mut instruments, mut closed) = (Vec::new(), Vec::new());
    let mut clinicians = BTreeSet::new();
    for instrument in followed(read, &shelf).await? {
        let is_own = held.scope(&instrument.id).is_some_and(|(scope, _)| scope == instrument.id);
        if instrument.id != scope && (scope != EVERY_INSTRUMENT || is_own) {
            continue;
        }
        let scores = store::detection::scores(read, of_structure(&instrument), since).await?;
        clinicians.extend(store::detection::clinicians_of(read, &instrument.id, since).await?);
        let mut courses: BTreeMap<EpisodeId, Vec<Point>> = BTreeMap::new();
        for (episode, point) in points(&shelf.library, &instrument, scores) {
            courses.entry(episode).or_default().push(point);
        }
        closed.extend(refit::gather(read, ctx, &instrument.id, &instrument.primary().id).await?);
        instruments.push((instrument, courses.into_values().collect()));
    }
    Ok(Recent {
        instruments,
        closed,
        detection: held,
        scope: scope.to_owned(),
        since,
        clinicians: i64::try_from(clinicians.len()).unwrap_or(i64::MAX),
    })
}

impl Recent {
    /// Tries rules by the functions that judge real scores, and that replay closed courses for the card. Arithmetic alone:
    /// microseconds a score.
    pub fn try_out(&self, wanted: &Wanted) -> Trial {
        let (_, rules) = compared(&self.detection, &self.scope, wanted);
        let then = self.detection.with_scope(&self.scope, Some(rules));
        let worth = self.closed.iter().filter_map(|material| {
            Some(WorthTrial {
                instrument: material.instrument().id.clone(),
                now: material.worth(&self.detection)?,
                then: material.worth(&then)?,
            })
        });
        Trial { now: self.raised(&self.detection), then: self.raised(&then), worth: worth.collect() }
    }

    /// The alerts of the last days by these rules.
    fn raised(&self, rules: &Detection) -> Alerts {
        self.instruments.iter().fold(Alerts::default(), |all, (instrument, courses)| {
            all.and(&alerts(instrument, rules, courses.iter().map(Vec::as_slice), self.since))
        })
    }

    /// The rules in force and quieter ones, with what each would have done; empty where no clinician had a score.
    pub fn weigh(&self) -> Vec<Weighed> {
        let clinician_weeks = self.clinicians as f64 * RECENT_DAYS as f64 / WINDOW_DAYS as f64;
        if self.clinicians == 0 {
            return Vec::new();
        }
        let weighed = quieter(&self.detection.rules(&self.scope)).into_iter().map(|rules| {
            let then = self.detection.with_scope(&self.scope, Some(rules.clone()));
            let counts = self.closed.iter().filter_map(|material| Some(material.worth(&then)?.row?.counts));
            let found = counts.map(|counts| (counts.flagged_bad, counts.bad));
            let found = found.reduce(|(found, all), (more, others)| (found + more, all + others));
            Weighed { rules, a_week: self.raised(&then).alerts as f64 / clinician_weeks, found }
        });
        weighed.collect()
    }
}
