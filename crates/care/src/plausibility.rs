//! Whether answers look as if somebody had read the questions. What is found is said to staff beside the score, worked out when
//! it is shown: it changes no score, opens no case and closes none, and an answer about danger counts whatever the others are.

use crate::packet::Packet;
use crate::response::{Mode, Response};
use crate::sitting;
use instruments::{Answers, Instrument, Library, Points};

/// Seconds below which nobody has read a question and answered it: the rule of two seconds an item (Bowling, Huang, Brower and
/// Bragg, Organizational Research Methods 2021, doi 10.1177/10944281211056520, after Huang et al. 2012). There it is counted
/// page by page and here over the whole check-in, so that only what was hasty throughout is named.
pub const SECONDS_PER_QUESTION: i64 = 2;

/// Fewer answers than this are quickly given by anybody. Constructed.
const LEAST_ANSWERS: usize = 5;

/// So many questions each way must be asked before the same answer to all of them contradicts itself. One alone may mean
/// something else: who takes no drugs says that they are not always able to stop. Constructed.
const LEAST_EACH_WAY: usize = 2;

/// Why answers may not mean what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Every answer lies at the same end, also where the question is asked the other way round.
    SameEnd {
        /// Answers.
        answers: usize,
        /// Of them to questions that are asked the other way round.
        reversed: usize,
    },
    /// Handed in sooner than the questions can be read.
    Hasty {
        /// Answers.
        answers: usize,
        /// From the first press of Start to handing in.
        seconds: i64,
    },
}

/// Whether the answers to one form contradict each other: the same end of the scale for every question of the first scale,
/// including those that are scored the other way round. The middle says the same both ways and is not doubted.
pub fn of_form(instrument: &Instrument, answers: &Answers) -> Option<Doubt> {
    let (mut plain, mut reversed) = (0, 0);
    let mut end: Option<End> = None;
    for member in &instrument.primary().items {
        let item = &instrument.items[member.index];
        let Some(value) = answers.get(&item.id).and_then(|answer| answer.value()) else { continue };
        let own = End::of(value, item.range())?;
        if *end.get_or_insert(own) != own {
            return None;
        }
        if matches!(member.points, Points::Linear { per_step, .. } if per_step < 0) {
            reversed += 1;
        } else {
            plain += 1;
        }
    }
    (plain >= LEAST_EACH_WAY && reversed >= LEAST_EACH_WAY)
        .then_some(Doubt::SameEnd { answers: plain + reversed, reversed })
}

/// Whether a check-in was handed in sooner than its questions can be read. Only what a client answered on a page has a time;
/// a question that several forms share was read once.
pub fn of_sitting(library: &Library, packet: &Packet, response: &Response) -> Option<Doubt> {
    if response.mode != Mode::Link {
        return None;
    }
    let seconds = (response.submitted_at - packet.started_at?).num_seconds();
    let answers = sitting::questions(library, &packet.asked)
        .iter()
        .filter(|question| {
            let form = response.answers.get(&question.instrument.id);
            form.and_then(|form| form.get(&question.item.id)).is_some_and(|answer| answer.value().is_some())
        })
        .count();
    let needed = i64::try_from(answers).unwrap_or(i64::MAX).saturating_mul(SECONDS_PER_QUESTION);
    (answers >= LEAST_ANSWERS && seconds < needed).then_some(Doubt::Hasty { answers, seconds: seconds.max(0) })
}

/// One end of what can be answered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Low,
    High,
}

impl End {
    fn of(value: i64, (low, high): (i64, i64)) -> Option<Self> {
        match value {
            _ if low == high => None,
            value if value == low => Some(Self::Low),
            value if value == high => Some(Self::High),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{Asked, Occasion, PacketState};
    use crate::response::{ResponseKind, Sheet};
    use crate::{ClientId, EpisodeId, Instant, PacketId, ResponseId};
    use chrono::Duration;
    use instruments::Answer;

    fn library() -> Library {
        Library::embedded().expect("the instruments that ship")
    }

    fn all(instrument: &Instrument, value: impl Fn(usize) -> Option<i64>) -> Answers {
        let answers = instrument.items.iter().enumerate();
        answers.filter_map(|(index, item)| Some((item.id.clone(), Answer::Value(value(index)?)))).collect()
    }

    #[test]
    fn the_same_end_both_ways_round() {
        let library = library();
        let ces_d = library.current("ces-d").expect("it ships");
        let said = |value: i64| of_form(ces_d, &all(ces_d, |_| Some(value)));
        let both = Doubt::SameEnd { answers: 20, reversed: 4 };
        assert_eq!((said(0), said(3)), (Some(both), Some(both)));
        assert_eq!((said(1), said(2)), (None, None), "between the ends both may be true");
        let reversed = [3, 7, 11, 15];
        let sensible = all(ces_d, |index| Some(if reversed.contains(&index) { 3 } else { 0 }));
        assert_eq!(of_form(ces_d, &sensible), None, "nothing is wrong and all is well");
        let one_off = all(ces_d, |index| Some(i64::from(index == 19)));
        assert_eq!(of_form(ces_d, &one_off), None);
        // What was left out is no answer; one reversed question alone says nothing.
        let skipped = all(ces_d, |index| (index != 3 && index != 7 && index != 11).then_some(3));
        assert_eq!(of_form(ces_d, &skipped), None);
        assert_eq!(of_form(ces_d, &Answers::new()), None);
        let dast = library.current("dast-10").expect("it ships");
        assert_eq!(of_form(dast, &all(dast, |_| Some(0))), None, "nobody who takes nothing has to stop");
        let phq9 = library.current("phq-9").expect("it ships");
        assert_eq!(
            of_form(phq9, &all(phq9, |_| Some(0))),
            None,
            "without a question the other way round nothing contradicts"
        );
    }

    #[test]
    fn two_seconds_a_question() {
        let library = library();
        let at: Instant = "2026-03-09T17:00:00Z".parse().expect("an instant");
        let gad7 = library.current("gad-7").expect("it ships");
        let packet = |started_at: Option<Instant>| Packet {
            id: PacketId::from_text("packet"),
            client_id: ClientId::from_text("client"),
            episode_id: EpisodeId::from_text("episode"),
            appointment_id: None,
            occasion: Occasion::Regular,
            slot: "regular:1".to_owned(),
            asked: vec![Asked { id: gad7.id.clone(), version: gad7.version.clone() }],
            state: PacketState::Completed,
            send_at: at,
            sent_at: Some(at),
            expires_at: at + Duration::hours(96),
            started_at,
            last_answer_at: None,
            completed_at: None,
            language: None,
        };
        let response = |answers: Answers, seconds: i64, mode: Mode| Response {
            id: ResponseId::from_text("response"),
            packet_id: PacketId::from_text("packet"),
            client_id: ClientId::from_text("client"),
            episode_id: EpisodeId::from_text("episode"),
            kind: ResponseKind::Original,
            mode,
            answers: Sheet::from([(gad7.id.clone(), answers)]),
            fingerprint: String::new(),
            submitted_at: at + Duration::seconds(seconds),
        };
        let whole = || all(gad7, |_| Some(1));
        let said = |answers, seconds, mode| of_sitting(&library, &packet(Some(at)), &response(answers, seconds, mode));
        assert_eq!(said(whole(), 13, Mode::Link), Some(Doubt::Hasty { answers: 7, seconds: 13 }));
        assert_eq!(said(whole(), 14, Mode::Link), None);
        assert_eq!(said(whole(), 0, Mode::Paper), None, "typing in is no answering");
        assert_eq!(said(all(gad7, |index| (index < 4).then_some(1)), 1, Mode::Link), None, "four are quickly given");
        assert_eq!(of_sitting(&library, &packet(None), &response(whole(), 0, Mode::Link)), None, "no time is known");
    }
}
