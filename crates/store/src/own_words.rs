//! What clients wrote in their own words, and the practice's list of phrases that ask a person to read it. The words and
//! what was found in them are sealed.

use crate::versions::versions;
use crate::{Json, Read, Record, Result, Row, Tx};
use care::own_words::{AskedFor, OwnWords, PhraseList};
use care::{ClientId, PacketId, Phi};

impl Record for PhraseList {
    fn read(row: &Row<'_>) -> Result<Self> {
        let (en, es): (Json<Vec<String>>, Json<Vec<String>>) = (row.get("en")?, row.get("es")?);
        Ok(Self {
            version: row.get("version")?,
            en: en.0,
            es: es.0,
            why: row.get("why")?,
            saved_at: row.get("saved_at")?,
            saved_by: row.get("saved_by")?,
        })
    }
}

struct Sealed(OwnWords, Vec<u8>, Option<Vec<u8>>);

impl Record for Sealed {
    fn read(row: &Row<'_>) -> Result<Self> {
        let question: (Option<String>, Option<String>, Option<String>) =
            (row.get("instrument")?, row.get("version")?, row.get("item")?);
        let asked_for = match question {
            (Some(instrument), Some(version), Some(item)) => Some(AskedFor { instrument, version, item }),
            _ => None,
        };
        let words = OwnWords {
            id: row.get("id")?,
            client_id: row.get("client_id")?,
            episode_id: row.get("episode_id")?,
            packet_id: row.get("packet_id")?,
            given_at: row.get("given_at")?,
            asked_for,
            list_version: row.get("list_version")?,
            text: Phi::new(String::new()),
            found: Vec::new(),
        };
        Ok(Self(words, row.get("text_sealed")?, row.get("found_sealed")?))
    }
}

fn opened(read: &Read, rows: Vec<Sealed>) -> Result<Vec<OwnWords>> {
    rows.into_iter()
        .map(|Sealed(mut words, text, found)| {
            let id = words.id.as_str().to_owned();
            words.text = Phi::new(read.open("own_words", "text", &id, &text)?);
            let found = read.open_optional("own_words", "found", &id, found.as_deref())?;
            words.found = found.iter().flat_map(|found| found.lines()).map(str::to_owned).collect();
            Ok(words)
        })
        .collect()
}

/// Keeps what a client wrote.
pub async fn insert(tx: &mut Tx, words: &OwnWords) -> Result<()> {
    let practice = tx.practice().clone();
    let id = words.id.as_str();
    let text = tx.seal("own_words", "text", id, words.text.text());
    let found = (!words.found.is_empty()).then(|| tx.seal("own_words", "found", id, &words.found.join("\n")));
    tx.query(
        "INSERT INTO own_words (practice_id, id, client_id, episode_id, packet_id, given_at, list_version, text_sealed, found_sealed, \
         instrument, version, item) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(&practice)
    .bind(&words.id)
    .bind(&words.client_id)
    .bind(&words.episode_id)
    .bind(&words.packet_id)
    .bind(words.given_at)
    .bind(words.list_version)
    .bind(text)
    .bind(found)
    .bind(words.asked_for.as_ref().map(|one| one.instrument.as_str()))
    .bind(words.asked_for.as_ref().map(|one| one.version.as_str()))
    .bind(words.asked_for.as_ref().map(|one| one.item.as_str()))
    .execute()
    .await?;
    Ok(())
}

/// What was written with a check-in, in its order.
pub async fn of_packet(read: &mut Read, packet: &PacketId) -> Result<Vec<OwnWords>> {
    let practice = read.practice().clone();
    let rows = read
        .query("SELECT * FROM own_words WHERE practice_id = $1 AND packet_id = $2 ORDER BY given_at, id")
        .bind(&practice)
        .bind(packet)
        .all()
        .await?;
    opened(read, rows)
}

/// What a client wrote, the newest first, at most so many.
pub async fn of_client(read: &mut Read, client: &ClientId, most: i64) -> Result<Vec<OwnWords>> {
    let practice = read.practice().clone();
    let rows = read
        .query("SELECT * FROM own_words WHERE practice_id = $1 AND client_id = $2 ORDER BY given_at DESC, id DESC LIMIT $3")
        .bind(&practice)
        .bind(client)
        .bind(most)
        .all()
        .await?;
    opened(read, rows)
}

versions! { "phrase_list" of PhraseList: en, es }
