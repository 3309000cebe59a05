//! Two records of one person: what they have in common, what the kept record takes over, and which consent holds. A person
//! decides that two records are one; nothing here does.

use crate::client::{Client, ConsentState};
use crate::text::text_enum;
use crate::{AssignmentId, ClientId, EpisodeId, Instant, MergeId, StaffId};

text_enum! {
    /// Why two records may be of one person.
    Likeness {
        /// Name, but for case and accents, and birth date.
        NameAndBirthDate = "name_and_birth_date",
        /// The client's own number.
        Phone = "phone",
        /// The client's own mail address.
        Email = "email",
    }
}

/// Two records that a person found to be of one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Id.
    pub id: MergeId,
    /// The record that goes on.
    pub kept_id: ClientId,
    /// The record that is part of it from then on.
    pub gone_id: ClientId,
    /// When.
    pub merged_at: Instant,
    /// Who.
    pub merged_by: StaffId,
    /// Names of the fields that the kept record was lacking and took over.
    pub filled: Vec<String>,
    /// Where both were in therapy, what became of the second course.
    pub joined: Option<Joined>,
    /// When it was taken back.
    pub undone_at: Option<Instant>,
    /// By whom.
    pub undone_by: Option<StaffId>,
}

/// Two open courses of therapy made into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The one that ended.
    pub ended: EpisodeId,
    /// The one that goes on, with the open check-ins and the sessions to come of both.
    pub into: EpisodeId,
    /// The assignment that ended with the first.
    pub assignment: Option<AssignmentId>,
}

/// The kept record with what it was lacking and the other one has, and the names of these fields. What both have stays as
/// the kept record has it.
pub fn filled(kept: &Client, gone: &Client) -> (Client, Vec<&'static str>) {
    let mut fields = Vec::new();
    let mut after = kept.clone();
    let mut take = |name: &'static str, lacks: bool, has: bool| {
        let takes = lacks && has;
        if takes {
            fields.push(name);
        }
        takes
    };
    if take("preferred_name", kept.preferred_name.is_none(), gone.preferred_name.is_some()) {
        after.preferred_name.clone_from(&gone.preferred_name);
    }
    if take("birth_date", kept.birth_date.is_none(), gone.birth_date.is_some()) {
        after.birth_date.clone_from(&gone.birth_date);
    }
    if take("sex", kept.sex.is_none(), gone.sex.is_some()) {
        after.sex = gone.sex;
    }
    if take("email", kept.email.is_none(), gone.email.is_some()) {
        after.email.clone_from(&gone.email);
    }
    if take("phone", kept.phone.is_none(), gone.phone.is_some()) {
        after.phone.clone_from(&gone.phone);
    }
    if take("emergency_contact", kept.emergency_contact.is_none(), gone.emergency_contact.is_some()) {
        after.emergency_contact.clone_from(&gone.emergency_contact);
    }
    if take("guardian", kept.guardian.is_none(), gone.guardian.is_some()) {
        after.guardian.clone_from(&gone.guardian);
    }
    if take("zone", kept.zone.is_none(), gone.zone.is_some()) {
        after.zone.clone_from(&gone.zone);
    }
    (after, fields)
}

/// The record without what it took over in a merge, where nobody has changed it since.
pub fn emptied(kept: &Client, gone: &Client, fields: &[String]) -> Client {
    let took = |name: &str| fields.iter().any(|field| field == name);
    let mut after = kept.clone();
    if took("preferred_name") && kept.preferred_name == gone.preferred_name {
        after.preferred_name = None;
    }
    if took("birth_date") && kept.birth_date == gone.birth_date {
        after.birth_date = None;
    }
    if took("sex") && kept.sex == gone.sex {
        after.sex = None;
    }
    if took("email") && kept.email == gone.email {
        after.email = None;
    }
    if took("phone") && kept.phone == gone.phone {
        after.phone = None;
    }
    if took("emergency_contact") && kept.emergency_contact == gone.emergency_contact {
        after.emergency_contact = None;
    }
    if took("guardian") && kept.guardian == gone.guardian {
        after.guardian = None;
    }
    if took("zone") && kept.zone == gone.zone {
        after.zone = None;
    }
    after
}

/// Whether two records are written to at the same place on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// At the same.
    Same,
    /// At different ones, or one of them at none.
    Different,
}

/// The decision to add to the kept record, so that the stricter of two holds. A withdrawal always does; an agreement comes
/// along only where the kept record has no decision and is written to at the address that was agreed to.
pub const fn stricter(
    kept: Option<ConsentState>,
    gone: Option<ConsentState>,
    address: Address,
) -> Option<ConsentState> {
    match (kept, gone, address) {
        (Some(ConsentState::Given) | None, Some(ConsentState::Withdrawn), _) => Some(ConsentState::Withdrawn),
        (None, Some(ConsentState::Given), Address::Same) => Some(ConsentState::Given),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, stricter};
    use crate::client::ConsentState::{Given, Withdrawn};

    #[test]
    fn the_stricter_decision_holds() {
        assert_eq!(stricter(Some(Given), Some(Withdrawn), Address::Different), Some(Withdrawn));
        assert_eq!(stricter(None, Some(Withdrawn), Address::Same), Some(Withdrawn));
        assert_eq!(stricter(Some(Withdrawn), Some(Given), Address::Same), None);
        assert_eq!(stricter(None, Some(Given), Address::Same), Some(Given));
        assert_eq!(stricter(None, Some(Given), Address::Different), None, "another address was not agreed to");
        assert_eq!(stricter(Some(Given), Some(Given), Address::Same), None);
    }
}
