//! What a client writes in their own words beside the answers, and the list of phrases it is searched for.

use crate::{ClientId, EpisodeId, Instant, Language, OwnWordsId, PacketId, Phi, StaffId};

/// The most letters the form takes; what is longer all the same is kept whole.
pub const ROOM: usize = 2000;

/// A question that is answered in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedFor {
    /// Instrument id.
    pub instrument: String,
    /// Its version.
    pub version: String,
    /// Item id.
    pub item: String,
}

/// What a client wrote with a check-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWords {
    /// Id.
    pub id: OwnWordsId,
    /// Who wrote it.
    pub client_id: ClientId,
    /// In which episode.
    pub episode_id: EpisodeId,
    /// With which check-in.
    pub packet_id: PacketId,
    /// When.
    pub given_at: Instant,
    /// The question that asked for it; none for what was written beside the answers.
    pub asked_for: Option<AskedFor>,
    /// The version of the list it was searched for; 0 is the one that ships.
    pub list_version: i64,
    /// The words.
    pub text: Phi<String>,
    /// The phrases that were found in it.
    pub found: Vec<String>,
}

/// One version of a practice's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhraseList {
    /// From 1; 0 is the one that ships.
    pub version: i64,
    /// In English.
    pub en: Vec<String>,
    /// In Spanish.
    pub es: Vec<String>,
    /// Why it was changed.
    pub why: String,
    /// When; none for the one that ships.
    pub saved_at: Option<Instant>,
    /// By whom.
    pub saved_by: Option<StaffId>,
}

impl PhraseList {
    /// The phrases of one language.
    pub fn of(&self, language: Language) -> &[String] {
        match language {
            Language::En => &self.en,
            Language::Es => &self.es,
        }
    }

    /// The phrases a text holds. Both languages are looked for, whatever the check-in was answered in.
    pub fn found(&self, text: &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for language in Language::ALL {
            for phrase in crate::phrase::found(self.of(*language), text) {
                if !found.iter().any(|one| one == phrase) {
                    found.push(phrase.to_owned());
                }
            }
        }
        found
    }
}
