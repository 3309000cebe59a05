//! Phrases in a client's own words that a person must read before the next session. A list that everybody can read and a practice
//! can edit; what is found says "read this", never more: who is quoted, what is denied and what is meant is not looked at.
//!
//! Upper and lower case, accents, apostrophes and punctuation make no difference. A phrase is found as whole words in its
//! order; a word that ends in `*` also stands for all that begin with it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest phrase, in characters.
pub const LONGEST: usize = 80;
/// The most phrases of one language.
pub const MOST: usize = 200;
/// The fewest letters of a phrase, `*` not counted: with fewer nearly everything would be found.
const FEWEST_LETTERS: usize = 4;

/// Why a line cannot be a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Fewer than four letters.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// A `*` that is not at the end of a word.
    Star,
}

/// The words of a text as they are compared: small letters without accents; an apostrophe joins, all else divides.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)) {
        if matches!(letter, '\'' | '’' | '‘' | 'ʼ' | '`' | '´') {
            continue;
        }
        if letter.is_alphanumeric() {
            if let Some(last) = words.last_mut() {
                last.extend(letter.to_lowercase());
            }
        } else if words.last().is_some_and(|last| !last.is_empty()) {
            words.push(String::new());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words of a phrase, each with whether it stands for all that begin with it.
fn pattern(phrase: &str) -> Vec<(String, Reach)> {
    let mut pattern = Vec::new();
    for part in phrase.split_whitespace() {
        let reach = if part.ends_with('*') { Reach::Beginning } else { Reach::Whole };
        let all = words(part);
        let last = all.len();
        pattern.extend((1..).zip(all).map(|(number, word)| (word, if number == last { reach } else { Reach::Whole })));
    }
    pattern
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    Whole,
    Beginning,
}

/// Whether a line may be a phrase of the list.
///
/// # Errors
///
/// What is wrong with it.
pub fn check(line: &str) -> Result<(), Unfit> {
    if line.chars().count() > LONGEST {
        return Err(Unfit::TooLong);
    }
    if line
        .split_whitespace()
        .any(|part| part.trim_end_matches('*').contains('*') || part.ends_with("**") || part == "*")
    {
        return Err(Unfit::Star);
    }
    let letters: usize = pattern(line).iter().map(|(word, _)| word.chars().count()).sum();
    if letters < FEWEST_LETTERS { Err(Unfit::TooShort) } else { Ok(()) }
}

/// The phrases that a text holds, in the list's order.
///
/// ```
/// let list = ["end it all", "suicid*"];
/// assert_eq!(care::phrase::found(&list, "I want to END it – all."), ["end it all"]);
/// assert_eq!(care::phrase::found(&list, "I am not suicidal."), ["suicid*"], "what is denied is not understood");
/// ```
pub fn found<'a, P: AsRef<str>>(list: &'a [P], text: &str) -> Vec<&'a str> {
    let text = words(text);
    let holds = |phrase: &str| {
        let pattern = pattern(phrase);
        !pattern.is_empty()
            && text.windows(pattern.len()).any(|window| {
                window.iter().zip(&pattern).all(|(word, (wanted, reach))| match reach {
                    Reach::Whole => word == wanted,
                    Reach::Beginning => word.starts_with(wanted.as_str()),
                })
            })
    };
    list.iter().map(AsRef::as_ref).filter(|phrase| holds(phrase)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_apostrophes_and_punctuation_make_no_difference() {
        let list = ["no quiero vivir más", "can't go on", "quitarme la vida", "self-harm"];
        assert_eq!(found(&list, "NO QUIERO VIVIR MAS"), [list[0]]);
        assert_eq!(found(&list, "no quiero,\n vivir… más!"), [list[0]]);
        assert_eq!(found(&list, "no quiero vivir ma\u{301}s"), [list[0]], "an accent that is a character of its own");
        assert_eq!(found(&list, "I cant go on"), [list[1]]);
        assert_eq!(found(&list, "I can’t go on"), [list[1]]);
        assert_eq!(found(&list, "Self harm, again"), [list[3]]);
        assert_eq!(found(&list, "QUITARME LA VIDA o no"), [list[2]]);
    }

    #[test]
    fn whole_words_in_their_order_and_nothing_between_them() {
        let list = ["want to die", "kill*"];
        assert!(found(&list, "I want to diet").is_empty());
        assert!(found(&list, "I want to not die").is_empty());
        assert!(found(&list, "die to want").is_empty());
        assert!(found(&list, "my skills").is_empty(), "a beginning is a beginning");
        assert_eq!(found(&list, "it is killing me"), ["kill*"]);
        assert_eq!(found(&list, "I want to\tdie. Kill the lights"), ["want to die", "kill*"]);
        assert!(found(&list, "").is_empty());
    }

    #[test]
    fn who_is_quoted_and_what_is_denied_is_for_a_person_to_read() {
        let list = ["want to die"];
        assert_eq!(found(&list, "I do not want to die"), list);
        assert_eq!(found(&list, "My brother used to say 'I want to die'"), list);
    }

    #[test]
    fn a_phrase_needs_letters_and_a_star_only_at_a_words_end() {
        assert_eq!(check("suicid*"), Ok(()));
        assert_eq!(check("end it all"), Ok(()));
        assert_eq!(check("die"), Err(Unfit::TooShort));
        assert_eq!(check("…!?"), Err(Unfit::TooShort));
        assert_eq!(check("su*cide"), Err(Unfit::Star));
        assert_eq!(check("suicid**"), Err(Unfit::Star));
        assert_eq!(check("end * all"), Err(Unfit::Star));
        assert_eq!(check(&"long ".repeat(17)), Err(Unfit::TooLong));
    }
}
