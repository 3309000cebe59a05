//! What the two lists of numbers and addresses share: those that asked for no more messages ([`crate::suppression`]) and those at
//! which nothing arrives ([`crate::unusable_contact`]).

use crate::client::{email_index, phone_index};
use crate::{BATCH, Read, Result};
use care::message::Channel;
use std::collections::HashSet;

/// The keyed index under which a number (E.164) or mail address is listed.
pub(crate) fn index(read: &Read, channel: Channel, address: &str) -> String {
    match channel {
        Channel::Sms => phone_index(read, address),
        Channel::Email => email_index(read, address),
    }
}

/// Which of some numbers and addresses are on the two lists.
#[derive(Debug, Default)]
pub struct Listed {
    /// Nothing may be sent there.
    pub suppressed: HashSet<(Channel, String)>,
    /// Nothing arrives there, as far as is known.
    pub unusable: HashSet<(Channel, String)>,
}

/// Which of these are on either list.
pub async fn listed_among(read: &mut Read, contacts: &[(Channel, String)]) -> Result<Listed> {
    let practice = read.practice().clone();
    let mut found = Listed::default();
    for batch in contacts.chunks(BATCH) {
        let indexes: Vec<String> = batch.iter().map(|(channel, address)| index(read, *channel, address)).collect();
        let rows: Vec<(bool, Channel, String)> = read
            .query(
                "SELECT FALSE, channel, contact_index FROM suppression WHERE practice_id = $1 AND contact_index IN ($each) \
                 UNION ALL \
                 SELECT TRUE, channel, contact_index FROM unusable_contact WHERE practice_id = $1 AND contact_index IN ($each)",
            )
            .bind(&practice)
            .bind_each(&indexes)
            .bind_each(&indexes)
            .all()
            .await?;
        for (is_unusable, channel, listed) in rows {
            let list = if is_unusable { &mut found.unusable } else { &mut found.suppressed };
            let own = batch.iter().zip(&indexes).filter(|((own, _), index)| *own == channel && **index == listed);
            list.extend(own.map(|(contact, _)| contact.clone()));
        }
    }
    Ok(found)
}
