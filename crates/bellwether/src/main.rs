//! `bellwether`: configuration, wiring and the command line. What the commands do is in the crates below.

mod commands;
mod demo;
mod import;

use bellwether::config::Settings;
use bellwether::{Refusal, config, serve, shown, wiring};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Measurement-based care for therapy practices: check-ins, scores, alerts that end in a decision.
#[derive(Debug, Parser)]
#[command(name = "bellwether", version, about, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the pages and the background worker.
    Serve {
        #[command(flatten)]
        settings: Box<Settings>,
        /// Pages only; run `bellwether worker` elsewhere on the same database.
        #[arg(long, env = "BELLWETHER_NO_WORKER")]
        no_worker: bool,
    },
    /// Runs the background worker alone.
    Worker {
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Runs an invented practice to look at: everything stays on this machine.
    Demo(demo::Demo),
    /// Brings clients or appointments in from a file.
    Import {
        #[command(subcommand)]
        what: import::Import,
    },
    /// Checks the audit chain.
    Audit {
        #[command(subcommand)]
        what: Audit,
    },
    /// Classifies persons by their change from before to after: reliable, recovered, deteriorated.
    Classify(commands::classify::Classify),
    /// Fits the growth model to courses of scores, and forecasts with it.
    Growth {
        #[command(subcommand)]
        what: commands::growth::Growth,
    },
    /// Replays closed courses through the rules for courses off their track.
    Backtest(commands::backtest::Backtest),
    /// Checks the instrument library.
    Instruments {
        #[command(subcommand)]
        what: Instruments,
    },
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Recomputes every hash of every practice's chain and names the first row that does not fit.
    Verify {
        #[command(flatten)]
        settings: Box<Settings>,
    },
}

#[derive(Debug, Subcommand)]
enum Instruments {
    /// Runs the scoring examples of every instrument and compares published versions with their recorded hashes.
    Check,
}

#[tokio::main]
async fn main() -> ExitCode {
    // What a panic says may quote a client: only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        wiring::complain(&format!("bellwether: panic at {place}"));
    }));
    // The one TLS provider of the process.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let outcome = match Cli::parse().command {
        Command::Serve { settings, no_worker } => {
            serve::serve(&settings, if no_worker { serve::Worker::Elsewhere } else { serve::Worker::Here }).await
        }
        Command::Worker { settings } => serve::worker(&settings).await,
        Command::Demo(demo) => demo::run(demo).await,
        Command::Import { what } => import::run(what).await,
        Command::Audit { what: Audit::Verify { settings } } => wiring::verify_audit(&settings).await,
        Command::Classify(classify) => commands::classify::run(&classify),
        Command::Backtest(backtest) => commands::backtest::run(&backtest),
        Command::Growth { what } => commands::growth::run(&what),
        Command::Instruments { what: Instruments::Check } => wiring::check_instruments(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            wiring::complain(&format!("bellwether: {error:#}"));
            // What is not a refusal of ours is a fault of the machine or its configuration.
            let code = error.downcast_ref::<Refusal>().map_or(2, Refusal::code);
            ExitCode::from(code)
        }
    }
}
