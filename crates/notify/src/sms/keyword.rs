//! The words by which people open and close a text channel.
//!
//! A message counts as a keyword only when it is that one word (or "opt out", or one of a few whole sentences that say
//! "wrong number"): "please don't stop" is not an opt-out
//! by keyword. An opt-out in other words is for a person to read; the caller raises a task.

/// What a whole message asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    /// No more texts to this number. The provider confirms it; we do not answer as well.
    Stop,
    /// Texts may come again.
    Start,
    /// Who is this? Answer with the practice's name and phone number.
    Help,
    /// The number is somebody else's. Nothing more goes there, no answer either.
    WrongPerson,
}

/// English words as carriers and the FCC list them, Spanish ones beside.
const STOP: &[&str] = &[
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
    "ALTO",
    "PARAR",
    "CANCELAR",
    "BAJA",
];
const START: &[&str] = &["START", "YES", "UNSTOP", "OPTIN", "INICIAR", "COMENZAR", "SI", "SÍ"];
/// Whole messages, as people write them whose number was somebody else's before; without accents and punctuation.
const WRONG_PERSON: &[&str] = &[
    "WRONG NUMBER",
    "WRONG PERSON",
    "YOU HAVE THE WRONG NUMBER",
    "YOU HAVE THE WRONG PERSON",
    "THIS IS THE WRONG NUMBER",
    "SORRY WRONG NUMBER",
    "NUMERO EQUIVOCADO",
    "PERSONA EQUIVOCADA",
    "TIENE EL NUMERO EQUIVOCADO",
    "SE EQUIVOCO DE NUMERO",
];
const HELP: &[&str] = &["HELP", "INFO", "AYUDA"];

/// Classifies a whole message: one word in any case, with punctuation and spaces around it.
///
/// ```
/// use notify::sms::{Keyword, keyword};
/// assert_eq!(keyword(" Stop. "), Some(Keyword::Stop));
/// assert_eq!(keyword("please stop"), None);
/// ```
pub fn keyword(body: &str) -> Option<Keyword> {
    // Hyphens and inner spaces of "opt-out", "stop all" are the same word to whoever wrote it.
    let words: Vec<String> =
        body.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_uppercase).collect();
    let whole: String = words
        .join(" ")
        .chars()
        .map(|c| match c {
            'Ú' => 'U',
            'Ó' => 'O',
            other => other,
        })
        .collect();
    if WRONG_PERSON.contains(&whole.as_str()) {
        return Some(Keyword::WrongPerson);
    }
    let word = match words.as_slice() {
        [one] => one.clone(),
        [first, second] if matches!((first.as_str(), second.as_str()), ("OPT", "OUT" | "IN") | ("STOP", "ALL")) => {
            format!("{first}{second}")
        }
        _ => return None,
    };
    let is_in = |list: &[&str]| list.contains(&word.as_str());
    if is_in(STOP) {
        Some(Keyword::Stop)
    } else if is_in(START) {
        Some(Keyword::Start)
    } else if is_in(HELP) {
        Some(Keyword::Help)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_in_every_dress() {
        for body in [
            "STOP", "stop", " Stop! ", "\"STOP\"", "stop.", "StopAll", "stop all", "opt-out", "Opt out", "ALTO",
            "alto.", "revoke",
        ] {
            assert_eq!(keyword(body), Some(Keyword::Stop), "{body}");
        }
        for body in ["start", "UNSTOP", "Yes.", "¡Sí!", "si", "sí"] {
            assert_eq!(keyword(body), Some(Keyword::Start), "{body}");
        }
        for body in ["HELP", "help?", "Ayuda", "¿AYUDA?", "info"] {
            assert_eq!(keyword(body), Some(Keyword::Help), "{body}");
        }
    }

    #[test]
    fn sentences_are_for_people_to_read() {
        for body in [
            "",
            "  ",
            "please don't stop",
            "I can't make it, cancel Thursday",
            "no",
            "stopping",
            "help me",
            "STOP HELP",
        ] {
            assert_eq!(keyword(body), None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn punctuation_and_case_do_not_matter(before in "[ .,!\"'*\\n]{0,4}", after in "[ .,!\"'*\\n]{0,4}", index in 0..STOP.len()) {
            prop_assert_eq!(keyword(&format!("{before}{}{after}", STOP[index].to_lowercase())), Some(Keyword::Stop));
        }
    }
}
