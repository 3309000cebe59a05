//! Files from other systems: what was brought in, and one file as a table of what it would do.

use care::import::{ImportKind, ImportState};
use care::staff::Role;
use serde::Serialize;

use super::{Section, SectionLink};
use crate::Page;
use crate::staff::{Choice, FieldProblem, Place, Shell, Wrong};

/// The runs so far and the form of a file (multipart: `csrf`, `kind`, `file`).
#[derive(Clone, Serialize)]
pub struct ImportHome {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// What a file may hold.
    pub kinds: Vec<Choice>,
    /// The runs, newest first.
    pub runs: Vec<ImportRunLine>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// One run.
#[derive(Clone, Serialize)]
pub struct ImportRunLine {
    /// Its page.
    pub href: String,
    /// What the file holds.
    pub kind: ImportKind,
    /// Where it stands.
    pub state: ImportState,
    /// When, formatted.
    pub when: String,
    /// Who brought it.
    pub who: String,
    /// Rows that were new.
    pub created: i64,
    /// Rows that brought known ones up to date.
    pub changed: i64,
    /// Rows that could not be used.
    pub rejected: i64,
    /// What an undo left as it is.
    pub kept: i64,
}

/// One run: `/admin/import/{id}` (`site`, `day_order`, `wording`, `column_<name>`), `…/apply`, `…/undo`.
#[derive(Clone, Serialize)]
pub struct ImportPage {
    /// The frame.
    pub shell: Shell,
    /// The parts of the administration.
    pub sections: Vec<SectionLink>,
    /// Id.
    pub id: String,
    /// The run.
    pub run: ImportRunLine,
    /// What the file would do; none when it has been done.
    pub plan: Option<Plan>,
    /// Whether the file was wiped before it was applied.
    pub is_gone: bool,
    /// How far its rows are taken over, while they are.
    pub progress: Option<ImportProgress>,
    /// Until when it can be taken back, formatted.
    pub undo_until: Option<String>,
    /// What is wrong.
    pub problems: Vec<FieldProblem>,
}

/// How far a file is taken over, in its lines.
#[derive(Clone, Copy, Serialize)]
pub struct ImportProgress {
    /// The last line gone through.
    pub done: i64,
    /// The last line there is; 0 before the first batch.
    pub total: i64,
}

/// What a file would do.
#[derive(Clone, Serialize)]
pub struct Plan {
    /// Our columns and the headers of the file.
    pub columns: Vec<ImportColumn>,
    /// The sites for rows that name none.
    pub sites: Vec<Choice>,
    /// How dates with slashes are meant.
    pub day_orders: Vec<Choice>,
    /// The wording that a bare "yes" agreed to.
    pub wording: String,
    /// Headers that mean nothing here.
    pub ignored: Vec<String>,
    /// Rows that would be new.
    pub created: usize,
    /// Rows that would bring known ones up to date.
    pub changed: usize,
    /// Rows that say nothing new.
    pub same: usize,
    /// Rows that cannot be used.
    pub rejected: usize,
    /// The rows, what is wrong first.
    pub rows: Vec<ImportRow>,
    /// How many rows are not shown.
    pub rest: i64,
    /// How many rows were not looked at, because the file is long.
    pub unseen: usize,
}

/// One of our columns. The words are `import-field-<name>`.
#[derive(Clone, Serialize)]
pub struct ImportColumn {
    /// Its name.
    pub name: String,
    /// Whether a file needs it.
    pub is_required: bool,
    /// Whether the file has it.
    pub found: bool,
    /// The headers of the file, the one it is found under marked.
    pub headers: Vec<Choice>,
}

/// What a row does. The words are `row-<does>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowDoes {
    /// It is new.
    Created,
    /// It brings a known one up to date.
    Changed,
    /// It says nothing new.
    Same,
    /// It cannot be used.
    Rejected,
}

impl RowDoes {
    /// Everything a row can do.
    pub const ALL: &'static [Self] = &[Self::Created, Self::Changed, Self::Same, Self::Rejected];
}

/// One row of a file.
#[derive(Clone, Serialize)]
pub struct ImportRow {
    /// Its line in the file.
    pub line: i64,
    /// Whom or what it is about, where it could be read.
    pub name: String,
    /// What it does.
    pub does: RowDoes,
    /// The fields that change, in words.
    pub fields: Vec<String>,
    /// What is wrong with it.
    pub faults: Vec<String>,
}

fn sample_run(state: ImportState) -> ImportRunLine {
    ImportRunLine {
        href: "/admin/import/i1".into(),
        kind: ImportKind::Clients,
        state,
        when: "Mar 10, 2026, 9:05\u{a0}AM".into(),
        who: "Sam Okafor".into(),
        created: 1212,
        changed: 23,
        rejected: 5,
        kept: i64::from(state == ImportState::Undone) * 2,
    }
}

fn frame() -> (Shell, Vec<SectionLink>) {
    (Shell::sample_for(&[Role::Intake], Place::Admin), SectionLink::offered_to(&[Role::Intake], Some(Section::Import)))
}

impl Page for ImportHome {
    const TEMPLATE: &'static str = "staff/admin/import_home.html";

    fn samples() -> Vec<Self> {
        let (shell, sections) = frame();
        let full = Self {
            shell,
            sections,
            kinds: ImportKind::ALL.iter().map(|one| Choice::new(one.as_str(), one.as_str(), "clients")).collect(),
            runs: ImportState::ALL.iter().map(|&state| sample_run(state)).collect(),
            problems: vec![],
        };
        let empty = Self { runs: vec![], problems: vec![FieldProblem::new("file", Wrong::NotUtf8)], ..full.clone() };
        vec![full, empty]
    }
}

impl Page for ImportPage {
    const TEMPLATE: &'static str = "staff/admin/import.html";

    fn samples() -> Vec<Self> {
        let (shell, sections) = frame();
        let headers = |current: &str| {
            ["Client ID", "Client Name", "DOB", "Cell"].into_iter().map(|one| Choice::new(one, one, current)).collect()
        };
        let column = |name: &str, header: &str, is_required| ImportColumn {
            name: name.into(),
            is_required,
            found: !header.is_empty(),
            headers: headers(header),
        };
        let row = |line, name: &str, does, fields: &[&str], faults: &[&str]| ImportRow {
            line,
            name: name.into(),
            does,
            fields: fields.iter().map(|&one| one.to_owned()).collect(),
            faults: faults.iter().map(|&one| one.to_owned()).collect(),
        };
        let plan = Plan {
            columns: vec![
                column("external_id", "Client ID", true),
                column("name", "Client Name", false),
                column("birth_date", "DOB", false),
                column("phone", "", false),
            ],
            sites: vec![Choice::new("n", "North", ""), Choice::new("b", "Bay", "")],
            day_orders: vec![Choice::new("unknown", "unknown", "unknown"), Choice::new("month_first", "", "unknown")],
            wording: "2025-01".into(),
            ignored: vec!["Balance".into()],
            created: 2,
            changed: 1,
            same: 1,
            rejected: 1,
            rows: vec![
                row(
                    5,
                    "",
                    RowDoes::Rejected,
                    &[],
                    &["line 5, column C \"DOB\": is not a day (looks like 99/99/9999); write 1990-03-25"],
                ),
                row(3, "Jordan Ellis", RowDoes::Changed, &["Phone", "Mail address"], &[]),
                row(2, "María-Fernanda de los Ángeles Villaseñor Etxeberría", RowDoes::Created, &[], &[]),
                row(4, "Amara Nwosu", RowDoes::Same, &[], &[]),
            ],
            rest: 1,
            unseen: 5_000,
        };
        let looked = Self {
            shell,
            sections,
            id: "i1".into(),
            run: sample_run(ImportState::Uploaded),
            plan: Some(plan),
            is_gone: false,
            progress: None,
            undo_until: None,
            problems: vec![],
        };
        let under_way = Self {
            run: sample_run(ImportState::Applying),
            plan: None,
            progress: Some(ImportProgress { done: 2_401, total: 10_001 }),
            ..looked.clone()
        };
        let applied = Self {
            run: sample_run(ImportState::Applied),
            plan: None,
            undo_until: Some("Mar 10, 2026, 10:05\u{a0}AM".into()),
            ..looked.clone()
        };
        let undone = Self { run: sample_run(ImportState::Undone), undo_until: None, ..applied.clone() };
        let undoing = Self { run: sample_run(ImportState::Undoing), ..applied.clone() };
        let gone = Self { run: sample_run(ImportState::Uploaded), is_gone: true, ..undone.clone() };
        vec![looked, under_way, applied, undoing, undone, gone]
    }
}
