//! Embeds the migrations folder: lists its `.sql` files for `src/migrate.rs` and watches the folder, so that a new
//! file is noticed without touching this crate.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the migrations folder stands beside the crates folder")
        .map(|entry| entry.expect("the migrations folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    files.sort();
    let mut list = String::from("&[\n");
    for path in files {
        println!("cargo::rerun-if-changed={}", path.display());
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a migration's name is UTF-8");
        let (version, description) =
            name.split_once('_').unwrap_or_else(|| panic!("migration '{name}' is not named <number>_<what>.sql"));
        let version: i64 =
            version.parse().unwrap_or_else(|_| panic!("migration '{name}' does not start with a number"));
        let path = path.to_str().expect("the checkout's path is UTF-8");
        writeln!(list, "    ({version}, {description:?}, include_str!({path:?})),")
            .expect("writing to a string never fails");
    }
    list.push(']');
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR for a build script");
    fs::write(Path::new(&out).join("migrations.rs"), list).expect("the output folder is writable");
}
