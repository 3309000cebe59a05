//! The help a client is shown before anything else. A list is replaced as a whole, so that it is read as a whole; both
//! languages have one, and every entry says when a person last checked it.

use crate::access::{require, today};
use crate::field::{self, Form};
use crate::{Context, Result, audit, staff};
use care::access::{Action, Viewer};
use care::practice::CrisisResource;
use care::staff::Actor;
use care::{CrisisResourceId, Language, SiteId};
use chrono::NaiveDate;
use store::Tx;

/// One entry, as typed; the order of the list is the order of display.
#[derive(Debug, Clone)]
pub struct CrisisForm {
    /// Language it is written in.
    pub language: Language,
    /// What the button says.
    pub label: String,
    /// One line below it; may be empty.
    pub detail: String,
    /// `tel:`, `sms:` or `https:` address.
    pub href: String,
    /// The one site it is for.
    pub site: Option<SiteId>,
    /// When a person last checked that it is right.
    pub reviewed_on: NaiveDate,
}

/// The list a practice in the United States starts with, with its source and the day it was checked.
const UNITED_STATES: &str = include_str!("../../data/crisis_resources_us.toml");

#[derive(serde::Deserialize)]
struct Published {
    checked_on: NaiveDate,
    resource: Vec<Entry>,
}

#[derive(serde::Deserialize)]
struct Entry {
    language: Language,
    label: String,
    detail: String,
    href: String,
}

/// The resources a new practice starts with: published numbers, dated with the day they were last checked for this
/// release. An administrator checks them and dates them anew.
pub fn starting_crisis_resources(ctx: &Context) -> Vec<CrisisResource> {
    let published: Published = toml::from_str(UNITED_STATES).expect("the embedded list is read by a test");
    (0..)
        .zip(published.resource)
        .map(|(position, entry)| CrisisResource {
            id: ctx.id(CrisisResourceId::new),
            language: entry.language,
            label: entry.label,
            detail: entry.detail,
            href: entry.href,
            site_id: None,
            position,
            reviewed_on: published.checked_on,
        })
        .collect()
}

/// Puts the published list in force for a practice that has lost its own.
pub async fn start_crisis_resources(tx: &mut Tx, ctx: &Context) -> Result<()> {
    let resources = starting_crisis_resources(ctx);
    store::crisis_resource::replace_all(tx, &resources).await?;
    let practice = tx.practice().clone();
    let entry = audit::entry(ctx, &Actor::System, "crisis_resources.replace", "practice", practice.as_str());
    tx.audit(entry.with("count", resources.len().to_string()));
    Ok(())
}

/// Replaces the whole list.
pub async fn replace_crisis_resources(tx: &mut Tx, ctx: &Context, by: &Viewer, list: &[CrisisForm]) -> Result<()> {
    require(by, Action::Administer)?;
    let today = today(tx, ctx).await?;
    let sites = store::site::list(tx).await?;
    let mut form = Form::default();
    for language in [Language::En, Language::Es] {
        form.expect("language", "crisis-language-missing", || {
            list.iter().any(|one| one.language == language && one.site.is_none())
        });
    }
    let mut resources = Vec::with_capacity(list.len());
    for (position, typed) in list.iter().enumerate() {
        let at = |field: &str| format!("{position}.{field}");
        let label = form.line(&at("label"), &typed.label, 60);
        let detail = form.optional_line(&at("detail"), &typed.detail, 200).unwrap_or_default();
        let href = typed.href.trim().to_owned();
        form.expect(&at("href"), "wrong-address", || is_dialable(&href));
        form.expect(&at("site"), "wrong-choose", || {
            typed.site.as_ref().is_none_or(|site| sites.iter().any(|known| &known.id == site))
        });
        form.expect(&at("reviewed_on"), "wrong-date", || typed.reviewed_on <= today);
        resources.push(CrisisResource {
            id: ctx.id(CrisisResourceId::new),
            language: typed.language,
            label,
            detail,
            href,
            site_id: typed.site.clone(),
            position: i64::try_from(position).unwrap_or(i64::MAX),
            reviewed_on: typed.reviewed_on,
        });
    }
    form.finish()?;
    store::crisis_resource::replace_all(tx, &resources).await?;
    let practice = tx.practice().clone();
    let entry = audit::entry(ctx, &staff::actor(by), "crisis_resources.replace", "practice", practice.as_str());
    tx.audit(entry.with("count", resources.len().to_string()));
    Ok(())
}

/// A number of three digits or more, a number to text with an optional body, or a page over https.
fn is_dialable(href: &str) -> bool {
    if href.len() > 300 || href.chars().any(|c| c.is_control() || c.is_whitespace() || "\"'<>`\\".contains(c)) {
        return false;
    }
    let is_number = |number: &str| {
        let digits = number.strip_prefix('+').unwrap_or(number);
        digits.chars().filter(char::is_ascii_digit).count() >= 3
            && digits.chars().all(|c| c.is_ascii_digit() || "-.()".contains(c))
    };
    if let Some(number) = href.strip_prefix("tel:") {
        return is_number(number);
    }
    if let Some(rest) = href.strip_prefix("sms:") {
        return is_number(rest.split(['?', '&', ';']).next().unwrap_or_default());
    }
    // The host of a page has the shape that the domain of a mail address has.
    href.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        field::email(&format!("x@{host}")).is_some() && !host.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::{Published, UNITED_STATES, is_dialable};

    #[test]
    fn the_starting_list_is_complete_and_dialable() {
        let published: Published = toml::from_str(UNITED_STATES).expect("the list is well-formed");
        for language in care::Language::ALL {
            assert!(published.resource.iter().any(|entry| entry.language == *language));
        }
        assert!(published.resource.iter().all(|entry| is_dialable(&entry.href) && entry.label.chars().count() <= 60));
    }

    #[test]
    fn only_numbers_and_pages_over_https() {
        for good in [
            "tel:988",
            "tel:+1-800-273-8255",
            "sms:988",
            "sms:741741?body=HOME",
            "https://988lifeline.org/chat/",
            "https://findahelpline.com",
        ] {
            assert!(is_dialable(good), "{good}");
        }
        for bad in [
            "",
            "988",
            "tel:",
            "tel:help",
            "javascript:alert(1)",
            "http://example.org",
            "https://",
            "https://localhost",
            "data:text/html,x",
            "https://user@evil.example",
            "tel:988\nx",
            "https://a.org/\"onclick=",
            "sms:?body=HOME",
        ] {
            assert!(!is_dialable(bad), "{bad}");
        }
    }
}
