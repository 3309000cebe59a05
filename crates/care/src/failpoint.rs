//! Named places at which a test makes the process die, so that what must hold after a restart is tested at each of them.
//!
//! Nothing of it is compiled without the feature `failpoints`: [`crate::failpoint!`] is then empty. With it, the environment
//! variable `BELLWETHER_FAILPOINT=name[:mode][@n]` makes the n-th passage (default: the first) of that place fail. Modes:
//! `kill` (the default: as by `kill -9`) and `panic`.

/// Marks a place where a test may make the process fail.
#[cfg(not(feature = "failpoints"))]
#[macro_export]
macro_rules! failpoint {
    ($name:expr) => {};
}

/// Marks a place where a test may make the process fail.
#[cfg(feature = "failpoints")]
#[macro_export]
macro_rules! failpoint {
    ($name:expr) => {
        $crate::failpoint::pass($name)
    };
}

/// The environment variable.
pub const VARIABLE: &str = "BELLWETHER_FAILPOINT";

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Mode {
        Kill,
        Panic,
    }

    struct Armed {
        name: String,
        mode: Mode,
        passage: u32,
        passed: AtomicU32,
    }

    fn parse(text: &str) -> Armed {
        let (text, passage) = text.split_once('@').unwrap_or((text, "1"));
        let (name, mode) = text.split_once(':').unwrap_or((text, "kill"));
        let mode = if mode == "panic" { Mode::Panic } else { Mode::Kill };
        Armed { name: name.to_owned(), mode, passage: passage.parse().unwrap_or(1), passed: AtomicU32::new(0) }
    }

    /// Passes a named place; does not come back when it is the armed one.
    pub fn pass(name: &str) {
        static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
        let Some(armed) = ARMED.get_or_init(|| std::env::var(super::VARIABLE).ok().map(|text| parse(&text))) else {
            return;
        };
        if armed.name != name || armed.passed.fetch_add(1, Ordering::SeqCst) + 1 != armed.passage {
            return;
        }
        match armed.mode {
            Mode::Panic => panic!("failpoint {name}"),
            Mode::Kill => {
                // The signal itself: nothing is flushed, no destructor runs.
                let pid = std::process::id().to_string();
                let _ = std::process::Command::new("kill").args(["-9", &pid]).status();
                std::process::abort()
            }
        }
    }
}

#[cfg(feature = "failpoints")]
pub use armed::pass;
