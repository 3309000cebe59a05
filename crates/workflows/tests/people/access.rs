//! Who may see what, with the exact answers of scenario X1.

use crate::house::House;
use care::ClientId;
use care::access::{Access, Action};
use care::staff::Role;
use chrono::Duration;
use store::testing::both_databases;
use workflows::staff::NewSupervision;
use workflows::{Error, access, client, episode, staff};

both_databases! {
    async fn x1_the_biller_is_forbidden_and_the_former_supervisor_sees_nothing(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let noor = house.hire("Noor Haddad", &[Role::Supervisor]).await;
        let bill = house.hire("Bill Ng", &[Role::Biller]).await;
        let chris = house.hire("Chris Vale", &[Role::Clinician]).await;
        let desk = house.hire("Desk One", &[Role::Intake]).await;
        let client = house.client(&house.form("José Muñoz")).await;
        house.episode(&client, &ana).await;
        let today = access::today(&mut house.read().await, &house.ctx).await.unwrap();
        let edge = NewSupervision { supervisor: noor.staff_id.clone(), clinician: ana.staff_id.clone(), starts_on: Some(today - Duration::days(90)), ends_on: None };
        let mut tx = house.write().await;
        let edge = staff::add_supervision(&mut tx, &house.ctx, &house.owner, &edge).await.unwrap();
        tx.commit().await.unwrap();

        let allow = async |viewer, action| access::authorise(&house.db, &house.practice, &house.ctx, viewer, action, Some(&client)).await;
        allow(&ana, Action::ViewChart).await.unwrap();
        allow(&noor, Action::ViewChart).await.unwrap();
        assert!(matches!(allow(&bill, Action::ViewChart).await, Err(Error::Forbidden)), "403");
        assert!(matches!(allow(&chris, Action::ViewChart).await, Err(Error::NotFound)), "404");
        allow(&desk, Action::ViewContacts).await.unwrap();
        assert!(matches!(allow(&desk, Action::ViewChart).await, Err(Error::Forbidden)));
        let nobody = ClientId::from_text("0195a3c2-0000-7000-8000-000000000000");
        let unknown = access::authorise(&house.db, &house.practice, &house.ctx, &bill, Action::ViewChart, Some(&nobody)).await;
        assert!(matches!(unknown, Err(Error::NotFound)));

        // The supervision ends yesterday.
        let mut tx = house.write().await;
        staff::end_supervision(&mut tx, &house.ctx, &house.owner, &edge, today - Duration::days(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(allow(&noor, Action::ViewChart).await, Err(Error::NotFound)), "404");

        let denied = house.audited("access.denied").await;
        let seen: Vec<(String, String)> =
            denied.iter().map(|row| (row.actor.clone(), row.detail.0["outcome"].as_str().unwrap().to_owned())).collect();
        let row = |viewer: &care::access::Viewer, outcome: &str| (format!("staff:{}", viewer.staff_id), outcome.to_owned());
        assert_eq!(seen, [row(&bill, "forbidden"), row(&chris, "hidden"), row(&desk, "forbidden"), row(&bill, "hidden"), row(&noor, "hidden")]);
        assert!(denied.iter().all(|row| row.detail.0["action"] == "view_chart"));
        assert_eq!(denied[0].subject_id, client.as_str());
    }

    async fn the_one_who_had_the_episode_before_sees_nothing_and_the_called_one_does(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let ben = house.hire("Ben Osei", &[Role::Clinician]).await;
        let call = house.hire("Cal Lee", &[Role::Intake]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        let id = house.episode(&client, &ana).await;
        let mut tx = house.write().await;
        workflows::practice::set_on_call(&mut tx, &house.ctx, &house.owner, &house.site, Some(&call.staff_id)).await.unwrap();
        episode::assign(&mut tx, &house.ctx, &house.owner.staff_id, &id, &ben.staff_id).await.unwrap();
        tx.commit().await.unwrap();
        let look = async |viewer| access::check(&mut house.read().await, &house.ctx, viewer, Action::ViewChart, Some(&client)).await.unwrap();
        assert_eq!(look(&ana).await, Access::Hidden);
        assert_eq!(look(&ben).await, Access::Allowed);
        assert_eq!(look(&call).await, Access::Forbidden, "the desk knows of the client and sees no chart");
        house.danger(&id).await;
        assert_eq!(look(&call).await, Access::Allowed, "who is called about danger sees the chart while the case is open");
        assert_eq!(look(&ana).await, Access::Hidden);
    }

    async fn a_search_finds_and_counts_nobody_else(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician]).await;
        let ben = house.hire("Ben Osei", &[Role::Clinician]).await;
        let bill = house.hire("Bill Ng", &[Role::Biller]).await;
        let mut forms = ["Rosa Diaz", "Rosa Delgado", "Rosalind Park"].map(|name| house.form(name));
        forms[1].phone = care::Phi::new("415 555 2671".into());
        let mut ids = Vec::new();
        for (form, clinician) in forms.iter().zip([&ana, &ben, &ana]) {
            let id = house.client(form).await;
            house.episode(&id, clinician).await;
            ids.push(id);
        }
        let mut read = house.read().await;
        let mut find = async |viewer, text| {
            let found = client::search(&mut read, &house.ctx, viewer, text, 10).await.unwrap();
            found.into_iter().map(|client| client.id).collect::<Vec<_>>()
        };
        assert_eq!(find(&ana, "rosa").await, [ids[0].clone(), ids[2].clone()]);
        assert_eq!(find(&ben, "rosa").await, [ids[1].clone()]);
        assert_eq!(find(&ben, "(415) 555-2671").await, [ids[1].clone()]);
        assert_eq!(find(&ana, "(415) 555-2671").await, [], "a number is no way round");
        assert_eq!(find(&bill, "rosa").await, []);
        assert_eq!(find(&house.owner, "rosa").await.len(), 3, "the administration sees everyone of its sites");
        assert_eq!(client::list(&mut house.read().await, &house.ctx, &ana).await.unwrap().len(), 2);
    }

    async fn a_former_colleague_may_nothing(db: TestDb) {
        let house = House::new(db).await;
        let ana = house.hire("Ana Ruiz", &[Role::Clinician, Role::Admin]).await;
        let client = house.client(&house.form("Rosa Diaz")).await;
        house.episode(&client, &ana).await;
        let mut tx = house.write().await;
        staff::deactivate(&mut tx, &house.ctx, &house.owner, &ana.staff_id).await.unwrap();
        tx.commit().await.unwrap();
        let person = store::staff::find(&mut house.read().await, &ana.staff_id).await.unwrap().unwrap();
        let viewer = access::viewer(&person);
        for action in Action::ALL {
            let about = action.is_about_client().then_some(&client);
            assert_ne!(access::check(&mut house.read().await, &house.ctx, &viewer, *action, about).await.unwrap(), Access::Allowed, "{action}");
        }
        let left = staff::left_behind(&mut house.read().await).await.unwrap();
        assert_eq!(left.iter().map(|one| &one.clinician_id).collect::<Vec<_>>(), [&ana.staff_id]);
    }
}
