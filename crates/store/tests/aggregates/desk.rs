//! The front desk's tasks, crisis resources and confirmed wordings.

use crate::fixture::*;
use care::practice::{CrisisResource, Task, TaskKind};
use care::{ClientId, CrisisResourceId, Language, TaskId};
use store::testing::both_databases;
use store::wording::Confirmation;
use store::{crisis_resource, task as tasks, wording};

fn task(id: &str, kind: TaskKind, client: Option<ClientId>, due: i64) -> Task {
    Task {
        id: TaskId::from_text(id),
        kind,
        client_id: client,
        raised_at: now(),
        due_at: after(due),
        done_at: None,
        done_by: None,
    }
}

fn resource(id: &str, language: Language, position: i64) -> CrisisResource {
    CrisisResource {
        id: CrisisResourceId::from_text(id),
        language,
        label: format!("Call {id}"),
        detail: "Day and night".to_owned(),
        href: "tel:988".to_owned(),
        site_id: None,
        position,
        reviewed_on: day("2026-01-15"),
    }
}

both_databases! {
    async fn a_task_is_raised_once_and_done_once(db: TestDb) {
        harbor_with_episode(&db).await;
        let mut tx = write(&db).await;
        let c1 = client_id("c1");
        let first = task("t1", TaskKind::OptedOut, Some(c1.clone()), 60);
        assert!(tasks::raise(&mut tx, &first).await.unwrap());
        assert!(!tasks::raise(&mut tx, &task("t2", TaskKind::OptedOut, Some(c1.clone()), 90)).await.unwrap());
        assert!(tasks::raise(&mut tx, &task("t3", TaskKind::InboundText, Some(c1.clone()), 30)).await.unwrap(), "another kind");
        assert!(tasks::raise(&mut tx, &task("t4", TaskKind::InboundText, None, 40)).await.unwrap());
        let open = tasks::open(&mut tx).await.unwrap();
        assert_eq!(open.iter().map(|task| task.id.as_str()).collect::<Vec<_>>(), ["t3", "t4", "t1"], "most pressing first");
        assert_eq!(open[2], first);
        let done = tasks::done(&mut tx, &first.id, &staff_id("ida"), after(5)).await.unwrap().unwrap();
        assert_eq!((done.done_at, done.done_by.clone()), (Some(after(5)), Some(staff_id("ida"))));
        assert_eq!(tasks::done(&mut tx, &first.id, &staff_id("ana"), after(6)).await.unwrap(), None);
        assert!(tasks::raise(&mut tx, &task("t5", TaskKind::OptedOut, Some(c1.clone()), 60)).await.unwrap(), "it happened again");
        assert_eq!(tasks::open(&mut tx).await.unwrap().len(), 3);
        let of_client = tasks::of_client(&mut tx, &c1).await.unwrap();
        assert_eq!(of_client.len(), 3);
        assert!(of_client.contains(&done));
        tx.commit().await.unwrap();
        let mut tx = db.write(&practice_id("bayside")).await.unwrap();
        assert!(tasks::open(&mut tx).await.unwrap().is_empty());
        assert_eq!(tasks::done(&mut tx, &TaskId::from_text("t3"), &staff_id("ida"), now()).await.unwrap(), None);
    }

    async fn crisis_resources_are_replaced_as_a_whole(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        assert!(!crisis_resource::any(&mut tx).await.unwrap());
        let list = [resource("b", Language::En, 2), resource("a", Language::En, 1), resource("c", Language::Es, 1)];
        crisis_resource::replace_all(&mut tx, &list).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.write(&practice_id("bayside")).await.unwrap();
        store::practice::insert(&mut tx, &practice("bayside")).await.unwrap();
        crisis_resource::replace_all(&mut tx, &[]).await.unwrap();
        assert!(!crisis_resource::any(&mut tx).await.unwrap());
        tx.commit().await.unwrap();
        let mut all = db.read_all().await.unwrap();
        assert_eq!(crisis_resource::practices_without(&mut all).await.unwrap(), [practice_id("bayside")]);
        drop(all);

        let mut tx = write(&db).await;
        assert!(crisis_resource::any(&mut tx).await.unwrap());
        assert_eq!(crisis_resource::list(&mut tx, Language::En).await.unwrap(), [list[1].clone(), list[0].clone()]);
        assert_eq!(crisis_resource::list(&mut tx, Language::Es).await.unwrap(), list[2..]);
        crisis_resource::replace_all(&mut tx, &list[2..]).await.unwrap();
        assert_eq!(crisis_resource::all(&mut tx).await.unwrap(), list[2..]);
    }

    async fn a_wording_is_confirmed_once_for_its_version_and_language(db: TestDb) {
        harbor(&db).await;
        let confirmation = Confirmation {
            instrument: "gad-7".to_owned(),
            version: "1".to_owned(),
            language: Language::Es,
            confirmed_by: staff_id("ana"),
            confirmed_at: now(),
        };
        let mut tx = write(&db).await;
        assert!(!wording::is_confirmed(&mut tx, "gad-7", "1", Language::Es).await.unwrap());
        assert!(wording::confirm(&mut tx, &confirmation).await.unwrap());
        let later = Confirmation { confirmed_by: staff_id("ben"), confirmed_at: after(1), ..confirmation.clone() };
        assert!(!wording::confirm(&mut tx, &later).await.unwrap());
        assert!(wording::is_confirmed(&mut tx, "gad-7", "1", Language::Es).await.unwrap());
        assert!(!wording::is_confirmed(&mut tx, "gad-7", "2", Language::Es).await.unwrap());
        assert!(!wording::is_confirmed(&mut tx, "gad-7", "1", Language::En).await.unwrap());
        assert_eq!(wording::list(&mut tx).await.unwrap(), [confirmation], "the first confirmation stands");
        tx.commit().await.unwrap();
        let mut bayside = db.read(&practice_id("bayside")).await.unwrap();
        assert!(!wording::is_confirmed(&mut bayside, "gad-7", "1", Language::Es).await.unwrap());
        assert!(wording::list(&mut bayside).await.unwrap().is_empty());
    }
}
