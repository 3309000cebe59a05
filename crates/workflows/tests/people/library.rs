//! The instrument library of a practice: declared use, licences with seats and an end, wording that was supplied,
//! instruments of its own. The wording of the licensed scale here is a stand-in.

use crate::house::{House, problems};
use care::access::Viewer;
use care::library::{DeclaredUse, Standing};
use care::packet::Asked;
use care::protocol::{Line, Rhythm};
use care::response::{Mode, Sheet};
use care::staff::Role;
use care::{EpisodeId, Language, PacketId, local_time};
use chrono::{Duration, NaiveDate};
use instruments::{Answer, Answers};
use store::testing::both_databases;
use workflows::appointment::{self, NewAppointment};
use workflows::library::{self, Filed, LicenceForm};
use workflows::{Error, packet, protocol, response};

/// Four lines with words of our own in the place of the licensed ones.
fn stand_in(first: &str) -> String {
    let lines: Vec<String> = (1..=4)
        .map(|n| {
            let text = if n == 1 { first.to_owned() } else { format!("Stand-in line {n}") };
            format!("[item.{n}]\ntext = \"{text}\"\nlow = \"low end {n}\"\nhigh = \"high end {n}\"\n")
        })
        .collect();
    format!(
        "language = \"en\"\nstatus = \"official\"\nsource = \"stand-in\"\nstem = \"Stand-in stem\"\n\n{}",
        lines.join("\n")
    )
}

fn today(house: &House) -> NaiveDate {
    local_time::day_of(house.ctx.now(), chrono_tz::America::Los_Angeles)
}

fn form(house: &House, days: i64, seats: &str) -> LicenceForm {
    LicenceForm {
        holder: "Harbor Lane Counseling".into(),
        number: "4711".into(),
        terms: "Electronic use".into(),
        seats: seats.into(),
        starts_on: Some(today(house)),
        ends_on: Some(today(house) + Duration::days(days)),
    }
}

async fn standing(house: &House, instrument: &str) -> Standing {
    house.ctx.forget_shelf(&house.practice);
    let shelf = house.ctx.shelf(&mut house.read().await).await.unwrap();
    shelf.standing(shelf.current(instrument).unwrap(), today(house))
}

async fn license(house: &House, days: i64, seats: &str) {
    let mut tx = house.write().await;
    library::record_licence(&mut tx, &house.ctx, &house.owner, "ors", &form(house, days, seats)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn supply(house: &House, file: &str) -> Filed {
    let mut tx = house.write().await;
    let filed = library::supply_wording(&mut tx, &house.ctx, &house.owner, "ors", Language::En, file).await.unwrap();
    tx.commit().await.unwrap();
    house.ctx.forget_shelf(&house.practice);
    filed
}

async fn seat(house: &House, holders: &[&Viewer]) {
    let ids: Vec<_> = holders.iter().map(|one| one.staff_id.clone()).collect();
    let mut tx = house.write().await;
    library::give_seats(&mut tx, &house.ctx, &house.owner, "ors", &ids).await.unwrap();
    tx.commit().await.unwrap();
    house.ctx.forget_shelf(&house.practice);
}

async fn ask(house: &House, episode: &EpisodeId) -> Result<PacketId, Error> {
    let mut tx = house.write().await;
    let by = care::staff::Actor::Staff(house.owner.staff_id.clone());
    let packet = packet::send_now(&mut tx, &house.ctx, episode, &["ors".to_owned()], &by).await?;
    tx.commit().await.unwrap();
    Ok(packet)
}

/// Answers the four lines, in tenths.
async fn answer(house: &House, packet: &PacketId, tenths: [i64; 4]) {
    let answers: Answers = (1..).zip(tenths).map(|(n, tenth)| (format!("{n}"), Answer::Value(tenth))).collect();
    let mut tx = house.write().await;
    let sheet = Sheet::from([("ors".to_owned(), answers)]);
    response::submit_sheet(&mut tx, &house.ctx, packet, sheet, Mode::Paper, house.ctx.now()).await.unwrap();
    tx.commit().await.unwrap();
}

both_databases! {
    async fn a_wording_that_nobody_has_confirmed_is_not_asked(db: TestDb) {
        let house = House::new(db).await;
        assert_eq!(standing(&house, "itq").await, Standing::Unconfirmed);
        let draft = protocol::Draft { name: "Trauma".into(), lines: vec![Line::new("itq", Rhythm::Intake)], budget: None, in_force_from: None };
        let mut tx = house.write().await;
        let error = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft).await.unwrap_err();
        assert_eq!(problems(error), ["lines.0.instrument: wrong-choose"]);
        let version = house.ctx.library.current("itq").unwrap().version.clone();
        workflows::practice::confirm_wording(&mut tx, &house.ctx, &house.owner, "itq", &version, care::Language::En).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(standing(&house, "itq").await, Standing::Usable);
    }

    async fn a_licensed_scale_is_off_until_licence_and_wording_are_there_and_then_complete(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let episode = house.episode(&client, &ana).await;
        assert_eq!(standing(&house, "ors").await, Standing::Unlicensed);
        assert_eq!(problems(ask(&house, &episode).await.unwrap_err()), ["instruments: packet-instrument-unknown"]);
        let mut tx = house.write().await;
        let draft = protocol::Draft { name: "Standard".into(), lines: vec![Line::new("ors", Rhythm::BeforeSession)], budget: None, in_force_from: None };
        let error = protocol::publish(&mut tx, &house.ctx, &house.owner, &draft).await.unwrap_err();
        assert_eq!(problems(error), ["lines.0.instrument: wrong-choose"]);
        drop(tx);

        license(&house, 365, "").await;
        assert_eq!(standing(&house, "ors").await, Standing::NoWording, "the words come with the licence");
        let lacking = stand_in("First").replace("high = \"high end 3\"\n", "");
        let Filed::Refused(faults) = supply(&house, &lacking).await else { panic!("a line without an end is refused") };
        assert!(faults.iter().any(|fault| fault.starts_with("item[3].high:")), "{faults:?}");
        assert_eq!(supply(&house, &stand_in("First")).await, Filed::Published("1.1".into()));
        assert_eq!(standing(&house, "ors").await, Standing::Usable);

        let first = ask(&house, &episode).await.unwrap();
        let asked = store::packet::find(&mut house.read().await, &first).await.unwrap().unwrap().asked;
        assert_eq!(asked, [Asked { id: "ors".into(), version: "1.1".into() }]);
        answer(&house, &first, [100, 100, 87, 83]).await;
        let second = { house.clock.advance(Duration::days(7)); ask(&house, &episode).await.unwrap() };
        answer(&house, &second, [62, 4, 100, 83]).await;
        let scores = store::response::scores_of_episodes(&mut house.read().await, std::slice::from_ref(&episode)).await.unwrap();
        let totals: Vec<Option<f64>> = scores.iter().filter(|score| score.scale == "total").map(|score| score.value).collect();
        assert_eq!(totals, [Some(37.0), Some(24.9)], "tenths, exactly");
        let signals = store::response::signals(&mut house.read().await, &episode).await.unwrap();
        assert!(!signals.is_empty(), "a fall of 12.1 points to below the cut-off is a signal");

        // A further wording is a further version; what was asked before is shown as it was.
        assert_eq!(supply(&house, &stand_in("Another first")).await, Filed::Published("1.2".into()));
        let shelf = house.ctx.shelf(&mut house.read().await).await.unwrap();
        assert_eq!(shelf.current("ors").unwrap().version, "1.2");
        assert_eq!(shelf.library.get("ors", "1.1").unwrap().items[0].text.get(Language::En), "First");
        let total = shelf.current("ors").unwrap().primary();
        let met = |value: f64| total.caseness().unwrap().is_met(value);
        assert_eq!((met(24.9), met(25.0)), (true, false), "below 25, strictly");
    }

    async fn the_cut_off_of_the_clients_age_decides_whether_a_course_is_stalled(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        license(&house, 365, "").await;
        supply(&house, &stand_in("First")).await;
        // 26.0 is clinical from 13 to 17 (below 28) and is not for adults (below 25). Nobody knows the third one's age.
        for (name, years, stalled) in [("Rosa Diaz", Some(15), true), ("Omar Lee", Some(34), false), ("Kim Vale", None, false)] {
            let mut person = house.form(name);
            person.birth_date = years.map(|years| care::Phi::new(today(&house) - Duration::days(365 * years + 30)));
            let client = house.client(&person).await;
            let episode = house.episode(&client, &ana).await;
            for session in 1..=6 {
                let starts_at = house.ctx.now() + Duration::hours(1);
                let new = NewAppointment { episode: episode.clone(), clinician: None, site: None, starts_at, ends_at: starts_at + Duration::minutes(50) };
                let mut tx = house.write().await;
                appointment::make(&mut tx, &house.ctx, &care::staff::Actor::System, &new).await.unwrap();
                tx.commit().await.unwrap();
                house.clock.advance(Duration::hours(2));
                if session == 1 || session == 6 {
                    let packet = ask(&house, &episode).await.unwrap();
                    answer(&house, &packet, [65, 65, 65, 65]).await;
                }
                house.clock.advance(Duration::hours(24));
            }
            let signals = store::response::signals(&mut house.read().await, &episode).await.unwrap();
            let found = signals.iter().any(|signal| signal.rule == care::response::Rule::NoImprovement);
            assert_eq!(found, stalled, "{years:?}: {signals:?}");
        }
    }

    async fn a_licence_counts_its_seats_and_ends(db: TestDb) {
        let house = House::new(db).await;
        let (ana, ben) = (house.hire("Ana Ruiz", &[Role::Clinician]).await, house.hire("Ben Katz", &[Role::Clinician]).await);
        let (rosa, omar) = (house.client(&house.form("Rosa Diaz")).await, house.client(&house.form("Omar Lee")).await);
        let (with_ana, with_ben) = (house.episode(&rosa, &ana).await, house.episode(&omar, &ben).await);
        license(&house, 40, "1").await;
        supply(&house, &stand_in("First")).await;
        assert!(ask(&house, &with_ana).await.is_err(), "a seat that nobody holds covers nobody");
        seat(&house, &[&ana]).await;
        let mut tx = house.write().await;
        let two = [ana.staff_id.clone(), ben.staff_id.clone()];
        let error = library::give_seats(&mut tx, &house.ctx, &house.owner, "ors", &two).await.unwrap_err();
        assert_eq!(problems(error), ["seat: wrong-order"], "one seat is one seat");
        let error = library::record_licence(&mut tx, &house.ctx, &ana, "ors", &form(&house, 1, "")).await.unwrap_err();
        assert!(matches!(error, Error::Forbidden));
        drop(tx);
        ask(&house, &with_ana).await.unwrap();
        assert!(ask(&house, &with_ben).await.is_err());

        let last = today(&house) + Duration::days(40);
        house.clock.advance(Duration::days(9));
        assert_eq!(standing(&house, "ors").await, Standing::Usable, "31 days before the end nobody is warned");
        house.clock.advance(Duration::days(1));
        assert_eq!(standing(&house, "ors").await, Standing::Expiring(last), "30 days before the end somebody is");
        house.clock.advance(Duration::days(31));
        assert_eq!(standing(&house, "ors").await, Standing::Ended(last));
        assert!(ask(&house, &with_ana).await.is_err(), "after its end nothing is asked with it");
    }

    async fn what_a_licence_no_longer_covers_is_not_sent(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut form_of = house.form("Rosa Diaz");
        form_of.phone = care::Phi::new("+14155550101".into());
        let client = house.client(&form_of).await;
        house.consent(&client, care::message::Channel::Sms).await;
        let episode = house.episode(&client, &ana).await;
        license(&house, 1, "").await;
        supply(&house, &stand_in("First")).await;
        let packet = ask(&house, &episode).await.unwrap();
        house.clock.advance(Duration::days(2));
        house.ctx.forget_shelf(&house.practice);
        let mut tx = house.write().await;
        let message = store::message::of_packet(&mut tx, &packet).await.unwrap().remove(0);
        assert!(workflows::delivery::claim(&mut tx, &house.ctx, std::slice::from_ref(&message.id)).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let packet = store::packet::find(&mut house.read().await, &packet).await.unwrap().unwrap();
        assert_eq!(packet.state, care::packet::PacketState::Withdrawn, "nothing was left to ask");
    }

    async fn non_commercial_terms_follow_the_declared_use(db: TestDb) {
        let house = House::new(db).await;
        assert_eq!(standing(&house, "audit").await, Standing::Undeclared);
        for (purpose, expected) in [
            (DeclaredUse::NonCommercial, Standing::Usable),
            (DeclaredUse::Commercial, Standing::CommercialUse),
        ] {
            house.clock.advance(Duration::seconds(1));
            let mut tx = house.write().await;
            library::declare_use(&mut tx, &house.ctx, &house.owner, purpose).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(standing(&house, "audit").await, expected);
        }
        assert_eq!(standing(&house, "phq-9").await, Standing::Usable, "free is free");
    }

    async fn a3_a_failing_test_case_keeps_an_instrument_from_being_published(db: TestDb) {
        let house = House::new(db).await;
        let file = |third: u32| format!(
            "format = 2\nid = \"stairs\"\nversion = \"9\"\ntitle = \"Stairs\"\nshort_name = \"Stairs\"\ncitation = \"own\"\n\
             population = \"all\"\ntime_frame = \"today\"\nallow_decline = true\noffers = [0, 1]\n\n\
             [licence]\nstatus = \"own\"\nholder = \"h\"\nterms = \"t\"\nattribution = \"a\"\n\n[languages.en]\nstatus = \"official\"\nsource = \"own\"\n\n\
             [[item]]\nid = \"1\"\nlabel = \"a\"\ntext = \"A\"\n[[item.option]]\nvalue = 0\nlabel = \"no\"\n[[item.option]]\nvalue = 13\nlabel = \"yes\"\n\n\
             [[scale]]\nid = \"total\"\ntitle = \"Total\"\npolarity = \"higher_worse\"\nrange = [0, 13]\n[scale.missing]\nrule = \"complete\"\nsource = {{ text = \"own\", date = \"2026\", evidence = \"constructed\" }}\n\n\
             [[example]]\ntitle = \"first\"\nanswers = [0]\nscores.total = {{ state = \"valid\", value = 0 }}\n\n\
             [[example]]\ntitle = \"second\"\nanswers = [\"-\"]\nscores.total = {{ state = \"invalid\" }}\n\n\
             [[example]]\ntitle = \"third\"\nanswers = [13]\nscores.total = {{ state = \"valid\", value = {third} }}\n"
        );
        let mut tx = house.write().await;
        let Filed::Draft(version, faults) = library::save_draft(&mut tx, &house.ctx, &house.owner, "stairs", &file(14)).await.unwrap() else { panic!("a draft") };
        assert_eq!(version, "1", "the number in a copied file does not matter");
        assert!(faults.len() == 1 && faults[0].contains("third") && faults[0].contains("14") && faults[0].contains("13"), "{faults:?}");
        assert!(matches!(library::publish_draft(&mut tx, &house.ctx, &house.owner, "stairs").await.unwrap(), Filed::Draft(..)));
        library::save_draft(&mut tx, &house.ctx, &house.owner, "stairs", &file(13)).await.unwrap();
        assert_eq!(library::publish_draft(&mut tx, &house.ctx, &house.owner, "stairs").await.unwrap(), Filed::Published("1".into()));
        tx.commit().await.unwrap();
        assert_eq!(standing(&house, "stairs").await, Standing::Usable);
        let mut tx = house.write().await;
        let Filed::Draft(version, _) = library::save_draft(&mut tx, &house.ctx, &house.owner, "stairs", &file(13)).await.unwrap() else { panic!("a draft") };
        assert_eq!(version, "2", "what is published is never written over");
        assert_eq!(problems(library::save_draft(&mut tx, &house.ctx, &house.owner, "phq-9", &file(13)).await.unwrap_err()), ["instrument_id: wrong-taken"]);
        library::retire(&mut tx, &house.ctx, &house.owner, "stairs", "1").await.unwrap();
        tx.commit().await.unwrap();
        house.ctx.forget_shelf(&house.practice);
        let shelf = house.ctx.shelf(&mut house.read().await).await.unwrap();
        assert!(shelf.current("stairs").is_none() && shelf.library.get("stairs", "1").is_some(), "old answers are still read with it");
    }
}
