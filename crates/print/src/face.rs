//! The typefaces, and lines made of words.
//!
//! `DejaVu Sans Condensed`, regular and bold, is embedded (its licence is beside it): it has the letters of every language
//! written in Latin, Greek or Cyrillic script, and the signs of the charts. A letter it lacks is drawn as an empty box; the
//! text that is copied or read aloud is the original all the same.

use std::ops::Range;
use std::sync::Arc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::UnicodeBuffer;
use usvg::fontdb;

use crate::Error;

static REGULAR: &[u8] = include_bytes!("../fonts/DejaVuSansCondensed.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/DejaVuSansCondensed-Bold.ttf");

/// Stands for a letter that the typeface lacks.
const BOX: char = '□';

/// Both weights.
pub(crate) struct Faces {
    pub(crate) regular: Face,
    pub(crate) bold: Face,
    database: Arc<fontdb::Database>,
}

/// The weight of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// One weight.
pub(crate) struct Face {
    shaper: rustybuzz::Face<'static>,
    pub(crate) font: Font,
}

/// A line of text, ready to be drawn. Lengths are in units of the letters' size.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    pub(crate) width: f32,
}

impl Faces {
    /// The family's name, as a style sheet of a picture says it.
    pub(crate) const FAMILY: &str = "DejaVu Sans";

    pub(crate) fn load() -> Result<Self, Error> {
        let mut database = fontdb::Database::new();
        for data in [REGULAR, BOLD] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(data)));
        }
        database.set_sans_serif_family(Self::FAMILY);
        Ok(Self { regular: Face::load(REGULAR)?, bold: Face::load(BOLD)?, database: Arc::new(database) })
    }

    pub(crate) fn database(&self) -> Arc<fontdb::Database> {
        self.database.clone()
    }

    /// Whether a letter of the text cannot be drawn.
    pub(crate) fn lacks(&self, text: &str) -> bool {
        printable(text).chars().any(|letter| letter != BOX && self.regular.drawn(letter) == BOX)
    }

    pub(crate) fn of(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

impl Face {
    fn load(data: &'static [u8]) -> Result<Self, Error> {
        let shaper = rustybuzz::Face::from_slice(data, 0).ok_or(Error::Typeface)?;
        let font = Font::new(data.into(), 0).ok_or(Error::Typeface)?;
        Ok(Self { shaper, font })
    }

    /// The letter as it is drawn: a box where the typeface lacks it.
    pub(crate) fn drawn(&self, letter: char) -> char {
        match letter {
            '\n' | '\r' | '\t' => ' ',
            _ if self.shaper.glyph_index(letter).is_some() => letter,
            _ => BOX,
        }
    }

    /// A text as one line.
    pub(crate) fn line(&self, text: &str) -> Line {
        let text = printable(text);
        let mut buffer = UnicodeBuffer::new();
        for (at, letter) in text.char_indices() {
            buffer.add(self.drawn(letter), u32::try_from(at).unwrap_or(u32::MAX));
        }
        buffer.guess_segment_properties();
        let shaped = rustybuzz::shape(&self.shaper, &[], buffer);
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let range = |cluster: usize| -> Range<usize> {
            let next = starts.partition_point(|start| *start <= cluster);
            cluster..starts.get(next).copied().unwrap_or(text.len())
        };
        let em = self.font.units_per_em();
        let glyphs: Vec<KrillaGlyph> = (shaped.glyph_infos().iter().zip(shaped.glyph_positions()))
            .map(|(info, position)| {
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    position.x_advance as f32 / em,
                    position.x_offset as f32 / em,
                    position.y_offset as f32 / em,
                    position.y_advance as f32 / em,
                    range(info.cluster as usize),
                    None,
                )
            })
            .collect();
        let width = glyphs.iter().map(|glyph| glyph.x_advance).sum();
        Line { text, glyphs, width }
    }

    /// How wide a text is about: letter by letter, before pairs of letters move closer together.
    fn measure(&self, text: &str) -> f32 {
        let advance = |letter| {
            let glyph = self.shaper.glyph_index(self.drawn(letter))?;
            self.shaper.glyph_hor_advance(glyph)
        };
        let units: u32 = text.chars().filter_map(advance).map(u32::from).sum();
        units as f32 / self.font.units_per_em()
    }

    /// A text in lines no wider than `width` (in units of the letters' size); a word that is wider is divided. There is at
    /// least one line.
    pub(crate) fn lines(&self, text: &str, width: f32) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        let space = self.measure(" ");
        for passage in text.lines() {
            let mut written = String::new();
            let mut used = 0.0;
            for word in words(passage) {
                let mut rest = word.to_owned();
                loop {
                    let wide = self.measure(&rest);
                    if written.is_empty() {
                        if wide <= width {
                            (written, used) = (rest, wide);
                            break;
                        }
                        let (fits, over) = self.divide(&rest, width);
                        lines.push(self.line(&fits));
                        rest = over;
                        if rest.is_empty() {
                            break;
                        }
                    } else if used + space + wide <= width {
                        written.push(' ');
                        written.push_str(&rest);
                        used += space + wide;
                        break;
                    } else {
                        // The space at the end of a line keeps its last word and the next line's first apart.
                        written.push(' ');
                        lines.push(self.line(&written));
                        written.clear();
                    }
                }
            }
            lines.push(self.line(&written));
        }
        if lines.is_empty() {
            lines.push(Line::default());
        }
        lines
    }

    /// The part of a word that fits, at least one letter, and the rest.
    fn divide(&self, word: &str, width: f32) -> (String, String) {
        let mut cut = word.chars().next().map_or(0, char::len_utf8);
        let mut used = self.measure(&word[..cut]);
        for letter in word[cut..].chars() {
            let end = cut + letter.len_utf8();
            used += self.measure(&word[cut..end]);
            if used > width {
                break;
            }
            cut = end;
        }
        (word[..cut].to_owned(), word[cut..].to_owned())
    }
}

/// Whether there is nothing to read.
pub(crate) fn is_blank(text: &str) -> bool {
    printable(text).trim().is_empty()
}

/// The words of a passage; a no-break space is no end of a word.
fn words(passage: &str) -> impl Iterator<Item = &str> {
    passage
        .split(|letter: char| letter.is_whitespace() && !matches!(letter, '\u{a0}' | '\u{202f}'))
        .filter(|word| !word.is_empty())
}

/// Without what is no letter of a text: control characters and marks of the byte order.
fn printable(text: &str) -> String {
    text.chars()
        .filter_map(|letter| match letter {
            '\t' | '\n' | '\r' => Some(' '),
            '\u{feff}' | '\u{fffe}' | '\u{ffff}' => None,
            letter if letter.is_control() => None,
            letter => Some(letter),
        })
        .collect()
}
