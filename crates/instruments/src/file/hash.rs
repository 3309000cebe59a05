//! The identity of a file: a hash over what is asked and how it is scored. Comments, formatting, worked examples, sources,
//! licence texts and reader's notes may be improved without making it another questionnaire.

use std::fmt::Write;

use sha2::{Digest, Sha256};
use toml::{Table, Value};

/// Top-level keys that do not belong to the identity.
const NOT_HASHED: [&str; 7] = ["example", "notes", "licence", "citation", "population", "sources", "step"];

/// Keys that do not belong to it wherever they stand: where a figure comes from is no part of what it is.
const NEVER_HASHED: &str = "source";

/// SHA-256 in hexadecimal over a canonical rendering: keys sorted, no formatting.
pub(super) fn of(file: &Table) -> String {
    let mut canonical = String::new();
    table(file, &NOT_HASHED, &mut canonical);
    hexadecimal(&canonical)
}

/// SHA-256 in hexadecimal over several hashes.
pub(super) fn joined<'a>(hashes: impl Iterator<Item = &'a String>) -> String {
    let mut all = String::new();
    for hash in hashes {
        text(hash, &mut all);
    }
    hexadecimal(&all)
}

fn hexadecimal(canonical: &str) -> String {
    Sha256::digest(canonical.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("writing to a String does not fail");
        hex
    })
}

fn table(table: &Table, without: &[&str], out: &mut String) {
    let mut entries: Vec<_> =
        table.iter().filter(|(key, _)| !without.contains(&key.as_str()) && *key != NEVER_HASHED).collect();
    entries.sort_by_key(|(key, _)| *key);
    out.push('{');
    for (key, entry) in entries {
        text(key, out);
        out.push(':');
        value(entry, out);
        out.push(',');
    }
    out.push('}');
}

fn value(entry: &Value, out: &mut String) {
    match entry {
        Value::String(string) => text(string, out),
        Value::Array(entries) => {
            out.push('[');
            for entry in entries {
                value(entry, out);
                out.push(',');
            }
            out.push(']');
        }
        Value::Table(entries) => table(entries, &[], out),
        // Numbers, truth values and dates have one rendering each.
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// Length first, so that no two texts can run into each other.
fn text(string: &str, out: &mut String) {
    write!(out, "{}'{string}", string.len()).expect("writing to a String does not fail");
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn formatting_and_examples_do_not_count_but_wording_and_order_do() {
        let hash = |content: &str| of(&toml::from_str(content).expect("valid TOML"));
        let plain = hash("a = 1\nb = ['x', 'y']\n[c]\nd = 'e'");
        assert_eq!(plain, hash("# why\nb = [ 'x',\n 'y' ]\nc = { d = 'e' }\na = 1\nnotes = ['n']"));
        assert_eq!(plain, hash("a = 1\nb = ['x', 'y']\nc.d = 'e'\n[[example]]\ntitle = 't'"));
        for other in ["a = 2\nb = ['x', 'y']\nc.d = 'e'", "a = 1\nb = ['y', 'x']\nc.d = 'e'"] {
            assert_ne!(plain, hash(other));
        }
    }
}
