//! The practice itself: its names, its language and zone, and what it has decided. Its places are `site`'s, its people
//! `staff`'s.

use crate::{Error, InstanceScope, Json, Read, Record, Result, Row, Tx};
use care::PracticeId;
use care::practice::{Practice, Settings};

impl Record for Practice {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name")?,
            display_name: row.get("display_name")?,
            phone: row.get("phone")?,
            language: row.get("language")?,
            zone: row.get("zone")?,
            settings: row.get::<Json<Settings>>("settings")?.0,
            created_at: row.get("created_at")?,
        })
    }
}

/// Sets a practice up.
pub async fn insert(tx: &mut Tx, practice: &Practice) -> Result<()> {
    tx.query(
        "INSERT INTO practice (id, name, display_name, phone, language, zone, settings, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&practice.id)
    .bind(practice.name.as_str())
    .bind(practice.display_name.as_str())
    .bind(practice.phone.as_str())
    .bind(practice.language)
    .bind(practice.zone.as_str())
    .bind(Json(&practice.settings))
    .bind(practice.created_at)
    .execute()
    .await?;
    Ok(())
}

/// The practice this transaction is scoped to; [`Error::NotFound`] when there is none.
pub async fn get(read: &mut Read) -> Result<Practice> {
    let practice = read.practice().clone();
    read.query("SELECT id, name, display_name, phone, language, zone, settings, created_at FROM practice WHERE id = $1")
        .bind(&practice)
        .one()
        .await
}

/// Writes names, number, language, zone and settings. Id and date of creation stay; another practice's value is
/// [`Error::NotFound`].
pub async fn update(tx: &mut Tx, practice: &Practice) -> Result<()> {
    let scope = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE practice SET name = $3, display_name = $4, phone = $5, language = $6, zone = $7, settings = $8 \
             WHERE id = $1 AND id = $2",
        )
        .bind(&scope)
        .bind(&practice.id)
        .bind(practice.name.as_str())
        .bind(practice.display_name.as_str())
        .bind(practice.phone.as_str())
        .bind(practice.language)
        .bind(practice.zone.as_str())
        .bind(Json(&practice.settings))
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Every practice of the deployment, oldest first. Empty before set-up.
pub async fn ids(instance: &mut impl InstanceScope) -> Result<Vec<PracticeId>> {
    instance.query("SELECT id FROM practice ORDER BY created_at, id").scalars().await
}
