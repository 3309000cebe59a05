//! Rebuilds the crate when a file is added to or removed from the embedded data folder: the compiler by itself
//! only notices changes of files it has already seen.

fn main() {
    println!("cargo:rerun-if-changed=../../templates");
}
