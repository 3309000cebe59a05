//! From places on pages to the file.

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::KrillaError;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};
use krilla::{Document as Pdf, SerializeSettings};
use krilla_svg::{SurfaceExt, SvgSettings};
use usvg::Tree;

use crate::Error;
use crate::document::{Document, Level};
use crate::face::Faces;
use crate::layout::{Belongs, Laid, Mark, Stop, Tone};
use crate::structure::Structure;

/// Writes the file.
pub(crate) fn write(document: &Document, pictures: &[Tree], faces: &Faces, laid: Laid) -> Result<Vec<u8>, Error> {
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| Error::Write("no such kind of PDF"))?;
    let mut pdf =
        Pdf::new_with(SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() });
    let (width, height) = document.paper.size();
    let Laid { pages, mut structure, stops } = laid;
    for marks in &pages {
        let settings = PageSettings::from_wh(width, height).ok_or(Error::Write("no such paper"))?;
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, mark, pictures, faces, &mut structure);
        }
        surface.finish();
        page.finish();
    }
    pdf.set_metadata(
        Metadata::new()
            .title(document.title.clone())
            .language(document.language.clone())
            .creator("Bellwether".to_owned()),
    );
    pdf.set_outline(outline(document, &stops));
    pdf.set_tag_tree(structure.tree(&document.language));
    pdf.finish().map_err(|error| Error::Write(refusal(&error)))
}

/// Why the writer refused, without the document's words.
fn refusal(error: &KrillaError) -> &'static str {
    match error {
        KrillaError::Font(..) => "a typeface",
        KrillaError::Validation(_) => "it would not be accessible",
        KrillaError::DuplicateTagId(..) | KrillaError::UnknownTagId(..) => "its structure",
        _ => "its parts",
    }
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, pictures: &[Tree], faces: &Faces, structure: &mut Structure) {
    match mark {
        Mark::Text { x, baseline, size, weight, tone, line, belongs } => {
            if line.glyphs.is_empty() {
                return;
            }
            let tag = match belongs {
                Belongs::To(_) => ContentTag::Span(SpanTag::empty()),
                Belongs::Running => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
            };
            let drawn = surface.start_tagged(tag);
            surface.set_fill(Some(fill(match tone {
                Tone::Ink => ink(),
                Tone::Soft => soft(),
            })));
            surface.set_stroke(None);
            let font = faces.of(*weight).font.clone();
            surface.draw_glyphs(Point::from_xy(*x, *baseline), &line.glyphs, font, &line.text, *size, false);
            surface.end_tagged();
            if let Belongs::To(element) = belongs {
                structure.drew(*element, drawn);
            }
        }
        Mark::Rule { from, to, y } => {
            let mut path = PathBuilder::new();
            path.move_to(*from, *y);
            path.line_to(*to, *y);
            let Some(path) = path.finish() else { return };
            layout_artifact(surface, |surface| {
                surface.set_fill(None);
                surface.set_stroke(Some(Stroke { paint: rule().into(), width: 0.6, ..Stroke::default() }));
                surface.draw_path(&path);
            });
        }
        Mark::Shade { x, y, width, height } => {
            let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) else { return };
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            let Some(path) = path.finish() else { return };
            layout_artifact(surface, |surface| {
                surface.set_fill(Some(fill(shade())));
                surface.set_stroke(None);
                surface.draw_path(&path);
            });
        }
        Mark::Picture { x, y, width, height, index, element } => {
            let Some((picture, size)) = pictures.get(*index).zip(Size::from_wh(*width, *height)) else { return };
            let drawn = surface.start_tagged(ContentTag::Other);
            surface.push_transform(&Transform::from_translate(*x, *y));
            surface.draw_svg(picture, size, SvgSettings::default());
            surface.pop();
            surface.end_tagged();
            structure.drew(*element, drawn);
        }
    }
}

fn layout_artifact(surface: &mut Surface<'_>, draw: impl FnOnce(&mut Surface<'_>)) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    draw(surface);
    surface.end_tagged();
}

// The colours of the house's light scheme (`templates/assets/tokens.css`).
fn ink() -> rgb::Color {
    rgb::Color::new(0x1b, 0x26, 0x31)
}

fn soft() -> rgb::Color {
    rgb::Color::new(0x4b, 0x57, 0x62)
}

fn rule() -> rgb::Color {
    rgb::Color::new(0xdd, 0xd5, 0xc8)
}

fn shade() -> rgb::Color {
    rgb::Color::new(0xf1, 0xec, 0xe2)
}

fn fill(colour: rgb::Color) -> Fill {
    Fill { paint: colour.into(), opacity: NormalizedF32::ONE, rule: krilla::paint::FillRule::default() }
}

/// The headings as a reader shows them beside the pages; the title where there are none.
fn outline(document: &Document, stops: &[Stop]) -> Outline {
    let mut outline = Outline::new();
    let mut part: Option<OutlineNode> = None;
    for stop in stops {
        let place = XyzDestination::new(stop.page, Point::from_xy(0.0, stop.y));
        let node = OutlineNode::new(stop.text.clone(), place);
        match (stop.level, &mut part) {
            (Level::Section, Some(open)) => open.push_child(node),
            _ => {
                if let Some(done) = part.replace(node) {
                    outline.push_child(done);
                }
            }
        }
    }
    if stops.is_empty() {
        part = Some(OutlineNode::new(document.title.clone(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    }
    if let Some(done) = part {
        outline.push_child(done);
    }
    outline
}
