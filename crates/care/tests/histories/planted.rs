//! Errors planted on purpose: each takes the place of one of the rules, and the invariants must find it. A check that nothing
//! can fail shows nothing.

/// Which error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// A message to a client whose outcome is unknown is sent again.
    ResendOnUnknown,
    /// A message whose worker died is sent again without asking the provider.
    ResendAfterDeath,
    /// A worker that slept writes what it has, whatever happened meanwhile.
    NoFencing,
    /// A worker begins to send however little is left of its lease.
    NoMargin,
    /// Reports count in the order in which they come.
    ReportsRegress,
    /// A report is believed whoever sends it.
    ForgedBelieved,
    /// Consent, STOP and the check-in are not looked at again when a message goes.
    NoLookAgain,
    /// Nor is the hour.
    NoHours,
    /// The other channel is used although the check-in has its reminder.
    FallbackAndReminder,
    /// A message is planned on a channel although it is under way on the other.
    OtherChannelToo,
    /// A message that failed late goes on the other channel even after one has gone there.
    FallbackTwice,
    /// A rung of a ladder is climbed again.
    RungTwice,
    /// No next rung is put up.
    LadderStops,
    /// A ladder goes on after somebody took the reason up.
    CallsAfterAcknowledgement,
    /// Danger in a saved answer waits for the submission.
    DangerWaits,
    /// A case is closed whatever is owed.
    ClosedTooEarly,
    /// A second submission replaces the first.
    SecondReplacesFirst,
    /// What was submitted can expire.
    CompletedExpires,
    /// Nobody takes up what a dead worker held.
    LeasesForEver,
}

impl Planted {
    pub const ALL: [Self; 19] = [
        Self::ResendOnUnknown,
        Self::ResendAfterDeath,
        Self::NoFencing,
        Self::NoMargin,
        Self::ReportsRegress,
        Self::ForgedBelieved,
        Self::NoLookAgain,
        Self::NoHours,
        Self::FallbackAndReminder,
        Self::OtherChannelToo,
        Self::FallbackTwice,
        Self::RungTwice,
        Self::LadderStops,
        Self::CallsAfterAcknowledgement,
        Self::DangerWaits,
        Self::ClosedTooEarly,
        Self::SecondReplacesFirst,
        Self::CompletedExpires,
        Self::LeasesForEver,
    ];
}
