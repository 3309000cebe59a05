//! The flow: blocks become lines at their places on pages. Lengths are points, y grows downwards.

mod table;

use usvg::Tree;

use crate::document::{Block, Document, Level, Style};
use crate::face::{Faces, Line, Weight, is_blank};
use crate::structure::{ElementId, Role, Structure};

/// Room at the left and the right of a page.
const SIDE: f32 = 54.0;
/// Where the body begins.
const TOP: f32 = 66.0;
/// Room below the body.
const FOOT: f32 = 60.0;
/// Baselines of the running head and foot, from the edge.
const EDGE: f32 = 36.0;
/// Height of a line in relation to its letters.
const LEADING: f32 = 1.38;
/// The part of a line's height above its baseline.
const ASCENT: f32 = 1.02;
/// Size of the letters of a text.
const BODY: f32 = 9.5;
const SMALL: f32 = 8.0;

/// What is on a page.
#[derive(Debug)]
pub(crate) enum Mark {
    Text { x: f32, baseline: f32, size: f32, weight: Weight, tone: Tone, line: Line, belongs: Belongs },
    Rule { from: f32, to: f32, y: f32 },
    Shade { x: f32, y: f32, width: f32, height: f32 },
    Picture { x: f32, y: f32, width: f32, height: f32, index: usize, element: ElementId },
}

/// Whose part a text is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Belongs {
    To(ElementId),
    /// Repeated from page to page and not part of the text.
    Running,
}

/// The colour of letters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tone {
    Ink,
    Soft,
}

/// A heading's place, for the outline.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) level: Level,
    pub(crate) text: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
}

/// Everything at its place.
#[derive(Debug, Default)]
pub(crate) struct Laid {
    pub(crate) pages: Vec<Vec<Mark>>,
    pub(crate) structure: Structure,
    pub(crate) stops: Vec<Stop>,
}

/// How a text is set.
#[derive(Clone, Copy, Debug)]
struct Setting {
    size: f32,
    weight: Weight,
    tone: Tone,
}

impl Setting {
    const BODY: Self = Self { size: BODY, weight: Weight::Regular, tone: Tone::Ink };
    const STRONG: Self = Self { size: BODY, weight: Weight::Bold, tone: Tone::Ink };
    const NOTE: Self = Self { size: SMALL, weight: Weight::Regular, tone: Tone::Soft };

    fn heading(level: Level) -> Self {
        let size = match level {
            Level::Title => 18.0,
            Level::Part => 13.0,
            Level::Section => 10.5,
        };
        Self { size, weight: Weight::Bold, tone: Tone::Ink }
    }

    fn paragraph(style: Style) -> Self {
        match style {
            Style::Plain => Self::BODY,
            Style::Strong => Self::STRONG,
            Style::Note => Self::NOTE,
        }
    }

    fn height(self) -> f32 {
        self.size * LEADING
    }
}

/// Lays a document out.
pub(crate) fn lay_out(document: &Document, pictures: &[Tree], faces: &Faces) -> Laid {
    let (width, height) = document.paper.size();
    let mut flow = Flow {
        faces,
        pictures,
        next_picture: 0,
        width: width - 2.0 * SIDE,
        bottom: height - FOOT,
        y: TOP,
        laid: Laid { pages: vec![Vec::new()], ..Laid::default() },
    };
    for (index, block) in document.blocks.iter().enumerate() {
        flow.block(block, &document.blocks[index + 1..]);
    }
    let mut laid = flow.laid;
    run(document, faces, &mut laid);
    laid
}

/// The running head and foot of every page.
fn run(document: &Document, faces: &Faces, laid: &mut Laid) {
    let (width, height) = document.paper.size();
    let (room, pages) = (width - 2.0 * SIDE, laid.pages.len());
    let set = |text: &str, share: f32| {
        let mut lines = faces.regular.lines(text, room * share / SMALL - 1.0);
        let first = lines.swap_remove(0);
        // What is too long for one line says so.
        if lines.is_empty() { first } else { faces.regular.line(&format!("{} …", first.text.trim_end())) }
    };
    for (index, page) in laid.pages.iter_mut().enumerate() {
        let mut put = |line: Line, x: f32, baseline: f32| {
            page.push(Mark::Text {
                x,
                baseline,
                size: SMALL,
                weight: Weight::Regular,
                tone: Tone::Soft,
                line,
                belongs: Belongs::Running,
            });
        };
        if !document.header.is_empty() {
            put(set(&document.header, 1.0), SIDE, EDGE);
        }
        if !document.footer.is_empty() {
            put(set(&document.footer, 0.8), SIDE, height - EDGE);
        }
        if !document.numbering.is_empty() {
            let words = document.numbering.replace("{page}", &(index + 1).to_string());
            let line = set(&words.replace("{pages}", &pages.to_string()), 0.2);
            let x = width - SIDE - line.width * SMALL;
            put(line, x, height - EDGE);
        }
        if !document.header.is_empty() {
            page.push(Mark::Rule { from: SIDE, to: width - SIDE, y: EDGE + 8.0 });
        }
    }
}

/// The state of the flow: where the next block goes.
struct Flow<'a> {
    faces: &'a Faces,
    pictures: &'a [Tree],
    next_picture: usize,
    width: f32,
    bottom: f32,
    y: f32,
    laid: Laid,
}

impl Flow<'_> {
    fn block(&mut self, block: &Block, then: &[Block]) {
        match block {
            // A heading without a word leads nowhere.
            Block::Heading(_, text) if is_blank(text) => {}
            Block::Heading(level, text) => self.heading(*level, text, then),
            Block::Paragraph(style, text) => {
                let element = self.laid.structure.add(None, Role::Paragraph);
                self.passage(element, text, Setting::paragraph(*style), 0.0);
                self.y += 5.0;
            }
            Block::List(points) => self.list(points),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => {
                let index = self.next_picture;
                self.next_picture += 1;
                let height = self.picture_height(index);
                self.need(height);
                let element = self.laid.structure.add(None, Role::Figure(figure.alternative.clone()));
                let (y, width) = (self.y, self.width);
                self.mark(Mark::Picture { x: SIDE, y, width, height, index, element });
                self.y += height + 6.0;
            }
        }
    }

    /// A heading never stands alone at the foot of a page.
    fn heading(&mut self, level: Level, text: &str, then: &[Block]) {
        let setting = Setting::heading(level);
        let before = match level {
            _ if self.y <= TOP => 0.0,
            Level::Title => 0.0,
            Level::Part => 16.0,
            Level::Section => 10.0,
        };
        let lines = self.faces.bold.lines(text, self.width / setting.size);
        let own = before + lines.len() as f32 * setting.height() + 4.0;
        let whole = self.bottom - TOP;
        if self.y + (own + self.opening(then)).min(whole) > self.bottom {
            self.turn();
        } else {
            self.y += before;
        }
        let rank = match level {
            Level::Title => 1,
            Level::Part => 2,
            Level::Section => 3,
        };
        let element = self.laid.structure.add(None, Role::Heading(rank, text.to_owned()));
        let stop = Stop { level, text: text.to_owned(), page: self.laid.pages.len() - 1, y: self.y };
        self.laid.stops.push(stop);
        for line in lines {
            self.text(element, line, SIDE, setting);
        }
        self.y += 4.0;
    }

    /// Height of the least that has to follow a heading on its page.
    fn opening(&self, then: &[Block]) -> f32 {
        let Some((first, rest)) = then.split_first() else { return 0.0 };
        match first {
            Block::Heading(level, _) => Setting::heading(*level).height() + 14.0 + self.opening(rest),
            Block::Paragraph(style, text) => {
                let setting = Setting::paragraph(*style);
                let own = self.faces.of(setting.weight).lines(text, self.width / setting.size).len().min(3) as f32;
                // One line that leads into a picture or a table stays with it.
                let leads = own <= 2.0 && matches!(rest.first(), Some(Block::Figure(_) | Block::Table(_)));
                own * setting.height() + 5.0 + if leads { self.opening(rest) } else { 0.0 }
            }
            Block::Figure(_) => self.picture_height(self.next_picture),
            Block::Table(table) => self.table_opening(table),
            Block::List(_) | Block::Facts(_) => 2.0 * Setting::BODY.height(),
        }
    }

    fn picture_height(&self, index: usize) -> f32 {
        let height = self.pictures.get(index).map_or(0.0, |picture| {
            let size = picture.size();
            self.width * size.height() / size.width()
        });
        height.min(self.bottom - TOP)
    }

    fn list(&mut self, points: &[String]) {
        let setting = Setting::BODY;
        let list = self.laid.structure.add(None, Role::List);
        for point in points {
            let item = self.laid.structure.add(Some(list), Role::Item);
            let label = self.laid.structure.add(Some(item), Role::Label);
            let body = self.laid.structure.add(Some(item), Role::Body);
            self.need(setting.height());
            let y = self.y;
            let bullet = self.faces.regular.line("•");
            self.text(label, bullet, SIDE + 2.0, setting);
            self.y = y;
            self.passage(body, point, setting, 14.0);
            self.y += 1.5;
        }
        self.y += 5.0;
    }

    /// A text in lines from the cursor on, over as many pages as it takes.
    fn passage(&mut self, element: ElementId, text: &str, setting: Setting, indent: f32) {
        let lines = self.faces.of(setting.weight).lines(text, (self.width - indent) / setting.size);
        for line in lines {
            self.need(setting.height());
            self.text(element, line, SIDE + indent, setting);
        }
    }

    /// One line at the cursor, which goes on below it.
    fn text(&mut self, element: ElementId, line: Line, x: f32, setting: Setting) {
        let Setting { size, weight, tone } = setting;
        let baseline = self.y + size * ASCENT;
        self.mark(Mark::Text { x, baseline, size, weight, tone, line, belongs: Belongs::To(element) });
        self.y += setting.height();
    }

    /// Turns the page unless there is so much room left.
    fn need(&mut self, height: f32) {
        if self.y + height > self.bottom && self.y > TOP {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.laid.pages.push(Vec::new());
        self.y = TOP;
    }

    fn mark(&mut self, mark: Mark) {
        let page = self.laid.pages.last_mut().expect("there is a page from the start");
        page.push(mark);
    }
}
