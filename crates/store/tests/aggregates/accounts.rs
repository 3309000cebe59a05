//! Staff, how they prove who they are, their sessions and the counters against guessing.

use crate::fixture::*;
use care::staff::{Role, Session, SessionStage, StaffState};
use care::{Language, Phi, SessionId, SiteId};
use chrono::TimeDelta;
use store::session::Promotion;
use store::testing::both_databases;
use store::throttle::{Verdict, hit};
use store::{Error, session, staff as people};

fn signed_in(id: &str, stage: SessionStage) -> Session {
    Session {
        id: SessionId::from_text(id),
        staff_id: staff_id("ana"),
        stage,
        created_at: now(),
        last_seen_at: now(),
        expires_at: after(600),
    }
}

both_databases! {
    async fn a_person_comes_back_with_roles_and_sites_and_is_stored_sealed(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let mut zoe = staff("zoe", &[Role::Admin, Role::Clinician]);
        zoe.name = Phi::new("Zoë Quill".to_owned());
        zoe.roles.sort_unstable();
        zoe.sites = vec![SiteId::from_text("bay"), SiteId::from_text("north")];
        zoe.backup_id = Some(staff_id("ben"));
        zoe.language = Language::Es;
        assert!(people::insert(&mut tx, &zoe, now()).await.unwrap());
        tx.commit().await.unwrap();

        let mut read = read(&db).await;
        assert_eq!(people::find(&mut read, &zoe.id).await.unwrap(), Some(zoe.clone()));
        let everybody = people::list(&mut read).await.unwrap();
        assert_eq!(everybody.len(), 5);
        assert_eq!(everybody[4], zoe, "ordered by name, each with roles and sites");
        assert_eq!(everybody[3].roles, [Role::Clinician, Role::Supervisor]);
        for column in [
            raw(&mut read, "SELECT name_sealed FROM staff WHERE practice_id = $1").await,
            raw(&mut read, "SELECT email_sealed FROM staff WHERE practice_id = $1").await,
            raw(&mut read, "SELECT phone_sealed FROM staff WHERE practice_id = $1").await,
        ] {
            assert!(column.len() > 100);
            for plain in ["Quill", "zoe@", "example.org", "2065550101", "Name of"] {
                assert!(!contains(&column, plain), "{plain} is stored in plain text");
            }
        }
    }

    async fn an_address_has_one_account_in_the_whole_deployment(db: TestDb) {
        harbor(&db).await;
        let mut tx = db.write(&practice_id("bayside")).await.unwrap();
        store::practice::insert(&mut tx, &practice("bayside")).await.unwrap();
        let mut twin = staff("twin", &[Role::Owner]);
        twin.email = Phi::new(" ANA@Example.org ".to_owned());
        assert!(!people::insert(&mut tx, &twin, now()).await.unwrap());
        assert_eq!(people::find(&mut tx, &twin.id).await.unwrap(), None);
        twin.email = Phi::new("twin@example.org".to_owned());
        assert!(people::insert(&mut tx, &twin, now()).await.unwrap(), "a refused address leaves the transaction usable");
        twin.email = Phi::new("ana@example.org".to_owned());
        assert!(matches!(people::update(&mut tx, &twin).await, Err(Error::Conflict)));
        twin.email = Phi::new("twin2@example.org".to_owned());
        people::update(&mut tx, &twin).await.unwrap();
        tx.commit().await.unwrap();

        let mut all = db.read_all().await.unwrap();
        let ana = people::by_email(&mut all, "  Ana@EXAMPLE.org").await.unwrap().unwrap();
        assert_eq!((ana.practice_id, ana.staff_id), (practice_id("harbor"), staff_id("ana")));
        let moved = people::by_email(&mut all, "twin2@example.org").await.unwrap().unwrap();
        assert_eq!(moved.practice_id, practice_id("bayside"));
        assert_eq!(people::by_email(&mut all, "twin@example.org").await.unwrap(), None);
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert_eq!(people::find(&mut bayside, &staff_id("ana")).await.unwrap(), None);
        assert_eq!(people::credentials(&mut bayside, &staff_id("ana")).await.unwrap(), None);
        assert_eq!(people::list(&mut bayside).await.unwrap().len(), 1);
    }

    async fn a_change_of_roles_state_and_backup_is_exactly_that(db: TestDb) {
        harbor(&db).await;
        let ana = staff_id("ana");
        let mut tx = write(&db).await;
        people::set_roles(&mut tx, &ana, &[Role::Supervisor, Role::Owner, Role::Owner]).await.unwrap();
        people::set_sites(&mut tx, &ana, &[SiteId::from_text("bay")]).await.unwrap();
        people::set_backup(&mut tx, &ana, Some(&staff_id("ben"))).await.unwrap();
        assert!(people::set_state(&mut tx, &ana, StaffState::Active, StaffState::Deactivated).await.unwrap());
        assert!(!people::set_state(&mut tx, &ana, StaffState::Active, StaffState::Deactivated).await.unwrap());
        let changed = people::find(&mut tx, &ana).await.unwrap().unwrap();
        assert_eq!(changed.roles, [Role::Supervisor, Role::Owner]);
        assert_eq!(changed.sites, [SiteId::from_text("bay")]);
        assert_eq!((changed.backup_id, changed.state), (Some(staff_id("ben")), StaffState::Deactivated));
        people::set_sites(&mut tx, &ana, &[]).await.unwrap();
        assert!(people::find(&mut tx, &ana).await.unwrap().unwrap().sites.is_empty());
        assert_eq!(people::find(&mut tx, &staff_id("ben")).await.unwrap().unwrap().roles, [Role::Clinician]);
    }

    async fn a_code_works_once_and_a_recovery_code_too(db: TestDb) {
        harbor(&db).await;
        let ana = staff_id("ana");
        let mut tx = write(&db).await;
        assert!(!people::advance_totp_step(&mut tx, &ana, 5).await.unwrap(), "no second factor yet");
        assert!(people::set_totp(&mut tx, &ana, Some("JBSWY3DPEHPK3PXP")).await.unwrap());
        assert!(people::advance_totp_step(&mut tx, &ana, 100).await.unwrap());
        assert!(!people::advance_totp_step(&mut tx, &ana, 100).await.unwrap(), "the same code again");
        assert!(!people::advance_totp_step(&mut tx, &ana, 99).await.unwrap(), "an earlier code");
        assert!(people::advance_totp_step(&mut tx, &ana, 101).await.unwrap());

        let codes = ["one".to_owned(), "two".to_owned()];
        people::replace_recovery_codes(&mut tx, &ana, &["old".to_owned()]).await.unwrap();
        people::replace_recovery_codes(&mut tx, &ana, &codes).await.unwrap();
        assert!(!people::use_recovery_code(&mut tx, &ana, "old", now()).await.unwrap());
        assert!(!people::use_recovery_code(&mut tx, &staff_id("ben"), "one", now()).await.unwrap());
        assert!(people::use_recovery_code(&mut tx, &ana, "one", now()).await.unwrap());
        assert!(!people::use_recovery_code(&mut tx, &ana, "one", now()).await.unwrap());
        assert_eq!(people::recovery_codes_left(&mut tx, &ana).await.unwrap(), 1);
        tx.commit().await.unwrap();

        let mut all = db.read_all().await.unwrap();
        let known = people::by_email(&mut all, "ana@example.org").await.unwrap().unwrap();
        assert_eq!(known.totp_secret.map(Phi::into_exposed).as_deref(), Some("JBSWY3DPEHPK3PXP"));
        assert_eq!((known.totp_step, known.password_hash), (101, None));
        let stored = raw(&mut read(&db).await, "SELECT totp_sealed FROM staff WHERE practice_id = $1").await;
        assert!(!stored.is_empty() && !contains(&stored, "JBSWY3DPEHPK3PXP"));
    }

    async fn an_invitation_is_used_once_and_in_time(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let mut new = staff("new", &[Role::Biller]);
        new.state = StaffState::Invited;
        assert!(people::insert(&mut tx, &new, now()).await.unwrap());
        assert!(people::invite(&mut tx, &new.id, "hash-1", after(60)).await.unwrap());
        assert!(people::invite(&mut tx, &new.id, "hash-2", after(60)).await.unwrap(), "a new link replaces the old");
        tx.commit().await.unwrap();

        let mut all = db.write_all().await.unwrap();
        assert_eq!(people::by_invite(&mut all, "hash-1", now()).await.unwrap(), None);
        assert_eq!(people::by_invite(&mut all, "hash-2", after(60)).await.unwrap(), None, "ended");
        let found = people::by_invite(&mut all, "hash-2", after(59)).await.unwrap().unwrap();
        assert_eq!((found.staff_id, found.state), (new.id.clone(), StaffState::Invited));
        let tx = all.within(&found.practice_id);
        assert_eq!(people::accept_invite(tx, "hash-2", "$argon2id$x", after(60)).await.unwrap(), None);
        assert_eq!(people::accept_invite(tx, "hash-2", "$argon2id$x", after(59)).await.unwrap(), Some(new.id.clone()));
        assert_eq!(people::accept_invite(tx, "hash-2", "$argon2id$y", after(59)).await.unwrap(), None, "used up");
        let known = people::credentials(tx, &new.id).await.unwrap().unwrap();
        assert_eq!(known.password_hash, Some(Phi::new("$argon2id$x".to_owned())));
        assert_eq!(known.state, StaffState::Active);
        assert!(people::set_state(tx, &new.id, StaffState::Active, StaffState::Deactivated).await.unwrap());
        assert!(!people::invite(tx, &new.id, "hash-3", after(60)).await.unwrap(), "not for former colleagues");
        assert!(people::set_password(tx, &staff_id("ana"), "$argon2id$z").await.unwrap());
        assert!(!people::set_password(tx, &staff_id("nobody"), "$argon2id$z").await.unwrap());
    }

    async fn a_session_moves_on_once_under_a_new_id(db: TestDb) {
        harbor(&db).await;
        let first = signed_in("first", SessionStage::Password);
        let mut tx = write(&db).await;
        session::insert(&mut tx, &first).await.unwrap();
        let promotion = Promotion {
            from: SessionStage::Password,
            to: SessionStage::Full,
            new_id: SessionId::from_text("second"),
            expires_at: after(720),
        };
        let promoted = session::promote(&mut tx, &first.id, &promotion, after(1)).await.unwrap().unwrap();
        assert_eq!((promoted.stage, promoted.last_seen_at, promoted.expires_at), (SessionStage::Full, after(1), after(720)));
        assert_eq!(session::promote(&mut tx, &first.id, &promotion, after(1)).await.unwrap(), None);
        let again = Promotion { new_id: SessionId::from_text("third"), ..promotion };
        assert_eq!(session::promote(&mut tx, &promoted.id, &again, after(2)).await.unwrap(), None, "not from 'full'");
        session::touch(&mut tx, &promoted.id, after(5)).await.unwrap();
        session::touch(&mut tx, &promoted.id, after(3)).await.unwrap();
        tx.commit().await.unwrap();

        let mut all = db.read_all().await.unwrap();
        assert_eq!(session::by_token_hash(&mut all, "first", after(6)).await.unwrap(), None, "the old token is worthless");
        let found = session::by_token_hash(&mut all, "second", after(6)).await.unwrap().unwrap();
        assert_eq!(found.practice_id, practice_id("harbor"));
        assert_eq!(found.session, Session { last_seen_at: after(5), ..promoted });
        assert_eq!(session::by_token_hash(&mut all, "second", after(720)).await.unwrap(), None, "ended");
    }

    async fn sessions_end_one_by_one_all_at_once_and_by_time(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        for id in ["s1", "s2", "s3", "s4"] {
            session::insert(&mut tx, &signed_in(id, SessionStage::Full)).await.unwrap();
        }
        session::delete(&mut tx, &SessionId::from_text("s1")).await.unwrap();
        let kept = SessionId::from_text("s2");
        assert_eq!(session::delete_of_staff(&mut tx, &staff_id("ana"), Some(&kept)).await.unwrap(), 2);
        assert_eq!(session::delete_of_staff(&mut tx, &staff_id("ana"), None).await.unwrap(), 1);
        for id in ["idle", "ended", "alive"] {
            session::insert(&mut tx, &signed_in(id, SessionStage::Full)).await.unwrap();
        }
        for id in ["ended", "alive"] {
            session::touch(&mut tx, &SessionId::from_text(id), after(590)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut all = db.write_all().await.unwrap();
        assert_eq!(session::delete_expired(&mut all, after(599), after(569)).await.unwrap(), 1, "the idle one");
        assert_eq!(session::delete_expired(&mut all, after(600), after(569)).await.unwrap(), 2, "the rest has ended");
    }

    async fn guessing_is_limited_per_window(db: TestDb) {
        let window = TimeDelta::minutes(15);
        let mut all = db.write_all().await.unwrap();
        let tx = all.own();
        for _ in 0..3 {
            assert!(hit(tx, "bucket", window, 3, now()).await.unwrap().is_allowed());
        }
        assert_eq!(
            hit(tx, "bucket", window, 3, after(5)).await.unwrap(),
            Verdict::Limited { retry_after: TimeDelta::minutes(10) },
            "trying on does not prolong the window"
        );
        assert!(hit(tx, "other", window, 3, after(5)).await.unwrap().is_allowed());
        assert!(!hit(tx, "bucket", window, 3, after(14)).await.unwrap().is_allowed());
        assert!(hit(tx, "bucket", window, 3, after(15)).await.unwrap().is_allowed(), "a new window");
        for _ in 0..2 {
            assert!(hit(tx, "bucket", window, 3, after(15)).await.unwrap().is_allowed());
        }
        assert!(!hit(tx, "bucket", window, 3, after(15)).await.unwrap().is_allowed());
        store::throttle::reset(tx, "bucket").await.unwrap();
        assert!(hit(tx, "bucket", window, 3, after(15)).await.unwrap().is_allowed());
        assert_eq!(store::throttle::delete_before(tx, after(15)).await.unwrap(), 1, "only the other bucket is old");
    }

    async fn eight_guessers_at_once_do_not_slip_through(db: TestDb) {
        let tries = (0..8).map(|_| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut allowed = 0;
                for _ in 0..5 {
                    let mut tx = db.write(&practice_id("harbor")).await.unwrap();
                    let verdict = hit(&mut tx, "bucket", TimeDelta::minutes(15), 10, now()).await.unwrap();
                    tx.commit().await.unwrap();
                    allowed += i64::from(verdict.is_allowed());
                }
                allowed
            })
        });
        let mut allowed = 0;
        for one in tries.collect::<Vec<_>>() {
            allowed += one.await.unwrap();
        }
        assert_eq!(allowed, 10);
    }
}
