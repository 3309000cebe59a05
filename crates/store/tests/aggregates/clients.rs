//! Clients, their consents and the stop list.

use crate::fixture::*;
use care::client::{Client, Consent, ConsentSource, ConsentState, Contact, Purpose, Recipient};
use care::message::Channel;
use care::{ConsentId, Instant, Language, Phi, SiteId};
use store::client::Scope;
use store::suppression::Source;
use store::testing::both_databases;
use store::{Error, client as clients, consent, suppression};

fn complete() -> Client {
    let contact = |name: &str, phone: &str| Contact {
        name: name.to_owned(),
        relation: Some("mother".to_owned()),
        phone: Some(phone.to_owned()),
        email: Some("rosa@example.net".to_owned()),
    };
    Client {
        external_id: Some(Phi::new("EHR-0042".to_owned())),
        preferred_name: Some(Phi::new("Pepe".to_owned())),
        birth_date: Some(Phi::new(day("2010-02-28"))),
        sex: Some(care::Sex::Female),
        email: Some(Phi::new("Jose.Munoz@example.org".to_owned())),
        phone: Some(Phi::new("+12065550123".to_owned())),
        language: Language::Es,
        zone: Some("America/Denver".to_owned()),
        preferred_channel: Channel::Email,
        emergency_contact: Some(Phi::new(contact("Luz Paz", "+12065550124"))),
        guardian: Some(Phi::new(contact("Rosa Muñoz", "+12065550125"))),
        recipient: Recipient::Guardian,
        ..client("jose", "José Muñoz")
    }
}

fn decision(id: &str, channel: Channel, state: ConsentState, recorded_at: Instant) -> Consent {
    Consent {
        id: ConsentId::from_text(id),
        client_id: client_id("c1"),
        channel,
        purpose: Purpose::CheckIn,
        state,
        wording_version: "2026-01".to_owned(),
        source: ConsentSource::Staff,
        recorded_at,
        recorded_by: Some(staff_id("ida")),
    }
}

fn ids(found: &[Client]) -> Vec<&str> {
    found.iter().map(|client| client.id.as_str()).collect()
}

both_databases! {
    async fn a_client_comes_back_as_written_and_is_stored_sealed(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let jose = complete();
        let plain = client("plain", "Plain Person");
        assert!(clients::insert(&mut tx, &jose, now()).await.unwrap());
        assert!(clients::insert(&mut tx, &plain, now()).await.unwrap());
        tx.commit().await.unwrap();

        let mut read = read(&db).await;
        assert_eq!(clients::find(&mut read, &jose.id).await.unwrap(), Some(jose.clone()));
        assert_eq!(clients::find(&mut read, &plain.id).await.unwrap(), Some(plain));
        for (column, stored) in [
            ("external", raw(&mut read, "SELECT external_sealed FROM client WHERE practice_id = $1").await),
            ("name", raw(&mut read, "SELECT name_sealed FROM client WHERE practice_id = $1").await),
            ("preferred name", raw(&mut read, "SELECT preferred_name_sealed FROM client WHERE practice_id = $1").await),
            ("birth date", raw(&mut read, "SELECT birth_date_sealed FROM client WHERE practice_id = $1").await),
            ("email", raw(&mut read, "SELECT email_sealed FROM client WHERE practice_id = $1").await),
            ("phone", raw(&mut read, "SELECT phone_sealed FROM client WHERE practice_id = $1").await),
            ("emergency", raw(&mut read, "SELECT emergency_sealed FROM client WHERE practice_id = $1").await),
            ("guardian", raw(&mut read, "SELECT guardian_sealed FROM client WHERE practice_id = $1").await),
        ] {
            assert!(!stored.is_empty(), "{column} is stored");
            for word in ["EHR-0042", "Mu\u{f1}oz", "Jos", "Pepe", "2010-02", "example", "2065550", "Rosa", "Luz", "mother", "Plain"] {
                assert!(!contains(&stored, word), "{column} holds '{word}' in plain text");
            }
        }
    }

    async fn no_file_of_the_database_holds_a_name(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        assert!(clients::insert(&mut tx, &complete(), now()).await.unwrap());
        tx.commit().await.unwrap();
        let Some(file) = db.file() else { return };
        let mut bytes = Vec::new();
        for entry in std::fs::read_dir(file.parent().unwrap()).unwrap() {
            bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        assert!(contains(&bytes, "America/Denver"), "the row is in there");
        for word in ["EHR-0042", "Jos\u{e9}", "Pepe", "2010-02-28", "Munoz@example", "+1206555012", "Rosa", "Luz Paz"] {
            assert!(!contains(&bytes, word), "the database's files hold '{word}'");
        }
    }

    async fn importing_the_same_person_twice_finds_the_same_row(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let jose = complete();
        assert!(clients::insert(&mut tx, &jose, now()).await.unwrap());
        let mut twin = client("twin", "Somebody Else");
        twin.external_id = Some(Phi::new(" EHR-0042 ".to_owned()));
        assert!(!clients::insert(&mut tx, &twin, now()).await.unwrap());
        assert_eq!(clients::by_external(&mut tx, "EHR-0042 ").await.unwrap(), Some(jose));
        assert_eq!(clients::by_external(&mut tx, "ehr-0042").await.unwrap(), None, "exact but for blanks");
        twin.external_id = None;
        assert!(clients::insert(&mut tx, &twin, now()).await.unwrap(), "the transaction stays usable");
        assert!(clients::insert(&mut tx, &client("none", "No Id"), now()).await.unwrap(), "many clients have no such id");
        twin.external_id = Some(Phi::new("EHR-0042".to_owned()));
        let refused = clients::update(&mut tx, &twin, 1, now()).await.unwrap_err();
        assert!(refused.is_constraint("client_external"), "{refused}");
    }

    async fn an_update_changes_the_row_and_its_indexes(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let mut jose = complete();
        assert!(clients::insert(&mut tx, &jose, now()).await.unwrap());
        jose.name = Phi::new("José Muñoz Vega".to_owned());
        jose.external_id = Some(Phi::new("EHR-7".to_owned()));
        jose.phone = Some(Phi::new("+12065550199".to_owned()));
        jose.email = None;
        jose.guardian = None;
        jose.recipient = Recipient::Client;
        jose.site_id = SiteId::from_text("bay");
        clients::update(&mut tx, &jose, 1, after(1)).await.unwrap();
        let late = clients::update(&mut tx, &jose, 1, after(2)).await;
        assert!(matches!(late, Err(Error::Conflict)), "the revision was another one by then");
        assert_eq!(clients::find(&mut tx, &jose.id).await.unwrap(), Some(jose.clone()));
        assert_eq!(ids(&clients::by_phone(&mut tx, "+12065550199").await.unwrap()), ["jose"]);
        for old in ["+12065550123", "+12065550125"] {
            assert!(clients::by_phone(&mut tx, old).await.unwrap().is_empty(), "{old} is nobody's now");
        }
        assert!(clients::by_email(&mut tx, "jose.munoz@example.org").await.unwrap().is_empty());
        assert_eq!(clients::by_external(&mut tx, "EHR-0042").await.unwrap(), None);
        clients::set_language(&mut tx, &jose.id, Language::En, after(2)).await.unwrap();
        assert_eq!(clients::find(&mut tx, &jose.id).await.unwrap().unwrap().language, Language::En);
        let missing = clients::update(&mut tx, &client("ghost", "Nobody"), 1, now()).await;
        assert!(matches!(missing, Err(Error::Conflict)));
    }

    async fn a_number_finds_everybody_who_shares_it(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let shared = "+12065550177";
        let mut mother = client("mother", "Ada Holm");
        mother.phone = Some(Phi::new(shared.to_owned()));
        let mut child = complete();
        child.guardian = Some(Phi::new(Contact {
            name: "Ada Holm".to_owned(),
            relation: None,
            phone: Some(shared.to_owned()),
            email: None,
        }));
        let mut other = client("other", "Other");
        other.phone = Some(Phi::new("+12065550178".to_owned()));
        other.email = Some(Phi::new("jose.MUNOZ@example.org".to_owned()));
        for one in [&mother, &child, &other] {
            assert!(clients::insert(&mut tx, one, now()).await.unwrap());
        }
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(clients::by_phone(&mut bayside, shared).await.unwrap().is_empty());
        drop(bayside);
        assert_eq!(ids(&clients::by_phone(&mut tx, shared).await.unwrap()), ["jose", "mother"]);
        assert_eq!(ids(&clients::by_email(&mut tx, " Jose.Munoz@Example.ORG").await.unwrap()), ["jose", "other"]);

        assert!(suppression::add(&mut tx, Channel::Sms, shared, Source::Keyword, now()).await.unwrap());
        assert!(!suppression::add(&mut tx, Channel::Sms, shared, Source::Provider, after(1)).await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = write(&db).await;
        for person in clients::by_phone(&mut tx, shared).await.unwrap() {
            let address = person.address(Channel::Sms).unwrap().to_owned();
            assert!(suppression::is_suppressed(&mut tx, Channel::Sms, &address).await.unwrap(), "{}", person.id);
        }
        assert!(!suppression::is_suppressed(&mut tx, Channel::Sms, "+12065550178").await.unwrap());
        assert!(!suppression::is_suppressed(&mut tx, Channel::Email, shared).await.unwrap(), "the other channel is free");
        let listed = suppression::list(&mut tx).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].source, listed[0].since), (Source::Keyword, now()), "the first reason stands");
        assert!(!listed[0].contact_index.contains("5550177"));
        assert!(suppression::lift(&mut tx, Channel::Sms, shared).await.unwrap());
        assert!(!suppression::lift(&mut tx, Channel::Sms, shared).await.unwrap());
        assert!(!suppression::is_suppressed(&mut tx, Channel::Sms, shared).await.unwrap());
    }

    async fn a_stop_in_one_practice_is_not_one_in_another(db: TestDb) {
        harbor(&db).await;
        let mut tx = db.write(&practice_id("bayside")).await.unwrap();
        store::practice::insert(&mut tx, &practice("bayside")).await.unwrap();
        assert!(suppression::add(&mut tx, Channel::Email, "A@b.org", Source::Bounce, now()).await.unwrap());
        assert!(suppression::is_suppressed(&mut tx, Channel::Email, "a@B.org ").await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = write(&db).await;
        assert!(!suppression::is_suppressed(&mut tx, Channel::Email, "a@b.org").await.unwrap());
        assert!(!suppression::lift(&mut tx, Channel::Email, "a@b.org").await.unwrap());
        assert!(suppression::list(&mut tx).await.unwrap().is_empty());
    }

    async fn lists_and_searches_stay_within_their_scope(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        add_episode(&mut tx, "2", "José Muñoz", "ana").await;
        add_episode(&mut tx, "3", "Josefina Ángel", "ben").await;
        add_episode(&mut tx, "4", "Josué Former", "ana").await;
        store::episode::discharge(&mut tx, &episode_id("e4"), care::episode::DischargeReason::Completed, now()).await.unwrap();
        add_episode(&mut tx, "5", "Joseph Handed", "ana").await;
        store::assignment::assign(&mut tx, &assignment("a5b", "e5", "ben", after(1))).await.unwrap();
        let mut bay = client("bay", "Jo Bay");
        bay.site_id = SiteId::from_text("bay");
        bay.preferred_name = Some(Phi::new("Jósé".to_owned()));
        assert!(clients::insert(&mut tx, &bay, now()).await.unwrap());
        tx.commit().await.unwrap();

        let mut read = read(&db).await;
        let ana = Scope::Clinicians(vec![staff_id("ana")]);
        let both = Scope::Clinicians(vec![staff_id("ana"), staff_id("ben")]);
        let at_bay = Scope::Sites(vec![SiteId::from_text("bay")]);
        let listed = clients::list(&mut read, &ana).await.unwrap();
        assert_eq!(ids(&listed), ["c1", "c2"], "by name; neither discharged nor handed on");
        assert_eq!(ids(&clients::list(&mut read, &both).await.unwrap()), ["c1", "c2", "c3", "c5"]);
        assert_eq!(ids(&clients::list(&mut read, &at_bay).await.unwrap()), ["bay"]);
        assert_eq!(clients::list(&mut read, &Scope::Practice).await.unwrap().len(), 6);
        for nobody in [Scope::Clinicians(Vec::new()), Scope::Sites(Vec::new()), Scope::Clinicians(vec![staff_id("sue")])] {
            assert!(clients::list(&mut read, &nobody).await.unwrap().is_empty(), "{nobody:?}");
            assert!(clients::search_by_name(&mut read, &nobody, "jose", 9).await.unwrap().is_empty(), "{nobody:?}");
        }

        for (scope, text, wanted) in [
            (&ana, "jose", &["c2"][..]),
            (&ana, "MUNOZ jo", &["c2"]),
            (&ana, "muñoz", &["c2"]),
            (&both, "jose", &["c2", "c5", "c3"]),
            (&both, "angel", &["c3"]),
            (&at_bay, "jose", &["bay"]),
            (&Scope::Practice, "jos", &["bay", "c2", "c5", "c3", "c4"]),
            (&ana, "unoz", &[]),
            (&ana, "  ", &[]),
            (&ana, "%", &[]),
        ] {
            let mut found = ids(&clients::search_by_name(&mut read, scope, text, 9).await.unwrap()).join(" ");
            let mut wanted = wanted.join(" ");
            if text == "jos" || text == "jose" {
                let sorted = |text: &str| { let mut words: Vec<_> = text.split(' ').collect(); words.sort_unstable(); words.join(" ") };
                (found, wanted) = (sorted(&found), sorted(&wanted));
            }
            assert_eq!(found, wanted, "'{text}' in {scope:?}");
        }
        let first = clients::search_by_name(&mut read, &Scope::Practice, "jos", 2).await.unwrap();
        assert_eq!(ids(&first), ["bay", "c2"], "the first by name");
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(clients::search_by_name(&mut bayside, &Scope::Practice, "jose", 9).await.unwrap().is_empty());
        assert!(clients::by_ids(&mut bayside, &[client_id("c1")]).await.unwrap().is_empty());
        assert_eq!(clients::find(&mut bayside, &client_id("c1")).await.unwrap(), None);
        let some = [client_id("c3"), client_id("ghost"), client_id("c1"), client_id("c3")];
        assert_eq!(ids(&clients::by_ids(&mut read, &some).await.unwrap()), ["c1", "c3"]);
        assert!(clients::by_ids(&mut read, &[]).await.unwrap().is_empty());
    }

    async fn the_latest_decision_holds_per_channel_and_purpose(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        add_episode(&mut tx, "2", "Client Two", "ana").await;
        let sms = decision("k1", Channel::Sms, ConsentState::Given, now());
        let stop = decision("k2", Channel::Sms, ConsentState::Withdrawn, after(1));
        let again = decision("k3", Channel::Sms, ConsentState::Given, after(2));
        let mail = decision("k4", Channel::Email, ConsentState::Given, now());
        let reminders = Consent { purpose: Purpose::Appointment, ..decision("k5", Channel::Sms, ConsentState::Given, now()) };
        let second = Consent { client_id: client_id("c2"), recorded_by: None, ..decision("k6", Channel::Sms, ConsentState::Given, now()) };
        let all = [sms, stop.clone(), mail.clone(), reminders.clone(), second.clone()];
        consent::insert_many(&mut tx, &all).await.unwrap();
        let c1 = client_id("c1");
        assert_eq!(consent::current(&mut tx, &c1).await.unwrap(), [mail.clone(), reminders.clone(), stop.clone()]);
        consent::insert(&mut tx, &again).await.unwrap();
        let many = consent::current_of(&mut tx, &[client_id("c2"), c1.clone()]).await.unwrap();
        assert_eq!(many, [mail, reminders, again.clone(), second]);
        let history = consent::history(&mut tx, &c1).await.unwrap();
        assert_eq!(history.len(), 5);
        assert_eq!(history[..2], [again, stop]);
        let same_instant = decision("k0", Channel::Sms, ConsentState::Withdrawn, after(2));
        consent::insert(&mut tx, &same_instant).await.unwrap();
        assert!(consent::current(&mut tx, &c1).await.unwrap().contains(&same_instant), "of one instant the withdrawal holds");
        tx.commit().await.unwrap();
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(consent::current(&mut bayside, &c1).await.unwrap().is_empty());
    }
}
