//! The only crate that knows SQL.
//!
//! [`Db`] is the database, [`Read`] and [`Tx`] are the only handles on it, [`Query`] is one statement in one text for SQLite
//! and PostgreSQL. Around them stand the sealed columns ([`Keyring`]), the audit chain ([`AuditEntry`]) and the table of jobs
//! ([`Claim`]). One file per aggregate holds its statements. What a change means, and in which order changes happen, is the
//! `workflows` crate's.

mod audit;
mod columns;
mod db;
pub mod erasure;
mod error;
mod guard;
mod migrate;
mod query;
mod queue;
mod row;
mod seal;
mod sealed_file;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
pub mod unusable_contact;
mod value;
mod versions;

pub mod answer;
pub mod answering;
pub mod appointment;
pub mod appointment_notice;
pub mod assignment;
pub mod attendance;
pub mod backup;
pub mod capacity;
pub mod case;
pub mod client;
pub mod closed_loop;
pub mod consent;
pub mod consent_wording;
pub mod contact;
pub mod crisis_resource;
pub mod delivery_funnel;
pub mod detection;
pub mod discuss;
mod distribution;
pub mod episode;
pub mod exit_survey;
pub mod experiment;
pub mod fence;
pub mod goal;
pub mod held;
pub mod history;
pub mod import_run;
pub mod inspect;
pub mod kiosk;
pub mod leak;
pub mod leave;
pub mod library;
pub mod meeting;
pub mod merge;
pub mod message;
pub mod message_template;
pub mod outcome;
pub mod outreach;
pub mod own_words;
pub mod packet;
pub mod placement;
pub mod plan_change;
pub mod practice;
pub mod progress;
pub mod proof;
pub mod protocol;
pub mod protocol_exception;
pub mod rater;
pub mod response;
pub mod rotation;
pub mod saved_view;
pub mod session;
pub mod site;
pub mod sitting;
pub mod staff;
pub mod standing;
pub mod supervision;
pub mod support;
pub mod suppression;
pub mod task;
pub mod throttle;
pub mod transfer;
pub mod verify;
pub mod wording;

pub use audit::{
    AuditBreak, AuditEntry, AuditFilter, AuditReport, AuditRow, BreakKind, audit_hash, audit_latest, audit_of_subjects,
    audit_page, audited_practices, verify_audit,
};
pub use db::{Db, Engine, GroupCommits, Options};
pub use error::{Error, Result, Rule};
pub use migrate::newest_version;
pub use query::Query;
pub use queue::{Claim, ClaimedJob, DEATHS, QueueDepth};
pub use row::{At, Column, Record, Row};
pub use seal::{Keyring, SealError};
pub use sealed_file::{SealedFileError, SealedReader, SealedWriter};
pub use tx::{INSTANCE, InstanceRead, InstanceScope, InstanceTx, Read, Tx};
pub use value::{Bind, Json, Kind, Value};

/// How many ids or rows go into one statement: few enough for what a database binds, enough that statements do not count.
pub(crate) const BATCH: usize = 500;
