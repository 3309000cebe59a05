//! Stylesheets, the client script and the icon, under names that contain the hash of their content.
//!
//! The name changes with the content, so that a browser may keep a file forever and a new release is never mixed with
//! an old stylesheet. The design tokens (`tokens.css`) are put in front of each stylesheet, so that they are written
//! once and a page still loads one stylesheet.

use std::borrow::Cow;
use std::io::Write;
use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use crate::embedded;

/// One file to serve.
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// The same, compressed with gzip, for a caller whose `Accept-Encoding` allows it.
    pub gzip: Vec<u8>,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// Whether the name contains the content's hash, so that it may be cached for a year.
    pub immutable: bool,
    /// `client.css`.
    name: &'static str,
    /// `client.3f2a….css`, the name asked for.
    served_as: String,
    /// `/assets/client.3f2a….css`, what pages link to.
    path: String,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(load);

/// The file behind `/assets/{path}`: `path` is the hashed name, or `favicon.svg` (browsers guess that one).
pub fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.served_as == path)
}

/// The address of an asset by its plain name: `client.css` gives `/assets/client.<hash>.css`.
pub fn asset_path(name: &str) -> Option<&'static str> {
    ASSETS.iter().find(|asset| asset.name == name && asset.immutable).map(|asset| asset.path.as_str())
}

fn load() -> Vec<Asset> {
    let files = embedded::files("assets");
    let tokens =
        files.iter().find(|file| embedded::name(file) == "assets/tokens.css").map_or(&[][..], |file| file.contents());
    let mut assets = Vec::new();
    for file in files {
        let name = embedded::name(file).trim_start_matches("assets/");
        let Some((stem, extension)) = name.rsplit_once('.') else { continue };
        let Some(content_type) = content_type(extension).filter(|_| name != "tokens.css") else { continue };
        let bytes: Cow<'static, [u8]> = match extension {
            "css" => Cow::Owned([tokens, file.contents()].concat()),
            _ => Cow::Borrowed(file.contents()),
        };
        let served_as = format!("{stem}.{}.{extension}", fingerprint(&bytes));
        let path = format!("/assets/{served_as}");
        if name == "favicon.svg" {
            let (gzip, bytes, path) = (gzip(&bytes), bytes.clone(), format!("/assets/{name}"));
            assets.push(Asset { gzip, bytes, content_type, immutable: false, name, served_as: name.to_owned(), path });
        }
        assets.push(Asset { gzip: gzip(&bytes), bytes, content_type, immutable: true, name, served_as, path });
    }
    assets
}

fn content_type(extension: &str) -> Option<&'static str> {
    match extension {
        "css" => Some("text/css; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

/// Eight bytes of SHA-256 in hexadecimal: enough to tell releases apart, short enough for a page's weight.
fn fingerprint(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}
