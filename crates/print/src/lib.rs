//! Documents as PDF files: headings, paragraphs, tables and pictures flow over pages.
//!
//! What comes out can be read aloud and copied: every line belongs to a tagged heading, paragraph, list or cell of a table,
//! every picture has its alternative text (PDF/UA-1, ISO 14289-1), and the typefaces travel inside the file. The same
//! document gives the same bytes; there is no clock in here. This crate knows nothing of clients and scores; what a document
//! says is `templates`' matter.
//!
//! ```
//! use print::{Block, Document, Paper};
//!
//! let mut document = Document::new("Report", "en", Paper::Letter);
//! document.push(Block::title("Report"));
//! document.push(Block::paragraph("Two words and a half."));
//! let bytes = print::pdf(&document)?;
//! assert!(bytes.starts_with(b"%PDF-1.7"));
//! # Ok::<(), print::Error>(())
//! ```

mod document;
mod face;
mod figure;
mod layout;
mod structure;
mod write;

pub use document::{Align, Block, Column, Document, Figure, Level, Paper, Style, Table};

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody could tell the file from others.
    #[error("the document has no title")]
    Untitled,
    /// A picture is not the SVG it should be. The parser's words are not kept: they could quote the picture.
    #[error("picture {index} of the document is not valid SVG")]
    Picture {
        /// Which one, from 1.
        index: usize,
    },
    /// An embedded typeface cannot be read: the build is broken.
    #[error("an embedded typeface cannot be read")]
    Typeface,
    /// The writer refuses the document.
    #[error("the PDF cannot be written: {0}")]
    Write(&'static str),
}

/// Whether some letter of the document is drawn as an empty box, because the typeface lacks it.
pub fn lacks_letters(document: &Document) -> bool {
    face::Faces::load().is_ok_and(|faces| document.texts().any(|text| faces.lacks(text)))
}

/// The finished file.
pub fn pdf(document: &Document) -> Result<Vec<u8>, Error> {
    if face::is_blank(&document.title) {
        return Err(Error::Untitled);
    }
    let faces = face::Faces::load()?;
    let pictures = figure::parse(document, &faces)?;
    let laid = layout::lay_out(document, &pictures, &faces);
    write::write(document, &pictures, &faces, laid)
}
