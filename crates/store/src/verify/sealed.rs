//! Every sealed value opens in its place, and the indexes for look-up are those of the values they stand for.

use care::PracticeId;

use super::Violation;
use crate::seal::row_id;
use crate::transfer::{Catalog, Table, quoted};
use crate::{InstanceRead, InstanceScope as _, Read, Result, Row};

pub(super) async fn check(read: &mut InstanceRead, catalog: &Catalog, found: &mut Vec<Violation>) -> Result<()> {
    for table in &catalog.tables {
        for (column, stem) in table.columns.iter().filter_map(|(c, _)| c.strip_suffix("_sealed").map(|s| (c, s))) {
            opens(&mut read.0, table, column, stem, found).await?;
        }
    }
    for practice in crate::practice::ids(read).await? {
        clients(read.within(&practice), &practice, found).await?;
    }
    staff(read, found).await
}

async fn opens(read: &mut Read, table: &Table, column: &str, stem: &str, found: &mut Vec<Violation>) -> Result<()> {
    let sql = format!(
        "SELECT {id}, {value} FROM {table} WHERE {value} IS NOT NULL",
        id = row_id(&table.name, stem),
        value = quoted(column),
        table = quoted(&table.name)
    );
    let db = read.db.clone();
    let mut closed = Vec::new();
    read.each_row(sql, |row: &Row<'_>| {
        let (id, sealed): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
        if !matches!(db.opening(|keys| keys.open_at(&table.name, stem, &id, &sealed)), Ok(Some(_))) {
            closed.push(id);
        }
        Ok(())
    })
    .await?;
    let what =
        format!("sealed values of '{}.{column}' do not open: damaged, moved, or their key is missing", table.name);
    found.extend(Violation::of("sealed", &what, crate::INSTANCE, closed));
    Ok(())
}

/// A client is found by number, address and external id only if the index is that of the value. Values that do not open
/// are [`opens`]'s.
async fn clients(read: &mut Read, practice: &PracticeId, found: &mut Vec<Violation>) -> Result<()> {
    type Sealed =
        (String, Option<Vec<u8>>, Option<String>, Option<Vec<u8>>, Option<String>, Option<Vec<u8>>, Option<String>);
    let rows: Vec<Sealed> = read
        .query(
            "SELECT id, phone_sealed, phone_index, email_sealed, email_index, external_sealed, external_index \
             FROM client WHERE practice_id = $1",
        )
        .bind(practice)
        .all()
        .await?;
    let mut lost = Vec::new();
    for (id, phone, phone_index, email, email_index, external, external_index) in rows {
        let value = |column, sealed: Option<Vec<u8>>| {
            read.open_optional("client", column, &id, sealed.as_deref()).ok().flatten()
        };
        let fits = [
            (value("phone", phone).map(|phone| crate::client::phone_index(read, &phone)), phone_index),
            (value("email", email).map(|email| crate::client::email_index(read, &email)), email_index),
            (
                value("external", external).map(|external| crate::client::external_index(read, &external)),
                external_index,
            ),
        ];
        if fits.into_iter().any(|(computed, stored)| computed.is_some() && computed != stored) {
            lost.push(id);
        }
    }
    let what = "clients cannot be found by their number, address or external id: the index is another value's";
    found.extend(Violation::of("look-up", what, practice.as_str(), lost));
    Ok(())
}

async fn staff(read: &mut InstanceRead, found: &mut Vec<Violation>) -> Result<()> {
    let rows: Vec<(String, Vec<u8>, String)> =
        read.query("SELECT id, email_sealed, email_index FROM staff").all().await?;
    let read = &read.0;
    let lost = rows
        .into_iter()
        .filter(|(id, sealed, index)| {
            read.open("staff", "email", id, sealed).is_ok_and(|email| crate::staff::email_index(read, &email) != *index)
        })
        .map(|(id, ..)| id)
        .collect();
    found.extend(Violation::of(
        "look-up",
        "people cannot sign in: the index of their address is another's",
        crate::INSTANCE,
        lost,
    ));
    Ok(())
}
