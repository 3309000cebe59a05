//! Help shown to a client before anything else, as the practice has checked it.

use crate::{InstanceScope, Read, Result, Tx, record, values};
use care::practice::CrisisResource;
use care::{Language, PracticeId};

record! { CrisisResource { id, language, label, detail, href, site_id, position, reviewed_on } }

/// What clients of the language are shown at every site, in order.
pub async fn list(read: &mut Read, language: Language) -> Result<Vec<CrisisResource>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, language, label, detail, href, site_id, position, reviewed_on FROM crisis_resource \
         WHERE practice_id = $1 AND language = $2 AND site_id IS NULL ORDER BY position, id",
    )
    .bind(&practice)
    .bind(language)
    .all()
    .await
}

/// What clients of any language are shown, for the page where it is edited.
pub async fn all(read: &mut Read) -> Result<Vec<CrisisResource>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, language, label, detail, href, site_id, position, reviewed_on FROM crisis_resource \
         WHERE practice_id = $1 ORDER BY language, position, id",
    )
    .bind(&practice)
    .all()
    .await
}

/// Replaces the practice's whole list.
pub async fn replace_all(tx: &mut Tx, resources: &[CrisisResource]) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM crisis_resource WHERE practice_id = $1").bind(&practice).execute().await?;
    if resources.is_empty() {
        return Ok(());
    }
    tx.query(
        "INSERT INTO crisis_resource (practice_id, id, language, label, detail, href, position, \
         reviewed_on, site_id) VALUES $rows",
    )
    .bind_rows(resources.iter().map(|resource| {
        values![
            &practice,
            &resource.id,
            resource.language,
            resource.label.as_str(),
            resource.detail.as_str(),
            resource.href.as_str(),
            resource.position,
            resource.reviewed_on,
            resource.site_id.as_ref(),
        ]
    }))
    .execute()
    .await?;
    Ok(())
}

/// Whether the practice has any.
pub async fn any(read: &mut Read) -> Result<bool> {
    let practice = read.practice().clone();
    let found = read
        .query("SELECT id FROM crisis_resource WHERE practice_id = $1 LIMIT 1")
        .bind(&practice)
        .scalar_optional::<String>()
        .await?;
    Ok(found.is_some())
}

/// The practices of the deployment that have none at all: nothing may be asked of their clients.
pub async fn practices_without(instance: &mut impl InstanceScope) -> Result<Vec<PracticeId>> {
    instance.query(
        "SELECT p.id FROM practice p WHERE NOT EXISTS (SELECT 1 FROM crisis_resource r WHERE r.practice_id = p.id) ORDER BY p.id",
    )
    .scalars()
    .await
}
