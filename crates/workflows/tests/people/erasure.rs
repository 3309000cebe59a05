//! Records that are no longer kept: nothing without a person, nothing against a duty, and nothing left of who it was.

use crate::house::{House, monday, problems};
use care::access::Viewer;
use care::episode::DischargeReason;
use care::message::Channel;
use care::response::Mode;
use care::retention::{Ground, Kept};
use care::staff::{Actor, Role};
use care::{ClientId, EpisodeId, Phi};
use chrono::Duration;
use instruments::Answer;
use store::testing::both_databases;
use workflows::client::ClientForm;
use workflows::episode::{self, Discharge};
use workflows::erasure::{self, Request, RuleForm};
use workflows::response::{self, GiveAnswer};
use workflows::{Error, merge, packet, verify};

const CANARIES: [&str; 3] = ["Rosalinda", "rosalinda.diaz", "5552671"];

/// Rosa, who answered once and was discharged; and the person who treated her.
async fn discharged(house: &House) -> (ClientId, EpisodeId) {
    let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
    let form = ClientForm {
        birth_date: Some(Phi::new("1990-03-25".parse().unwrap())),
        phone: Phi::new("415 555 2671".into()),
        email: Phi::new("rosalinda.diaz@example.org".into()),
        external_id: Phi::new("A-1".into()),
        ..house.form("Rosalinda Diaz")
    };
    let client = house.client(&form).await;
    house.consent(&client, Channel::Sms).await;
    let id = house.episode(&client, &ana).await;
    let mut tx = house.write().await;
    let packet = packet::send_now(&mut tx, &house.ctx, &id, &["phq-9".to_owned()], &Actor::System).await.unwrap();
    let now = house.ctx.now();
    store::packet::mark_sent(
        &mut tx,
        &[store::packet::Sent { id: &packet, at: now, expires_at: now + Duration::hours(96) }],
    )
    .await
    .unwrap();
    for item in 1..=9 {
        let answer = Answer::Value(i64::from(item < 9));
        let give = GiveAnswer { device: None, instrument: "phq-9".into(), item: item.to_string(), answer };
        response::answer(&mut tx, &house.ctx, &packet, &give).await.unwrap();
    }
    response::submit(&mut tx, &house.ctx, &packet, Mode::Link).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = house.write().await;
    let end = Discharge { episode: id.clone(), reason: DischargeReason::Completed, case_to: None };
    episode::discharge(&mut tx, &house.ctx, &ana.staff_id, &end).await.unwrap();
    tx.commit().await.unwrap();
    (client, id)
}

fn request(client: &ClientId, kept: Kept) -> Request {
    Request {
        ground: Some(Ground::Request),
        reason: "Rosalinda asked for it in a letter".into(),
        kept: Some(kept),
        word: erasure::word_of(client).to_owned(),
    }
}

async fn ask(house: &House, by: &Viewer, client: &ClientId, typed: &Request) -> Result<(), Error> {
    let mut tx = house.write().await;
    erasure::ask(&mut tx, &house.ctx, by, client, typed).await?;
    tx.commit().await.unwrap();
    Ok(())
}

async fn carry_out(house: &House, by: &Viewer, client: &ClientId) -> Result<(), Error> {
    let mut tx = house.write().await;
    erasure::carry_out(&mut tx, &house.ctx, by, client, erasure::word_of(client)).await?;
    tx.commit().await.unwrap();
    Ok(())
}

async fn nothing_broken(house: &House) {
    let report = verify::check(&house.db, &house.ctx).await.unwrap();
    // No worker runs here, so jobs of the weeks that pass wait.
    let broken = report.violations.iter().filter(|one| one.rule != "no limbo");
    let found: Vec<String> = broken.map(ToString::to_string).collect();
    assert_eq!(found, Vec::<String>::new());
}

/// How many rows a table has about the client.
async fn count(house: &House, sql: &'static str) -> i64 {
    house.read().await.query(sql).scalar().await.unwrap()
}

both_databases! {
    async fn one_person_asks_and_another_erases_and_nothing_says_who_it_was(db: TestDb) {
        let house = House::new(db).await;
        let (client, _) = discharged(&house).await;
        let second = house.hire("Olga Reyes", &[Role::Owner]).await;
        let wrong = Request { word: "nonsense".into(), ground: None, ..request(&client, Kept::Nothing) };
        let refused = ask(&house, &house.owner, &client, &wrong).await.unwrap_err();
        assert_eq!(problems(refused), ["ground: wrong-choose", "erasure_word: wrong-erasure-word"]);
        ask(&house, &house.owner, &client, &request(&client, Kept::Nothing)).await.unwrap();
        let alone = carry_out(&house, &house.owner, &client).await.unwrap_err();
        assert_eq!(problems(alone), ["erasure: erasure-not-yet"], "whoever asked waits two weeks");
        carry_out(&house, &second, &client).await.unwrap();

        for sql in [
            "SELECT count(*) FROM episode", "SELECT count(*) FROM packet", "SELECT count(*) FROM response",
            "SELECT count(*) FROM score", "SELECT count(*) FROM measure", "SELECT count(*) FROM consent",
            "SELECT count(*) FROM answer", "SELECT count(*) FROM assignment", "SELECT count(*) FROM message WHERE client_id IS NOT NULL",
        ] {
            assert_eq!(count(&house, sql).await, 0, "{sql}");
        }
        let mut read = house.read().await;
        let left = store::client::find(&mut read, &client).await.unwrap().unwrap();
        assert_eq!((left.name.text(), left.phone, left.email, left.birth_date, left.external_id), ("", None, None, None, None));
        assert!(store::client::by_phone(&mut read, "+14155552671").await.unwrap().is_empty());
        assert!(store::client::by_external(&mut read, "A-1").await.unwrap().is_none());
        let asked = store::erasure::of_client(&mut read, &client).await.unwrap().unwrap();
        assert_eq!(store::erasure::reason(&mut read, &asked).await.unwrap(), "");
        let trail = store::audit_page(&mut read, 0, 10_000).await.unwrap();
        assert!(trail.iter().any(|row| row.action == "client.erase" && row.subject_id == client.as_str()), "the audit stays");
        let text = format!("{trail:?}");
        assert!(CANARIES.iter().all(|canary| !text.contains(canary)), "with ids only");
        assert!(workflows::client::list(&mut read, &house.ctx, &house.owner).await.unwrap().is_empty());
        drop(read);
        let again = carry_out(&house, &second, &client).await.unwrap_err();
        assert!(matches!(again, Error::NotFound), "{again:?}");
        nothing_broken(&house).await;
    }

    async fn figures_may_stay_without_a_name_and_one_alone_waits_two_weeks(db: TestDb) {
        let house = House::new(db).await;
        let (client, episode) = discharged(&house).await;
        ask(&house, &house.owner, &client, &request(&client, Kept::Figures)).await.unwrap();
        house.clock.advance(Duration::days(14));
        carry_out(&house, &house.owner, &client).await.unwrap();
        let mut read = house.read().await;
        let scores = store::response::scores_of_episode(&mut read, &episode).await.unwrap();
        assert_eq!(scores.iter().map(|score| score.value).collect::<Vec<_>>(), [Some(8.0)]);
        assert!(store::message::of_client(&mut read, &client).await.unwrap().is_empty());
        assert!(store::consent::history(&mut read, &client).await.unwrap().is_empty());
        assert_eq!(store::client::find(&mut read, &client).await.unwrap().unwrap().name.text(), "");
        drop(read);
        nothing_broken(&house).await;
    }

    async fn open_care_and_the_duty_to_keep_stand_in_the_way(db: TestDb) {
        let house = House::new(db).await;
        let (client, _) = discharged(&house).await;
        let years = |years: &str| RuleForm { years: years.into(), source: "An invented statute".into(), ..RuleForm::default() };
        let mut tx = house.write().await;
        let nonsense = RuleForm { minor_age: "18".into(), ..RuleForm::default() };
        let wrong = erasure::decide(&mut tx, &house.ctx, &house.owner, &nonsense).await.unwrap_err();
        assert_eq!(
            problems(wrong),
            ["minor_years: wrong-required", "retention_years: wrong-required", "retention_source: wrong-required"]
        );
        drop(tx);
        let mut tx = house.write().await;
        erasure::decide(&mut tx, &house.ctx, &house.owner, &years("7")).await.unwrap();
        tx.commit().await.unwrap();
        let kept = ask(&house, &house.owner, &client, &request(&client, Kept::Nothing)).await.unwrap_err();
        assert_eq!(problems(kept), ["erasure: erasure-kept-until"]);
        assert!(erasure::due(&mut house.read().await, &house.ctx).await.unwrap().is_empty());
        house.clock.set(monday() + Duration::days(365 * 7 + 3));
        let due = erasure::due(&mut house.read().await, &house.ctx).await.unwrap();
        assert_eq!(due.iter().map(|one| &one.client_id).collect::<Vec<_>>(), [&client], "proposed, not erased");
        // Somebody comes back while the request waits.
        ask(&house, &house.owner, &client, &request(&client, Kept::Nothing)).await.unwrap();
        let ben = house.hire("Ben Osei", &[Role::Clinician, Role::Admin]).await;
        let open = house.episode(&client, &ben).await;
        house.danger(&open).await;
        let refused = carry_out(&house, &ben, &client).await.unwrap_err();
        assert_eq!(problems(refused), ["erasure: erasure-open-case", "erasure: erasure-open-episode"]);
        assert!(erasure::due(&mut house.read().await, &house.ctx).await.unwrap().is_empty());
        let mut tx = house.write().await;
        erasure::withdraw(&mut tx, &house.ctx, &ben, &client).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&house, "SELECT count(*) FROM response").await, 1, "nothing was erased");
    }

    async fn a_record_and_what_was_merged_into_it_go_together_and_a_list_erases_again(db: TestDb) {
        let house = House::new(db).await;
        let (client, _) = discharged(&house).await;
        let twin = house.client(&ClientForm { phone: Phi::new("415 555 2671".into()), ..house.form("Rosalinda Dias") }).await;
        let mut tx = house.write().await;
        merge::merge(&mut tx, &house.ctx, &house.owner, &client, &twin).await.unwrap();
        tx.commit().await.unwrap();
        let list = [store::erasure::Erased {
            practice: house.practice.clone(), client: client.clone(), kept: Kept::Nothing, at: house.ctx.now(),
        }];
        assert_eq!(erasure::repeat(&house.db, &house.ctx, &list).await.unwrap(), 1);
        assert_eq!(erasure::repeat(&house.db, &house.ctx, &list).await.unwrap(), 0, "once is enough");
        let mut read = house.read().await;
        for id in [&client, &twin] {
            assert_eq!(store::client::find(&mut read, id).await.unwrap().unwrap().name.text(), "");
        }
        drop(read);
        let done = store::erasure::all_done(&mut house.db.read_all().await.unwrap()).await.unwrap();
        assert_eq!(done.len(), 1);
        nothing_broken(&house).await;
    }
}
