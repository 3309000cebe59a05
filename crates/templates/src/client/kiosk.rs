//! The page a tablet in the waiting room stands at.

use serde::Serialize;

use super::Shell;
use crate::Page;

/// Pairing, or a code. `/kiosk/pair` and `/kiosk/code` take `code`.
#[derive(Clone, Serialize)]
pub struct Kiosk {
    /// The frame; without a practice before pairing.
    pub shell: Shell,
    /// Where it stands.
    pub state: KioskState,
}

/// The states of the page. The words are `kiosk-<state>` and `kiosk-<state>-lead`.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KioskState {
    /// Waits for a pairing code.
    Pair,
    /// The pairing code was wrong or too old.
    PairAgain,
    /// Waits for a client's code.
    Ready,
    /// The code was nobody's.
    Wrong,
    /// The code is right, and nothing is due.
    NothingDue,
    /// Too many wrong codes.
    Locked,
}

impl Page for Kiosk {
    const TEMPLATE: &'static str = "client/kiosk.html";

    fn samples() -> Vec<Self> {
        use KioskState::{Locked, NothingDue, Pair, PairAgain, Ready, Wrong};
        let of = |state| Self {
            shell: match state {
                Pair | PairAgain => Shell::new(None),
                _ => Shell::new(Some("Harbor Lane Counseling".into())),
            },
            state,
        };
        [Pair, PairAgain, Ready, Wrong, NothingDue, Locked].map(of).into()
    }
}
