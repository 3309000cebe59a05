//! The nightly refit of the growth models and the measuring of the rules: what is read, what is worked out (by `care`, without a
//! transaction), and what is kept.

use crate::detection::{of_structure, points};
use crate::shelf::detection;
use crate::{Context, Result, audit};
use care::detection::Detection;
use care::episode::{DischargeReason, Point};
use care::expected_response::refit::{self, Look, Outcome};
use care::expected_response::{GrowthModel, Origin, Prior, prior, published};
use care::model_card::{self, Age, Card, Ended, RECENT_DAYS};
use care::staff::Actor;
use care::{EpisodeId, Instant};
use chrono::Duration;
use instruments::Instrument;
use std::collections::HashMap;
use store::detection::{CourseFacts, LastLook};
use store::{Read, Tx};

/// Of so many courses the scores are read at once.
const COURSES: usize = 500;

/// What was read of one scale: the running sums of every course, which is all that a fit needs; and the scores of the courses that
/// are replayed, which are the closed ones and those that were measured lately.
#[derive(Debug, Clone)]
pub struct Material {
    instrument: Instrument,
    detection: Detection,
    fits: Vec<refit::Course>,
    courses: Vec<model_card::Course>,
    clinicians: i64,
    now: Instant,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Found {
    card: Option<Card>,
    look: Look,
    model: Option<GrowthModel>,
    instrument: String,
    scale: String,
}

/// Reads what a scale has to say. None for a scale that has nothing to follow: not the instrument's first one, an alliance, or of an
/// instrument that is not here any more.
pub async fn gather(read: &mut Read, ctx: &Context, instrument: &str, scale: &str) -> Result<Option<Material>> {
    let shelf = ctx.shelf(read).await?;
    let followed = shelf.library.current(instrument).filter(|one| {
        let primary = one.primary();
        primary.id == scale && primary.alliance.is_none()
    });
    let Some(instrument) = followed else { return Ok(None) };
    let now = ctx.now();
    let facts = store::detection::courses(read, of_structure(instrument)).await?;
    let since = now - Duration::days(RECENT_DAYS);
    let mut scores: HashMap<EpisodeId, Vec<Point>> = HashMap::new();
    // A course that runs and was not measured lately is its sums, to the fit and to the card.
    let wanted = |one: &&CourseFacts| one.closed_at.is_some() || one.measure.latest_at >= since;
    let ids: Vec<&EpisodeId> = facts.iter().filter(wanted).map(|one| &one.episode_id).collect();
    for batch in ids.chunks(COURSES) {
        let found = store::detection::scores_of(read, of_structure(instrument), batch).await?;
        for (episode, point) in points(&shelf.library, instrument, found) {
            scores.entry(episode).or_default().push(point);
        }
    }
    let (mut fits, mut courses) = (Vec::with_capacity(facts.len()), Vec::with_capacity(facts.len()));
    for one in facts {
        let own = scores.remove(&one.episode_id).unwrap_or_default();
        fits.push(refit::Course {
            sums: one.measure.sums(),
            last_session: own.last().map(|point| point.session).or(one.measure.latest_session).unwrap_or(1),
            closed: one.closed_at.map(|at| at.timestamp()),
        });
        let began = own.first().map(|point| point.at.date_naive());
        let years = one.born.as_ref().zip(began).and_then(|(born, began)| began.years_since(*born.expose()));
        courses.push(model_card::Course {
            scores: own,
            ending: match (one.closed_at, one.closed_because) {
                (None, _) => Ended::Not,
                (Some(_), Some(DischargeReason::DroppedOut)) => Ended::BrokenOff,
                (Some(_), _) => Ended::Planned,
            },
            closed_at: one.closed_at,
            age: years.map(|years| Age::of(i64::from(years))),
            sex: one.sex,
            language: one.language,
        });
    }
    Ok(Some(Material {
        instrument: instrument.clone(),
        detection: detection(read).await?,
        fits,
        courses,
        clinicians: i64::try_from(store::detection::clinicians_of(read, &instrument.id, since).await?.len())
            .unwrap_or(i64::MAX),
        now,
    }))
}

impl Material {
    /// What opens a case by these rules, on the closed courses; none where a course cannot end badly by the instrument's own
    /// figures.
    pub(crate) fn worth(&self, detection: &Detection) -> Option<model_card::Worth> {
        let Self { instrument, courses, clinicians, now, .. } = self;
        let scale = instrument.primary();
        (scale.reliable_change.is_some() && scale.caseness().is_some()).then(|| {
            model_card::worth(&model_card::Material {
                instrument,
                detection,
                prior: prior_of(instrument),
                courses,
                clinicians: *clinicians,
                now: *now,
            })
        })
    }

    /// Which instrument it is of.
    pub(crate) const fn instrument(&self) -> &Instrument {
        &self.instrument
    }
}

/// What is believed of the instrument's scores before there are data; nothing where its structure is not the published form's.
fn prior_of(instrument: &Instrument) -> Option<&'static Prior> {
    let scale = &instrument.primary().id;
    let published = published(&instrument.id, scale).filter(|one| one.structure == instrument.structure)?;
    prior(&published.instrument, scale)
}

/// Works it out: seconds of arithmetic for a hundred thousand courses, and no transaction.
pub fn work_out(material: &Material) -> Found {
    let Material { instrument, detection, fits, courses, clinicians, now } = material;
    let scale = instrument.primary();
    let old = detection.model(instrument, &scale.id);
    let prior = prior_of(instrument);
    let scores_of = |place: usize| {
        let course: Option<&model_card::Course> = courses.get(place);
        course
            .map(|course| course.scores.iter().map(|point| (point.session, point.value)).collect())
            .unwrap_or_default()
    };
    let look = refit::look(fits, scores_of, old, prior, scale.axis);
    let adopted = look.adopted.map(|adopted| (adopted, look.checks));
    let mut model = adopted.map(|((parameters, last_session), checks)| GrowthModel {
        instrument: instrument.id.clone(),
        scale: scale.id.clone(),
        structure: instrument.structure,
        version: detection.next_version(instrument, &scale.id),
        parameters,
        last_session,
        courses: checks.courses,
        origin: Origin::Practice { fitted_at: *now, scores: checks.scores },
        calibration: care::expected_response::Calibration::default(),
    });
    let judged = model.as_ref().map(|model| detection.with_model(model));
    let detection = judged.as_ref().unwrap_or(detection);
    let follows = scale.reliable_change.is_some() && scale.caseness().is_some();
    let card = follows.then(|| {
        let make = |detection: &Detection| {
            model_card::make(&model_card::Material {
                instrument,
                detection,
                prior,
                courses,
                clinicians: *clinicians,
                now: *now,
            })
        };
        let (card, calibration) = make(detection);
        match &mut model {
            // The card is about the model as it will be in force: with its correction.
            Some(model) if calibration.is_enough() => {
                model.calibration = calibration;
                make(&detection.with_model(model)).0
            }
            Some(model) => {
                model.calibration = calibration;
                card
            }
            None => card,
        }
    });
    Found { card, look, model, instrument: instrument.id.clone(), scale: scale.id.clone() }
}

/// Keeps what was found. A model that somebody else adopted meanwhile stays.
pub async fn keep(tx: &mut Tx, ctx: &Context, found: &Found) -> Result<()> {
    let mut outcome = found.look.outcome;
    if let Some(model) = &found.model {
        if store::detection::adopt(tx, model, &found.look.checks).await? {
            let version = model.version.to_string();
            tx.audit(
                audit::entry(ctx, &Actor::System, "model.adopt", "growth_model", &found.instrument)
                    .with("version", version),
            );
        } else {
            outcome = Outcome::Unchanged;
        }
    }
    let last = LastLook {
        instrument: found.instrument.clone(),
        scale: found.scale.clone(),
        looked_at: ctx.now(),
        outcome,
        checks: found.look.checks,
    };
    store::detection::note_look(tx, &last).await?;
    if let Some(card) = &found.card {
        store::detection::keep_card(tx, card).await?;
    }
    Ok(())
}
