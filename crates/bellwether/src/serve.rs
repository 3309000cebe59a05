//! `serve` and `worker`: pages and background, stopped cleanly.

use crate::Refusal;
use crate::config::Settings;
use crate::wiring::{self, Parts, say};
use anyhow::Result;
use care::PracticeId;
use std::future::Future;
use std::sync::Arc;
use tokio::net::TcpListener;
use web::{App, Limits, Outbox, SecondFactor, WebConfig};

/// Where the background work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// In this process.
    Here,
    /// In another one.
    Elsewhere,
}

/// `bellwether serve`.
pub async fn serve(settings: &Settings, worker: Worker) -> Result<()> {
    let parts = wiring::parts(settings).await?;
    refuse_without_help(&parts).await?;
    let setup_token = setup_token(&parts).await?;
    if let Some(token) = &setup_token {
        say(&format!(
            "This database is empty. Create the practice and its owner, once, at:\n  {}/setup?token={token}",
            settings.base_url
        ));
    }
    say(&format!("Bellwether listens on {} and is reached at {}", settings.listen, settings.base_url));
    run(settings, parts, worker, SecondFactor::Required, setup_token, stop_signal()).await
}

/// `bellwether worker`.
pub async fn worker(settings: &Settings) -> Result<()> {
    let parts = wiring::parts(settings).await?;
    work(settings, parts, stop_signal()).await
}

/// The worker alone, until told to stop.
pub async fn work(settings: &Settings, parts: Parts, stop: impl Future<Output = ()>) -> Result<()> {
    let engine = engine(settings, &parts)?;
    tokio::select! {
        () = stop => {}
        () = upkeep(settings, &parts, Worker::Here) => {}
    }
    engine.stop().await;
    parts.db.close().await;
    Ok(())
}

/// Pages, and the worker beside them, until told to stop.
pub async fn run(
    settings: &Settings,
    parts: Parts,
    worker: Worker,
    second_factor: SecondFactor,
    setup_token: Option<String>,
    stop: impl Future<Output = ()>,
) -> Result<()> {
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder().ok();
    let config = WebConfig {
        base_url: settings.base_url.clone(),
        outbox: settings.outbox.clone().map_or(Outbox::Closed, Outbox::Folder),
        second_factor,
        sms_signer: wiring::sms_signer(settings)?,
        setup_token,
        metrics: metrics.map(|handle| Arc::new(move || handle.render()) as Arc<dyn Fn() -> String + Send + Sync>),
        trusted_proxies: settings.trusted_proxies.clone(),
    };
    let listener = TcpListener::bind(settings.listen).await.map_err(|error| {
        Refusal::Configuration(format!("cannot listen on {}: {error}; choose another --listen", settings.listen))
    })?;
    let engine = match worker {
        Worker::Here => Some(engine(settings, &parts)?),
        Worker::Elsewhere => None,
    };
    let db = parts.db.clone();
    let upkeep = tokio::spawn(upkeep(settings, &parts, worker));
    let app = App::new(parts.db, parts.ctx, parts.templates, config);
    let (stopping, stopped) = tokio::sync::oneshot::channel();
    let streams = app.clone();
    let stop = async move {
        stop.await;
        streams.end_streams();
        // Where nobody waits for it any more, all has ended.
        let _ = stopping.send(());
    };
    // Requests and jobs end at the same time, so that both have the whole ten seconds.
    let ending = async move {
        let _ = stopped.await;
        upkeep.abort();
        if let Some(engine) = engine {
            engine.stop().await;
        }
    };
    let (served, ()) = tokio::join!(web::serve(listener, web::router(&app), Limits::default(), stop), ending);
    served?;
    db.close().await;
    Ok(())
}

/// What is done beside the pages and jobs for as long as the process runs: a look at the key file, a word about a fence,
/// and, where the background work is done, scheduled backups.
fn upkeep(settings: &Settings, parts: &Parts, worker: Worker) -> impl Future<Output = ()> + Send + 'static {
    let (db, clock, settings) = (parts.db.clone(), parts.ctx.clock.clone(), settings.backups.clone());
    async move {
        let backups = async {
            match worker {
                Worker::Here => crate::backup::keep_making(db.clone(), clock, settings).await,
                Worker::Elsewhere => {}
            }
        };
        tokio::join!(backups, look_around(db.clone()));
    }
}

async fn look_around(db: store::Db) {
    let mut tick = tokio::time::interval(std::time::Duration::from_mins(1));
    loop {
        tick.tick().await;
        match db.reload_keys() {
            Ok(true) => tracing::info!(active = db.keys().active_id(), "the key file has changed and was read again"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the key file cannot be read; the keys of the start stay in use"),
        }
        let Ok(mut read) = db.read_all().await else { continue };
        let fence = store::fence::find(&mut read).await.ok().flatten();
        metrics::gauge!("bellwether_fenced").set(if fence.is_some() { 1.0 } else { 0.0 });
        if fence.is_some() {
            tracing::warn!(
                "this is a restored copy: messages to clients are held until `bellwether restore --release`"
            );
        }
    }
}

fn engine(settings: &Settings, parts: &Parts) -> Result<jobs::Handle> {
    let ctx = jobs::JobContext::new(
        parts.db.clone(),
        parts.ctx.clone(),
        parts.transport.clone(),
        parts.templates.clone(),
        &settings.base_url,
    )
    .map_err(|error| Refusal::Configuration(error.to_string()))?
    .tuned(jobs::Tuning { texts_per_second: settings.sms_per_second, ..jobs::Tuning::default() });
    Ok(jobs::Engine::start(ctx))
}

/// A practice without help in a crisis must not ask anybody about danger.
async fn refuse_without_help(parts: &Parts) -> Result<()> {
    let mut read = parts.db.read_all().await?;
    let without = store::crisis_resource::practices_without(&mut read).await?;
    if without.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = without.iter().map(PracticeId::to_string).collect();
    Err(Refusal::Configuration(format!(
        "no crisis resources are configured for practice {}; a check-in asks about danger and must show help. Put the published \
         ones back with: bellwether import crisis-resources; then look them over under Administration",
        names.join(", ")
    ))
    .into())
}

/// The one-time secret of the setup page, while there is no practice.
async fn setup_token(parts: &Parts) -> Result<Option<String>> {
    let mut read = parts.db.read_all().await?;
    let empty = store::practice::ids(&mut read).await?.is_empty();
    Ok(empty.then(|| parts.ctx.token()))
}

/// Ctrl-C or SIGTERM.
pub async fn stop_signal() {
    let interrupt = async {
        // Without a handler the process can still be ended by the system.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
