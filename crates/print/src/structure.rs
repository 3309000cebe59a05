//! The structure behind the pages: which line belongs to which heading, paragraph, cell or picture.

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, ListNumbering, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// Which element.
pub(crate) type ElementId = usize;

/// What an element is.
#[derive(Clone, Debug)]
pub(crate) enum Role {
    Heading(u16, String),
    Paragraph,
    List,
    Item,
    Label,
    Body,
    Table(String),
    Head,
    Rows,
    Row,
    ColumnHead,
    RowHead,
    Cell,
    Figure(String),
}

/// The elements in reading order. An element holds others or lines, never both.
#[derive(Debug, Default)]
pub(crate) struct Structure {
    elements: Vec<Element>,
    roots: Vec<ElementId>,
}

#[derive(Debug)]
struct Element {
    role: Role,
    children: Vec<ElementId>,
    leaves: Vec<Identifier>,
}

impl Structure {
    /// A new element at the end of `parent`, or of the document.
    pub(crate) fn add(&mut self, parent: Option<ElementId>, role: Role) -> ElementId {
        let id = self.elements.len();
        self.elements.push(Element { role, children: Vec::new(), leaves: Vec::new() });
        match parent {
            Some(parent) => self.elements[parent].children.push(id),
            None => self.roots.push(id),
        }
        id
    }

    /// What was drawn belongs to the element.
    pub(crate) fn drew(&mut self, element: ElementId, drawn: Identifier) {
        self.elements[element].leaves.push(drawn);
    }

    /// The tree as the file keeps it.
    pub(crate) fn tree(&self, language: &str) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
        for root in &self.roots {
            tree.push(self.group(*root));
        }
        tree
    }

    fn group(&self, id: ElementId) -> TagGroup {
        let element = &self.elements[id];
        let mut group = TagGroup::new(element.role.tag());
        for child in &element.children {
            group.push(self.group(*child));
        }
        for leaf in &element.leaves {
            group.push(Node::Leaf(*leaf));
        }
        group
    }
}

impl Role {
    fn tag(&self) -> TagKind {
        match self {
            Self::Heading(level, title) => {
                Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())).into()
            }
            Self::Paragraph => Tag::P.into(),
            Self::List => Tag::L(ListNumbering::Disc).into(),
            Self::Item => Tag::LI.into(),
            Self::Label => Tag::Lbl.into(),
            Self::Body => Tag::LBody.into(),
            Self::Table(summary) => {
                Tag::Table.with_summary(Some(summary.clone()).filter(|words| !words.is_empty())).into()
            }
            Self::Head => Tag::THead.into(),
            Self::Rows => Tag::TBody.into(),
            Self::Row => Tag::TR.into(),
            Self::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
            Self::RowHead => Tag::TH(TableHeaderScope::Row).into(),
            Self::Cell => Tag::TD.into(),
            Self::Figure(alternative) => Tag::Figure(Some(alternative.clone())).into(),
        }
    }
}
