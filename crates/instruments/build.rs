//! Rebuilds the crate when a file is added to the instrument folder, which is embedded.

fn main() {
    println!("cargo:rerun-if-changed=../../instruments");
}
