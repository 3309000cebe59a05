//! What clinicians have and take as a table for a file: one line for each cap and each payer with a target. It leaves the house, so that
//! counts from 1 to 10 stay in it. Clients are not in it, nor what a clinician said of a pause.

use super::{Known, payer_name};
use crate::App;
use crate::error::Result;
use crate::staff::dashboard::is_safe;
use crate::staff::download::{self, Format, Sheet};
use crate::staff::people::People;
use crate::staff::session::Signed;
use axum::extract::State;
use axum::response::Response;
use care::access::Action;
use care::capacity::{Cap, MIX_FROM};
use care::placement::Entry;
use care::staff::{Role, Staff, StaffState};
use care::{Instant, StaffId};
use exchange::csv_out::Value;
use store::capacity::{payer_mix, targets};
use templates::format;
use workflows::audit;

const HEADERS: [&str; 10] =
    ["data_as_of", "clinician", "sites", "intake", "figure", "payer", "now", "most", "stands", "status"];

type Row = Vec<Value<'static>>;

/// What the file is made from.
struct Facts {
    known: Known,
    placements: Vec<Entry>,
    targets: Vec<care::capacity::PayerTarget>,
    mix: Vec<care::capacity::PayerPart>,
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// A figure beside the most it may be, and how they stand; not where what it is made of is few.
fn figure(now: i64, most: Option<i64>, stands: &'static str, few: &[i64]) -> Row {
    let most = most.map_or(Value::Empty, Value::Whole);
    if few.iter().all(|one| is_safe(count(*one))) {
        vec![Value::Whole(now), most, stands.into(), "shown".into()]
    } else {
        vec![Value::Empty, most, Value::Empty, "too few to show".into()]
    }
}

impl Facts {
    fn rows(&self, about: &Row, id: &StaffId) -> Vec<Row> {
        let (load, caps) = (self.known.load(id), self.known.caps(id));
        let reached = load.reached(&caps, &self.known.weights);
        let mut rows = Vec::new();
        for cap in Cap::ALL {
            let now = load.of(*cap, &self.known.weights);
            // Most clients weigh one: the weight of few clients says how many they are.
            let few = if *cap == Cap::Weight { [now, load.clients] } else { [now, now] };
            let begin = about.iter().cloned().chain([cap.as_str().into(), Value::Empty]);
            let stands = match caps.of(*cap) {
                None => "no cap",
                Some(_) if reached.contains(cap) => "reached",
                Some(_) => "room",
            };
            rows.push(begin.chain(figure(now, caps.of(*cap), stands, &few)).collect());
        }
        for target in self.targets.iter().filter(|_| load.clients >= MIX_FROM) {
            let own = self
                .mix
                .iter()
                .find(|part| &part.clinician_id == id && part.payer_id.as_ref() == Some(&target.payer_id));
            let paid = own.map_or(0, |part| part.clients);
            let percent = (100.0 * paid as f64 / load.clients as f64).round() as i64;
            let payer = Value::Text(payer_name(&self.placements, &target.payer_id).into());
            let begin = about.iter().cloned().chain(["percent_of_clients".into(), payer]);
            let few = [paid, load.clients - paid];
            let stands = if target.is_over(paid, load.clients) { "over the target" } else { "within the target" };
            rows.push(begin.chain(figure(percent, Some(target.at_most), stands, &few)).collect());
        }
        rows
    }
}

fn write(people: &People, clinicians: &[&Staff], facts: &Facts, now: Instant) -> Sheet {
    let text = |text: String| Value::Text(text.into());
    let rows = clinicians.iter().flat_map(|person| {
        let sites: Vec<String> = person.sites.iter().map(|site| people.site_name(site)).collect();
        let paused = facts.known.pauses.contains_key(&person.id);
        let about = vec![
            text(now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)),
            text(person.name.text().to_owned()),
            text(sites.join(", ")),
            if paused { "paused" } else { "open" }.into(),
        ];
        facts.rows(&about, &person.id)
    });
    let day = format::local_day(now, chrono_tz::Tz::UTC);
    Sheet { name: format!("capacity-{day}"), headers: HEADERS.to_vec(), rows: rows.collect(), as_of: now }
}

async fn table(app: &App, me: &Signed) -> Result<Sheet> {
    me.authorise(app, Action::ViewCapacity, None).await?;
    let now = app.now();
    let mut read = app.db.read(&me.practice).await?;
    let people = People::of(&mut read, me.zone).await?;
    let mut clinicians: Vec<&Staff> =
        people.staff.iter().filter(|person| person.state == StaffState::Active && person.is(Role::Clinician)).collect();
    clinicians.sort_by(|one, other| one.name.text().cmp(other.name.text()));
    let ids: Vec<StaffId> = clinicians.iter().map(|person| person.id.clone()).collect();
    let facts = Facts {
        known: Known::of(&mut read, app, &ids).await?,
        placements: store::placement::list(&mut read).await?,
        targets: targets(&mut read).await?,
        mix: payer_mix(&mut read).await?,
    };
    drop(read);
    let mut tx = app.db.write(&me.practice).await?;
    tx.audit(audit::entry(&app.ctx, &me.actor(), "export.capacity", "practice", me.practice.as_str()));
    tx.commit().await?;
    Ok(write(&people, &clinicians, &facts, now))
}

/// As a file.
pub(in crate::staff) async fn csv(State(app): State<App>, me: Signed) -> Result<Response> {
    download::answer(table(&app, &me).await?, Format::Csv).await
}

/// As a workbook.
pub(in crate::staff) async fn xlsx(State(app): State<App>, me: Signed) -> Result<Response> {
    download::answer(table(&app, &me).await?, Format::Workbook).await
}
