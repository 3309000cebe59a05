//! People who work at the practice: who they are, what they may do and where. How they prove it is `staff/credential.rs`;
//! their signed-in browsers are `session`'s.

mod credential;

pub use credential::{
    Credentials, Invitation, accept_invite, advance_totp_step, by_email, by_invite, credentials, invite, invited_by,
    recovery_codes_left, replace_recovery_codes, set_invited_by, set_password, set_totp, use_recovery_code,
};

use crate::{Error, Read, Record, Result, Row, Tx, values};
use care::staff::{Role, Shortcut, Staff, StaffState};
use care::{Instant, Language, Phi, SiteId, StaffId};
use std::collections::BTreeMap;

/// A staff row as stored, before it is opened.
struct Stored {
    id: StaffId,
    name: Vec<u8>,
    email: Vec<u8>,
    phone: Option<Vec<u8>>,
    language: Language,
    state: StaffState,
    backup_id: Option<StaffId>,
    shortcut: Shortcut,
}

impl Record for Stored {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            name: row.get("name_sealed")?,
            email: row.get("email_sealed")?,
            phone: row.get("phone_sealed")?,
            language: row.get("language")?,
            state: row.get("state")?,
            backup_id: row.get("backup_id")?,
            shortcut: row.get("shortcut")?,
        })
    }
}

impl Stored {
    fn opened(self, read: &Read, roles: Vec<Role>, sites: Vec<SiteId>) -> Result<Staff> {
        let id = self.id.as_str();
        Ok(Staff {
            name: Phi::new(read.open("staff", "name", id, &self.name)?),
            email: Phi::new(read.open("staff", "email", id, &self.email)?),
            phone: read.open_optional("staff", "phone", id, self.phone.as_deref())?.map(Phi::new),
            language: self.language,
            state: self.state,
            backup_id: self.backup_id,
            shortcut: self.shortcut,
            roles,
            sites,
            id: self.id,
        })
    }
}

/// The index of a sign-in address: one for the whole deployment, so that sign-in needs no practice name.
pub(crate) fn email_index(read: &Read, email: &str) -> String {
    read.db.keys().blind_index("email", "", &email.trim().to_lowercase())
}

/// Inserts a person with roles and sites. `false` when the address has an account somewhere in the deployment already.
pub async fn insert(tx: &mut Tx, staff: &Staff, now: Instant) -> Result<bool> {
    let practice = tx.practice().clone();
    let id = staff.id.as_str();
    let name = tx.seal("staff", "name", id, staff.name.text());
    let email = tx.seal("staff", "email", id, staff.email.text());
    let index = email_index(tx, staff.email.text());
    let phone = staff.phone.as_ref().map(|phone| tx.seal("staff", "phone", id, phone.text()));
    let rows = tx
        .query(
            "INSERT INTO staff (practice_id, id, name_sealed, email_sealed, email_index, phone_sealed, language, state, \
             backup_id, created_at, shortcut) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
             ON CONFLICT (email_index) DO NOTHING",
        )
        .bind(&practice)
        .bind(&staff.id)
        .bind(name)
        .bind(email)
        .bind(index)
        .bind(phone)
        .bind(staff.language)
        .bind(staff.state)
        .bind(staff.backup_id.as_ref())
        .bind(now)
        .bind(staff.shortcut)
        .execute()
        .await?;
    if rows == 0 {
        return Ok(false);
    }
    insert_roles(tx, &staff.id, &staff.roles).await?;
    insert_sites(tx, &staff.id, &staff.sites).await?;
    Ok(true)
}

/// One person.
pub async fn find(read: &mut Read, id: &StaffId) -> Result<Option<Staff>> {
    Ok(by_ids(read, std::slice::from_ref(id)).await?.pop())
}

/// Everybody of the practice, former colleagues included, by name.
pub async fn list(read: &mut Read) -> Result<Vec<Staff>> {
    let practice = read.practice().clone();
    let stored: Vec<Stored> = read
        .query(
            "SELECT id, name_sealed, email_sealed, phone_sealed, language, state, backup_id, shortcut FROM staff \
             WHERE practice_id = $1",
        )
        .bind(&practice)
        .all()
        .await?;
    let marks = read
        .query(
            "SELECT staff_id, role, NULL AS site_id FROM staff_role WHERE practice_id = $1 \
             UNION ALL SELECT staff_id, NULL, site_id FROM staff_site WHERE practice_id = $1",
        )
        .bind(&practice)
        .all()
        .await?;
    opened(read, stored, marks)
}

/// Active people who work at the site and have one of the roles, by role: one who has two of them is there twice. Nothing but their
/// name is opened.
pub async fn working_at(read: &mut Read, site: &SiteId, roles: &[Role]) -> Result<Vec<(Role, StaffId, Phi<String>)>> {
    let practice = read.practice().clone();
    let rows: Vec<(Role, StaffId, Vec<u8>)> = read
        .query(
            "SELECT r.role, s.id, s.name_sealed FROM staff_role r CROSS JOIN staff s \
             WHERE r.practice_id = $1 AND r.role IN ($each) AND (NOT EXISTS (SELECT 1 FROM staff_site w \
             WHERE w.practice_id = r.practice_id AND w.staff_id = r.staff_id) OR EXISTS (SELECT 1 FROM staff_site w \
             WHERE w.practice_id = r.practice_id AND w.staff_id = r.staff_id AND w.site_id = $2)) \
             AND s.practice_id = r.practice_id AND s.id = r.staff_id AND s.state = 'active'",
        )
        .bind(&practice)
        .bind(site)
        .bind_each(roles.iter().copied())
        .all()
        .await?;
    let opened = |(role, id, name): (Role, StaffId, Vec<u8>)| {
        let name = Phi::new(read.open("staff", "name", id.as_str(), &name)?);
        Ok((role, id, name))
    };
    rows.into_iter().map(opened).collect()
}

/// These people, by name; who is not of the practice is left out.
pub async fn by_ids(read: &mut Read, ids: &[StaffId]) -> Result<Vec<Staff>> {
    let practice = read.practice().clone();
    let stored: Vec<Stored> = read
        .query(
            "SELECT id, name_sealed, email_sealed, phone_sealed, language, state, backup_id, shortcut FROM staff \
             WHERE practice_id = $1 AND id IN ($each)",
        )
        .bind(&practice)
        .bind_each(ids)
        .all()
        .await?;
    let marks = read
        .query(
            "SELECT staff_id, role, NULL AS site_id FROM staff_role WHERE practice_id = $1 AND staff_id IN ($each) \
             UNION ALL SELECT staff_id, NULL, site_id FROM staff_site WHERE practice_id = $1 AND staff_id IN ($each)",
        )
        .bind(&practice)
        .bind_each(ids)
        .bind_each(ids)
        .all()
        .await?;
    opened(read, stored, marks)
}

/// The rows with the roles and sites of each, by name.
fn opened(read: &Read, stored: Vec<Stored>, marks: Vec<(StaffId, Option<Role>, Option<SiteId>)>) -> Result<Vec<Staff>> {
    let mut roles: BTreeMap<StaffId, Vec<Role>> = BTreeMap::new();
    let mut sites: BTreeMap<StaffId, Vec<SiteId>> = BTreeMap::new();
    for (staff, role, site) in marks {
        if let Some(role) = role {
            roles.entry(staff).or_default().push(role);
        } else if let Some(site) = site {
            sites.entry(staff).or_default().push(site);
        }
    }
    let mut people = stored
        .into_iter()
        .map(|row| {
            let mut roles = roles.remove(&row.id).unwrap_or_default();
            let mut sites = sites.remove(&row.id).unwrap_or_default();
            roles.sort_unstable();
            sites.sort_unstable();
            row.opened(read, roles, sites)
        })
        .collect::<Result<Vec<_>>>()?;
    people.sort_by(|a, b| (a.name.text().to_lowercase(), &a.id).cmp(&(b.name.text().to_lowercase(), &b.id)));
    Ok(people)
}

/// Writes name, address, number and language; [`Error::NotFound`] when the practice has no such person,
/// [`Error::Conflict`] when the address has another account (the transaction stays usable).
pub async fn update(tx: &mut Tx, staff: &Staff) -> Result<()> {
    let practice = tx.practice().clone();
    let id = staff.id.as_str();
    let name = tx.seal("staff", "name", id, staff.name.text());
    let email = tx.seal("staff", "email", id, staff.email.text());
    let index = email_index(tx, staff.email.text());
    let phone = staff.phone.as_ref().map(|phone| tx.seal("staff", "phone", id, phone.text()));
    let taken: Option<StaffId> =
        tx.query("SELECT id FROM staff WHERE email_index = $1").bind(index.as_str()).scalar_optional().await?;
    if taken.is_some_and(|holder| holder != staff.id) {
        return Err(Error::Conflict);
    }
    let rows = tx
        .query(
            "UPDATE staff SET name_sealed = $3, email_sealed = $4, email_index = $5, phone_sealed = $6, language = $7 \
             WHERE practice_id = $1 AND id = $2",
        )
        .bind(&practice)
        .bind(&staff.id)
        .bind(name)
        .bind(email)
        .bind(index)
        .bind(phone)
        .bind(staff.language)
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Gives a person exactly these roles.
pub async fn set_roles(tx: &mut Tx, id: &StaffId, roles: &[Role]) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM staff_role WHERE practice_id = $1 AND staff_id = $2")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    insert_roles(tx, id, roles).await
}

/// Lets a person work at exactly these sites; none means all.
pub async fn set_sites(tx: &mut Tx, id: &StaffId, sites: &[SiteId]) -> Result<()> {
    let practice = tx.practice().clone();
    tx.query("DELETE FROM staff_site WHERE practice_id = $1 AND staff_id = $2")
        .bind(&practice)
        .bind(id)
        .execute()
        .await?;
    insert_sites(tx, id, sites).await
}

/// Moves an account from one state to another. `false` when it was not in the first.
pub async fn set_state(tx: &mut Tx, id: &StaffId, from: StaffState, to: StaffState) -> Result<bool> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE staff SET state = $4 WHERE practice_id = $1 AND id = $2 AND state = $3")
        .bind(&practice)
        .bind(id)
        .bind(from)
        .bind(to)
        .execute()
        .await?;
    Ok(rows == 1)
}

/// Says who takes over for a person; [`Error::NotFound`] when the practice has no such person.
pub async fn set_backup(tx: &mut Tx, id: &StaffId, backup: Option<&StaffId>) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE staff SET backup_id = $3 WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .bind(backup)
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Says whether "/" goes to a person's search; [`Error::NotFound`] when the practice has no such person.
pub async fn set_shortcut(tx: &mut Tx, id: &StaffId, shortcut: Shortcut) -> Result<()> {
    let practice = tx.practice().clone();
    let rows = tx
        .query("UPDATE staff SET shortcut = $3 WHERE practice_id = $1 AND id = $2")
        .bind(&practice)
        .bind(id)
        .bind(shortcut)
        .execute()
        .await?;
    if rows == 1 { Ok(()) } else { Err(Error::NotFound) }
}

async fn insert_roles(tx: &mut Tx, id: &StaffId, roles: &[Role]) -> Result<()> {
    if roles.is_empty() {
        return Ok(());
    }
    let practice = tx.practice().clone();
    tx.query("INSERT INTO staff_role (practice_id, staff_id, role) VALUES $rows ON CONFLICT DO NOTHING")
        .bind_rows(roles.iter().map(|role| values![&practice, id, *role]))
        .execute()
        .await?;
    Ok(())
}

async fn insert_sites(tx: &mut Tx, id: &StaffId, sites: &[SiteId]) -> Result<()> {
    if sites.is_empty() {
        return Ok(());
    }
    let practice = tx.practice().clone();
    tx.query("INSERT INTO staff_site (practice_id, staff_id, site_id) VALUES $rows ON CONFLICT DO NOTHING")
        .bind_rows(sites.iter().map(|site| values![&practice, id, site]))
        .execute()
        .await?;
    Ok(())
}
