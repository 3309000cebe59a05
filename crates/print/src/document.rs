//! What a document is made of. Every text is shown as it is: there is no markup.

/// A document.
#[derive(Clone, Debug)]
pub struct Document {
    /// The title, as a reader shows it in its window.
    pub title: String,
    /// The language, as BCP 47 has it: `en`, `es`.
    pub language: String,
    /// The size of the sheets.
    pub paper: Paper,
    /// At the head of every page; empty for nothing.
    pub header: String,
    /// At the foot of every page; empty for nothing.
    pub footer: String,
    /// The words of the page number, `{page}` and `{pages}` stand for the numbers; empty for none.
    pub numbering: String,
    /// What it says, in reading order.
    pub blocks: Vec<Block>,
}

impl Document {
    /// An empty document.
    pub fn new(title: impl Into<String>, language: impl Into<String>, paper: Paper) -> Self {
        Self {
            title: title.into(),
            language: language.into(),
            paper,
            header: String::new(),
            footer: String::new(),
            numbering: String::new(),
            blocks: Vec::new(),
        }
    }

    /// Every text that stands on its pages.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        let running = [self.header.as_str(), self.footer.as_str(), self.numbering.as_str()];
        running.into_iter().chain(self.blocks.iter().flat_map(Block::texts))
    }

    /// Adds what comes next.
    pub fn push(&mut self, block: Block) {
        self.blocks.push(block);
    }
}

/// The size of the sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paper {
    /// 8.5 × 11 inches.
    Letter,
    /// 210 × 297 millimetres.
    A4,
}

impl Paper {
    /// Width and height in points (1/72 inch).
    pub fn size(self) -> (f32, f32) {
        match self {
            Self::Letter => (612.0, 792.0),
            Self::A4 => (595.28, 841.89),
        }
    }
}

/// A part of the document.
#[derive(Clone, Debug)]
pub enum Block {
    /// A heading.
    Heading(Level, String),
    /// A paragraph; a line break in the text breaks the line.
    Paragraph(Style, String),
    /// Points of a list.
    List(Vec<String>),
    /// Names and what stands beside them.
    Facts(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// A picture.
    Figure(Figure),
}

impl Block {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Heading(_, text) | Self::Paragraph(_, text) => vec![text],
            Self::List(points) => points.iter().map(String::as_str).collect(),
            Self::Facts(facts) => facts.iter().flat_map(|(name, text)| [name.as_str(), text.as_str()]).collect(),
            Self::Table(table) => {
                let heads = table.columns.iter().map(|column| column.head.as_str());
                heads.chain(table.rows.iter().flatten().map(String::as_str)).collect()
            }
            Self::Figure(_) => Vec::new(),
        }
    }

    /// The heading over the whole document.
    pub fn title(text: impl Into<String>) -> Self {
        Self::Heading(Level::Title, text.into())
    }

    /// The heading of a part.
    pub fn part(text: impl Into<String>) -> Self {
        Self::Heading(Level::Part, text.into())
    }

    /// The heading of a section within a part.
    pub fn section(text: impl Into<String>) -> Self {
        Self::Heading(Level::Section, text.into())
    }

    /// A paragraph.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph(Style::Plain, text.into())
    }

    /// A paragraph in small, softer letters: sources, keys.
    pub fn note(text: impl Into<String>) -> Self {
        Self::Paragraph(Style::Note, text.into())
    }
}

/// The rank of a heading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Of the document.
    Title,
    /// Of a part.
    Part,
    /// Of a section.
    Section,
}

/// How a paragraph looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// As usual.
    Plain,
    /// In bold letters: what must not be missed.
    Strong,
    /// Small and soft: sources, keys.
    Note,
}

/// A table: its head is repeated on every page it reaches.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it is a table of, for those who hear it.
    pub summary: String,
    /// The columns; the first one names the row.
    pub columns: Vec<Column>,
    /// The rows, each with a text for every column; missing ones are empty, further ones are not shown.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its head.
    pub head: String,
    /// Its width in relation to the others', above 0.
    pub share: f32,
    /// Where its texts stand.
    pub align: Align,
}

impl Column {
    /// A column of words.
    pub fn words(head: impl Into<String>, share: f32) -> Self {
        Self { head: head.into(), share, align: Align::Start }
    }

    /// A column of numbers.
    pub fn numbers(head: impl Into<String>, share: f32) -> Self {
        Self { head: head.into(), share, align: Align::End }
    }
}

/// Where a text stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// At the left.
    Start,
    /// At the right.
    End,
}

/// A picture as wide as the page allows.
#[derive(Clone, Debug)]
pub struct Figure {
    /// A whole SVG document with its width and height.
    pub svg: String,
    /// What there is to see, in words.
    pub alternative: String,
}
