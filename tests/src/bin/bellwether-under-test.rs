//! One process of Bellwether as the fault loops start and kill it, and as journeys in a browser let weeks pass: the settings and
//! the wiring of the real binary, with a clock that the test moves and with the places at which a test may make the process die.
//!
//! A line on standard input moves the clock to so many microseconds ahead; the end of standard input ends the process, so
//! that none outlives its test.

use bellwether::config::Settings;
use bellwether::serve::{self, Worker};
use bellwether::wiring;
use care::SystemEntropy;
use clap::Parser;
use std::io::BufRead;
use tests::AheadClock;
use web::SecondFactor;
use workflows::Context;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// How far the clock is ahead of the machine's, in microseconds.
    #[arg(long, default_value_t = 0)]
    ahead: i64,
    /// Pages without the background worker.
    #[arg(long)]
    no_worker: bool,
    /// The background worker without pages.
    #[arg(long)]
    worker_only: bool,
    /// A password alone signs in, as in the demo.
    #[arg(long)]
    password_alone: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let clock = AheadClock::ahead(arguments.ahead);
    let moved = clock.clone();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if let Ok(micros) = line.trim().parse() {
                moved.set(micros);
            }
        }
        std::process::exit(0);
    });
    let mut parts = wiring::parts(&arguments.settings).await?;
    parts.ctx = Context::new(clock, SystemEntropy, wiring::library()?);
    if arguments.worker_only {
        return serve::work(&arguments.settings, parts, serve::stop_signal()).await;
    }
    let worker = if arguments.no_worker { Worker::Elsewhere } else { Worker::Here };
    let second_factor = if arguments.password_alone { SecondFactor::Optional } else { SecondFactor::Required };
    serve::run(&arguments.settings, parts, worker, second_factor, None, serve::stop_signal()).await
}
