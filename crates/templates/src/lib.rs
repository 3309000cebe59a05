//! Everything the house says in words: pages, mails and texts, each a struct with samples.
//!
//! This crate embeds the data folder `templates/` (HTML, words, stylesheets, the client script) and turns a struct
//! into the finished text in one of the languages. It leaves routing, headers and sessions to `web`, sending to
//! `notify`, and the decision what to say to `workflows`: a struct here carries only finished, displayable values
//! (dates and numbers are formatted with [`mod@format`], names are already chosen).
//!
//! ```
//! use templates::{Language, Page, Templates, client::Landing};
//!
//! let templates = Templates::new()?;
//! let html = templates.render(&Landing::samples()[0], Language::En)?;
//! assert!(html.starts_with("<!doctype html>"));
//! # Ok::<(), templates::Error>(())
//! ```

pub mod assets;
pub mod chart;
pub mod client;
mod embedded;
mod engine;
pub mod format;
pub mod mail;
pub mod report;
pub mod staff;
pub mod text;
mod words;

pub use assets::{Asset, asset, asset_path};
pub use care::Language;
pub use engine::{Error, Page, Templates};
