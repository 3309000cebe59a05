//! Writes the text of `catalogue.lock` for the library as it stands.

use std::io::Write as _;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::io::stdout().write_all(instruments::lock(&instruments::Library::embedded()?).as_bytes())?;
    Ok(())
}
