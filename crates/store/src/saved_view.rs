//! Filters that people keep for themselves. Their names are sealed; nobody reads another one's.

use crate::{Read, Record, Result, Row, Tx};
use care::saved_view::{AT_MOST, SavedView};
use care::{Instant, Phi, SavedViewId, StaffId};

struct Sealed(SavedView, Vec<u8>);

impl Record for Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        let view = SavedView {
            id: row.get("id")?,
            staff_id: row.get("staff_id")?,
            page: row.get("page")?,
            query: row.get("query")?,
            name: Phi::new(String::new()),
        };
        Ok(Self(view, row.get("name_sealed")?))
    }
}

/// A person's own, the latest first.
pub async fn of(read: &mut Read, staff: &StaffId) -> Result<Vec<SavedView>> {
    let practice = read.practice().clone();
    let rows: Vec<Sealed> = read
        .query("SELECT * FROM saved_view WHERE practice_id = $1 AND staff_id = $2 ORDER BY saved_at DESC, id DESC")
        .bind(&practice)
        .bind(staff)
        .all()
        .await?;
    rows.into_iter()
        .map(|Sealed(view, name)| {
            let name = read.open("saved_view", "name", view.id.as_str(), &name)?;
            Ok(SavedView { name: Phi::new(name), ..view })
        })
        .collect()
}

/// Keeps one. `false` when the person has as many as are kept.
pub async fn insert(tx: &mut Tx, view: &SavedView, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let name = tx.seal("saved_view", "name", view.id.as_str(), view.name.text());
    let rows = tx
        .query(
            "INSERT INTO saved_view (practice_id, id, staff_id, page, query, name_sealed, saved_at) \
             SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM saved_view WHERE practice_id = $1 AND staff_id = $3) < $8",
        )
        .bind(&practice)
        .bind(&view.id)
        .bind(&view.staff_id)
        .bind(view.page)
        .bind(view.query.as_str())
        .bind(name)
        .bind(now)
        .bind(AT_MOST)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Deletes one of a person's own. `false` when they have none with that id.
pub async fn delete(tx: &mut Tx, id: &SavedViewId, staff: &StaffId) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("DELETE FROM saved_view WHERE practice_id = $1 AND id = $2 AND staff_id = $3")
        .bind(&practice)
        .bind(id)
        .bind(staff)
        .execute()
        .await?;
    Ok(rows == 1)
}
