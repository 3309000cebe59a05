//! What some clients of Harbor Lane want to be different, in invented words, and how near they said they were to it in their
//! check-ins.

use super::seed::Seeder;
use anyhow::Result;
use care::episode::Assignment;
use care::goal::{AskedGoal, Goal, GoalState, HIGHEST, Wording};
use care::packet::{Packet, PacketState};
use care::{GoalId, PacketId, Phi, PracticeId};
use chrono::Duration;
use store::{Db, Tx};

const TEXTS: &[(&str, &str)] = &[
    ("Swim once a week", "Call my sister without rehearsing it first"),
    ("Sleep in my own bed the whole night", "Cook for friends again"),
    ("Take the bus to work instead of being driven", "Say no when the rota is full"),
    ("Finish the course I dropped", "One evening a week without screens"),
    ("Go into a shop when it is busy", "Ask for help before it is too late"),
];

/// Courses with goals at most.
const COURSES: usize = 24;

/// Gives every third running course one or two goals; those of the clinician whose sign-in is printed come first.
pub async fn settle(seeder: &Seeder, db: &Db, practice: &PracticeId, running: &[Assignment]) -> Result<()> {
    let (hers, others): (Vec<_>, Vec<_>) = running.iter().partition(|one| one.clinician_id == seeder.first);
    let mut tx = db.write_in_bulk(practice).await?;
    for (place, assignment) in hers.into_iter().chain(others).step_by(3).take(COURSES).enumerate() {
        of_course(seeder, &mut tx, assignment, place).await?;
    }
    tx.commit().await?;
    seeder.clock.set(seeder.now);
    Ok(())
}

async fn of_course(seeder: &Seeder, tx: &mut Tx, assignment: &Assignment, place: usize) -> Result<()> {
    let mut packets = store::packet::of_episode(tx, &assignment.episode_id).await?;
    packets.retain(|packet| packet.state == PacketState::Completed && packet.occasion.asks_about_goals());
    let Some(first) = packets.first() else { return Ok(()) };
    // Agreed on in the session after the first check-in.
    let agreed_at = first.completed_at.unwrap_or(first.send_at) + Duration::days(1);
    let (one, other) = TEXTS[place % TEXTS.len()];
    let texts = if place.is_multiple_of(2) { vec![one, other] } else { vec![one] };
    let mut rated = Vec::new();
    for (number, text) in (1..).zip(texts) {
        seeder.clock.set(agreed_at);
        let wording = Wording {
            version: 1,
            text: Phi::new(text.to_owned()),
            agreed_at,
            agreed_with: assignment.clinician_id.clone(),
        };
        let goal = Goal {
            id: seeder.ctx.id(GoalId::new),
            client_id: first.client_id.clone(),
            episode_id: assignment.episode_id.clone(),
            number,
            state: GoalState::Active,
            ended_at: None,
            wordings: vec![wording],
            ratings: Vec::new(),
        };
        store::goal::insert(tx, &goal).await?;
        rated.extend(ratings(&packets[1..], &goal, place));
    }
    store::goal::asked::insert_many(tx, &rated).await?;
    Ok(())
}

/// Ratings that rise with ups and downs, in some courses slowly; one is left out now and then.
fn ratings(packets: &[Packet], goal: &Goal, place: usize) -> Vec<(PacketId, i64, AskedGoal)> {
    let slow = 2 + i64::try_from(place % 3).unwrap_or(0);
    (0..)
        .zip(packets)
        .map(|(step, packet): (i64, &Packet)| {
            let swing = [0, 1, -1, 0, 2][usize::try_from(step + goal.number).unwrap_or(0) % 5];
            let rating = (1 + goal.number + step / slow + swing).clamp(0, HIGHEST - 1);
            let asked = AskedGoal {
                goal_id: goal.id.clone(),
                number: goal.number,
                text: Phi::new(String::new()),
                rating: (step % 7 != 5).then_some(rating),
                answered_at: packet.completed_at,
                device_id: None,
            };
            (packet.id.clone(), 1, asked)
        })
        .collect()
}
