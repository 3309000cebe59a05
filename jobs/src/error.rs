//! What can go wrong in a job. No variant carries a client's words, number or address.

/// Why a job did not do what it says; it is tried again.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store said no.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A workflow said no.
    #[error(transparent)]
    Workflow(#[from] workflows::Error),
    /// A message has no words: a template and its values do not fit together.
    #[error("a message could not be put into words: {0}")]
    Words(#[from] templates::Error),
    /// The job panicked. What it said is not repeated.
    #[error("the job panicked")]
    Panicked,
    /// The job was stopped because it took too long.
    #[error("the job took too long")]
    TimedOut,
    /// What is to be done was written by a release that knows more jobs than this one.
    #[error("this release does not know the job")]
    Unreadable,
    /// Some of many rows could not be worked on; the others were.
    #[error("{failed} of {all} rows failed; the first: {first}")]
    Some {
        /// How many failed.
        failed: usize,
        /// How many there were.
        all: usize,
        /// Why the first one did.
        first: Box<Error>,
    },
    /// Our own address cannot be put into a message.
    #[error(
        "the base address {0}; set it to the address under which clients reach this installation, as in https://care.example.org"
    )]
    BaseUrl(&'static str),
}

impl Error {
    /// The short code that is kept with the job.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Store(_) => "store",
            Self::Workflow(_) => "workflow",
            Self::Words(_) => "words",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed_out",
            Self::Unreadable => "unreadable",
            Self::Some { .. } => "some_rows",
            Self::BaseUrl(_) => "base_url",
        }
    }

    /// Whether the same job will succeed when the database can be used again: such a failure never counts against it.
    pub const fn is_passing(&self) -> bool {
        use store::Error::{Busy, CommitUnknown, Conflict, Unavailable};
        matches!(
            self,
            Self::Store(Busy | Unavailable(_) | CommitUnknown | Conflict)
                | Self::Workflow(
                    workflows::Error::Store(Busy | Unavailable(_) | CommitUnknown | Conflict)
                        | workflows::Error::Conflict
                )
        )
    }
}

/// Collects the failures of many rows, so that one bad row holds up no other.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    all: usize,
    failed: usize,
    first: Option<Error>,
}

impl Rows {
    /// Takes in what became of one row, and hands its value on.
    pub(crate) fn note<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        self.all += 1;
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.failed += 1;
                tracing::warn!(code = error.code(), %error, "one row of a job failed");
                self.first.get_or_insert(error);
                None
            }
        }
    }

    /// How many rows were worked on without a failure.
    pub(crate) const fn succeeded(&self) -> usize {
        self.all - self.failed
    }

    /// The job's own result.
    pub(crate) fn finish(self) -> Result<(), Error> {
        let Self { all, failed, first } = self;
        first.map_or(Ok(()), |first| Err(Error::Some { failed, all, first: Box::new(first) }))
    }
}
