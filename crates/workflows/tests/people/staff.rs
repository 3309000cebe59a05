//! Staff: nobody lifts themself, somebody always administers, nobody's case is nobody's.

use crate::house::{House, problems};
use care::Phi;
use care::staff::{Role, StaffState};
use care::{Language, StaffId};
use store::testing::both_databases;
use workflows::staff::{self, NewStaff, NewSupervision, PersonForm};
use workflows::{Error, practice};

fn person(name: &str, email: &str) -> PersonForm {
    PersonForm {
        name: Phi::new(name.into()),
        email: Phi::new(email.into()),
        phone: Phi::default(),
        language: Language::En,
    }
}

both_databases! {
    async fn nobody_lifts_themself(db: TestDb) {
        let house = House::new(db).await;
        let noor = house.hire("Noor Haddad", &[Role::Supervisor]).await;
        let sam = house.hire("Sam Cole", &[Role::Admin]).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let mut tx = house.write().await;
        let (tx, ctx) = (&mut tx, &house.ctx);
        let forbidden = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Forbidden)), "{result:?}");
        forbidden(staff::set_roles(tx, ctx, &noor, &noor.staff_id, &[Role::Admin]).await);
        forbidden(staff::set_roles(tx, ctx, &sam, &sam.staff_id, &[Role::Admin, Role::Clinician]).await);
        forbidden(staff::set_roles(tx, ctx, &sam, &ana.staff_id, &[Role::Owner]).await);
        forbidden(staff::set_roles(tx, ctx, &sam, &house.owner.staff_id, &[Role::Clinician]).await);
        forbidden(staff::deactivate(tx, ctx, &sam, &house.owner.staff_id).await);
        forbidden(staff::deactivate(tx, ctx, &sam, &sam.staff_id).await);
        forbidden(staff::reset_second_factor(tx, ctx, &sam, &house.owner.staff_id).await);
        forbidden(staff::invite_again(tx, ctx, &sam, &house.owner.staff_id).await);
        forbidden(staff::edit(tx, ctx, &sam, &house.owner.staff_id, &person("Marta", "sam@evil.example")).await);
        forbidden(staff::edit(tx, ctx, &ana, &ana.staff_id, &person("Ana", "other@harborlane.example")).await);
        forbidden(staff::set_sites(tx, ctx, &sam, &sam.staff_id, &[]).await);
        let new = |roles: &[Role]| NewStaff { person: person("Eve", "eve@harborlane.example"), roles: roles.to_vec(), sites: vec![], backup: None };
        for (by, roles) in [(&noor, &[Role::Admin][..]), (&ana, &[Role::Clinician]), (&sam, &[Role::Owner])] {
            assert!(matches!(staff::invite(tx, ctx, by, &new(roles)).await, Err(Error::Forbidden)));
        }
        let edge = |supervisor: &StaffId| NewSupervision { supervisor: supervisor.clone(), clinician: ana.staff_id.clone(), starts_on: None, ends_on: None };
        assert!(matches!(staff::add_supervision(tx, ctx, &noor, &edge(&noor.staff_id)).await, Err(Error::Forbidden)));
        assert_eq!(problems(staff::add_supervision(tx, ctx, &sam, &edge(&sam.staff_id)).await.unwrap_err()), ["supervisor: supervision-not-a-supervisor"]);
        staff::add_supervision(tx, ctx, &sam, &edge(&noor.staff_id)).await.unwrap();
        assert_eq!(problems(staff::add_supervision(tx, ctx, &sam, &edge(&noor.staff_id)).await.unwrap_err()), ["supervisor: supervision-holds-already"]);
        staff::edit(tx, ctx, &ana, &ana.staff_id, &person("Ana María Ruiz", "ana.ruiz@harborlane.example")).await.unwrap();
        staff::set_roles(tx, ctx, &sam, &ana.staff_id, &[Role::Clinician, Role::Intake]).await.unwrap();
    }

    async fn an_owner_who_is_no_administrator_does_not_make_themself_a_supervisor(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let olga = house.hire("Olga Stein", &[Role::Owner, Role::Supervisor]).await;
        let edge = NewSupervision { supervisor: olga.staff_id.clone(), clinician: ana.staff_id.clone(), starts_on: None, ends_on: None };
        let mut tx = house.write().await;
        assert!(matches!(staff::add_supervision(&mut tx, &house.ctx, &olga, &edge).await, Err(Error::Forbidden)));
        staff::add_supervision(&mut tx, &house.ctx, &house.owner, &edge).await.unwrap();
    }

    async fn somebody_always_administers(db: TestDb) {
        let house = House::new(db).await;
        let second = house.hire("Olga Stein", &[Role::Owner]).await;
        let mut tx = house.write().await;
        staff::deactivate(&mut tx, &house.ctx, &second, &house.owner.staff_id).await.unwrap();
        // Only the second is left; whoever tries with an old right finds the rule.
        let last = staff::deactivate(&mut tx, &house.ctx, &house.owner, &second.staff_id).await.unwrap_err();
        assert_eq!(problems(last), ["staff: staff-last-administrator"]);
        let last = staff::set_roles(&mut tx, &house.ctx, &house.owner, &second.staff_id, &[Role::Clinician]).await.unwrap_err();
        assert_eq!(problems(last), ["staff: staff-last-administrator"]);
    }

    async fn two_who_deactivate_each_other_do_not_both_succeed(db: TestDb) {
        let house = House::new(db).await;
        let olga = house.hire("Olga Stein", &[Role::Owner]).await;
        let attempt = async |by: &care::access::Viewer, whom: &care::access::Viewer| {
            let mut tx = house.write().await;
            staff::deactivate(&mut tx, &house.ctx, by, &whom.staff_id).await?;
            tx.commit().await.map_err(Error::from)
        };
        let (one, two) = tokio::join!(attempt(&house.owner, &olga), attempt(&olga, &house.owner));
        assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
        let all = store::staff::list(&mut house.read().await).await.unwrap();
        assert_eq!(all.iter().filter(|person| person.state == StaffState::Active).count(), 1);
    }

    async fn a_case_opened_as_its_owner_left_is_handed_on(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let episode = house.episode(&client, &ana).await;
        let case = house.danger(&episode).await;
        let mut tx = house.write().await;
        assert_eq!(staff::hand_over_leftovers(&mut tx, &house.ctx).await.unwrap(), 0);
        store::staff::set_state(&mut tx, &ana.staff_id, StaffState::Active, StaffState::Deactivated).await.unwrap();
        assert_eq!(staff::hand_over_leftovers(&mut tx, &house.ctx).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(store::case::find(&mut house.read().await, &case).await.unwrap().unwrap().owner_id, house.owner.staff_id);
    }

    async fn who_leaves_leaves_no_case_behind(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let ben = house.hire("Ben Osei", &[Role::Clinician]).await;
        let cal = house.hire("Cal Lee", &[Role::Clinician]).await;
        let mut cases = Vec::new();
        for (name, clinician) in [("Rosa Diaz", &ana), ("Ravi Patel", &ana), ("Lena Hoff", &cal)] {
            let client = house.client(&house.form(name)).await;
            let episode = house.episode(&client, clinician).await;
            cases.push(house.danger(&episode).await);
        }
        let mut tx = house.write().await;
        staff::set_backup(&mut tx, &house.ctx, &ana, &ana.staff_id, Some(&ben.staff_id)).await.unwrap();
        practice::set_on_call(&mut tx, &house.ctx, &house.owner, &house.site, Some(&ana.staff_id)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = house.write().await;
        staff::deactivate(&mut tx, &house.ctx, &house.owner, &ana.staff_id).await.unwrap();
        // Without a backup, whoever is on call has the case.
        staff::deactivate(&mut tx, &house.ctx, &house.owner, &cal.staff_id).await.unwrap();
        tx.commit().await.unwrap();
        let mut read = house.read().await;
        for case in &cases {
            assert_eq!(store::case::find(&mut read, case).await.unwrap().unwrap().owner_id, ben.staff_id);
        }
        assert_eq!(store::site::find(&mut read, &house.site).await.unwrap().unwrap().on_call_id, Some(ben.staff_id.clone()));
        assert_eq!(staff::left_behind(&mut read).await.unwrap().len(), 3);
        assert_eq!(store::staff::find(&mut read, &ana.staff_id).await.unwrap().unwrap().state, StaffState::Deactivated);
        drop(read);
        assert_eq!(house.audited("case.hand_over").await.len(), 3);
    }
}
