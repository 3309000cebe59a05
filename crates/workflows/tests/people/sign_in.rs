//! Signing in: two factors, each code once, brakes on guessing, sessions that end.

use crate::house::{House, OWNER_PASSWORD, problems};
use care::access::Viewer;
use care::staff::{Role, SessionStage};
use care::{Language, Phi};
use chrono::Duration;
use store::testing::both_databases;
use totp_rs::{Builder, Secret, Totp};
use workflows::sign_in::{self, Begun, Compared, Entered, Outcome};
use workflows::staff::{self, NewStaff, PersonForm};
use workflows::{Error, delivery, password};

async fn try_password(house: &House, email: &str, typed: &str, from: &str) -> Outcome {
    let mut tx = house.db.write_all().await.unwrap();
    let begun = sign_in::begin(&mut tx, &house.ctx, email, from).await.unwrap();
    tx.commit().await.unwrap();
    let attempt = match begun {
        Begun::Compare(attempt) => attempt,
        Begun::Wait(seconds) => return Outcome::Wait(seconds),
    };
    let compared = Compared::password(&attempt, typed);
    let mut tx = house.db.write_all().await.unwrap();
    let outcome = sign_in::finish(&mut tx, &house.ctx, &attempt, compared).await.unwrap();
    tx.commit().await.unwrap();
    outcome
}

async fn try_code(house: &House, entered: &Entered, code: &str) -> Outcome {
    let mut tx = house.write().await;
    let outcome = match entered.session.stage {
        SessionStage::Enrol => sign_in::confirm_enrolment(&mut tx, &house.ctx, &entered.session, code).await.unwrap(),
        _ => sign_in::second_factor(&mut tx, &house.ctx, &entered.session, code).await.unwrap(),
    };
    tx.commit().await.unwrap();
    outcome
}

fn entered(outcome: Outcome) -> Entered {
    match outcome {
        Outcome::Entered(entered) => *entered,
        other => panic!("not let in: {other:?}"),
    }
}

fn app(secret: &str) -> Totp {
    Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap()
}

fn code(house: &House, app: &Totp) -> String {
    app.generate(u64::try_from(house.ctx.now().timestamp()).unwrap()).to_string()
}

async fn is_good(house: &House, token: &Phi<String>) -> bool {
    sign_in::authenticate(&mut house.db.read_all().await.unwrap(), &house.ctx, token.text()).await.unwrap().is_some()
}

const OWNER: &str = " MARTA@harborlane.example ";

/// Signs the owner in for the first time and hands over their app.
async fn enrol(house: &House) -> (Entered, Totp) {
    let at_door = entered(try_password(house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
    assert_eq!(at_door.session.stage, SessionStage::Enrol);
    let enrolment = sign_in::enrolment(&mut house.read().await, &at_door.session).await.unwrap();
    let app = app(enrolment.secret.text());
    assert!(enrolment.uri.text().starts_with("otpauth://totp/Harbor%20Lane:marta%40harborlane.example?secret="));
    let inside = entered(try_code(house, &at_door, &code(house, &app)).await);
    assert_eq!(inside.session.stage, SessionStage::Full);
    assert!(!is_good(house, &at_door.token).await, "the token from before the second factor is worth nothing");
    assert!(is_good(house, &inside.token).await);
    (inside, app)
}

both_databases! {
    async fn a_code_works_once_and_a_step_early_or_late(db: TestDb) {
        let house = House::new(db).await;
        let (inside, app) = enrol(&house).await;
        assert!(matches!(sign_in::enrolment(&mut house.read().await, &inside.session).await, Err(Error::Forbidden)), "a working secret is never shown again");

        let at_door = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
        assert_eq!(at_door.session.stage, SessionStage::Password);
        let used = code(&house, &app);
        assert!(matches!(try_code(&house, &at_door, &used).await, Outcome::Refused), "the code of the enrolment was used");
        house.clock.advance(Duration::seconds(30));
        let early = app.generate(u64::try_from(house.ctx.now().timestamp()).unwrap() + 30).to_string();
        let first = entered(try_code(&house, &at_door, &early).await);
        assert!(is_good(&house, &first.token).await);

        // The step before the one used is gone too, the next one is not there yet.
        let again = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
        let earlier = code(&house, &app);
        assert!(matches!(try_code(&house, &again, &earlier).await, Outcome::Refused));
        assert!(matches!(try_code(&house, &again, &early).await, Outcome::Refused));
        house.clock.advance(Duration::seconds(90));
        let late = app.generate(u64::try_from(house.ctx.now().timestamp()).unwrap() - 30).to_string();
        let too_late = app.generate(u64::try_from(house.ctx.now().timestamp()).unwrap() - 60).to_string();
        assert!(matches!(try_code(&house, &again, &too_late).await, Outcome::Refused));
        entered(try_code(&house, &again, &late).await);
    }

    async fn two_browsers_with_one_code_do_not_both_get_in(db: TestDb) {
        let house = House::new(db).await;
        let (_, app) = enrol(&house).await;
        let one = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
        let two = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.2").await);
        house.clock.advance(Duration::seconds(30));
        let code = code(&house, &app);
        entered(try_code(&house, &one, &code).await);
        assert!(matches!(try_code(&house, &two, &code).await, Outcome::Refused));
    }

    async fn each_recovery_code_works_once(db: TestDb) {
        let house = House::new(db).await;
        let (inside, _) = enrol(&house).await;
        let codes = &inside.recovery_codes;
        assert_eq!(codes.len(), sign_in::CODES);
        let at_door = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
        let sloppy = codes[3].text().to_lowercase().replace('-', " ");
        entered(try_code(&house, &at_door, &sloppy).await);
        let again = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
        assert!(matches!(try_code(&house, &again, codes[3].text()).await, Outcome::Refused));
        entered(try_code(&house, &again, codes[4].text()).await);
        assert_eq!(store::staff::recovery_codes_left(&mut house.read().await, &house.owner.staff_id).await.unwrap(), 8);
        let mut tx = house.write().await;
        let fresh = sign_in::renew_recovery_codes(&mut tx, &house.ctx, &inside.session).await.unwrap();
        tx.commit().await.unwrap();
        let third = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
        assert!(matches!(try_code(&house, &third, codes[5].text()).await, Outcome::Refused), "the old set is worth nothing");
        entered(try_code(&house, &third, fresh[0].text()).await);
    }

    async fn guessing_is_braked_per_account_and_a_restart_forgives_nobody(db: TestDb) {
        let mut house = House::new(db).await;
        for _ in 0..10 {
            assert!(matches!(try_password(&house, OWNER, "wrong", "10.0.0.9").await, Outcome::Refused));
            assert!(matches!(try_password(&house, "nobody@example.org", "wrong", "10.0.0.9").await, Outcome::Refused));
        }
        // An unknown account is braked just the same: the answer tells nobody whether it exists.
        assert!(matches!(try_password(&house, "nobody@example.org", "wrong", "10.0.0.8").await, Outcome::Wait(1..=900)));
        house.ctx = crate::house::context(&house.clock);
        assert!(matches!(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.8").await, Outcome::Wait(1..=900)), "even the right password, from anywhere");
        house.clock.advance(Duration::minutes(15));
        entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.8").await);
        assert!(matches!(try_password(&house, OWNER, "wrong", "10.0.0.8").await, Outcome::Refused), "the right one resets the count");
        assert_eq!(house.audited("sign_in.refuse").await.len(), 11);
    }

    async fn guessing_at_many_accounts_is_braked_per_address(db: TestDb) {
        let house = House::new(db).await;
        for n in 0..60 {
            assert!(matches!(try_password(&house, &format!("a{n}@example.org"), "x", "10.0.0.9").await, Outcome::Refused));
        }
        assert!(matches!(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.9").await, Outcome::Wait(_)));
        entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
    }

    async fn the_second_factor_is_not_guessed(db: TestDb) {
        let house = House::new(db).await;
        let (_, app) = enrol(&house).await;
        let at_door = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
        house.clock.advance(Duration::seconds(60));
        for _ in 0..5 {
            assert!(matches!(try_code(&house, &at_door, "000000").await, Outcome::Refused));
        }
        assert!(matches!(try_code(&house, &at_door, &code(&house, &app)).await, Outcome::Wait(_)));
    }

    async fn sessions_end_when_idle_when_old_and_when_told(db: TestDb) {
        let house = House::new(db).await;
        let (inside, app) = enrol(&house).await;
        let mut last = inside.session.clone();
        // Busy for twelve hours.
        for _ in 0..(12 * 60 / 14) {
            house.clock.advance(Duration::minutes(14));
            let visitor = sign_in::authenticate(&mut house.db.read_all().await.unwrap(), &house.ctx, inside.token.text()).await.unwrap().unwrap();
            assert!(sign_in::needs_touch(&visitor.session, house.ctx.now()));
            last = visitor.session;
            let mut tx = house.write().await;
            sign_in::touch(&mut tx, &house.ctx, &last).await.unwrap();
            tx.commit().await.unwrap();
        }
        house.clock.advance(Duration::minutes(10));
        assert!(!is_good(&house, &inside.token).await, "no session outlives twelve hours");
        assert!(last.expires_at <= house.ctx.now());

        let fresh = |house: &House| { let code = code(house, &app); async move { code } };
        let at_door = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
        let one = entered(try_code(&house, &at_door, &fresh(&house).await).await);
        house.clock.advance(Duration::minutes(15));
        assert!(!is_good(&house, &one.token).await, "idle");

        let at_door = entered(try_password(&house, OWNER, OWNER_PASSWORD, "10.0.0.1").await);
        let two = entered(try_code(&house, &at_door, &fresh(&house).await).await);
        let mut tx = house.write().await;
        sign_in::sign_out(&mut tx, &house.ctx, &two.session).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!is_good(&house, &two.token).await, "signed out on the server, not only in the browser");
    }

    async fn an_invitation_goes_by_mail_and_is_used_once(db: TestDb) {
        let house = House::new(db).await;
        let new = NewStaff {
            person: PersonForm { name: Phi::new("Ana Ruiz".into()), email: Phi::new("ana@harborlane.example".into()), phone: Phi::new("415-555-2671".into()), language: Language::Es },
            roles: vec![Role::Clinician],
            sites: vec![house.site.clone()],
            backup: None,
        };
        let mut tx = house.write().await;
        let id = staff::invite(&mut tx, &house.ctx, &house.owner, &new).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = house.write().await;
        let taken = staff::invite(&mut tx, &house.ctx, &house.owner, &new).await.unwrap_err();
        assert_eq!(problems(taken), ["email: wrong-taken"]);
        drop(tx);

        let due = store::message::due(&mut house.db.read_all().await.unwrap(), house.ctx.now(), 10).await.unwrap();
        let mut tx = house.write().await;
        let claimed = delivery::claim(&mut tx, &house.ctx, std::slice::from_ref(&due[0].1)).await.unwrap().remove(0);
        tx.commit().await.unwrap();
        assert_eq!(claimed.ready.to, "ana@harborlane.example");
        let token = claimed.ready.token.unwrap();

        let mut all = house.db.read_all().await.unwrap();
        let (practice, person) = sign_in::invited(&mut all, &house.ctx, &token).await.unwrap().unwrap();
        assert_eq!((practice, person.id), (house.practice.clone(), id.clone()));
        assert!(sign_in::invited(&mut all, &house.ctx, "AAAAAAAAAAAAAAAAAAAAAA").await.unwrap().is_none());
        drop(all);
        let hash = password::hash("tres tristes tigres", house.ctx.entropy.as_ref());
        let mut tx = house.write().await;
        let at_door = sign_in::accept_invitation(&mut tx, &house.ctx, &token, &hash).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(at_door.session.stage, SessionStage::Enrol, "nobody is in without a second factor");
        let mut tx = house.write().await;
        assert!(matches!(sign_in::accept_invitation(&mut tx, &house.ctx, &token, &hash).await, Err(Error::NotFound)));
        drop(tx);

        let secret = sign_in::enrolment(&mut house.read().await, &at_door.session).await.unwrap().secret;
        let inside = entered(try_code(&house, &at_door, &code(&house, &app(secret.text()))).await);
        let visitor = sign_in::authenticate(&mut house.db.read_all().await.unwrap(), &house.ctx, inside.token.text()).await.unwrap().unwrap();
        assert_eq!(visitor.staff.roles, [Role::Clinician]);
        let ana: Viewer = workflows::access::viewer(&visitor.staff);

        // She leaves: out with the next request.
        let mut tx = house.write().await;
        staff::deactivate(&mut tx, &house.ctx, &house.owner, &ana.staff_id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!is_good(&house, &inside.token).await);
        assert!(matches!(try_password(&house, "ana@harborlane.example", "tres tristes tigres", "10.0.0.1").await, Outcome::Refused));
    }

    async fn an_invitation_ends_after_three_days(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut tx = house.write().await;
        staff::invite_again(&mut tx, &house.ctx, &house.owner, &ana.staff_id).await.unwrap();
        tx.commit().await.unwrap();
        let due = store::message::due(&mut house.db.read_all().await.unwrap(), house.ctx.now(), 10).await.unwrap();
        let mut tx = house.write().await;
        let token = delivery::claim(&mut tx, &house.ctx, std::slice::from_ref(&due[0].1)).await.unwrap().remove(0).ready.token.unwrap();
        tx.commit().await.unwrap();
        house.clock.advance(Duration::hours(72));
        assert!(sign_in::invited(&mut house.db.read_all().await.unwrap(), &house.ctx, &token).await.unwrap().is_none());
        let hash = password::hash("tres tristes tigres", house.ctx.entropy.as_ref());
        let mut tx = house.write().await;
        assert!(matches!(sign_in::accept_invitation(&mut tx, &house.ctx, &token, &hash).await, Err(Error::NotFound)));
    }
}
