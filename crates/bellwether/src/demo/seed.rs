//! Seeds the practice *Harbor Lane Counseling*: invented people, eighteen months of courses of therapy, deterministic from
//! its seed, dated relative to now. What happened before today is worked out in memory, by the same functions that judge real
//! answers and on a clock that is set to each event's instant, and taken over table by table; what is still ahead goes through
//! the workflows.

use super::answers::symptom_answers;
use super::severity::Level;
use super::{belonging, capacity, founding, goals, improvement, outreach, own_form, raters};
use anyhow::{Context as _, Result};
use care::client::Client;
use care::episode::Assignment;
use care::ladder::People;
use care::message::MessageState;
use care::packet::{Occasion, Packet, PacketState};
use care::practice::Settings;
use care::response::{Mode, Sheet};
use care::retention::{Kept, RetentionRule};
use care::staff::Actor;
use care::{ClientId, EpisodeId, Instant, Job, Phi, PracticeId, ProtocolId, SeededEntropy, SiteId, StaffId, TestClock};
use chrono::Duration;
use chrono_tz::Tz;
use instruments::{Answer, Library};
use rand::SeedableRng;
use rand_chacha::ChaCha12Rng;
use std::sync::Arc;
use store::Db;
use store::history::{self, Past};
use workflows::{Context, escalation, packet, refit, response};

pub const ZONE: Tz = chrono_tz::America::Los_Angeles;
/// The password of every invented account. The demo prints it; nothing else accepts it.
pub const PASSWORD: &str = "harbor lane demo";
/// Clients that share a commit, so that a page which holds rows of many is not written again for each.
const CLIENTS: usize = 50;

/// Episodes whose coming check-ins are planned in one commit.
const PLANNED: usize = 50;

/// From this many running courses on the demo is a whole practice, with a record that is there twice.
const A_PRACTICE: usize = 20;

/// What the demo prints once its practice is there.
#[derive(Debug, Clone)]
pub struct Seeded {
    /// Token of a check-in that waits to be answered.
    pub link: Option<String>,
}

/// What is seeded.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The same seed gives the same practice.
    pub seed: u64,
    /// Number of clients.
    pub clients: usize,
    /// Now.
    pub now: Instant,
}

/// What the seeding works with.
pub struct Seeder {
    pub ctx: Context,
    pub clock: TestClock,
    pub sites: [SiteId; 2],
    /// The clinicians of each site, each with the people around them.
    pub clinicians: [Vec<People>; 2],
    /// Whose sign-in is printed.
    pub first: StaffId,
    pub protocol: ProtocolId,
    /// The version of the wording that clients agreed to.
    pub wording: String,
    pub settings: Settings,
    pub seed: u64,
    pub now: Instant,
}

/// Seeds an empty database. `step` is called once per client, for the progress bar.
pub async fn seed(db: &Db, library: Arc<Library>, plan: Plan, mut step: impl FnMut()) -> Result<Seeded> {
    let clock = TestClock::at(plan.now - Duration::days(560));
    let ctx = Context::new(clock.clone(), SeededEntropy::new(plan.seed), library);
    let practice = ctx.id(PracticeId::new);
    let seeder = founding::found(db, ctx, clock, &practice, plan).await?;
    let mut running = Vec::new();
    let mut all: Vec<EpisodeId> = Vec::new();
    for from in (0..plan.clients).step_by(CLIENTS) {
        let mut past = Past::default();
        let mut journal = Vec::new();
        for number in from..plan.clients.min(from + CLIENTS) {
            seeder.client(&mut past, &mut journal, number).with_context(|| format!("inventing client {number}"))?;
            step();
        }
        let mut tx = db.write_in_bulk(&practice).await?;
        history::take_over(&mut tx, &past).await.context("taking over the past")?;
        for entry in journal {
            tx.audit(entry);
        }
        // What was still to be said then is said when its time comes, and nobody's ladder has ended by itself.
        for message in past.messages.iter().filter(|message| message.state == MessageState::Planned) {
            tx.enqueue(&Job::Alert, message.due_at).await?;
        }
        for reason in past.reasons.iter().filter(|reason| reason.acknowledged_at.is_none()) {
            seeder.clock.set(reason.raised_at);
            escalation::take_over(&mut tx, &seeder.ctx, &reason.id).await?;
        }
        tx.commit().await?;
        all.extend(past.episodes.iter().map(|episode| episode.id.clone()));
        running.extend(past.assignments.into_iter().filter(|assignment| assignment.ends_at.is_none()));
    }
    db.learn_distribution().await?;
    seeder.clock.set(plan.now);
    outreach::settle(&seeder, db, &practice, &running).await.context("who missed two sessions")?;
    goals::settle(&seeder, db, &practice, &running).await.context("what clients want to be different")?;
    raters::settle(&seeder, db, &practice, &running).await.context("what others say about clients")?;
    let link = seeder.ahead(db, &practice, &running).await?;
    if running.len() >= A_PRACTICE {
        seeder.records(db, &practice, &running).await?;
    }
    seeder.learn(db, &practice).await?;
    belonging::settle(&seeder, db, &practice, &all).await.context("how courses ended")?;
    if running.len() >= A_PRACTICE {
        capacity::settle(&seeder, db, &practice).await.context("how many clients clinicians take")?;
        improvement::settle(&seeder, db, &practice).await.context("what the practice tries")?;
        own_form::settle(&seeder, db, &practice).await.context("a form of the practice's own")?;
    }
    Ok(Seeded { link })
}

impl Seeder {
    /// Everything from now on: the coming check-ins, a fresh urgent answer, and one link to try.
    async fn ahead(&self, db: &Db, practice: &PracticeId, running: &[Assignment]) -> Result<Option<String>> {
        for chunk in running.chunks(PLANNED) {
            let mut tx = db.write_in_bulk(practice).await?;
            for assignment in chunk {
                packet::replan(&mut tx, &self.ctx, &assignment.episode_id).await?;
            }
            tx.commit().await?;
        }
        // The clinician whose sign-in is printed comes first: that is where people look.
        let mut open: Vec<&EpisodeId> = Vec::with_capacity(running.len());
        let (hers, others): (Vec<_>, Vec<_>) = running.iter().partition(|one| one.clinician_id == self.first);
        open.extend(hers.into_iter().chain(others).map(|assignment| &assignment.episode_id));
        let mut link = None;
        let mut urgent = false;
        for episode in open {
            let mut tx = db.write_in_bulk(practice).await?;
            let packets = store::packet::of_episode(&mut tx, episode).await?;
            let asks_symptoms = |packet: &&Packet| {
                packet.state == PacketState::Planned
                    && packet.occasion == Occasion::BeforeSession
                    && packet.asked.iter().any(|asked| asked.id == "phq-9")
            };
            let Some(fresh) = packets.iter().find(asks_symptoms) else { continue };
            if urgent {
                self.clock.set(self.now);
                link = Some(workflows::check_in::hand_out(&mut tx, &self.ctx, &fresh.id, &Actor::System).await?);
                tx.commit().await?;
                break;
            }
            self.answer_with_danger(&mut tx, fresh).await?;
            tx.commit().await?;
            urgent = true;
        }
        self.clock.set(self.now);
        Ok(link)
    }
}

impl Seeder {
    /// What the office has to see to: somebody who was taken in twice, and records whose time is over by an invented rule.
    async fn records(&self, db: &Db, practice: &PracticeId, running: &[Assignment]) -> Result<()> {
        let mut tx = db.write_in_bulk(practice).await?;
        let Some(first) = running.first() else { return Ok(()) };
        let episode = store::episode::find(&mut tx, &first.episode_id).await?.context("the course is there")?;
        let known = store::client::find(&mut tx, &episode.client_id).await?.context("the client is there")?;
        let twin = Client {
            id: self.ctx.id(ClientId::new),
            external_id: None,
            name: Phi::new(known.name.text().to_lowercase()),
            email: None,
            ..known
        };
        store::client::insert(&mut tx, &twin, self.now).await?;
        let rule = RetentionRule {
            years: Some(1),
            minor_age: Some(18),
            minor_years: Some(1),
            kept: Kept::Figures,
            source: "Invented for the demo, so that something is due".to_owned(),
            decided_at: self.now,
            decided_by: self.first.clone(),
        };
        store::erasure::decide(&mut tx, &rule).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What the practice's own courses say: a growth model of its own where it passes its checks.
    async fn learn(&self, db: &Db, practice: &PracticeId) -> Result<()> {
        let mut read = db.read(practice).await?;
        let scales = store::detection::measured(&mut read).await?;
        drop(read);
        for (instrument, scale) in scales {
            let mut read = db.read(practice).await?;
            let material = refit::gather(&mut read, &self.ctx, &instrument, &scale).await?;
            drop(read);
            let Some(material) = material else { continue };
            let found = refit::work_out(&material);
            let mut tx = db.write_in_bulk(practice).await?;
            refit::keep(&mut tx, &self.ctx, &found).await?;
            tx.commit().await?;
        }
        self.ctx.forget_shelf(practice);
        Ok(())
    }
}

impl Seeder {
    /// Twenty-five minutes ago somebody answered item 9 with "more than half the days"; nobody has taken it up.
    async fn answer_with_danger(&self, tx: &mut store::Tx, packet: &Packet) -> Result<()> {
        let at = self.now - Duration::minutes(25);
        self.clock.set(at);
        let mut rng = ChaCha12Rng::seed_from_u64(9);
        let level = Level { depression: 19, anxiety: 14, wellbeing: 16.0 };
        let mut sheet = Sheet::new();
        for asked in &packet.asked {
            sheet.insert(asked.id.clone(), symptom_answers(&mut rng, &asked.id, level, false));
        }
        if let Some(answers) = sheet.get_mut("phq-9") {
            answers.insert("9".to_owned(), Answer::Value(2));
        }
        response::submit_sheet(tx, &self.ctx, &packet.id, sheet, Mode::Link, at).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::case::Verification;
    use store::testing::both_databases;

    fn plan() -> Plan {
        Plan { seed: 3, clients: 30, now: "2026-03-09T17:00:00Z".parse().expect("an instant") }
    }

    /// Everything the practice knows of a past, in an order of its own.
    async fn told(db: &Db) -> (PracticeId, Vec<care::response::Response>, Vec<care::response::StoredScore>) {
        let mut read = db.read_all().await.expect("begins");
        let practice = store::practice::ids(&mut read).await.expect("reads").remove(0);
        let from = plan().now - Duration::days(600);
        let responses: Vec<_> = store::response::since(&mut read, from, None, 10_000)
            .await
            .expect("reads")
            .into_iter()
            .map(|one| one.1)
            .collect();
        let mut episodes: Vec<EpisodeId> = responses.iter().map(|one| one.episode_id.clone()).collect();
        episodes.sort();
        episodes.dedup();
        let scores = store::response::scores_of_episodes(read.within(&practice), &episodes).await.expect("reads");
        (practice, responses, scores)
    }

    /// What is known of every closed case. A look at those of which nothing is known yet finds what the past says, unless an answer
    /// has come in since the last hourly look.
    async fn looked_at(db: &Db, practice: &PracticeId, ctx: &Context) -> Vec<Option<Verification>> {
        let mut tx = db.write(practice).await.expect("begins");
        let from = plan().now - Duration::days(600);
        let wanted = store::closed_loop::Wanted { begins: from, ends: plan().now, owners: None };
        let closed = store::closed_loop::closed(&mut tx, &wanted).await.expect("reads");
        let pending = {
            let mut read = db.read_all().await.expect("begins");
            store::case::pending_verifications(&mut read, None, 1_000).await.expect("reads")
        };
        for one in pending {
            let case = store::case::find(&mut tx, &one.case_id).await.expect("reads").expect("the case is there");
            let measures = store::response::measures(&mut tx, &case.episode_id).await.expect("reads");
            if measures.iter().all(|measure| measure.latest_at < plan().now - Duration::hours(1)) {
                let found = workflows::case::verify(&mut tx, ctx, &case.id).await.expect("looks");
                assert_eq!(found, Verification::Pending, "{case:?}");
            }
        }
        drop(tx);
        closed.into_iter().map(|one| one.verification).collect()
    }

    both_databases! {
        async fn a_past_that_is_taken_over_is_one_that_the_workflows_would_have_left(db: TestDb) {
            let library = Arc::new(Library::embedded().expect("the instruments that ship"));
            let seeded = seed(&db, library.clone(), plan(), || ()).await.expect("seeds");
            assert!(seeded.link.is_some());
            let (practice, responses, scores) = told(&db).await;
            assert!(responses.len() > 200, "{}", responses.len());
            let ctx = Context::new(TestClock::at(plan().now), SeededEntropy::new(99), library.clone());
            let mut tx = db.write(&practice).await.expect("begins");
            for response in &responses {
                assert!(!workflows::sweep::recheck(&mut tx, &ctx, response).await.expect("looks"), "danger without a case");
            }
            assert!(scores.len() >= responses.len(), "every response is scored");
            drop(tx);
            let mut read = db.read(&practice).await.expect("begins");
            let report = store::verify_audit(&mut read).await.expect("reads");
            assert_eq!(report.broken, None);
            assert!(report.rows >= i64::try_from(responses.len()).expect("few"));
            let cases = store::case::all_open(&mut read).await.expect("reads");
            for case in &cases {
                let reasons = store::case::reasons(&mut read, &case.id).await.expect("reads");
                assert_eq!(Some(case.due_at), care::case::case_due(&reasons).or(Some(case.due_at)));
                assert!(!store::case::steps(&mut read, std::slice::from_ref(&case.id)).await.expect("reads").is_empty());
            }
            drop(read);
            let known = looked_at(&db, &practice, &ctx).await;
            for state in [Verification::BackOnTrack, Verification::StillOff, Verification::Pending] {
                assert!(known.contains(&Some(state)), "{state}: {known:?}");
            }

            let again = db.empty_sibling().await;
            again.migrate().await.expect("migrates");
            seed(&again, library, plan(), || ()).await.expect("seeds");
            assert_eq!(told(&again).await, (practice, responses, scores), "the same seed, the same practice");
        }
    }
}
