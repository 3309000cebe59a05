//! The client's pages: account-free, by link. A GET changes nothing; *Start* is a POST that gives this browser a cookie for
//! this one check-in, and the addresses after it carry no token.

mod check_in;
mod cookie;
mod course;
mod goal;
mod help;
pub(crate) mod kiosk;
mod landing;
mod proof;
pub(crate) mod question;
mod rater;
mod unsubscribe;
mod visit;

use crate::App;
use crate::error::accepted_language;
use crate::routes::Table;
use axum::http::{HeaderMap, header};
use care::Language;
use care::kiosk::CLEARS_AFTER_SECONDS;
use templates::client::{LanguageName, Shell, Switch, TextSize};

pub(crate) fn routes(table: Table) -> Table {
    table
        .get("/c/{token}", landing::show)
        .post("/c/{token}/start", landing::start)
        .post("/c/{token}/new-link", landing::new_link)
        .get("/c/{token}/help", help::of_link)
        .get("/check-in", check_in::resume)
        .get("/check-in/submit", check_in::review)
        .post("/check-in/submit", check_in::submit)
        .get("/check-in/done", check_in::done)
        .get("/check-in/progress", course::show)
        .get("/check-in/confirm", proof::show)
        .post("/check-in/confirm", proof::confirm)
        .get("/check-in/help-now", help::interruption)
        .post("/check-in/language", check_in::language)
        .get("/check-in/{number}", question::show)
        .post("/check-in/{number}", question::answer)
        .get("/help", help::show)
        .get("/kiosk", kiosk::show)
        .post("/kiosk/pair", kiosk::pairing)
        .post("/kiosk/code", kiosk::code)
        .get("/r/{token}", rater::show)
        .post("/r/{token}", rater::answer)
        .get("/a/{token}", visit::show)
        .post("/a/{token}/{reply}", visit::answer)
        .get("/u/{token}", unsubscribe::show)
        .post("/u/{token}", unsubscribe::act)
}

/// The language of a page: what the address asks for, else the check-in's, else the browser's.
pub fn language_of(headers: &HeaderMap, asked: Option<&str>) -> Language {
    asked.and_then(|code| code.parse().ok()).unwrap_or_else(|| accepted_language(headers))
}

/// One cookie of a request.
pub fn cookie_value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The frame of a page, with the letter size this browser chose; on a kiosk it does not stay for long.
pub(crate) fn shell(app: &App, headers: &HeaderMap, practice: Option<String>) -> Shell {
    let size = cookie_value(headers, "size").map_or(TextSize::Normal, TextSize::from_cookie);
    let clears_after = kiosk::is_kiosk(app, headers).then_some(CLEARS_AFTER_SECONDS);
    Shell { size, clears_after, ..Shell::new(practice) }
}

/// The other languages among those offered, as links of the page's own path.
pub(crate) fn switch_links(path: String, offered: &[Language], current: Language) -> Switch {
    let languages = others(offered, current);
    if languages.is_empty() { Switch::None } else { Switch::Link { path, languages } }
}

/// The same as buttons, for pages with a form behind them.
fn switch_form(csrf: String, to: String, offered: &[Language], current: Language) -> Switch {
    let languages = others(offered, current);
    if languages.is_empty() { Switch::None } else { Switch::Form { csrf, to, languages } }
}

fn others(offered: &[Language], current: Language) -> Vec<LanguageName> {
    offered.iter().copied().filter(|language| *language != current).map(LanguageName::from).collect()
}
