//! Rules of detection, growth models, the last look of the refit, and model cards. What they mean is `care::detection`'s and
//! `care::expected_response`'s. Whatever scores are judged by counts up the revision of what a node holds in memory.

use crate::library::changed;
use crate::{Json, Read, Record, Result, Row, Tx, record};
use care::detection::{Configuration, Revision};
use care::episode::{DischargeReason, Measure};
use care::expected_response::refit::{Checks, Outcome};
use care::expected_response::{Calibration, GrowthModel, Origin, Parameters};
use care::model_card::Card;
use care::{EpisodeId, Instant, Language, Phi, Sex, StaffId};
use chrono::NaiveDate;

struct Sealed(Revision, Vec<u8>);

impl Record for Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        let revision = Revision {
            id: row.get("id")?,
            scope: row.get("scope")?,
            revision: row.get("revision")?,
            rules: row.get::<Json<Configuration>>("rules")?.0,
            state: row.get("state")?,
            reason: Phi::new(String::new()),
            changed_by: row.get("changed_by")?,
            changed_at: row.get("changed_at")?,
        };
        Ok(Self(revision, row.get("reason_sealed")?))
    }
}

fn opened(read: &Read, rows: Vec<Sealed>) -> Result<Vec<Revision>> {
    rows.into_iter()
        .map(|Sealed(revision, sealed)| {
            let reason = read.open("detection_rules", "reason", revision.id.as_str(), &sealed)?;
            Ok(Revision { reason: Phi::new(reason), ..revision })
        })
        .collect()
}

/// The rules in force: the highest revision of each scope.
pub async fn in_force(read: &mut Read) -> Result<Vec<Revision>> {
    let practice = read.practice().clone();
    let rows = read
        .query(
            "SELECT * FROM detection_rules r WHERE practice_id = $1 AND revision = (SELECT max(o.revision) FROM detection_rules o \
             WHERE o.practice_id = r.practice_id AND o.scope = r.scope) ORDER BY scope",
        )
        .bind(&practice)
        .all()
        .await?;
    opened(read, rows)
}

/// Every revision of a scope, the latest first.
pub async fn history(read: &mut Read, scope: &str) -> Result<Vec<Revision>> {
    let practice = read.practice().clone();
    let rows = read
        .query("SELECT * FROM detection_rules WHERE practice_id = $1 AND scope = $2 ORDER BY revision DESC")
        .bind(&practice)
        .bind(scope)
        .all()
        .await?;
    opened(read, rows)
}

/// Adds a revision. `false` when there is one of that number: somebody was faster.
pub async fn insert(tx: &mut Tx, revision: &Revision) -> Result<bool> {
    let practice = tx.practice().clone();
    let reason = tx.seal("detection_rules", "reason", revision.id.as_str(), revision.reason.text());
    let rows = tx
        .query(
            "INSERT INTO detection_rules (practice_id, id, scope, revision, rules, state, reason_sealed, changed_by, changed_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (practice_id, scope, revision) DO NOTHING",
        )
        .bind(&practice)
        .bind(&revision.id)
        .bind(revision.scope.as_str())
        .bind(revision.revision)
        .bind(Json(&revision.rules))
        .bind(revision.state)
        .bind(reason)
        .bind(&revision.changed_by)
        .bind(revision.changed_at)
        .execute()
        .await?;
    if rows == 1 {
        changed(tx).await?;
    }
    Ok(rows == 1)
}

/// A model as its row has it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredModel {
    /// The model.
    pub model: GrowthModel,
    /// The checks it passed.
    pub checks: Checks,
}

impl Record for StoredModel {
    fn read(row: &Row<'_>) -> Result<Self> {
        let shared = row.get("g_both")?;
        let parameters = Parameters {
            intercept: row.get("intercept")?,
            slope: row.get("slope")?,
            random: [[row.get("g_intercept")?, shared], [shared, row.get("g_slope")?]],
            residual_variance: row.get("residual")?,
        };
        let model = GrowthModel {
            instrument: row.get("instrument")?,
            scale: row.get("scale")?,
            structure: row.get("structure")?,
            version: row.get("version")?,
            parameters,
            last_session: row.get("last_session")?,
            courses: row.get("courses")?,
            origin: Origin::Practice { fitted_at: row.get("fitted_at")?, scores: row.get("scores")? },
            calibration: row.get::<Json<Calibration>>("calibration")?.0,
        };
        Ok(Self { model, checks: row.get::<Json<Checks>>("checks")?.0 })
    }
}

/// The practice's models in force: the newest of each scale.
pub async fn models(read: &mut Read) -> Result<Vec<StoredModel>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT * FROM growth_model m WHERE practice_id = $1 AND version = (SELECT max(o.version) FROM growth_model o \
         WHERE o.practice_id = m.practice_id AND o.instrument = m.instrument AND o.scale = m.scale) ORDER BY instrument, scale",
    )
    .bind(&practice)
    .all()
    .await
}

/// Every model of an instrument that was adopted, the newest first.
pub async fn models_of(read: &mut Read, instrument: &str) -> Result<Vec<StoredModel>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM growth_model WHERE practice_id = $1 AND instrument = $2 ORDER BY version DESC, scale")
        .bind(&practice)
        .bind(instrument)
        .all()
        .await
}

/// Puts a model into force. [`Origin::Published`] models are no rows: such a one is refused with `false`, as is a version that
/// is there already.
pub async fn adopt(tx: &mut Tx, model: &GrowthModel, checks: &Checks) -> Result<bool> {
    let Origin::Practice { fitted_at, scores } = model.origin else { return Ok(false) };
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "INSERT INTO growth_model (practice_id, instrument, scale, version, intercept, slope, g_intercept, g_both, g_slope, \
             residual, last_session, courses, scores, checks, calibration, fitted_at, structure) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
             ON CONFLICT (practice_id, instrument, scale, version) DO NOTHING",
        )
        .bind(&practice)
        .bind(model.instrument.as_str())
        .bind(model.scale.as_str())
        .bind(model.version)
        .bind(model.parameters.intercept)
        .bind(model.parameters.slope)
        .bind(model.parameters.random[0][0])
        .bind(model.parameters.random[0][1])
        .bind(model.parameters.random[1][1])
        .bind(model.parameters.residual_variance)
        .bind(model.last_session)
        .bind(model.courses)
        .bind(scores)
        .bind(Json(checks))
        .bind(Json(&model.calibration))
        .bind(fitted_at)
        .bind(model.structure)
        .execute()
        .await?;
    if rows == 1 {
        changed(tx).await?;
    }
    Ok(rows == 1)
}

/// What the refit found when it last looked at a scale.
#[derive(Debug, Clone, PartialEq)]
pub struct LastLook {
    /// Instrument id.
    pub instrument: String,
    /// Scale id.
    pub scale: String,
    /// When.
    pub looked_at: Instant,
    /// What came of it.
    pub outcome: Outcome,
    /// What it showed.
    pub checks: Checks,
}

impl Record for LastLook {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            instrument: row.get("instrument")?,
            scale: row.get("scale")?,
            looked_at: row.get("looked_at")?,
            outcome: row.get("outcome")?,
            checks: row.get::<Json<Checks>>("checks")?.0,
        })
    }
}

/// Keeps what a look found.
pub async fn note_look(tx: &mut Tx, look: &LastLook) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO refit (practice_id, instrument, scale, looked_at, outcome, checks) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (practice_id, instrument, scale) DO UPDATE SET looked_at = excluded.looked_at, outcome = excluded.outcome, \
         checks = excluded.checks",
    )
    .bind(&practice)
    .bind(look.instrument.as_str())
    .bind(look.scale.as_str())
    .bind(look.looked_at)
    .bind(look.outcome)
    .bind(Json(&look.checks))
    .execute()
    .await?;
    Ok(())
}

/// The last look at each scale.
pub async fn last_looks(read: &mut Read) -> Result<Vec<LastLook>> {
    let practice = read.practice().clone();
    read.query("SELECT * FROM refit WHERE practice_id = $1 ORDER BY instrument, scale").bind(&practice).all().await
}

/// One score of a course.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseScore {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The version that was answered: those of another structure are no part of the series.
    pub version: String,
    /// The session, counted from where the series begins.
    pub session: i64,
    /// The score.
    pub value: f64,
    /// When it was given.
    pub at: Instant,
}
record! { CourseScore { episode_id, version, session, value, at } }

/// A scale as long as its instrument keeps its structure.
#[derive(Debug, Clone, Copy)]
pub struct OfStructure<'a> {
    /// Instrument id.
    pub instrument: &'a str,
    /// Its structure.
    pub structure: i64,
    /// Scale id.
    pub scale: &'a str,
}

/// The usable scores of one scale in every episode with one of the structure since an instant, by episode and in the order they
/// were given.
pub async fn scores(read: &mut Read, of: OfStructure<'_>, since: Instant) -> Result<Vec<CourseScore>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT s.episode_id, s.version, s.session - m.sessions_before AS session, s.value, s.at FROM score s \
         JOIN measure m ON m.practice_id = s.practice_id AND m.episode_id = s.episode_id AND m.instrument = s.instrument \
         AND m.scale = s.scale AND m.structure = $5 \
         WHERE s.practice_id = $1 AND s.instrument = $2 AND s.scale = $3 AND s.value IS NOT NULL \
         AND m.latest_at >= $4 ORDER BY s.episode_id, s.at, s.id",
    )
    .bind(&practice)
    .bind(of.instrument)
    .bind(of.scale)
    .bind(since)
    .bind(of.structure)
    .all()
    .await
}

/// The usable scores of one scale in these episodes, by episode and in the order they were given.
pub async fn scores_of(read: &mut Read, of: OfStructure<'_>, episodes: &[&EpisodeId]) -> Result<Vec<CourseScore>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT s.episode_id, s.version, s.session - m.sessions_before AS session, s.value, s.at FROM score s \
         JOIN measure m ON m.practice_id = s.practice_id AND m.episode_id = s.episode_id AND m.instrument = s.instrument \
         AND m.scale = s.scale AND m.structure = $4 \
         WHERE s.practice_id = $1 AND s.instrument = $2 AND s.scale = $3 \
         AND s.value IS NOT NULL AND s.episode_id IN ($each) ORDER BY s.episode_id, s.at, s.id",
    )
    .bind(&practice)
    .bind(of.instrument)
    .bind(of.scale)
    .bind(of.structure)
    .bind_each(episodes.iter().copied())
    .all()
    .await
}

/// What is known of a course beside its scores.
#[derive(Debug, Clone)]
pub struct CourseFacts {
    /// Which episode.
    pub episode_id: EpisodeId,
    /// The running summary.
    pub measure: Measure,
    /// When it was closed.
    pub closed_at: Option<Instant>,
    /// Why.
    pub closed_because: Option<DischargeReason>,
    /// The client's language.
    pub language: Language,
    /// The client's birth date.
    pub born: Option<Phi<NaiveDate>>,
    /// The client's sex.
    pub sex: Option<Sex>,
}

struct SealedFacts(CourseFacts, String, Option<Vec<u8>>);

impl Record for SealedFacts {
    fn read(row: &Row<'_>) -> Result<Self> {
        let facts = CourseFacts {
            episode_id: row.get("episode_id")?,
            measure: Measure::read(row)?,
            closed_at: row.get("discharged_at")?,
            closed_because: row.get("discharge_reason")?,
            language: row.get("language")?,
            sex: row.get("sex")?,
            born: None,
        };
        Ok(Self(facts, row.get("client_id")?, row.get("birth_date_sealed")?))
    }
}

/// Every course in which a scale was measured by versions of the structure, by episode.
pub async fn courses(read: &mut Read, of: OfStructure<'_>) -> Result<Vec<CourseFacts>> {
    let practice = read.practice().clone();
    let rows: Vec<SealedFacts> = read
        .query(
            "SELECT m.*, e.discharged_at, e.discharge_reason, c.id AS client_id, c.language, c.sex, c.birth_date_sealed FROM measure m \
             JOIN episode e ON e.practice_id = m.practice_id AND e.id = m.episode_id \
             JOIN client c ON c.practice_id = e.practice_id AND c.id = e.client_id \
             WHERE m.practice_id = $1 AND m.instrument = $2 AND m.scale = $3 AND m.structure = $4 ORDER BY m.episode_id",
        )
        .bind(&practice)
        .bind(of.instrument)
        .bind(of.scale)
        .bind(of.structure)
        .all()
        .await?;
    rows.into_iter()
        .map(|SealedFacts(facts, client, sealed)| {
            let born = read.open_optional("client", "birth_date", &client, sealed.as_deref())?;
            let born = born.and_then(|born| born.parse::<NaiveDate>().ok()).map(Phi::new);
            Ok(CourseFacts { born, ..facts })
        })
        .collect()
}

/// The scales that were measured in this practice: instrument and scale.
pub async fn measured(read: &mut Read) -> Result<Vec<(String, String)>> {
    let practice = read.practice().clone();
    read.query("SELECT DISTINCT instrument, scale FROM measure WHERE practice_id = $1 ORDER BY instrument, scale")
        .bind(&practice)
        .all()
        .await
}

/// The clinicians who had a course in which a scale was measured since an instant, by id.
pub async fn clinicians_of(read: &mut Read, instrument: &str, since: Instant) -> Result<Vec<StaffId>> {
    let practice = read.practice().clone();
    let rows: Vec<(StaffId,)> = read
        .query(
            "SELECT DISTINCT a.clinician_id FROM assignment a \
             JOIN measure m ON m.practice_id = a.practice_id AND m.episode_id = a.episode_id \
             WHERE a.practice_id = $1 AND m.instrument = $2 AND m.latest_at >= $3 AND (a.ends_at IS NULL OR a.ends_at >= $3) \
             ORDER BY a.clinician_id",
        )
        .bind(&practice)
        .bind(instrument)
        .bind(since)
        .all()
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Keeps a card in the place of the one before.
pub async fn keep_card(tx: &mut Tx, card: &Card) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO model_card (practice_id, instrument, made_at, document) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (practice_id, instrument) DO UPDATE SET made_at = excluded.made_at, document = excluded.document",
    )
    .bind(&practice)
    .bind(card.instrument.as_str())
    .bind(card.made_at)
    .bind(Json(card))
    .execute()
    .await?;
    Ok(())
}

struct Kept(Card);

impl Record for Kept {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self(row.get::<Json<Card>>("document")?.0))
    }
}

/// The card of an instrument.
pub async fn card(read: &mut Read, instrument: &str) -> Result<Option<Card>> {
    let practice = read.practice().clone();
    let found: Option<Kept> = read
        .query("SELECT document FROM model_card WHERE practice_id = $1 AND instrument = $2")
        .bind(&practice)
        .bind(instrument)
        .optional()
        .await?;
    Ok(found.map(|Kept(card)| card))
}

/// Every card, by instrument.
pub async fn cards(read: &mut Read) -> Result<Vec<Card>> {
    let practice = read.practice().clone();
    let found: Vec<Kept> = read
        .query("SELECT document FROM model_card WHERE practice_id = $1 ORDER BY instrument")
        .bind(&practice)
        .all()
        .await?;
    Ok(found.into_iter().map(|Kept(card)| card).collect())
}
