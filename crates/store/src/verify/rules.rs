//! The rules that one statement can check. Each statement gives the practice and the id of every row that breaks its rule.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Violation;
use crate::{DEATHS, InstanceRead, InstanceScope as _, Result};

struct Rule {
    name: &'static str,
    what: &'static str,
    sql: &'static str,
}

const fn rule(name: &'static str, what: &'static str, sql: &'static str) -> Rule {
    Rule { name, what, sql }
}

/// Rules about rows alone.
const ALWAYS: &[Rule] = &[
    rule(
        "one completion",
        "check-ins have more than one response that counts",
        "SELECT practice_id, packet_id FROM response WHERE kind = 'original' GROUP BY practice_id, packet_id HAVING count(*) > 1",
    ),
    rule(
        "one completion",
        "completed check-ins have no response that counts",
        "SELECT p.practice_id, p.id FROM packet p WHERE p.state = 'completed' AND NOT EXISTS (SELECT 1 FROM response r \
         WHERE r.practice_id = p.practice_id AND r.packet_id = p.id AND r.kind = 'original')",
    ),
    rule(
        "one completion",
        "responses count for a check-in that is not completed",
        "SELECT r.practice_id, r.id FROM response r JOIN packet p ON p.practice_id = r.practice_id AND p.id = r.packet_id \
         WHERE r.kind = 'original' AND p.state <> 'completed'",
    ),
    rule(
        "belonging",
        "responses are of another client or episode than their check-in",
        "SELECT r.practice_id, r.id FROM response r JOIN packet p ON p.practice_id = r.practice_id AND p.id = r.packet_id \
         WHERE r.client_id <> p.client_id OR r.episode_id <> p.episode_id",
    ),
    rule(
        "belonging",
        "check-ins are of another client than their episode",
        "SELECT p.practice_id, p.id FROM packet p JOIN episode e ON e.practice_id = p.practice_id AND e.id = p.episode_id \
         WHERE p.client_id <> e.client_id",
    ),
    rule(
        "belonging",
        "cases are of another client than their episode",
        "SELECT c.practice_id, c.id FROM care_case c JOIN episode e ON e.practice_id = c.practice_id AND e.id = c.episode_id \
         WHERE c.client_id <> e.client_id",
    ),
    rule(
        "belonging",
        "messages about a check-in go to another client",
        "SELECT m.practice_id, m.id FROM message m JOIN packet p ON p.practice_id = m.practice_id AND p.id = m.packet_id \
         WHERE m.client_id <> p.client_id AND NOT EXISTS (SELECT 1 FROM client_merge g \
         WHERE g.practice_id = m.practice_id AND m.client_id IN (g.kept_id, g.gone_id))",
    ),
    rule(
        "belonging",
        "clients have more than one open episode",
        "SELECT practice_id, client_id FROM episode WHERE state = 'open' GROUP BY practice_id, client_id HAVING count(*) > 1",
    ),
    rule(
        "scores",
        "responses have more than one score on a scale",
        "SELECT practice_id, response_id FROM score GROUP BY practice_id, response_id, instrument, scale HAVING count(*) > 1",
    ),
    rule(
        "scores",
        "scores are of a response that does not count, or of another episode than it",
        "SELECT s.practice_id, s.id FROM score s JOIN response r ON r.practice_id = s.practice_id AND r.id = s.response_id \
         WHERE r.kind <> 'original' OR r.episode_id <> s.episode_id",
    ),
    rule(
        "scores",
        "an outcome is kept of a course that has not ended",
        "SELECT o.practice_id, o.episode_id FROM outcome o JOIN episode e ON e.practice_id = o.practice_id AND e.id = o.episode_id \
         WHERE e.state <> 'discharged'",
    ),
    rule(
        "alarm",
        "urgent reasons wait for a person and have no next rung of their ladder",
        "SELECT r.practice_id, r.id FROM case_reason r JOIN care_case c ON c.practice_id = r.practice_id AND c.id = r.case_id \
         WHERE r.level = 'urgent' AND r.acknowledged_at IS NULL AND c.state <> 'closed' AND NOT EXISTS (SELECT 1 FROM ladder_rung l \
         WHERE l.practice_id = r.practice_id AND l.reason_id = r.id AND l.fired_at IS NULL)",
    ),
    rule(
        "alarm",
        "urgent reasons wait for a person and nobody was ever written to about them",
        "SELECT r.practice_id, r.id FROM case_reason r JOIN care_case c ON c.practice_id = r.practice_id AND c.id = r.case_id \
         WHERE r.level = 'urgent' AND r.acknowledged_at IS NULL AND c.state <> 'closed' AND NOT EXISTS (SELECT 1 FROM message m \
         WHERE m.practice_id = r.practice_id AND m.case_id = r.case_id AND m.staff_id IS NOT NULL)",
    ),
    rule(
        "alarm",
        "urgent reasons stopped waiting without a person who acknowledged them",
        "SELECT practice_id, id FROM case_reason WHERE level = 'urgent' AND acknowledged_at IS NOT NULL AND acknowledged_by IS NULL",
    ),
    rule(
        "alarm",
        "cases were closed with an urgent reason that nobody disposed of",
        "SELECT c.practice_id, c.id FROM care_case c WHERE c.state = 'closed' AND EXISTS (SELECT 1 FROM case_reason r \
         WHERE r.practice_id = c.practice_id AND r.case_id = c.id AND r.level = 'urgent' AND r.disposed_at IS NULL)",
    ),
    rule(
        "alarm",
        "episodes have more than one open case",
        "SELECT practice_id, episode_id FROM care_case WHERE state <> 'closed' GROUP BY practice_id, episode_id HAVING count(*) > 1",
    ),
    rule(
        "messages",
        "a client was sent the same kind of message about a check-in twice on one channel",
        "SELECT practice_id, packet_id FROM message WHERE kind IN ('invite', 'reminder') AND state IN ('sent', 'delivered') \
         AND packet_id IS NOT NULL GROUP BY practice_id, packet_id, kind, channel HAVING count(*) > 1",
    ),
    // What was reported as not having arrived does not count: what went in its place did, whatever is reported of the first later.
    rule(
        "messages",
        "a client was sent more than one invitation or more than one reminder of a check-in, over both channels together",
        "SELECT m.practice_id, m.packet_id FROM message m WHERE m.kind IN ('invite', 'reminder') AND m.state IN ('sent', 'delivered') \
         AND m.packet_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM message_event e WHERE e.practice_id = m.practice_id \
         AND e.message_id = m.id AND e.state = 'failed') GROUP BY m.practice_id, m.packet_id, m.kind HAVING count(*) > 1",
    ),
    rule(
        "messages",
        "messages were sent without a record of when",
        "SELECT practice_id, id FROM message WHERE state IN ('sent', 'delivered') AND sent_at IS NULL",
    ),
    rule(
        "messages",
        "messages have the same key, so that one thing can be sent twice",
        "SELECT practice_id, min(id) FROM message GROUP BY practice_id, unique_key HAVING count(*) > 1",
    ),
    rule(
        "messages",
        "tokens of links are kept although their message has gone",
        "SELECT l.practice_id, m.id FROM link l JOIN message m ON m.practice_id = l.practice_id AND m.id = l.message_id \
         WHERE l.token_sealed IS NOT NULL AND m.state IN ('sent', 'delivered', 'cancelled')",
    ),
    rule(
        "import",
        "clients share one external id",
        "SELECT practice_id, min(id) FROM client WHERE external_index IS NOT NULL GROUP BY practice_id, external_index HAVING count(*) > 1",
    ),
    rule(
        "import",
        "appointments share one external id",
        "SELECT practice_id, min(id) FROM appointment WHERE external_index IS NOT NULL \
         GROUP BY practice_id, external_index HAVING count(*) > 1",
    ),
    rule(
        "audit",
        "submitted responses have no row in the audit",
        "SELECT r.practice_id, r.id FROM response r WHERE r.kind = 'original' AND NOT EXISTS (SELECT 1 FROM audit a \
         WHERE a.practice_id = r.practice_id AND a.subject_kind = 'response' AND a.subject_id = r.id)",
    ),
];

/// Rules about what should have happened by $1.
const BY_NOW: &[Rule] = &[
    rule(
        "no limbo",
        "check-ins are past their end and neither completed nor expired",
        "SELECT practice_id, id FROM packet WHERE state IN ('planned', 'open') AND expires_at < $1 AND last_answer_at IS NULL",
    ),
    rule(
        "no limbo",
        "messages wait although their time has come",
        "SELECT practice_id, id FROM message WHERE state = 'planned' AND due_at < $1 \
         AND (staff_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM fence))",
    ),
    rule(
        "no limbo",
        "messages are held by a worker that is gone",
        "SELECT practice_id, id FROM message WHERE state = 'sending' AND (lease_until IS NULL OR lease_until < $1) \
         AND (staff_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM fence))",
    ),
    rule(
        "no limbo",
        "jobs are held by a worker that is gone",
        "SELECT practice_id, id FROM job WHERE state = 'running' AND lease_until < $1",
    ),
    rule(
        "no limbo",
        "jobs are due and nobody runs them",
        "SELECT practice_id, id FROM job WHERE state = 'ready' AND run_at < $1",
    ),
    rule(
        "alarm",
        "rungs of a ladder are due and were not climbed",
        "SELECT l.practice_id, l.reason_id FROM ladder_rung l \
         JOIN case_reason r ON r.practice_id = l.practice_id AND r.id = l.reason_id \
         JOIN care_case c ON c.practice_id = r.practice_id AND c.id = r.case_id \
         WHERE l.fired_at IS NULL AND l.due_at < $1 AND r.acknowledged_at IS NULL AND c.state <> 'closed'",
    ),
];

/// Jobs that took their worker down too often and were not set aside.
const POISON: &str = "SELECT practice_id, id FROM job WHERE seen > $1 AND state IN ('ready', 'running')";

pub(super) async fn check(read: &mut InstanceRead, late: DateTime<Utc>, found: &mut Vec<Violation>) -> Result<()> {
    for Rule { name, what, sql } in ALWAYS {
        let rows = read.query(sql).all().await?;
        note(found, name, what, rows);
    }
    for Rule { name, what, sql } in BY_NOW {
        let rows = read.query(sql).bind(late).all().await?;
        note(found, name, what, rows);
    }
    let rows = read.query(POISON).bind(DEATHS).all().await?;
    note(found, "jobs", "jobs took their worker down too often and were not set aside", rows);
    let payloads: Vec<(String, String, crate::Json<serde_json::Value>)> =
        read.query("SELECT practice_id, id, payload FROM job WHERE state IN ('ready', 'running')").all().await?;
    let unreadable = payloads
        .into_iter()
        .filter(|(_, _, payload)| serde_json::from_value::<care::Job>(payload.0.clone()).is_err())
        .map(|(practice, id, _)| (practice, id))
        .collect();
    note(found, "jobs", "jobs say something that this release does not know", unreadable);
    Ok(())
}

fn note(found: &mut Vec<Violation>, rule: &'static str, what: &str, rows: Vec<(String, String)>) {
    let mut by_practice: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (practice, id) in rows {
        by_practice.entry(practice).or_default().push(id);
    }
    for (practice, ids) in by_practice {
        found.extend(Violation::of(rule, what, &practice, ids));
    }
}
