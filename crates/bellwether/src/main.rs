//! `bellwether`: configuration, wiring and the command line. What the commands do is in the crates below.

mod commands;
mod demo;
mod import;

use bellwether::config::Settings;
use bellwether::{Refusal, audit, backup, bounce, config, doctor, keys, restore, serve, shown, verify, wiring};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use store::transfer::Origin;
use workflows::fence::Source;

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
    /// Writes a sealed copy of everything to a file, while the program goes on.
    Backup {
        #[command(flatten)]
        settings: Box<Settings>,
        /// The file, or a folder for a file with the date in its name. A complete one replaces one of the same name.
        file: PathBuf,
    },
    /// Puts a backup into an empty place and checks it. Messages to clients are held until it is released.
    Restore {
        #[command(flatten)]
        settings: Box<Settings>,
        #[command(flatten)]
        what: Restore,
    },
    /// Writes the whole practice to a file of JSON lines, to move it to another database.
    Export {
        #[command(flatten)]
        settings: Box<Settings>,
        /// The file.
        file: PathBuf,
    },
    /// Checks everything that must hold: file, references, scores, alarms, consents, seals, audit.
    Verify {
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Checks everything the program depends on, one line each with the remedy. Changes nothing and sends nothing.
    Doctor {
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Shows, changes and retires the keys that seal names, contacts and free text.
    Keys {
        #[command(subcommand)]
        what: keys::Keys,
    },
    /// Takes in what mail servers say of mails later.
    Mail {
        #[command(subcommand)]
        what: MailCommand,
    },
    /// Prints every setting with its meaning and default, as a file to fill in.
    EnvExample,
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
    /// Lists, shows and checks the instruments.
    Instruments {
        #[command(subcommand)]
        what: commands::instruments::Instruments,
    },
    /// Scores the responses of a database again and reports every difference.
    Rescore(commands::rescore::Rescore),
    /// Scores answers from a file or standard input, line by line.
    Score(commands::score::Score),
}

#[derive(Debug, Args)]
#[group(id = "what", required = true, multiple = true)]
struct Restore {
    /// The backup.
    #[arg(conflicts_with_all = ["release", "source_was_stopped"])]
    file: Option<PathBuf>,
    /// The list of records that were erased since; the `erased.jsonl` beside the backup unless another is named.
    #[arg(long, value_name = "LIST", requires = "file")]
    erased: Option<PathBuf>,
    /// Takes the fence of a restored or imported copy down: messages to clients go out again.
    #[arg(long)]
    release: bool,
    /// With --release: the source had been stopped before the copy was taken, so what was held has not been sent.
    #[arg(long, requires = "release")]
    source_was_stopped: bool,
}

#[derive(Debug, Subcommand)]
enum MailCommand {
    /// Reads one report about a mail that came back (RFC 3464) from standard input, as a mail server hands it over.
    Bounce {
        #[command(flatten)]
        settings: Box<Settings>,
    },
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Recomputes every hash of every practice's chain, names the first row that does not fit, and prints each chain's end:
    /// practice, rows, hash. Keep what it prints on another machine.
    Verify {
        #[command(flatten)]
        settings: Box<Settings>,
        /// What it printed before: the chains must still pass through those ends.
        #[arg(long, value_name = "FILE")]
        kept: Option<PathBuf>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    // What a panic says may quote a client: only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        // Whoever read what was printed, as `head` does, had enough.
        if panic.payload_as_str().is_some_and(|words| words.starts_with("failed printing to stdout: Broken pipe")) {
            std::process::exit(0);
        }
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
        Command::Backup { settings, file } => backup::run(&settings, &file).await,
        Command::Restore { settings, what } => match what {
            Restore { file: Some(file), erased, .. } => {
                restore::run(&settings, &file, erased.as_deref(), Origin::Restore).await
            }
            Restore { source_was_stopped, .. } => {
                let source = if source_was_stopped { Source::WasStopped } else { Source::MayHaveSent };
                restore::release(&settings, source).await
            }
        },
        Command::Export { settings, file } => backup::export(&settings, &file).await,
        Command::Verify { settings } => verify::run(&settings).await,
        Command::Doctor { settings } => doctor::run(&settings).await,
        Command::Keys { what } => keys::run(what).await,
        Command::Mail { what: MailCommand::Bounce { settings } } => bounce::run(&settings).await,
        Command::EnvExample => {
            wiring::say(config::example().trim_end());
            Ok(())
        }
        Command::Import { what } => import::run(what).await,
        Command::Audit { what: Audit::Verify { settings, kept } } => audit::verify(&settings, kept.as_deref()).await,
        Command::Classify(classify) => commands::classify::run(&classify),
        Command::Backtest(backtest) => commands::backtest::run(&backtest),
        Command::Growth { what } => commands::growth::run(&what),
        Command::Instruments { what } => commands::instruments::run(&what),
        Command::Rescore(rescore) => commands::rescore::run(&rescore).await,
        Command::Score(score) => commands::score::run(&score),
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
