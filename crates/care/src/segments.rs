//! How many segments a text takes, which is what a practice pays for and what carriers filter on.
//!
//! Source: 3GPP TS 23.038 §6.2.1 (GSM 7-bit default alphabet and its extension table) and TS 23.040 §9.2.3.24 (a
//! concatenated message spends 6 octets of every segment on its header).

/// The character set a text is sent in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// The GSM 7-bit default alphabet: 160 septets alone, 153 in each part of a longer text.
    Gsm7,
    /// UTF-16: 70 code units alone, 67 in each part of a longer text.
    Ucs2,
}

/// What a text costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segments {
    /// The character set that every character of the text fits into.
    pub encoding: Encoding,
    /// The number of segments; 0 for an empty text.
    pub count: usize,
    /// The length in septets (GSM-7; characters of the extension table take two) or UTF-16 code units.
    pub units: usize,
}

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENSION: &str = "\u{c}^{}\\[~]|€";

/// Septets of a character in GSM-7, `None` when it has no place there.
pub fn septets(c: char) -> Option<usize> {
    if BASIC.contains(c) {
        Some(1)
    } else if EXTENSION.contains(c) {
        Some(2)
    } else {
        None
    }
}

/// Counts a text as the network does. A character of two units is never split between two segments.
///
/// ```
/// use care::segments::{Encoding, segments};
/// assert_eq!(segments("Your check-in is ready").count, 1);
/// assert_eq!(segments("It\u{2019}s ready").encoding, Encoding::Ucs2); // one curly quote is enough
/// ```
pub fn segments(text: &str) -> Segments {
    let gsm: Option<Vec<usize>> = text.chars().map(septets).collect();
    match gsm {
        Some(widths) => count(Encoding::Gsm7, &widths, 160, 153),
        None => count(Encoding::Ucs2, &text.chars().map(char::len_utf16).collect::<Vec<_>>(), 70, 67),
    }
}

fn count(encoding: Encoding, widths: &[usize], alone: usize, part: usize) -> Segments {
    let units = widths.iter().sum();
    let count = if units == 0 {
        0
    } else if units <= alone {
        1
    } else {
        let mut parts = 1;
        let mut filled = 0;
        for width in widths {
            if filled + width > part {
                parts += 1;
                filled = 0;
            }
            filled += width;
        }
        parts
    };
    Segments { encoding, count, units }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> (Encoding, usize, usize) {
        let Segments { encoding, count, units } = segments(text);
        (encoding, count, units)
    }

    #[test]
    fn the_alphabet_has_127_characters_and_an_extension_of_ten() {
        // 128 positions, one of which is the escape to the extension table.
        assert_eq!(BASIC.chars().count(), 127);
        assert_eq!(EXTENSION.chars().count(), 10);
    }

    #[test]
    fn borders_of_both_encodings() {
        assert_eq!(of(""), (Encoding::Gsm7, 0, 0));
        assert_eq!(of(&"a".repeat(160)), (Encoding::Gsm7, 1, 160));
        assert_eq!(of(&"a".repeat(161)), (Encoding::Gsm7, 2, 161));
        assert_eq!(of(&"a".repeat(306)), (Encoding::Gsm7, 2, 306));
        assert_eq!(of(&"a".repeat(307)), (Encoding::Gsm7, 3, 307));
        assert_eq!(of(&"á".repeat(70)), (Encoding::Ucs2, 1, 70));
        assert_eq!(of(&"á".repeat(71)), (Encoding::Ucs2, 2, 71));
        assert_eq!(of(&"á".repeat(134)), (Encoding::Ucs2, 2, 134));
        assert_eq!(of(&"á".repeat(135)), (Encoding::Ucs2, 3, 135));
    }

    #[test]
    fn spanish_letters_that_fit_and_that_do_not() {
        assert_eq!(segments("¿Qué tal mañana? ¡Sí!").encoding, Encoding::Ucs2); // í is not in the alphabet
        assert_eq!(segments("¿Qué tal mañana?").encoding, Encoding::Gsm7); // é, ñ and ¿ are
        for letter in ['á', 'í', 'ó', 'ú', '’', '“', '–', '…', 'ç', '`'] {
            assert_eq!(segments(&letter.to_string()).encoding, Encoding::Ucs2, "{letter}");
        }
    }

    #[test]
    fn two_unit_characters_are_not_split() {
        // 152 septets, then a euro sign of two: it moves to the second part, one septet stays unused.
        let text = format!("{}€{}", "a".repeat(152), "a".repeat(151));
        assert_eq!(of(&text), (Encoding::Gsm7, 2, 305));
        assert_eq!(of(&format!("{text}a")), (Encoding::Gsm7, 3, 306));
        assert_eq!(of("😀"), (Encoding::Ucs2, 1, 2));
        // 66 units and a pair: the pair moves on.
        assert_eq!(of(&format!("{}😀{}", "á".repeat(66), "á".repeat(66))), (Encoding::Ucs2, 3, 134));
    }

    proptest! {
        #[test]
        fn count_is_between_the_bounds(text in "\\PC{0,400}") {
            let Segments { encoding, count, units } = segments(&text);
            let (alone, part) = match encoding { Encoding::Gsm7 => (160, 153), Encoding::Ucs2 => (70, 67) };
            prop_assert_eq!(count == 0, units == 0);
            if units > alone {
                prop_assert!(count >= units.div_ceil(part));
                prop_assert!(count <= units.div_ceil(part - 1));
            } else {
                prop_assert!(count <= 1);
            }
            if text.is_ascii() && !text.contains(['`']) {
                prop_assert_eq!(encoding, Encoding::Gsm7);
            }
        }

        #[test]
        fn one_more_character_never_costs_less(text in "[a-z€á😀]{0,200}", more in "[a-z€á😀]") {
            let longer = format!("{text}{more}");
            prop_assert!(segments(&longer).count >= segments(&text).count);
        }
    }
}
