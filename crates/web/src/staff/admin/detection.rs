//! The rules of detection: read by supervisors and owners too, changed by an administrator, who sees before a change what it
//! changes and what it would have done to the last days.

mod budget;
mod form;
mod trial;

use self::form::{Step, fields_of, typed_of};
use super::frame;
use super::instruments::figures;
use crate::App;
use crate::error::{Error, Result};
use crate::staff::form::{Posted, renamed};
use crate::staff::people::People;
use crate::staff::session::Signed;
use crate::staff::shown::done;
use crate::staff::words::Telling;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use care::access::{Access, Action, Relationship, decide};
use care::detection::{
    Act, Configuration, Detection, Difference, EVERY_INSTRUMENT, LADDER, Number, Revision, ScopeState, evidence,
    evidence_source,
};
use care::model_card::RECENT_DAYS;
use care::response::{Rule, SignalLevel};
use instruments::{Instrument, RiskLevel};
use templates::format;
use templates::staff::admin::{
    BudgetTrial, DangerLine, DetectionHome, DetectionRules, NumberLine, RuleLine, RulesDifference, RulesPreview,
    RulesRevision, ScopeLine, Section, TrialFigures,
};
use templates::staff::{Choice, FieldProblem, Flash};
use workflows::detection::{self, Change, Typed, Wanted};

/// The address of the practice's own rules; no instrument is called so.
const PRACTICE: &str = "practice";

/// What was read of the rules.
struct Known {
    people: People,
    revisions: Vec<Revision>,
    held: Detection,
}

impl Known {
    async fn of(read: &mut store::Read, me: &Signed) -> Result<Self> {
        let revisions = store::detection::in_force(read).await?;
        let held = workflows::shelf::detection(read).await?;
        Ok(Self { people: People::of(read, me.zone).await?, revisions, held })
    }

    /// Who put a revision into force, and when.
    fn by(&self, revision: &Revision, telling: Telling) -> String {
        format!("{}, {}", self.people.name(&revision.changed_by), telling.date_time(revision.changed_at))
    }

    /// By which rules a scope goes.
    fn line(&self, scope: &str, name: String, telling: Telling) -> ScopeLine {
        let found = self.held.scope(scope);
        let goes_by = match found {
            None => "usual",
            Some((EVERY_INSTRUMENT, _)) => "practice",
            Some(_) => "own",
        };
        let revision = found.and_then(|(scope, _)| self.revisions.iter().find(|one| one.scope == scope));
        let rules = self.held.rules(scope);
        let count = |act: Act| LADDER.iter().filter(|rule| rules.act(**rule) == act).count();
        ScopeLine {
            name,
            href: format!("/admin/detection/{}", if scope == EVERY_INSTRUMENT { PRACTICE } else { scope }),
            goes_by,
            revision: found.map(|(_, revision)| revision),
            changed: revision.map(|one| self.by(one, telling)),
            cases: count(Act::Case),
            shown: count(Act::Shown),
            off: count(Act::Off),
        }
    }

    /// The latest revision of a scope, 0 where it has none.
    fn latest(&self, scope: &str) -> i64 {
        self.revisions.iter().find(|one| one.scope == scope).map_or(0, |one| one.revision)
    }
}

fn name_of(me: &Signed, instrument: &Instrument) -> String {
    instrument.short_name.get(me.language).to_owned()
}

fn may_change(me: &Signed) -> bool {
    decide(&me.viewer, Action::ChangeDetection, &Relationship::none()) == Access::Allowed
}

/// Every scope, and what no configuration reaches.
pub async fn home(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::ViewDetection, None).await?;
    let telling = me.telling(&app);
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, &me).await?;
    let followed = detection::followed(&mut read, &me.shelf).await?;
    let asked = store::protocol::current(&mut read).await?;
    drop(read);
    let mut asking: Vec<&Instrument> = asked
        .iter()
        .flat_map(|protocol| &protocol.lines)
        .filter_map(|line| me.shelf.library.current(&line.instrument))
        .filter(|instrument| !instrument.risk.is_empty())
        .collect();
    asking.sort_by(|one, other| one.id.cmp(&other.id));
    asking.dedup_by(|one, other| one.id == other.id);
    let (shell, sections) = frame(&app, &me, Section::Detection);
    let page = DetectionHome {
        shell,
        sections,
        practice: known.line(EVERY_INSTRUMENT, String::new(), telling),
        instruments: followed.iter().map(|one| known.line(&one.id, name_of(&me, one), telling)).collect(),
        danger: asking.into_iter().flat_map(|one| danger(&me, one)).collect(),
    };
    me.render(&app, StatusCode::OK, &page)
}

fn danger(me: &Signed, instrument: &Instrument) -> Vec<DangerLine> {
    let lines = instrument.risk.iter().map(|rule| {
        let item = instrument.item(&rule.item);
        let shown = |value: i64| item.and_then(|item| item.shown(value, me.language)).unwrap_or(value.to_string());
        DangerLine {
            instrument: name_of(me, instrument),
            item: item.map(|item| item.label.get(me.language).to_owned()).unwrap_or_default(),
            steps: rule
                .steps
                .iter()
                .filter(|step| step.level != RiskLevel::Unknown)
                .map(|step| (shown(step.at_least), step.level.as_str().to_owned()))
                .collect(),
            unknown: rule.unanswered == Some(RiskLevel::Unknown),
        }
    });
    lines.collect()
}

/// The scope that an address names; not found where the ladder does not look at the instrument.
fn scope_of(me: &Signed, text: &str) -> Result<(String, Option<Instrument>)> {
    if text == PRACTICE {
        return Ok((EVERY_INSTRUMENT.to_owned(), None));
    }
    let found = me.shelf.library.current(text).filter(|one| detection::is_followed(one));
    found.map(|one| (one.id.clone(), Some(one.clone()))).ok_or(Error::NotFound)
}

/// What a page says beside the rules in force.
#[derive(Default)]
struct Told {
    typed: Option<Typed>,
    problems: Vec<FieldProblem>,
    preview: Option<RulesPreview>,
    budget: Option<BudgetTrial>,
    overtaken: bool,
}

/// The rules of a scope.
pub async fn show(State(app): State<App>, me: Signed, Path(scope): Path<String>) -> Result<Response> {
    me.authorise(&app, Action::ViewDetection, None).await?;
    let (scope, instrument) = scope_of(&me, &scope)?;
    page(&app, &me, StatusCode::OK, &scope, instrument.as_ref(), Told::default()).await
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    scope: &str,
    instrument: Option<&Instrument>,
    told: Told,
) -> Result<Response> {
    let telling = me.telling(app);
    let mut read = app.db.read(&me.practice).await?;
    let known = Known::of(&mut read, me).await?;
    let history = store::detection::history(&mut read, scope).await?;
    drop(read);
    let name = instrument.map(|one| name_of(me, one)).unwrap_or_default();
    let line = known.line(scope, name, telling);
    let rules = known.held.rules(scope);
    let calibrated = instrument
        .and_then(|one| known.held.model(one, &one.primary().id))
        .is_some_and(|model| model.calibration.is_enough());
    let typed = told.typed.unwrap_or_else(|| Typed::of(&rules));
    let (shell, sections) = frame(app, me, Section::Detection);
    let about = evidence_source();
    let view = DetectionRules {
        shell,
        sections,
        path: line.href.clone(),
        line,
        card: instrument.map(|one| format!("/admin/models/{}", one.id)),
        points: instrument
            .and_then(|one| one.primary().reliable_change.as_ref())
            .map(|change| format::score(change.points)),
        figures: instrument.map(|one| figures::of_primary(one, me.language)).unwrap_or_default(),
        rules: LADDER.iter().map(|rule| rule_line(*rule, &rules, &typed, calibrated)).collect(),
        evidence: about.map(|about| (about.source.clone(), about.date.clone(), about.courses)),
        seen: may_change(me).then(|| known.latest(scope)),
        overtaken: told.overtaken,
        preview: told.preview,
        alert_budget: (scope == EVERY_INSTRUMENT).then_some(me.face.practice.settings.alert_budget),
        budget: told.budget,
        history: revisions(&known, &history, telling),
        problems: told.problems,
    };
    me.render(app, status, &view)
}

/// How a rule is read when it speaks.
const fn level_of(rule: Rule, calibrated: bool) -> SignalLevel {
    match rule {
        Rule::ReliableDeterioration => SignalLevel::Red,
        Rule::ProbableBadEnd if calibrated => SignalLevel::Red,
        Rule::Ceiling => SignalLevel::Grey,
        _ => SignalLevel::Amber,
    }
}

fn rule_line(rule: Rule, rules: &Configuration, typed: &Typed, calibrated: bool) -> RuleLine {
    let chosen = typed.acts.get(rule.as_str()).map_or("", String::as_str);
    let choices = Act::ALL.iter().filter(|act| !(rule == Rule::Ceiling && **act == Act::Case));
    let percent = |share: f64| format!("{:.0} %", share * 100.0);
    RuleLine {
        rule,
        level: level_of(rule, calibrated),
        act: rules.act(rule),
        acts: choices.map(|act| Choice::new(act.as_str(), "", chosen)).collect(),
        numbers: Number::ALL
            .iter()
            .filter(|number| number.rule() == rule)
            .map(|number| NumberLine {
                number: *number,
                value: typed.numbers.get(number.as_str()).cloned().unwrap_or_default(),
                holds: rules.number(*number),
                range: number.range(),
            })
            .collect(),
        elsewhere: evidence(rule)
            .map(|found| (percent(found.sensitivity), percent(found.specificity), percent(found.flagged), found.lead)),
    }
}

fn difference_line(difference: &Difference) -> RulesDifference {
    match difference {
        Difference::Act { rule, from, to } => {
            RulesDifference { rule: *rule, number: None, from: from.to_string(), to: to.to_string() }
        }
        Difference::Number { number, from, to } => {
            RulesDifference { rule: number.rule(), number: Some(*number), from: from.to_string(), to: to.to_string() }
        }
    }
}

/// Each revision with what it changed of the one before; the first one, of the usual rules.
fn revisions(known: &Known, history: &[Revision], telling: Telling) -> Vec<RulesRevision> {
    let usual = Configuration::default();
    history
        .iter()
        .enumerate()
        .map(|(index, one)| {
            let before = history.get(index + 1).map_or(&usual, |before| &before.rules);
            RulesRevision {
                revision: one.revision,
                changed: known.by(one, telling),
                reason: one.reason.text().to_owned(),
                state: one.state,
                differences: match one.state {
                    ScopeState::Own => before.differences(&one.rules).iter().map(difference_line).collect(),
                    ScopeState::Follows => Vec::new(),
                },
            }
        })
        .collect()
}

/// Looks at what a change would do, or puts it into force.
pub async fn change(
    State(app): State<App>,
    me: Signed,
    Path(scope): Path<String>,
    Posted(fields): Posted<Vec<(String, String)>>,
) -> Result<Response> {
    me.authorise(&app, Action::ChangeDetection, None).await?;
    let (scope, instrument) = scope_of(&me, &scope)?;
    let asked = form::Asked::of(&fields);
    if asked.step == Step::Suggest && scope == EVERY_INSTRUMENT {
        let told = Told { budget: Some(budget::weigh(&app, &me).await?), ..Told::default() };
        return page(&app, &me, StatusCode::OK, &scope, instrument.as_ref(), told).await;
    }
    let typed = typed_of(&fields);
    let wanted = if asked.follows {
        Wanted::Follow
    } else {
        match detection::read_rules(&typed) {
            Ok(rules) => Wanted::Own(rules),
            Err(workflows::Error::Invalid(problems)) => {
                let told = Told { problems: renamed(&problems, &[]), typed: Some(typed), ..Told::default() };
                return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, &scope, instrument.as_ref(), told).await;
            }
            Err(error) => return Err(error.into()),
        }
    };
    let own_typed = (!asked.follows).then(|| typed.clone());
    let look = async |problems: Vec<FieldProblem>, overtaken: bool| -> Result<Told> {
        let preview = Some(preview(&app, &me, &scope, &wanted, &typed, &asked.reason).await?);
        Ok(Told { typed: own_typed.clone(), problems, preview, overtaken, budget: None })
    };
    if asked.step == Step::Look {
        let told = look(Vec::new(), false).await?;
        return page(&app, &me, StatusCode::OK, &scope, instrument.as_ref(), told).await;
    }
    let wish = Change { scope: scope.clone(), seen: asked.seen, wanted: wanted.clone(), reason: asked.reason.clone() };
    let mut tx = app.db.write(&me.practice).await?;
    match detection::change(&mut tx, &app.ctx, &me.viewer, &wish).await {
        Ok(_) => tx.commit().await?,
        Err(workflows::Error::Invalid(problems)) => {
            drop(tx);
            let told = look(renamed(&problems, &[]), false).await?;
            return page(&app, &me, StatusCode::UNPROCESSABLE_ENTITY, &scope, instrument.as_ref(), told).await;
        }
        Err(workflows::Error::Conflict) => {
            drop(tx);
            let told = look(Vec::new(), true).await?;
            return page(&app, &me, StatusCode::CONFLICT, &scope, instrument.as_ref(), told).await;
        }
        Err(error) => return Err(error.into()),
    }
    app.ctx.forget_shelf(&me.practice);
    let address = if scope == EVERY_INSTRUMENT { PRACTICE } else { scope.as_str() };
    Ok(done(&app, &format!("/admin/detection/{address}"), Flash::Saved))
}

async fn preview(
    app: &App,
    me: &Signed,
    scope: &str,
    wanted: &Wanted,
    typed: &Typed,
    reason: &str,
) -> Result<RulesPreview> {
    let mut read = app.db.read(&me.practice).await?;
    let held = workflows::shelf::detection(&mut read).await?;
    let differences = detection::differences(&held, scope, wanted);
    let recent = detection::recent(&mut read, &app.ctx, scope).await?;
    drop(read);
    let clinicians = recent.clinicians;
    let tried = wanted.clone();
    let trial = tokio::task::spawn_blocking(move || recent.try_out(&tried)).await.map_err(|_| Error::Internal)?;
    let each = |alerts: i64| (clinicians > 0).then(|| format!("{:.1}", alerts as f64 / clinicians as f64));
    let of = |alerts: &care::model_card::Alerts, rule: Rule| alerts.by_rule.get(&rule).copied().unwrap_or_default();
    let rows = LADDER.into_iter().map(|rule| (rule, of(&trial.now, rule), of(&trial.then, rule)));
    Ok(RulesPreview {
        differences: differences.iter().map(difference_line).collect(),
        wanted: match wanted {
            Wanted::Own(_) => "own",
            Wanted::Follow => "follow",
        },
        trial: Some(TrialFigures {
            days: RECENT_DAYS,
            now: trial.now.alerts,
            then: trial.then.alerts,
            now_each: each(trial.now.alerts),
            then_each: each(trial.then.alerts),
            clinicians,
            courses: (trial.now.courses, trial.then.courses),
            rules: rows.filter(|(_, now, then)| now + then > 0).collect(),
            worth: trial.worth.iter().filter(|one| one.now.closed > 0).map(|one| trial::worth(me, one)).collect(),
        }),
        fields: match wanted {
            Wanted::Own(_) => fields_of(typed),
            Wanted::Follow => Vec::new(),
        },
        reason: reason.to_owned(),
    })
}
