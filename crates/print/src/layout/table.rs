//! Tables: columns by their shares, rows that stay whole where a page can hold them, a head on every page.

use super::{Belongs, Flow, Mark, SIDE, Setting, TOP};
use crate::document::{Align, Table};
use crate::face::Line;
use crate::structure::{ElementId, Role};

/// Room between a column and the next.
const GUTTER: f32 = 10.0;
/// Room above and below the lines of a row.
const PAD: f32 = 2.6;

const HEAD: Setting = Setting { size: super::SMALL, weight: crate::face::Weight::Bold, tone: super::Tone::Ink };
const CELL: Setting = Setting { size: 9.0, ..Setting::BODY };
const NAME: Setting = Setting { size: 9.0, ..Setting::STRONG };

/// A column's place.
#[derive(Clone, Copy)]
struct Place {
    x: f32,
    width: f32,
    align: Align,
}

/// A cell that is still to be written.
struct Cell {
    element: Belongs,
    lines: Vec<Line>,
    place: Place,
    setting: Setting,
}

/// The colour behind a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    Plain,
    Shaded,
}

impl Flow<'_> {
    pub(super) fn table(&mut self, table: &Table) {
        let places = self.places(table);
        let element = self.laid.structure.add(None, Role::Table(table.summary.clone()));
        self.need(self.table_opening(table));
        let head = self.laid.structure.add(Some(element), Role::Head);
        let row = self.laid.structure.add(Some(head), Role::Row);
        let heads: Vec<ElementId> =
            places.iter().map(|_| self.laid.structure.add(Some(row), Role::ColumnHead)).collect();
        self.head(table, &places, |index| Belongs::To(heads[index]));
        if table.rows.is_empty() {
            self.y += 8.0;
            return;
        }
        let rows = self.laid.structure.add(Some(element), Role::Rows);
        for row in &table.rows {
            let own = self.laid.structure.add(Some(rows), Role::Row);
            let mut cells = Vec::with_capacity(places.len());
            for (index, place) in places.iter().enumerate() {
                let role = if index == 0 { Role::RowHead } else { Role::Cell };
                let element = self.laid.structure.add(Some(own), role);
                let text = row.get(index).map_or("", String::as_str);
                cells.push(self.cell(Belongs::To(element), text, *place, CELL));
            }
            self.row(cells, Ground::Plain, Some((table, &places)));
        }
        self.y += 8.0;
    }

    pub(super) fn facts(&mut self, facts: &[(String, String)]) {
        let name = (self.width * 0.24).min(150.0);
        let places = [
            Place { x: SIDE, width: name - GUTTER, align: Align::Start },
            Place { x: SIDE + name, width: self.width - name, align: Align::Start },
        ];
        let element = self.laid.structure.add(None, Role::Table(String::new()));
        let rows = self.laid.structure.add(Some(element), Role::Rows);
        for (name, text) in facts {
            let own = self.laid.structure.add(Some(rows), Role::Row);
            let head = self.laid.structure.add(Some(own), Role::RowHead);
            let value = self.laid.structure.add(Some(own), Role::Cell);
            let cells = vec![
                self.cell(Belongs::To(head), name, places[0], NAME),
                self.cell(Belongs::To(value), text, places[1], CELL),
            ];
            self.row(cells, Ground::Plain, None);
        }
        self.y += 8.0;
    }

    /// Height of the head and the first row.
    pub(super) fn table_opening(&self, table: &Table) -> f32 {
        let places = self.places(table);
        let lines = |texts: &mut dyn Iterator<Item = &str>, setting: Setting| {
            let face = self.faces.of(setting.weight);
            let most = texts
                .zip(&places)
                .map(|(text, place)| face.lines(text, place.width / setting.size).len())
                .max()
                .unwrap_or(1);
            most as f32 * setting.height() + 2.0 * PAD
        };
        let head = lines(&mut table.columns.iter().map(|column| column.head.as_str()), HEAD);
        head + table.rows.first().map_or(0.0, |row| lines(&mut row.iter().map(String::as_str), CELL))
    }

    fn places(&self, table: &Table) -> Vec<Place> {
        let all: f32 = table.columns.iter().map(|column| column.share.max(0.01)).sum();
        let room = self.width - GUTTER * table.columns.len().saturating_sub(1) as f32;
        let mut x = SIDE;
        table
            .columns
            .iter()
            .map(|column| {
                let width = room * column.share.max(0.01) / all;
                let place = Place { x, width, align: column.align };
                x += width + GUTTER;
                place
            })
            .collect()
    }

    fn cell(&self, element: Belongs, text: &str, place: Place, setting: Setting) -> Cell {
        let lines = self.faces.of(setting.weight).lines(text, place.width / setting.size);
        Cell { element, lines, place, setting }
    }

    fn head(&mut self, table: &Table, places: &[Place], belongs: impl Fn(usize) -> Belongs) {
        let cells = (table.columns.iter().zip(places).enumerate())
            .map(|(index, (column, place))| self.cell(belongs(index), &column.head, *place, HEAD))
            .collect();
        self.row(cells, Ground::Shaded, None);
    }

    /// One row. It goes to the next page whole; only what no page can hold is divided between lines.
    fn row(&mut self, mut cells: Vec<Cell>, ground: Ground, repeat: Option<(&Table, &[Place])>) {
        let height_of = |lines: usize, setting: Setting| lines as f32 * setting.height() + 2.0 * PAD;
        loop {
            let whole = cells.iter().map(|cell| height_of(cell.lines.len(), cell.setting)).fold(0.0, f32::max);
            if self.y + whole > self.bottom && self.y > TOP {
                let page = self.bottom - TOP - repeat.map_or(0.0, |(table, _)| self.table_opening(table));
                let is_begun = self.y + height_of(1, CELL) <= self.bottom && whole > page;
                if !is_begun {
                    self.turn();
                    if let Some((table, places)) = repeat {
                        self.head(table, places, |_| Belongs::Running);
                    }
                }
            }
            let room = self.bottom - self.y - 2.0 * PAD;
            let mut is_done = true;
            let mut height: f32 = 0.0;
            let mut marks = Vec::new();
            for cell in &mut cells {
                let fits = ((room / cell.setting.height()).floor() as usize).max(1).min(cell.lines.len());
                let rest = cell.lines.split_off(fits);
                let lines = std::mem::replace(&mut cell.lines, rest);
                is_done &= cell.lines.is_empty();
                height = height.max(height_of(lines.len(), cell.setting));
                for (index, line) in lines.into_iter().enumerate() {
                    let Setting { size, weight, tone } = cell.setting;
                    let x = match cell.place.align {
                        Align::Start => cell.place.x,
                        Align::End => cell.place.x + cell.place.width - line.trimmed_width(self.faces, weight) * size,
                    };
                    let baseline = self.y + PAD + index as f32 * cell.setting.height() + size * super::ASCENT;
                    marks.push(Mark::Text { x, baseline, size, weight, tone, line, belongs: cell.element });
                }
            }
            let (y, width) = (self.y, self.width);
            if ground == Ground::Shaded {
                self.mark(Mark::Shade { x: SIDE - 4.0, y, width: width + 8.0, height });
            }
            for mark in marks {
                self.mark(mark);
            }
            self.y += height;
            let y = self.y;
            self.mark(Mark::Rule { from: SIDE - 4.0, to: SIDE + width + 4.0, y });
            if is_done {
                return;
            }
        }
    }
}

impl Line {
    /// The width without the space at its end.
    fn trimmed_width(&self, faces: &crate::face::Faces, weight: crate::face::Weight) -> f32 {
        let space = if self.text.ends_with(' ') { faces.of(weight).line(" ").width } else { 0.0 };
        self.width - space
    }
}
