//! Texts that stay within the alphabet of a text message, which is `care::segments`'.
//!
//! One character outside it turns the whole message into UCS-2, where a segment holds 70 characters and not 160.

use care::segments::septets as width;

/// How many septets a text takes, or `None` if it has a character outside the alphabet.
pub fn septets(text: &str) -> Option<usize> {
    text.chars().map(width).sum()
}

/// Whether a text fits one segment.
pub fn is_one_segment(text: &str) -> bool {
    septets(text).is_some_and(|count| count <= 160)
}

/// The same text in the alphabet: accents that it lacks are dropped, typographic marks become plain ones, and anything
/// else becomes `?`.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if width(c).is_some() => folded.push(c),
            'á' | 'â' | 'ã' | 'ā' | 'ª' => folded.push('a'),
            'ê' | 'ë' | 'ē' => folded.push('e'),
            'í' | 'î' | 'ï' | 'ī' => folded.push('i'),
            'ó' | 'ô' | 'õ' | 'ō' | 'º' => folded.push('o'),
            'ú' | 'û' | 'ū' => folded.push('u'),
            'Á' | 'À' | 'Â' | 'Ã' => folded.push('A'),
            'È' | 'Ê' | 'Ë' => folded.push('E'),
            'Í' | 'Ì' | 'Î' | 'Ï' => folded.push('I'),
            'Ó' | 'Ò' | 'Ô' | 'Õ' => folded.push('O'),
            'Ú' | 'Ù' | 'Û' => folded.push('U'),
            'ç' => folded.push('Ç'),
            'ý' | 'ÿ' => folded.push('y'),
            '‘' | '’' | '‚' | '′' => folded.push('\''),
            '“' | '”' | '„' | '«' | '»' => folded.push('"'),
            '–' | '—' | '−' | '‐' | '\u{2011}' => folded.push('-'),
            '…' => folded.push_str("..."),
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t' => folded.push(' '),
            _ => folded.push('?'),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_the_standard_does() {
        assert_eq!(septets("Hola ñandú"), None, "ú is not in the alphabet");
        assert_eq!(septets("¿Español? ¡Sí!"), None);
        assert_eq!(septets("¿Español? ¡Si!"), Some(14));
        assert_eq!(septets("{link}"), Some(8), "braces take two septets");
    }

    #[test]
    fn segments_end_at_160() {
        assert!(is_one_segment(&"a".repeat(160)));
        assert!(!is_one_segment(&"a".repeat(161)));
        assert!(!is_one_segment("á"));
    }

    #[test]
    fn folding_always_lands_in_the_alphabet() {
        assert_eq!(fold("Clínica “Bahía” – niño"), "Clinica \"Bahia\" - niño");
        assert_eq!(fold("中"), "?");
    }
}
