//! What can go wrong in a workflow.

/// The workflows' result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a workflow did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store said no.
    #[error(transparent)]
    Store(store::Error),
    /// There is no such thing, or the caller may not know of it.
    #[error("not found")]
    NotFound,
    /// The caller may know of it and may not do this.
    #[error("not allowed")]
    Forbidden,
    /// Somebody else changed it meanwhile.
    #[error("changed by somebody else meanwhile")]
    Conflict,
    /// What was given cannot be used.
    #[error("{} field(s) cannot be used", .0.len())]
    Invalid(Vec<Problem>),
    /// The check-in takes no answers any more.
    #[error("the check-in is closed")]
    Closed,
    /// Too many tries; wait this many seconds.
    #[error("too many tries; wait {0} s")]
    TooMany(i64),
}

/// One field that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field's name in the form or file.
    pub field: String,
    /// The message's key; its words are in the language files.
    pub key: &'static str,
}

impl Error {
    /// One unusable field.
    pub fn invalid(field: impl Into<String>, key: &'static str) -> Self {
        Self::Invalid(vec![Problem { field: field.into(), key }])
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Conflict => Self::Conflict,
            store::Error::NotFound => Self::NotFound,
            other => Self::Store(other),
        }
    }
}
