//! What every handler shares.

use crate::error::Result;
use crate::face::Faces;
use crate::hooks::SmsSigner;
use crate::limit::Limiter;
use crate::streams::Streams;
use care::packet::Packet;
use care::{Instant, PracticeId};
use instruments::Library;
use std::path::PathBuf;
use std::sync::Arc;
use store::Db;
use templates::Templates;
use tokio::sync::watch;
use workflows::Context;
use workflows::shelf::Shelf;

/// How the door is set up.
#[derive(Clone)]
pub struct WebConfig {
    /// The address clients and staff use, without a slash at its end. Every link is made from it, never from a header.
    pub base_url: String,
    /// Whether sent mails and texts can be looked at (demo only).
    pub outbox: Outbox,
    /// Whether a password alone signs in (demo only).
    pub second_factor: SecondFactor,
    /// With what the provider of texts signs its calls; without one none is accepted.
    pub sms_signer: Option<SmsSigner>,
    /// Secret of the one-time setup address, while there is no practice.
    pub setup_token: Option<String>,
    /// Renders the process's own counters for `/metrics`.
    pub metrics: Option<Arc<dyn Fn() -> String + Send + Sync>>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<std::net::IpAddr>,
}

/// Whether a password alone signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondFactor {
    /// Everyone has a second factor or sets one up before anything else.
    Required,
    /// Whoever has none is signed in by password alone: the demo, where every password is printed.
    Optional,
}

/// Where sent mails and texts can be looked at.
#[derive(Debug, Clone)]
pub enum Outbox {
    /// Nowhere: they really go.
    Closed,
    /// In files of this folder.
    Folder(PathBuf),
}

/// What every handler shares. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

pub struct Shared {
    pub db: Db,
    pub ctx: Context,
    pub templates: Arc<Templates>,
    pub config: WebConfig,
    pub(crate) faces: Faces,
    pub(crate) misses: Limiter,
    pub(crate) streams: Streams,
    ending: watch::Sender<()>,
}

impl App {
    /// The shared state from its parts.
    pub fn new(db: Db, ctx: Context, templates: Arc<Templates>, config: WebConfig) -> Self {
        Self(Arc::new(Shared {
            db,
            ctx,
            templates,
            config,
            faces: Faces::default(),
            misses: Limiter::default(),
            streams: Streams::default(),
            ending: watch::Sender::new(()),
        }))
    }

    /// The current instant.
    pub fn now(&self) -> Instant {
        self.ctx.now()
    }

    /// Ends the streams to open pages, so that a stop waits for requests only.
    pub fn end_streams(&self) {
        self.ending.send_replace(());
    }

    /// Resolves when the streams are to end.
    pub(crate) fn ending(&self) -> watch::Receiver<()> {
        self.ending.subscribe()
    }

    /// The instruments of a practice, those of the check-in among them.
    pub(crate) async fn library_of(&self, practice: &PracticeId, packet: &Packet) -> Result<Arc<Library>> {
        if let Some(shelf) = self.ctx.shelf_at_hand(practice).filter(|shelf| shelf.knows(&packet.asked)) {
            return Ok(shelf.library.clone());
        }
        let mut read = self.db.read(practice).await?;
        Ok(self.ctx.shelf_with(&mut read, &packet.asked).await?.library.clone())
    }

    /// The instruments of a practice.
    pub(crate) async fn shelf(&self, practice: &PracticeId) -> Result<Arc<Shelf>> {
        match self.ctx.shelf_at_hand(practice) {
            Some(at_hand) => Ok(at_hand),
            None => Ok(self.ctx.shelf(&mut self.db.read(practice).await?).await?),
        }
    }

    /// Whether the public address is encrypted, so that cookies must be too.
    pub(crate) fn is_secure(&self) -> bool {
        self.config.base_url.starts_with("https://")
    }
}

impl std::ops::Deref for App {
    type Target = Shared;
    fn deref(&self) -> &Shared {
        &self.0
    }
}
