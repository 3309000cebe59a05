//! Practices and sites.

use crate::fixture::*;
use care::practice::{Settings, Silence};
use care::{Language, SiteId};
use store::testing::both_databases;
use store::{Error, practice, site};

both_databases! {
    async fn a_practice_comes_back_as_it_was_written(db: TestDb) {
        assert!(practice::ids(&mut db.read_all().await.unwrap()).await.unwrap().is_empty(), "before set-up");
        harbor(&db).await;
        let mut wanted = practice("harbor");
        assert_eq!(practice::get(&mut read(&db).await).await.unwrap(), wanted);

        wanted.language = Language::Es;
        "Puerto".clone_into(&mut wanted.display_name);
        wanted.settings = Settings { expires_after_hours: 72, silence: Silence::Shown, ..Settings::default() };
        let mut tx = write(&db).await;
        practice::update(&mut tx, &wanted).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(practice::get(&mut read(&db).await).await.unwrap(), wanted);
    }

    async fn every_practice_is_listed_and_none_reaches_into_another(db: TestDb) {
        harbor(&db).await;
        let bay = practice_id("bayside");
        let mut tx = db.write(&bay).await.unwrap();
        practice::insert(&mut tx, &practice("bayside")).await.unwrap();
        tx.commit().await.unwrap();
        let ids = practice::ids(&mut db.read_all().await.unwrap()).await.unwrap();
        assert_eq!(ids, [bay.clone(), practice_id("harbor")]);

        let mut tx = db.write(&bay).await.unwrap();
        assert!(matches!(practice::update(&mut tx, &practice("harbor")).await, Err(Error::NotFound)));
        assert!(site::list(&mut tx).await.unwrap().is_empty());
        assert_eq!(site::find(&mut tx, &SiteId::from_text("north")).await.unwrap(), None);
        assert!(matches!(site::update(&mut tx, &site("north")).await, Err(Error::NotFound)));
        let nobody = db.read(&practice_id("nowhere")).await;
        assert!(matches!(practice::get(&mut nobody.unwrap()).await, Err(Error::NotFound)));
    }

    async fn a_site_knows_who_is_on_call(db: TestDb) {
        harbor(&db).await;
        let mut tx = write(&db).await;
        let mut north = site("north");
        "America/Denver".clone_into(&mut north.zone);
        north.on_call_id = Some(staff_id("sue"));
        site::update(&mut tx, &north).await.unwrap();
        assert_eq!(site::list(&mut tx).await.unwrap(), [site("bay"), north.clone()]);
        north.before_session_hours = Some(2);
        site::update(&mut tx, &north).await.unwrap();
        assert_eq!(site::find(&mut tx, &north.id).await.unwrap().unwrap(), north);
        site::set_on_call(&mut tx, &north.id, None).await.unwrap();
        assert_eq!(site::find(&mut tx, &north.id).await.unwrap().unwrap().on_call_id, None);
    }
}
