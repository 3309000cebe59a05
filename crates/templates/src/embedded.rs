//! The data folder `templates/`, compiled into the binary, so that there is nothing to install beside it.

use include_dir::{Dir, File, include_dir};

/// The whole folder.
static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../templates");

/// Every file below `folder`, with its path relative to `templates/` (`client/landing.html`).
pub(crate) fn files(folder: &str) -> Vec<&'static File<'static>> {
    let mut found = Vec::new();
    if let Some(dir) = FOLDER.get_dir(folder) {
        collect(dir, &mut found);
    }
    found
}

fn collect(dir: &'static Dir<'static>, found: &mut Vec<&'static File<'static>>) {
    found.extend(dir.files());
    for child in dir.dirs() {
        collect(child, found);
    }
}

/// A file's path as text; the folder holds only ASCII names.
pub(crate) fn name(file: &'static File<'static>) -> &'static str {
    file.path().to_str().expect("file names in templates/ are ASCII")
}

/// A file's text, if it is text.
pub(crate) fn text(file: &'static File<'static>) -> Option<&'static str> {
    file.contents_utf8()
}
