//! How many clients clinicians have and take. The front desk sees who could take a new referral, administrators set caps and
//! targets, the owner asks for one more, and clinicians pause their own intake from the caseload. The owner reads no client's name.

pub(super) mod change;
pub(super) mod file;

use super::people::People;
use super::session::Signed;
use super::shown::Seen;
use super::words::Telling;
use crate::App;
use crate::error::Result;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use care::access::{Access, Action, Relationship, decide};
use care::capacity::{Candidate, Cap, Capacity, Caps, Fit, Load, MIX_FROM, Override, PayerPart, PayerTarget, Weights};
use care::client::Client;
use care::placement::{Entry, EntryKind, EntryState};
use care::staff::{Role, Staff, StaffState};
use care::{ClientId, EpisodeId, Phi, PlacementId, StaffId};
use chrono::Duration;
use serde::Deserialize;
use std::collections::HashMap;
use store::Read;
use store::capacity::{Declined, Pause, Referral};
use templates::format;
use templates::staff::{
    CapacityPage, CapacityRow, CapsChange, CapsForm, Choice, DeclineText, FieldProblem, LoadText, MixText, MoreForm,
    MoreText, OwnCapacity, Place, ReferralRow, TargetRow,
};
use workflows::capacity;

/// Decisions shown.
const HISTORY: i64 = 20;
/// How long what the owner asked for is shown.
const SHOWN: Duration = Duration::days(90);

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Typed {
    clinician: String,
    max_clients: String,
    max_sessions: String,
    max_weight: String,
    person: String,
    reason: String,
    payer: String,
    at_most: String,
}

/// What clinicians have and take.
struct Known {
    caps: HashMap<StaffId, Caps>,
    loads: HashMap<StaffId, Load>,
    pauses: HashMap<StaffId, Pause>,
    more: Vec<(Override, Phi<String>)>,
    weights: Weights,
}

impl Known {
    /// Of these people.
    async fn of(read: &mut Read, app: &App, clinicians: &[StaffId]) -> Result<Self> {
        let (from, until) = capacity::week(read, &app.ctx).await?;
        let decided = store::capacity::holding(read).await?;
        let busy = store::capacity::loads(read, clinicians, from, until).await?;
        let pauses = store::capacity::pauses(read).await?;
        Ok(Self {
            caps: decided.into_iter().map(|one| (one.clinician_id, one.caps)).collect(),
            loads: busy.into_iter().map(|one| (one.clinician_id, one.load)).collect(),
            pauses: pauses.into_iter().map(|one| (one.clinician_id.clone(), one)).collect(),
            more: store::capacity::overrides(read, app.now() - SHOWN).await?,
            weights: Weights::usual(),
        })
    }

    fn load(&self, id: &StaffId) -> Load {
        self.loads.get(id).copied().unwrap_or_default()
    }

    fn caps(&self, id: &StaffId) -> Caps {
        self.caps.get(id).copied().unwrap_or_default()
    }

    fn loads(&self, id: &StaffId) -> Vec<LoadText> {
        let (load, caps) = (self.load(id), self.caps(id));
        let reached = load.reached(&caps, &self.weights);
        let text = |cap: &Cap| LoadText {
            cap: *cap,
            now: load.of(*cap, &self.weights),
            most: caps.of(*cap),
            reached: reached.contains(cap),
        };
        Cap::ALL.iter().map(text).collect()
    }

    fn more(&self, me: &Signed, people: &People, telling: Telling, id: &StaffId) -> Vec<MoreText> {
        let own = self.more.iter().filter(|(one, _)| &one.clinician_id == id);
        own.map(|(one, reason)| MoreText {
            id: one.id.as_str().to_owned(),
            by: people.name(&one.granted_by),
            at: telling.day(one.granted_at),
            reason: reason.text().to_owned(),
            used: one.used_for.is_some(),
            may_withdraw: one.used_for.is_none() && me.is(&[Role::Owner]),
        })
        .collect()
    }
}

/// A clinician's own line, for their caseload.
pub(super) async fn own(read: &mut Read, app: &App, me: &Signed) -> Result<Option<OwnCapacity>> {
    if !me.is(&[Role::Clinician]) {
        return Ok(None);
    }
    let known = Known::of(read, app, std::slice::from_ref(&me.staff.id)).await?;
    let mut people = People::places(read, me.zone).await?;
    people.meet(read, known.more.iter().map(|(one, _)| &one.granted_by)).await?;
    let telling = me.telling(app);
    let id = &me.staff.id;
    Ok(Some(OwnCapacity {
        loads: known.loads(id),
        paused: known.pauses.get(id).map(|pause| telling.day(pause.began_at)),
        more: known.more(me, &people, telling, id),
    }))
}

/// The page.
pub(super) async fn show(State(app): State<App>, me: Signed) -> Result<Response> {
    me.authorise(&app, Action::ViewCapacity, None).await?;
    page(&app, &me, StatusCode::OK, Typed::default(), Vec::new()).await
}

/// A referral, seen by everyone who could take it.
struct Offer<'a> {
    known: &'a Known,
    targets: &'a [PayerTarget],
    mix: &'a [PayerPart],
    away: &'a HashMap<StaffId, chrono::NaiveDate>,
    declined: &'a [Declined],
}

impl Offer<'_> {
    fn fit(&self, person: &Staff, referral: &Referral) -> Fit {
        let target = self.targets.iter().find(|target| Some(&target.payer_id) == referral.payer_id.as_ref());
        let paid = |target: &PayerTarget| {
            let part =
                |one: &&PayerPart| one.clinician_id == person.id && one.payer_id.as_ref() == Some(&target.payer_id);
            self.mix.iter().find(part).map_or(0, |part| part.clients)
        };
        let back = |one: &&Declined| one.clinician_id == person.id && one.episode_id == referral.episode.id;
        let candidate = Candidate {
            declined: self.declined.iter().find(back).map(|one| one.declined_at),
            load: self.known.load(&person.id),
            caps: self.known.caps(&person.id),
            paused: self.known.pauses.get(&person.id).map(|pause| pause.began_at),
            away: self.away.get(&person.id).copied(),
            payer: target.map(|target| (target, paid(target))),
        };
        candidate.fit(&self.known.weights)
    }

    fn mix(&self, placements: &[Entry], id: &StaffId) -> Vec<MixText> {
        let clients = self.known.load(id).clients;
        let text = |target: &PayerTarget| {
            let part = |one: &&PayerPart| &one.clinician_id == id && one.payer_id.as_ref() == Some(&target.payer_id);
            let paid = self.mix.iter().find(part).map_or(0, |part| part.clients);
            MixText {
                payer: payer_name(placements, &target.payer_id),
                percent: format!("{:.0} %", 100.0 * paid as f64 / clients as f64),
                of: clients,
                target: format!("{} %", target.at_most),
                over: target.is_over(paid, clients),
            }
        };
        self.targets.iter().filter(|_| clients >= MIX_FROM).map(text).collect()
    }
}

fn payer_name(placements: &[Entry], id: &PlacementId) -> String {
    placements.iter().find(|entry| &entry.id == id).map(|entry| entry.name.clone()).unwrap_or_default()
}

async fn page(
    app: &App,
    me: &Signed,
    status: StatusCode,
    typed: Typed,
    problems: Vec<FieldProblem>,
) -> Result<Response> {
    let telling = me.telling(app);
    let may = |action| decide(&me.viewer, action, &Relationship::none()) == Access::Allowed;
    let (administers, overrides) = (may(Action::Administer), may(Action::OverrideCapacity));
    let names = may(Action::ListClients);
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let everybody: Vec<StaffId> =
        people.staff.iter().filter(|person| person.is(Role::Clinician)).map(|person| person.id.clone()).collect();
    let known = Known::of(&mut read, app, &everybody).await?;
    let placements = store::placement::list(&mut read).await?;
    let targets = store::capacity::targets(&mut read).await?;
    let mix = store::capacity::payer_mix(&mut read).await?;
    let today = format::local_day(telling.now, me.zone);
    let leaves = store::leave::from_day(&mut read, today).await?;
    let away = leaves.into_iter().filter(|one| one.holds_on(today)).map(|one| (one.staff_id, one.ends_on)).collect();
    let mut referrals = store::capacity::referrals(&mut read).await?;
    referrals.retain(|one| me.viewer.works_at(&one.episode.site_id));
    let waiting: Vec<EpisodeId> = referrals.iter().map(|one| one.episode.id.clone()).collect();
    let declined = store::capacity::declined(&mut read, &waiting).await?;
    let clients: HashMap<ClientId, Client> = if names {
        let ids: Vec<ClientId> = referrals.iter().map(|one| one.episode.client_id.clone()).collect();
        store::client::by_ids(&mut read, &ids).await?.into_iter().map(|client| (client.id.clone(), client)).collect()
    } else {
        HashMap::new()
    };
    let history = if administers { store::capacity::history(&mut read, HISTORY).await? } else { Vec::new() };
    drop(read);
    let offer = Offer { known: &known, targets: &targets, mix: &mix, away: &away, declined: &declined };
    let mut clinicians: Vec<&Staff> =
        people.staff.iter().filter(|person| person.state == StaffState::Active && person.is(Role::Clinician)).collect();
    clinicians.sort_by(|one, other| one.name.text().cmp(other.name.text()));
    let site_names = |person: &Staff| {
        let names: Vec<String> = person.sites.iter().map(|site| people.site_name(site)).collect();
        names.join(", ")
    };
    let rows = clinicians.iter().map(|person| CapacityRow {
        name: person.name.text().to_owned(),
        sites: site_names(person),
        loads: known.loads(&person.id),
        paused: known.pauses.get(&person.id).map(|pause| telling.day(pause.began_at)),
        pause_reason: known.pauses.get(&person.id).map(|pause| pause.reason.text().to_owned()).unwrap_or_default(),
        away: away.get(&person.id).map(|day| format::day(*day, me.language)),
        mix: offer.mix(&placements, &person.id),
        more: known.more(me, &people, telling, &person.id),
    });
    let waiting = referrals.iter().map(|referral| {
        let fits: Vec<(String, Fit)> = clinicians
            .iter()
            .filter(|person| person.works_at(&referral.episode.site_id))
            .map(|person| (person.name.text().to_owned(), offer.fit(person, referral)))
            .collect();
        let client = clients.get(&referral.episode.client_id);
        let payer = referral.payer_id.as_ref().map(|payer| payer_name(&placements, payer));
        let about = [Some(people.site_name(&referral.episode.site_id)), payer];
        let back = declined.iter().filter(|one| one.episode_id == referral.episode.id).map(|one| DeclineText {
            by: people.name(&one.clinician_id),
            at: telling.day(one.declined_at),
            reason: one.reason.text().to_owned(),
        });
        ReferralRow {
            declined: back.collect(),
            client: client.map(|client| client.name.text().to_owned()),
            href: client.map(|client| format!("/clients/{}", client.id)),
            about: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            since: format::day(referral.episode.started_on, me.language),
            could: fits.iter().filter(|(_, fit)| *fit == Fit::Fits).map(|(name, _)| name.clone()).collect(),
            could_not: fits.into_iter().filter(|(_, fit)| *fit != Fit::Fits).collect(),
        }
    });
    let payers = placements.iter().filter(|entry| entry.kind == EntryKind::Payer && entry.state == EntryState::Active);
    let choices = |current: &str| people.choices(&[Role::Clinician], None, current);
    let view = CapacityPage {
        shell: me.shell(app, Some(Place::Capacity)),
        rows: rows.collect(),
        referrals: waiting.collect(),
        caps: administers.then(|| CapsForm {
            clinicians: choices(&typed.clinician),
            max_clients: typed.max_clients.clone(),
            max_sessions: typed.max_sessions.clone(),
            max_weight: typed.max_weight.clone(),
        }),
        more: overrides.then(|| MoreForm { clinicians: choices(&typed.person), reason: typed.reason.clone() }),
        targets: targets
            .iter()
            .map(|one| TargetRow {
                payer: payer_name(&placements, &one.payer_id),
                at_most: format!("{} %", one.at_most),
            })
            .collect(),
        payers: payers
            .filter(|_| administers)
            .map(|entry| Choice::new(entry.id.as_str(), entry.name.clone(), &typed.payer))
            .collect(),
        at_most: typed.at_most,
        history: history.iter().map(|one| change(&people, telling, one)).collect(),
        weights: format!("{}, {}", known.weights.source, known.weights.dated),
        problems,
    };
    let seen = Seen::list("view.capacity", me, clients.into_keys());
    me.show(app, status, &view, seen).await
}

fn change(people: &People, telling: Telling, one: &Capacity) -> CapsChange {
    let text = |cap: Option<i64>| cap.map_or_else(|| "–".to_owned(), |cap| cap.to_string());
    CapsChange {
        name: people.name(&one.clinician_id),
        at: telling.day(one.set_at),
        by: people.name(&one.set_by),
        clients: text(one.caps.clients),
        sessions: text(one.caps.sessions),
        weight: text(one.caps.weight),
    }
}
