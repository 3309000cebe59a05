//! Pictures: SVG parsed with the embedded typefaces only, so that a picture looks the same on every machine.

use crate::Error;
use crate::document::{Block, Document};
use crate::face::Faces;
use usvg::{Options, Tree};

/// The pictures of a document, in its order.
pub(crate) fn parse(document: &Document, faces: &Faces) -> Result<Vec<Tree>, Error> {
    let options = Options { font_family: Faces::FAMILY.to_owned(), fontdb: faces.database(), ..Options::default() };
    let figures = document.blocks.iter().filter_map(|block| match block {
        Block::Figure(figure) => Some(figure),
        _ => None,
    });
    (1..)
        .zip(figures)
        .map(|(index, figure)| {
            let drawn: String = figure.svg.chars().map(|letter| faces.regular.drawn(letter)).collect();
            Tree::from_str(&drawn, &options).map_err(|_| Error::Picture { index })
        })
        .collect()
}
