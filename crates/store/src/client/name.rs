//! Finding and ordering people by name: without case, without accents, by the beginnings of words.

use care::client::Client;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The words somebody typed.
pub(super) struct Wanted(Vec<String>);

impl Wanted {
    pub(super) fn new(text: &str) -> Self {
        Self(words(&folded(text)).map(str::to_owned).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every wanted word begins a word of the name or of the preferred name.
    pub(super) fn is_in(&self, name: &str, preferred: Option<&str>) -> bool {
        let mut known = folded(name);
        if let Some(preferred) = preferred {
            known.push(' ');
            known.push_str(&folded(preferred));
        }
        // "O'Brien" is found as "brien" and as "obrien".
        let joined: String = known.chars().filter(|c| !is_apostrophe(*c)).collect();
        self.0.iter().all(|wanted| words(&known).chain(words(&joined)).any(|word| word.starts_with(wanted.as_str())))
    }
}

/// The text in lower case and without accents: "Muñoz" and "MUNOZ" are the same.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        // Letters that are one piece to Unicode and an accented letter to whoever types the name.
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            // The dot that "İ" leaves behind in lower case.
            c if is_combining_mark(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

/// The clients ordered by folded name, then by id.
pub(super) fn sorted(clients: Vec<Client>) -> Vec<Client> {
    let mut keyed: Vec<(String, Client)> =
        clients.into_iter().map(|client| (folded(client.name.text()), client)).collect();
    keyed.sort_by(|(a, x), (b, y)| (a, &x.id).cmp(&(b, &y.id)));
    keyed.into_iter().map(|(_, client)| client).collect()
}

fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

const fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}' | '`')
}

#[cfg(test)]
mod tests {
    use super::{Wanted, folded};

    fn found(text: &str, name: &str) -> bool {
        Wanted::new(text).is_in(name, None)
    }

    #[test]
    fn case_and_accents_do_not_matter_either_way() {
        for (typed, name) in [
            ("munoz", "José Muñoz"),
            ("MUÑOZ", "Jose Munoz"),
            ("jose mu", "José Muñoz"),
            ("muñoz josé", "José Muñoz"),
            ("mun\u{303}oz", "José Muñoz"),
            ("soren", "Søren Łukasz"),
            ("lukasz", "Søren Łukasz"),
            ("strasse", "Anna Straße"),
            ("istanbul", "İstanbul"),
            ("garcia lopez", "García-López"),
            ("obrien", "Sean O'Brien"),
            ("o'brien", "Sean O’Brien"),
            ("brien", "Sean O'Brien"),
        ] {
            assert!(found(typed, name), "{typed} finds {name}");
        }
    }

    #[test]
    fn words_match_from_their_beginning_and_all_of_them() {
        assert!(!found("unoz", "José Muñoz"), "not in the middle of a word");
        assert!(!found("jose smith", "José Muñoz"), "every word has to match");
        assert!(!found("munozz", "José Muñoz"));
        assert!(Wanted::new(" -'. ").is_empty());
        assert!(Wanted::new("bob").is_in("Robert Lang", Some("Bob")), "the preferred name counts");
    }

    #[test]
    fn folding_is_idempotent() {
        for text in ["Ångström", "İ", "ǅ", "ﬁn", "Ñandú", "Ω"] {
            assert_eq!(folded(&folded(text)), folded(text));
        }
    }
}
