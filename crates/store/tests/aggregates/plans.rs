//! How SQLite carries out the statements that must not walk a practice's whole table.

use crate::fixture::{after, now, practice_id};
use care::leak::Leak;
use care::{ClientId, EpisodeId, PacketId, StaffId};
use store::attendance::{Span, Wanted};
use store::testing::TestDb;

/// Whether a step reads a whole table that only a look-up may touch. What the statement has gathered by then is no table, and
/// the fence has a row at most, and practices are few.
fn is_walk(step: &str, plan: &[String]) -> bool {
    let Some(walked) = step.strip_prefix("SCAN ") else { return false };
    let name = walked.split(' ').next().unwrap_or_default();
    let gathered = |step: &String| step.split_once(' ').is_some_and(|(kind, of)| kind == "CO-ROUTINE" && of == name);
    let harmless = ["CONSTANT", "(", "SUBQUERY", "mine", "moved", "led", "fence", "practices"];
    let is_written_out = walked.ends_with(" CONSTANT ROWS");
    !is_written_out && !harmless.iter().any(|known| name.starts_with(known)) && !plan.iter().any(gathered)
}

/// A step that knows only the practice reads everything the practice has.
fn is_practice_wide(step: &str) -> bool {
    step.ends_with("(practice_id=?)")
}

async fn looks_up(db: &TestDb) {
    let plan = db.plan().await;
    assert!(!plan.is_empty());
    assert!(!plan.iter().any(|step| is_walk(step, &plan) || is_practice_wide(step)), "{plan:#?}");
}

#[tokio::test]
async fn hot_look_ups_use_an_index() {
    let db = TestDb::sqlite().await;
    let mut tx = db.write(&practice_id("p")).await.unwrap();
    let cookie = "0".repeat(64);
    store::client::by_email(&mut tx, "nobody@example.org").await.unwrap();
    looks_up(&db).await;
    store::packet::of_appointments_between(&mut tx, now(), after(60)).await.unwrap();
    looks_up(&db).await;
    store::packet::missed_running(&mut tx, &EpisodeId::from_text("e")).await.unwrap();
    looks_up(&db).await;
    store::case::reasons_of_episode(&mut tx, &EpisodeId::from_text("e")).await.unwrap();
    looks_up(&db).await;
    store::response::of_packet(&mut tx, &PacketId::from_text("p")).await.unwrap();
    looks_up(&db).await;
    store::case::open_for(&mut tx, &StaffId::from_text("s"), now()).await.unwrap();
    looks_up(&db).await;
    store::case::waiting_for(&mut tx, &StaffId::from_text("s"), now()).await.unwrap();
    looks_up(&db).await;
    store::case::alerts_of(&mut tx, &StaffId::from_text("s"), now()).await.unwrap();
    looks_up(&db).await;
    store::case::open_of_episodes(&mut tx, &[EpisodeId::from_text("e")]).await.unwrap();
    looks_up(&db).await;
    store::appointment::of_client(&mut tx, &ClientId::from_text("c")).await.unwrap();
    looks_up(&db).await;
    store::appointment::of_episodes(&mut tx, &[EpisodeId::from_text("e")]).await.unwrap();
    looks_up(&db).await;
    // What is read and written for a page of courses that are planned together.
    let (courses, clients) = ([EpisodeId::from_text("e"), EpisodeId::from_text("f")], [ClientId::from_text("c")]);
    store::episode::lock_all(&mut tx, &courses).await.unwrap();
    looks_up(&db).await;
    store::packet::of_episodes(&mut tx, &courses).await.unwrap();
    looks_up(&db).await;
    store::response::of_episodes(&mut tx, &courses).await.unwrap();
    looks_up(&db).await;
    store::protocol_exception::of_episodes(&mut tx, &courses).await.unwrap();
    looks_up(&db).await;
    store::protocol_exception::waiting(&mut tx, &courses).await.unwrap();
    looks_up(&db).await;
    store::outreach::of_episodes(&mut tx, &courses).await.unwrap();
    looks_up(&db).await;
    store::message::of_packets(&mut tx, &[PacketId::from_text("p")]).await.unwrap();
    looks_up(&db).await;
    store::message::reschedule_many(&mut tx, &[("key", now(), None)]).await.unwrap();
    looks_up(&db).await;
    let moved = store::packet::Moved { id: &PacketId::from_text("p"), asked: &[], send_at: now(), expires_at: now() };
    store::packet::reschedule_many(&mut tx, &[moved]).await.unwrap();
    looks_up(&db).await;
    store::appointment_notice::with_outdated(&mut tx, &clients).await.unwrap();
    looks_up(&db).await;
    store::appointment_notice::planned_keys(&mut tx, &clients).await.unwrap();
    looks_up(&db).await;
    store::assignment::history(&mut tx, &EpisodeId::from_text("e")).await.unwrap();
    looks_up(&db).await;
    let wanted = store::closed_loop::Wanted { begins: now(), ends: after(60), owners: None };
    store::closed_loop::alerts(&mut tx, &wanted).await.unwrap();
    looks_up(&db).await;
    store::closed_loop::closed(&mut tx, &wanted).await.unwrap();
    looks_up(&db).await;
    store::case::looked_at(&mut tx, &[EpisodeId::from_text("e")], now()).await.unwrap();
    looks_up(&db).await;
    let day = now().date_naive();
    let span = Span { of: String::new(), from: day, until: day, begins: now(), ends: after(60) };
    let wanted = Wanted { spans: vec![span], clinicians: None, site: None, programme: None, payer: None };
    store::attendance::sessions(&mut tx, &wanted, None, now()).await.unwrap();
    looks_up(&db).await;
    store::exit_survey::asked(&mut tx, &wanted).await.unwrap();
    looks_up(&db).await;
    store::exit_survey::answered_by(&mut tx, &wanted, care::attendance::By::Site).await.unwrap();
    looks_up(&db).await;
    let wanted = store::leak::Wanted {
        begins: now(),
        ends: after(60),
        now: now(),
        today: day,
        whose: None,
        site: None,
        leak: None,
        most: 10,
    };
    for leak in [Leak::Unopened, Leak::Unreviewed] {
        store::leak::find(&mut tx, &store::leak::Wanted { leak: Some(leak), ..wanted.clone() }).await.unwrap();
        looks_up(&db).await;
    }
    let (client, check_in) = (ClientId::from_text("c"), care::PacketId::from_text("p"));
    store::answering::is_noted(&mut tx, "staff:s", &client, &check_in).await.unwrap();
    looks_up(&db).await;
    drop(tx);
    let mut tx = db.write_all().await.unwrap();
    store::packet::by_link(&mut tx, &cookie).await.unwrap();
    looks_up(&db).await;
    store::packet::by_device(&mut tx, &cookie).await.unwrap();
    looks_up(&db).await;
    store::packet::complete_by_device(&mut tx, &cookie, now()).await.unwrap();
    looks_up(&db).await;
    store::response::since(&mut tx, now(), None, 10).await.unwrap();
    looks_up(&db).await;
    store::message::due(&mut tx, now(), 10).await.unwrap();
    looks_up(&db).await;
    store::message::due_to_staff(&mut tx, now(), 10).await.unwrap();
    looks_up(&db).await;
    store::message::held(&mut tx, now(), 10).await.unwrap();
    looks_up(&db).await;
    drop(tx);
    db.queue_depth(None, now()).await.unwrap();
    looks_up(&db).await;
}

#[tokio::test]
async fn due_jobs_of_a_kind_are_found_among_thousands_of_others() {
    let db = TestDb::sqlite().await;
    db.absorb(&care::Job::Dispatch, now()).await.unwrap();
    let plan = db.plan().await;
    assert!(plan.iter().any(|step| step.contains("INDEX job_kind (queue=? AND <expr>=? AND run_at<?)")), "{plan:#?}");
}

#[tokio::test]
async fn open_work_that_is_left_lying_is_found_among_the_open_alone() {
    let db = TestDb::sqlite().await;
    let mut tx = db.write(&practice_id("p")).await.unwrap();
    let wanted = store::leak::Wanted {
        begins: now(),
        ends: now(),
        now: now(),
        today: now().date_naive(),
        whose: None,
        site: None,
        leak: Some(Leak::Unacted),
        most: 10,
    };
    store::leak::find(&mut tx, &wanted).await.unwrap();
    looks_up(&db).await;
    let plan = db.plan().await;
    assert!(plan[0].contains("care_case_running (practice_id=? AND opened_at<?)"), "{plan:#?}");
    store::leak::find(&mut tx, &store::leak::Wanted { leak: Some(Leak::Unowned), ..wanted }).await.unwrap();
    let plan = db.plan().await;
    for open in ["USING INDEX care_case_running (", "USING INDEX outreach_closed (practice_id=? AND closed_at=?)"] {
        assert!(plan.iter().any(|step| step.contains(open)), "{open} in {plan:#?}");
    }
}

#[tokio::test]
async fn outcomes_are_added_up_out_of_the_index_alone() {
    let db = TestDb::sqlite().await;
    let mut tx = db.write(&practice_id("p")).await.unwrap();
    let day = now().date_naive();
    let wanted = store::outcome::Wanted::all("phq-9", day, day);
    let of_the_index_alone = async |db: &TestDb| {
        let plan = db.plan().await;
        assert!(plan.iter().any(|step| step.contains("USING COVERING INDEX outcome_counted")), "{plan:#?}");
    };
    store::outcome::tally(&mut tx, &wanted, Some(care::outcome::Dimension::Site)).await.unwrap();
    of_the_index_alone(&db).await;
    store::outcome::tally(&mut tx, &wanted, Some(care::outcome::Dimension::Quarter)).await.unwrap();
    of_the_index_alone(&db).await;
    store::outcome::tally_across(&mut tx, &wanted, None, care::outcome::Dimension::Clinician).await.unwrap();
    of_the_index_alone(&db).await;
    store::outcome::of_clinicians(&mut tx, &wanted.lens, (wanted.from, wanted.until)).await.unwrap();
    of_the_index_alone(&db).await;
    store::outcome::sizes(&mut tx, &wanted, care::outcome::Dimension::Payer).await.unwrap();
    of_the_index_alone(&db).await;
}

#[tokio::test]
async fn lists_and_a_clients_page_read_what_they_show() {
    let db = TestDb::sqlite().await;
    let mut tx = db.write(&practice_id("p")).await.unwrap();
    let takes = async |index: &str| {
        looks_up(&db).await;
        let plan = db.plan().await;
        assert!(plan.iter().any(|step| step.contains(index)), "{index} in {plan:#?}");
    };
    let (one, two) = (EpisodeId::from_text("e"), EpisodeId::from_text("f"));
    let scored = |episode| store::response::Scored { episode, instrument: "phq-9", version: "1", scale: "total" };
    store::response::last_of_series(&mut tx, &[scored(&one), scored(&two)], 8).await.unwrap();
    takes("score_series (practice_id=? AND episode_id=? AND instrument=? AND scale=?)").await;
    store::response::scores_of_episode(&mut tx, &one).await.unwrap();
    takes("score_series (practice_id=? AND episode_id=?)").await;
    store::response::scores_of_episodes(&mut tx, &[one.clone(), two.clone()]).await.unwrap();
    takes("score_series (practice_id=? AND episode_id=?)").await;
    store::appointment::sessions_of(&mut tx, &[one.clone(), two.clone()], now()).await.unwrap();
    takes("USING COVERING INDEX appointment_course (practice_id=? AND episode_id=? AND starts_at<?)").await;
    store::case::open_for(&mut tx, &StaffId::from_text("s"), now()).await.unwrap();
    takes("message_staff (practice_id=? AND staff_id=? AND due_at>? AND due_at<?)").await;
    store::packet::missed_running_of(&mut tx, &[one, two]).await.unwrap();
    takes("SEARCH p USING COVERING INDEX packet_missed (practice_id=? AND episode_id=? AND completed_at=?)").await;
    takes("SEARCH l USING COVERING INDEX packet_missed (practice_id=? AND episode_id=? AND completed_at>?)").await;
    store::supervision::holding_of(&mut tx, &StaffId::from_text("s"), now().date_naive()).await.unwrap();
    takes("supervision_clinician (practice_id=? AND clinician_id=?)").await;
    store::client::named(&mut tx, &[ClientId::from_text("c"), ClientId::from_text("d")]).await.unwrap();
    takes("client USING INDEX sqlite_autoindex_client_1 (practice_id=? AND id=?)").await;
    // Everybody's roles are walked, in their index alone; who does not work at the site is not looked at any further.
    store::staff::working_at(&mut tx, &care::SiteId::from_text("n"), &[care::staff::Role::Clinician]).await.unwrap();
    let plan = db.plan().await;
    for step in [
        "SEARCH r USING COVERING INDEX",
        "SEARCH s USING INDEX sqlite_autoindex_staff_1 (practice_id=? AND id=?)",
        "(practice_id=? AND staff_id=? AND site_id=?)",
    ] {
        assert!(plan.iter().any(|known| known.contains(step)), "{step} in {plan:#?}");
    }
}
