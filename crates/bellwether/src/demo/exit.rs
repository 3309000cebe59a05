//! What invented clients said who broke off: two questions on their phone some hours after the end, answered by about half.

use super::client::absorb;
use super::seed::{Seeder, ZONE};
use care::Instant;
use care::client::Client;
use care::detection::Detection;
use care::exit_survey::{INSTRUMENT, SLOT};
use care::packet::{Asked, Occasion, PacketState};
use care::plan::Desired;
use care::quiet_hours;
use care::response::{Mode, Sheet};
use chrono::Duration;
use instruments::Answer;
use rand::{Rng, RngExt};
use store::AuditEntry;
use store::history::Past;
use store::standing::Standing;
use workflows::response;

/// How often each reason is given, of a hundred, in the file's order.
const WHY: [i64; 6] = [18, 14, 34, 10, 14, 10];

/// The reason at a draw of 0 to 99.
fn why(draw: i64) -> i64 {
    let mut left = draw;
    (1..)
        .zip(WHY)
        .find(|(_, share)| {
            left -= share;
            left < 0
        })
        .map_or(6, |(value, _)| value)
}

impl Seeder {
    /// Asks somebody whose course was broken off, and lets some answer.
    pub(super) fn exit(
        &self,
        past: &mut Past,
        journal: &mut Vec<AuditEntry>,
        rng: &mut impl Rng,
        client: &Client,
        standing: &mut Standing,
        ended: Instant,
    ) {
        let sent_at = quiet_hours::earliest(ended + Duration::hours(1), Some(ZONE), ZONE, &self.settings);
        let answered_at = sent_at + Duration::minutes(rng.random_range(5..2_000));
        let answers = rng.random_bool(0.52);
        let (reason, call) = (why(rng.random_range(0..100)), i64::from(rng.random_bool(0.15)));
        if sent_at >= self.now {
            return;
        }
        let Some(instrument) = self.ctx.library.current(INSTRUMENT) else { return };
        self.clock.set(sent_at);
        let desired = Desired {
            slot: SLOT.to_owned(),
            occasion: Occasion::Event,
            appointment_id: None,
            asked: vec![Asked { id: instrument.id.clone(), version: instrument.version.clone() }],
            send_at: sent_at,
            expires_at: sent_at + Duration::hours(96),
        };
        let mut packet = self.sent(&client.id, &standing.episode.id, desired);
        past.messages.push(self.invitation(client, &packet));
        if answers && answered_at < self.now {
            self.clock.set(answered_at);
            packet.state = PacketState::Completed;
            packet.completed_at = Some(answered_at);
            let said = [("1".to_owned(), Answer::Value(reason)), ("2".to_owned(), Answer::Value(call))].into();
            let sheet = Sheet::from([(INSTRUMENT.to_owned(), said)]);
            let detection = Detection::default();
            let judge = response::Judge { library: &self.ctx.library, detection: &detection };
            let found = response::consequences(&self.ctx, &judge, &packet, sheet, Mode::Link, answered_at, standing);
            absorb(&mut standing.measures, &found.measures);
            journal.push(response::submitted(&self.ctx, &packet, &found.response.id));
            past.responses.push(found.response);
            past.scores.extend(found.scores);
            past.signals.extend(found.signals);
        } else if packet.expires_at < self.now {
            packet.state = PacketState::Expired;
        }
        past.packets.push(packet);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_drawn_as_often_as_it_says() {
        assert_eq!(WHY.iter().sum::<i64>(), 100);
        for (value, share) in (1..).zip(WHY) {
            let drawn = (0..100).filter(|draw| why(*draw) == value).count();
            assert_eq!(i64::try_from(drawn).expect("few"), share);
        }
    }
}
