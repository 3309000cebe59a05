//! What the two lists of numbers and addresses share: those that asked for no more messages ([`crate::suppression`]) and those at
//! which nothing arrives ([`crate::unusable_contact`]).

use crate::client::{email_index, phone_index};
use crate::{Read, Result};
use care::message::Channel;
use std::collections::HashSet;

/// How many go into one statement.
const BATCH: usize = 500;

/// The keyed index under which a number (E.164) or mail address is listed.
pub(crate) fn index(read: &Read, channel: Channel, address: &str) -> String {
    match channel {
        Channel::Sms => phone_index(read, address),
        Channel::Email => email_index(read, address),
    }
}

/// Those of these contacts that are on a list: `statement` selects channel and index of the practice in `$1` and the indexes in
/// `$each`.
pub(crate) async fn listed_among(
    read: &mut Read,
    contacts: &[(Channel, String)],
    statement: &'static str,
) -> Result<HashSet<(Channel, String)>> {
    let practice = read.practice().clone();
    let mut found = HashSet::new();
    for batch in contacts.chunks(BATCH) {
        let indexes: Vec<String> = batch.iter().map(|(channel, address)| index(read, *channel, address)).collect();
        let known: Vec<(Channel, String)> = read.query(statement).bind(&practice).bind_each(&indexes).all().await?;
        let known: HashSet<(Channel, String)> = known.into_iter().collect();
        let is_known =
            |((channel, _), index): &(&(Channel, String), String)| known.contains(&(*channel, index.clone()));
        found.extend(batch.iter().zip(indexes).filter(is_known).map(|(contact, _)| contact.clone()));
    }
    Ok(found)
}
