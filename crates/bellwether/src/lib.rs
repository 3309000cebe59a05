//! What the commands are made of: settings, wiring and the running of an instance. A library, so that the fault tests run
//! an instance wired exactly like the binary's, with a clock of their own; the commands themselves are in `main`.

pub mod audit;
pub mod backup;
pub mod bounce;
pub mod config;
pub mod copy;
pub mod doctor;
pub mod erased;
pub mod keys;
pub mod restore;
pub mod serve;
pub mod verify;
pub mod wiring;

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Exit code 2: usage or configuration.
    #[error("{0}")]
    Configuration(String),
    /// Exit code 1: a data error, or a violation was found.
    #[error("{0}")]
    Data(String),
}

impl Refusal {
    /// The exit code.
    pub const fn code(&self) -> u8 {
        match self {
            Self::Data(_) => 1,
            Self::Configuration(_) => 2,
        }
    }
}

/// A file the commands write to or read from, for messages.
pub fn shown(path: &std::path::Path) -> String {
    let path: std::path::PathBuf = path.components().collect();
    path.display().to_string()
}
