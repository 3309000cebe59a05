//! The practice itself: set up once, settings within bounds, help in both languages.

use crate::house::{House, context, monday, new_practice, problems};
use care::practice::Settings;
use care::staff::{Role, StaffState};
use care::{Language, Phi, TestClock};
use store::testing::both_databases;
use workflows::practice::{self, CrisisForm, PracticeForm, SiteForm};
use workflows::{Error, delivery, staff};

fn form(settings: Settings) -> PracticeForm {
    PracticeForm {
        name: "Harbor Lane Counseling".into(),
        display_name: "Harbor Lane".into(),
        phone: "415 555 2600".into(),
        language: Language::En,
        zone: "America/Los_Angeles".into(),
        settings,
    }
}

fn site(name: &str, before_session_hours: &str) -> SiteForm {
    SiteForm {
        name: name.into(),
        zone: "America/Los_Angeles".into(),
        before_session_hours: before_session_hours.into(),
    }
}

both_databases! {
    async fn a_practice_is_set_up_once(db: TestDb) {
        let house = House::new(db).await;
        let mut tx = house.db.write_all().await.unwrap();
        assert!(matches!(practice::set_up(&mut tx, &house.ctx, &new_practice(), &Phi::new("hash".into())).await, Err(Error::Conflict)));
        drop(tx);
        let mut read = house.read().await;
        let protocols = store::protocol::current(&mut read).await.unwrap();
        assert_eq!((protocols.len(), protocols[0].lines.len()), (1, 6));
        assert_eq!(store::site::list(&mut read).await.unwrap()[0].on_call_id, Some(house.owner.staff_id.clone()));
        assert_eq!(store::practice::get(&mut read).await.unwrap().phone, "+14155552600");
        let resources = store::crisis_resource::all(&mut read).await.unwrap();
        for language in care::Language::ALL {
            assert!(resources.iter().any(|resource| resource.language == *language), "help is there from the first check-in on");
        }
    }

    async fn an_unusable_set_up_names_every_field(db: TestDb) {
        let ctx = context(&TestClock::at(monday()));
        let mut tx = db.write_all().await.unwrap();
        let mut new = new_practice();
        new.display_name = "Harbor Lane 📎".into();
        new.phone = "call us".into();
        new.zone = "PST".into();
        new.owner_email = Phi::new("ana".into());
        new.site = String::new();
        let error = practice::set_up(&mut tx, &ctx, &new, &Phi::new("hash".into())).await.unwrap_err();
        assert_eq!(problems(error), ["display_name: wrong-gsm", "phone: wrong-phone", "zone: wrong-zone", "site: wrong-required", "email: wrong-email"]);
    }

    async fn settings_stay_within_bounds_and_their_change_is_on_record(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut tx = house.write().await;
        let slow = Settings { ladder_in_hours: [30, 45, 60], ..Settings::default() };
        assert!(matches!(practice::update(&mut tx, &house.ctx, &ana, &form(slow.clone())).await, Err(Error::Forbidden)));
        let bad = Settings { reminder_after_hours: 200, quiet_until_minute: 0, ..Settings::default() };
        let error = practice::update(&mut tx, &house.ctx, &house.owner, &form(bad)).await.unwrap_err();
        assert_eq!(problems(error), ["quiet_from_minute: settings-window", "reminder_after_hours: wrong-reminder-late"]);
        practice::update(&mut tx, &house.ctx, &house.owner, &form(slow.clone())).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store::practice::get(&mut house.read().await).await.unwrap().settings, slow);
        let rows = house.audited("practice.update").await;
        assert_eq!(rows[0].detail.0["fields"], serde_json::json!(["ladder_in_hours: [60,90,120] -> [30,45,60]"]));
    }

    async fn help_is_given_in_both_languages(db: TestDb) {
        let house = House::new(db).await;
        let one = |language, href: &str| CrisisForm {
            language,
            label: "988".into(),
            detail: String::new(),
            href: href.into(),
            site: None,
            reviewed_on: "2026-03-01".parse().unwrap(),
        };
        let mut tx = house.write().await;
        let error = practice::replace_crisis_resources(&mut tx, &house.ctx, &house.owner, &[one(Language::En, "javascript:alert(1)")]).await.unwrap_err();
        assert_eq!(problems(error), ["language: crisis-language-missing", "0.href: wrong-address"]);
        let list = [one(Language::En, "tel:988"), one(Language::Es, "tel:988"), one(Language::En, "sms:988")];
        practice::replace_crisis_resources(&mut tx, &house.ctx, &house.owner, &list).await.unwrap();
        let later = CrisisForm { reviewed_on: "2026-03-10".parse().unwrap(), ..one(Language::Es, "tel:988") };
        let error = practice::replace_crisis_resources(&mut tx, &house.ctx, &house.owner, &[one(Language::En, "tel:988"), later]).await.unwrap_err();
        assert_eq!(problems(error), ["1.reviewed_on: wrong-date"], "nobody has read it tomorrow");
        tx.commit().await.unwrap();
        let shown = store::crisis_resource::list(&mut house.read().await, Language::En).await.unwrap();
        assert_eq!(shown.iter().map(|one| one.href.as_str()).collect::<Vec<_>>(), ["tel:988", "sms:988"]);
    }

    async fn on_call_is_somebody_who_can_come(db: TestDb) {
        let house = House::new(db).await;
        let bill = house.hire("Bill Ng", &[Role::Biller]).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut tx = house.write().await;
        let bay = practice::add_site(&mut tx, &house.ctx, &house.owner, &site("Bay", "")).await.unwrap();
        assert_eq!(problems(practice::add_site(&mut tx, &house.ctx, &house.owner, &site("bay", "")).await.unwrap_err()), ["name: wrong-taken"]);
        let refused = async |tx: &mut store::Tx, who: &care::StaffId| {
            problems(practice::set_on_call(tx, &house.ctx, &house.owner, &house.site, Some(who)).await.unwrap_err())
        };
        assert_eq!(refused(&mut tx, &bill.staff_id).await, ["on_call: wrong-choose"]);
        staff::set_sites(&mut tx, &house.ctx, &house.owner, &ana.staff_id, std::slice::from_ref(&bay)).await.unwrap();
        assert_eq!(refused(&mut tx, &ana.staff_id).await, ["on_call: wrong-choose"]);
        practice::set_on_call(&mut tx, &house.ctx, &house.owner, &bay, Some(&ana.staff_id)).await.unwrap();
        store::staff::set_state(&mut tx, &ana.staff_id, StaffState::Active, StaffState::Deactivated).await.unwrap();
        assert_eq!(problems(practice::set_on_call(&mut tx, &house.ctx, &house.owner, &bay, Some(&ana.staff_id)).await.unwrap_err()), ["on_call: wrong-choose"]);
    }

    async fn a_task_is_done_once_and_a_wording_is_read(db: TestDb) {
        let house = House::new(db).await;
        let desk = house.hire("Desk One", &[Role::Intake]).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let mut tx = house.write().await;
        delivery::raise_task(&mut tx, &house.ctx, care::practice::TaskKind::InboundText, &client, house.ctx.now()).await.unwrap();
        let task = store::task::open(&mut tx).await.unwrap().remove(0);
        assert!(matches!(practice::finish_task(&mut tx, &house.ctx, &ana, &task.id).await, Err(Error::Forbidden)));
        practice::finish_task(&mut tx, &house.ctx, &desk, &task.id).await.unwrap();
        assert!(matches!(practice::finish_task(&mut tx, &house.ctx, &desk, &task.id).await, Err(Error::Conflict)));
        let gad7 = house.ctx.library.current("gad-7").unwrap().version.clone();
        practice::confirm_wording(&mut tx, &house.ctx, &house.owner, "gad-7", &gad7, Language::Es).await.unwrap();
        assert!(store::wording::is_confirmed(&mut tx, "gad-7", &gad7, Language::Es).await.unwrap());
        let error = practice::confirm_wording(&mut tx, &house.ctx, &house.owner, "gad-7", &gad7, Language::En).await.unwrap_err();
        assert_eq!(problems(error), ["language: wording-needs-no-confirmation"]);
    }
}
