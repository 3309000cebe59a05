//! The answers a case arose from, in words.

use crate::error::Result;
use crate::staff::words::Telling;
use care::PacketId;
use care::case::Reason;
use care::own_words::OwnWords;
use care::packet::Asked;
use care::response::{ResponseKind, Sheet};
use instruments::{Answer, Instrument, Library};
use std::slice;
use store::Read;
use store::answer::Changed;
use templates::staff::{AnsweredBlock, AnsweredItem, WordsLine};

/// One block for each check-in and instrument that the case's reasons rest on, the newest first.
pub async fn blocks(
    read: &mut Read,
    library: &Library,
    telling: Telling,
    reasons: &[Reason],
) -> Result<Vec<AnsweredBlock>> {
    let mut packets: Vec<&PacketId> = reasons.iter().filter_map(|reason| reason.packet_id.as_ref()).collect();
    packets.sort();
    packets.dedup();
    let mut blocks = Vec::new();
    for packet in packets.into_iter().rev() {
        let Some(found) = store::packet::find(read, packet).await? else { continue };
        let responses = store::response::of_packet(read, packet).await?;
        let original = responses.iter().find(|response| response.kind == ResponseKind::Original);
        let changes = store::answer::changes(read, slice::from_ref(packet)).await?;
        let (sheet, at) = if let Some(response) = original {
            (response.answers.clone(), response.submitted_at)
        } else {
            let mut sheet = Sheet::new();
            for saved in store::answer::of_packet(read, packet).await? {
                let answer = saved.value.map_or(Answer::Declined, Answer::Value);
                sheet.entry(saved.instrument).or_default().insert(saved.item, answer);
            }
            (sheet, found.last_answer_at.unwrap_or(found.send_at))
        };
        let here: Vec<&Reason> = reasons.iter().filter(|reason| reason.packet_id.as_ref() == Some(packet)).collect();
        for Asked { id, version } in &found.asked {
            let is_meant =
                here.iter().any(|reason| reason.inputs.instrument.as_deref().is_none_or(|instrument| instrument == id));
            let Some(instrument) = library.get(id, version).filter(|_| is_meant) else { continue };
            let is_handed_in = original.is_some();
            blocks.push(block(instrument, &sheet, &changes, &here, telling, at, is_handed_in.then_some(())));
        }
    }
    Ok(blocks)
}

fn block(
    instrument: &Instrument,
    sheet: &Sheet,
    changes: &[Changed],
    reasons: &[&Reason],
    telling: Telling,
    at: care::Instant,
    handed_in: Option<()>,
) -> AnsweredBlock {
    let language = telling.language;
    let none = instruments::Answers::new();
    let answers = sheet.get(&instrument.id).unwrap_or(&none);
    let score = handed_in.and_then(|()| {
        let scale = instrument.primary();
        let score = instruments::score(instrument, answers).into_iter().find(|score| score.scale == scale.id)?;
        let value = scale.shown(score.value?);
        let band = score.band.as_deref().and_then(|band| scale.band(band));
        Some(band.map_or_else(|| value.clone(), |band| format!("{value}, {}", band.label.get(language))))
    });
    let items = instrument.items.iter().map(|item| {
        let value = answers.get(&item.id).and_then(|answer| answer.value());
        let before = changes
            .iter()
            .filter(|change| change.instrument == instrument.id && change.item == item.id)
            .min_by_key(|change| change.answered_at)
            .and_then(|change| change.value)
            .filter(|before| Some(*before) != value);
        AnsweredItem {
            item: item.label.get(language).to_owned(),
            answer: value.and_then(|value| item.shown(value, language)),
            value,
            before: before.and_then(|before| item.shown(before, language)),
            marked: reasons.iter().any(|reason| reason.inputs.item.as_deref() == Some(item.id.as_str())),
        }
    });
    AnsweredBlock {
        title: format!("{}, {}", instrument.short_name.get(language), telling.day(at)),
        score,
        items: items.collect(),
    }
}

/// What the client wrote in their own words with the check-ins that the reasons rest on.
pub async fn words(read: &mut Read, library: &Library, telling: Telling, reasons: &[Reason]) -> Result<Vec<WordsLine>> {
    let mut packets: Vec<&PacketId> = reasons.iter().filter_map(|reason| reason.packet_id.as_ref()).collect();
    packets.sort();
    packets.dedup();
    let mut lines = Vec::new();
    for packet in packets.into_iter().rev() {
        let written = store::own_words::of_packet(read, packet).await?;
        lines.extend(written.into_iter().map(|words| line(library, telling, words)));
    }
    Ok(lines)
}

/// One of them.
pub fn line(library: &Library, telling: Telling, words: OwnWords) -> WordsLine {
    let item = words.asked_for.as_ref().and_then(|one| library.get(&one.instrument, &one.version)?.item(&one.item));
    WordsLine {
        given: telling.date_time(words.given_at),
        question: item.map(|item| item.text.get(telling.language).to_owned()),
        text: words.text.text().to_owned(),
        found: words.found,
    }
}
