//! The places where a practice works, each with its zone and the person on call.

use crate::{Error, Read, Result, Tx, record};
use care::practice::Site;
use care::{EpisodeId, SiteId, StaffId};

record! { Site { id, name, zone, on_call_id, before_session_hours } }

/// Inserts a site.
pub async fn insert(tx: &mut Tx, site: &Site) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query(
        "INSERT INTO site (practice_id, id, name, zone, on_call_id, before_session_hours) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&practice)
    .bind(&site.id)
    .bind(site.name.as_str())
    .bind(site.zone.as_str())
    .bind(site.on_call_id.as_ref())
    .bind(site.before_session_hours)
    .execute()
    .await?;
    Ok(())
}

/// Every site of the practice, by name.
pub async fn list(read: &mut Read) -> Result<Vec<Site>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT id, name, zone, on_call_id, before_session_hours FROM site WHERE practice_id = $1 ORDER BY name, id",
    )
    .bind(&practice)
    .all()
    .await
}

/// One site.
pub async fn find(read: &mut Read, id: &SiteId) -> Result<Option<Site>> {
    let practice = read.practice().clone();
    read.query("SELECT id, name, zone, on_call_id, before_session_hours FROM site WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .optional()
        .await
}

/// Writes a site's name, zone, person on call and hours; [`Error::NotFound`] when the practice has no such site.
pub async fn update(tx: &mut Tx, site: &Site) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = tx
        .query(
            "UPDATE site SET name = $3, zone = $4, on_call_id = $5, before_session_hours = $6 \
             WHERE practice_id = $1 AND id = $2",
        )
        .bind(&practice)
        .bind(&site.id)
        .bind(site.name.as_str())
        .bind(site.zone.as_str())
        .bind(site.on_call_id.as_ref())
        .bind(site.before_session_hours)
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// The open episodes at a site; without one, those at every site that has no hours of its own.
pub async fn open_episodes(read: &mut Read, site: Option<&SiteId>) -> Result<Vec<EpisodeId>> {
    let practice = read.practice().clone();
    read.query(
        "SELECT e.id FROM episode e JOIN site s ON s.practice_id = e.practice_id AND s.id = e.site_id \
         WHERE e.practice_id = $1 AND e.state = 'open' AND (s.id = $2 OR ($2 = '' AND s.before_session_hours IS NULL)) \
         ORDER BY e.id",
    )
    .bind(&practice)
    .bind(site.map_or("", SiteId::as_str))
    .scalars()
    .await
}

/// Hands the site's on-call duty on; [`Error::NotFound`] when the practice has no such site.
pub async fn set_on_call(tx: &mut Tx, id: &SiteId, on_call: Option<&StaffId>) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE site SET on_call_id = $3 WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .bind(on_call)
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}
