//! The table of jobs and the schedule: enqueued in the transaction that causes them, claimed by one statement with a lease.
//! What a job does, when it is tried again and how workers are supervised is the `jobs` crate's business.
//!
//! A job runs at least once. A worker that died leaves a running job behind; once its lease is over the next claim takes it,
//! and the claim number refuses whatever the first worker still writes.

use care::job::Queue;
use care::{Job, JobId, PracticeId, SystemEntropy};
use chrono::{DateTime, Duration, Utc};

use crate::tx::Wakes;
use crate::{BATCH, Db, Error, InstanceScope as _, Json, Result, Tx, values};

/// Claims without an orderly end (finish, retry, release) after which a job is taken for the cause and parked.
pub const DEATHS: i64 = 3;
/// How often a claim that lost its row to another claimer looks for the next one before it gives up.
const CHASES: u32 = 8;

/// A claimed job. Whoever holds it answers with finish, retry, park or release before the lease is over.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedJob {
    /// The practice whose transaction enqueued it, or [`crate::INSTANCE`].
    pub practice_id: PracticeId,
    /// The job.
    pub id: JobId,
    /// Its lane.
    pub queue: Queue,
    /// What is to be done, as stored; [`ClaimedJob::job`] reads it.
    pub payload: Json<serde_json::Value>,
    /// When it was due.
    pub run_at: DateTime<Utc>,
    /// Orderly retries so far.
    pub attempt: i64,
    /// Claims since the last orderly end, this one included.
    pub seen: i64,
    /// This claim's number: the fencing token.
    pub claim: i64,
}

crate::record! {
    ClaimedJob { practice_id, id, queue, payload, run_at, attempt, seen, claim }
}

/// What a claim brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// A job to run.
    Run(ClaimedJob),
    /// A job that took its worker down too often. It has been parked; somebody must be told.
    Poisoned(ClaimedJob),
}

/// How full the queue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueDepth {
    /// Jobs that wait and are due.
    pub due: i64,
    /// Jobs that are being run.
    pub running: i64,
    /// Jobs that were set aside.
    pub parked: i64,
    /// When the oldest due job was due.
    pub oldest_due: Option<DateTime<Utc>>,
}

/// Claims after which a job that was set aside is left to a person.
const CLAIMS: i64 = 24;

impl ClaimedJob {
    /// The job, or `None` when the payload is not one this release knows: park it.
    pub fn job(&self) -> Option<Job> {
        serde_json::from_value(self.payload.0.clone()).ok()
    }
}

/// A clock that gives a job's id the time at which the job is due.
struct DueAt(DateTime<Utc>);

impl care::Clock for DueAt {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

impl Tx {
    /// Enqueues a job, due at `run_at`: it exists if and only if this transaction commits.
    pub async fn enqueue(&mut self, job: &Job, run_at: DateTime<Utc>) -> Result<JobId> {
        let id = JobId::new(&DueAt(run_at), &SystemEntropy);
        self.insert_jobs(&[(&id, job, run_at)]).await?;
        Ok(id)
    }

    /// The same job at several instants.
    pub async fn enqueue_at(&mut self, job: &Job, instants: impl IntoIterator<Item = DateTime<Utc>>) -> Result<()> {
        let due: Vec<(JobId, DateTime<Utc>)> =
            instants.into_iter().map(|run_at| (JobId::new(&DueAt(run_at), &SystemEntropy), run_at)).collect();
        self.insert_jobs(&due.iter().map(|(id, run_at)| (id, job, *run_at)).collect::<Vec<_>>()).await
    }

    async fn insert_jobs(&mut self, jobs: &[(&JobId, &Job, DateTime<Utc>)]) -> Result<()> {
        let practice = self.practice().clone();
        for batch in jobs.chunks(BATCH) {
            let rows = batch.iter().map(|(id, job, run_at)| {
                values![&practice, *id, job.queue(), Json(*job), *run_at, "ready", 0_i64, 0_i64, 0_i64]
            });
            self.query(
                "INSERT INTO job (practice_id, id, queue, payload, run_at, state, attempt, seen, claim) VALUES $rows",
            )
            .bind_rows(rows.collect::<Vec<_>>())
            .later()
            .await?;
            self.wakes = Wakes::Workers;
        }
        Ok(())
    }

    /// Notes that the schedule entry's slot was fired; `true` for the one transaction that did. N nodes fire a slot once.
    pub async fn schedule(&mut self, name: &str, slot: DateTime<Utc>) -> Result<bool> {
        let fired = self
            .query("INSERT INTO schedule (name, slot) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(name)
            .bind(slot)
            .execute()
            .await?;
        Ok(fired == 1)
    }

    /// Ends a job as done, in the transaction of its effects. [`Error::Conflict`] when the lease was lost to another worker:
    /// then nothing of this transaction may be committed, and nothing can be.
    pub async fn finish_job(&mut self, job: &ClaimedJob, now: DateTime<Utc>) -> Result<()> {
        let sql = "UPDATE job SET state = 'done', lease_until = NULL, ended_at = $4, reason = NULL
                    WHERE practice_id = $1 AND id = $2 AND claim = $3 AND state = 'running'";
        let ended = self.query(sql).bind(&job.practice_id).bind(&job.id).bind(job.claim).bind(now).execute().await?;
        self.held(ended)
    }

    /// Gives a job back to be tried again at `run_at`. `reason` is a code, never a client's words.
    pub async fn retry_job(&mut self, job: &ClaimedJob, run_at: DateTime<Utc>, reason: &str) -> Result<()> {
        let sql = "UPDATE job SET state = 'ready', run_at = $4, attempt = attempt + 1, seen = 0, lease_until = NULL, reason = $5
                    WHERE practice_id = $1 AND id = $2 AND claim = $3 AND state = 'running'";
        let query = self.query(sql).bind(&job.practice_id).bind(&job.id).bind(job.claim).bind(run_at).bind(reason);
        let ended = query.execute().await?;
        self.wakes = Wakes::Workers;
        self.held(ended)
    }

    /// Sets a job aside until a person has looked at it. `reason` is a code, never a client's words.
    pub async fn park_job(&mut self, job: &ClaimedJob, now: DateTime<Utc>, reason: &str) -> Result<()> {
        let sql = "UPDATE job SET state = 'parked', lease_until = NULL, ended_at = $4, reason = $5
                    WHERE practice_id = $1 AND id = $2 AND claim = $3 AND state = 'running'";
        let query = self.query(sql).bind(&job.practice_id).bind(&job.id).bind(job.claim).bind(now).bind(reason);
        let ended = query.execute().await?;
        self.held(ended)
    }

    /// Gives a job back untouched, because this worker is stopping.
    pub async fn release_job(&mut self, job: &ClaimedJob) -> Result<()> {
        let sql = "UPDATE job SET state = 'ready', seen = seen - 1, lease_until = NULL
                    WHERE practice_id = $1 AND id = $2 AND claim = $3 AND state = 'running'";
        let ended = self.query(sql).bind(&job.practice_id).bind(&job.id).bind(job.claim).execute().await?;
        self.wakes = Wakes::Workers;
        self.held(ended)
    }

    /// Gives set-aside jobs one more chance: those whose workers died, for the deaths may have been another job's, and those which
    /// nothing else would repeat, or not before the night: the planning of single episodes, and a file that is being brought in or
    /// taken back. `before` is the latest instant at which they were set aside. A job that has been claimed often enough stays
    /// where it is. Tells how many there were.
    pub async fn revive_parked(&mut self, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
        // One more death, and one more failure, sets it aside again: `attempt` stays as it is, `seen` just below the limit.
        let revived = self
            .query(
                "UPDATE job SET state = 'ready', run_at = $2, seen = $3, ended_at = NULL
                  WHERE state = 'parked' AND ended_at <= $1 AND claim < $4
                    AND (reason = 'worker_died' OR (payload ->> 'job' IN ('plan', 'plan_several', 'import') AND reason <> 'unreadable'))",
            )
            .bind(before)
            .bind(now)
            .bind(DEATHS - 1)
            .bind(CLAIMS)
            .execute()
            .await?;
        if revived > 0 {
            self.wakes = Wakes::Workers;
        }
        Ok(revived)
    }

    const fn held(&mut self, rows: u64) -> Result<()> {
        if rows == 1 {
            return Ok(());
        }
        self.read.fail();
        Err(Error::Conflict)
    }
}

impl Db {
    /// Claims the longest due job of a lane until `now + lease`. A job that was claimed more than [`DEATHS`] times without an
    /// orderly end is parked and reported instead.
    ///
    /// Looks before it claims, so that an idle worker never takes the writer's turn.
    pub async fn claim(&self, queue: Queue, now: DateTime<Utc>, lease: Duration) -> Result<Option<Claim>> {
        for _ in 0..CHASES {
            if !self.has_due(queue, now).await? {
                return Ok(None);
            }
            let mut tx = self.write_all().await?;
            let Some(job) = claim_one(tx.own(), queue, now, now + lease).await? else {
                // Another claimer had the same row in view and was faster; there may be a next one.
                continue;
            };
            if job.seen > DEATHS {
                tx.own().park_job(&job, now, "worker_died").await?;
                tx.commit().await?;
                return Ok(Some(Claim::Poisoned(job)));
            }
            tx.commit().await?;
            return Ok(Some(Claim::Run(job)));
        }
        Ok(None)
    }

    /// Ends the due jobs that say the same as one that is being run: it looks at the rows after this, so it does their work.
    /// Only for jobs without fields. Tells how many there were.
    pub async fn absorb(&self, job: &Job, now: DateTime<Utc>) -> Result<u64> {
        let first =
            "SELECT id FROM job WHERE queue = $1 AND run_at <= $2 AND state = 'ready' AND payload ->> 'job' = $3
                     ORDER BY run_at LIMIT 1";
        let mut read = self.read_all().await?;
        let due: Option<String> =
            read.query(first).bind(job.queue()).bind(now).bind(job.name()).scalar_optional().await?;
        drop(read);
        if due.is_none() {
            return Ok(0);
        }
        let mut tx = self.write_all().await?;
        let sql = "UPDATE job SET state = 'done', ended_at = $2, reason = 'absorbed'
                    WHERE queue = $1 AND run_at <= $2 AND state = 'ready' AND payload ->> 'job' = $3";
        let ended = tx.query(sql).bind(job.queue()).bind(now).bind(job.name()).execute().await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Lengthens the lease of a job that is still being run; [`Error::Conflict`] when it was lost.
    pub async fn extend_lease(&self, job: &ClaimedJob, until: DateTime<Utc>) -> Result<()> {
        let mut tx = self.write(&job.practice_id).await?;
        let sql =
            "UPDATE job SET lease_until = $4 WHERE practice_id = $1 AND id = $2 AND claim = $3 AND state = 'running'";
        let kept = tx.query(sql).bind(&job.practice_id).bind(&job.id).bind(job.claim).bind(until).execute().await?;
        tx.held(kept)?;
        tx.commit().await
    }

    /// Counts for the operator, over both lanes or one.
    pub async fn queue_depth(&self, queue: Option<Queue>, now: DateTime<Utc>) -> Result<QueueDepth> {
        // What is due or under way has had its time, so the index of due jobs holds both: most jobs wait for a day to come.
        let sql = "SELECT count(*) FILTER (WHERE state = 'ready'), count(*) FILTER (WHERE state = 'running'), \
                          (SELECT count(*) FROM job WHERE state = 'parked' AND queue IN ($1, $2)), \
                          min(run_at) FILTER (WHERE state = 'ready') \
                     FROM job WHERE state IN ('ready', 'running') AND queue IN ($1, $2) AND run_at <= $3";
        let (one, other) = queue.map_or((Queue::Alert, Queue::Main), |queue| (queue, queue));
        let (due, running, parked, oldest_due) =
            self.read_all().await?.query(sql).bind(one).bind(other).bind(now).one().await?;
        Ok(QueueDepth { due, running, parked, oldest_due })
    }

    /// Deletes done jobs and fired slots that ended before the instant; tells how many rows went.
    pub async fn forget_done(&self, before: DateTime<Utc>) -> Result<u64> {
        let mut tx = self.write_all().await?;
        let jobs = tx.query("DELETE FROM job WHERE state = 'done' AND ended_at < $1").bind(before).execute().await?;
        let slots = tx.query("DELETE FROM schedule WHERE slot < $1").bind(before).execute().await?;
        tx.commit().await?;
        Ok(jobs + slots)
    }

    /// Asks for the first in order, as the claim does: asked whether there is any, PostgreSQL takes one for likely and goes
    /// through the whole table.
    async fn has_due(&self, queue: Queue, now: DateTime<Utc>) -> Result<bool> {
        let sql = "SELECT id FROM job
                    WHERE queue = $1 AND run_at <= $2 AND state IN ('ready', 'running') AND (state = 'ready' OR lease_until < $2)
                    ORDER BY run_at, id LIMIT 1";
        let first: Option<String> = self.read_all().await?.query(sql).bind(queue).bind(now).scalar_optional().await?;
        Ok(first.is_some())
    }
}

/// One statement: the inner look picks the row, the outer condition holds against whoever picked it too. On PostgreSQL the
/// slower claimer waits for the faster one's commit and then finds the condition false.
async fn claim_one(tx: &mut Tx, queue: Queue, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Option<ClaimedJob>> {
    tx.query(
        "UPDATE job SET state = 'running', seen = seen + 1, claim = claim + 1, lease_until = $3
          WHERE (practice_id, id) = (
                SELECT practice_id, id FROM job
                 WHERE queue = $1 AND run_at <= $2 AND state IN ('ready', 'running') AND (state = 'ready' OR lease_until < $2)
                 ORDER BY run_at, id LIMIT 1)
            AND run_at <= $2 AND (state = 'ready' OR (state = 'running' AND lease_until < $2))
        RETURNING practice_id, id, queue, payload, run_at, attempt, seen, claim",
    )
    .bind(queue)
    .bind(now)
    .bind(until)
    .optional()
    .await
}
