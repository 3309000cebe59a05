//! What clients are told before they agree: versions that a practice publishes. The one published last is what staff read
//! out and record from then on; consents given to an earlier one stay what they are.

use crate::access::require;
use crate::field::Form;
use crate::{Context, Error, Result, audit, staff};
use care::Language;
use care::access::{Action, Viewer};
use care::client::ConsentWording;
use store::{Read, Tx};

/// The wording a practice starts with.
const STARTING: &str = include_str!("../data/consent_wording.toml");

#[derive(serde::Deserialize)]
struct Starting {
    version: String,
    en: Body,
    es: Body,
}

#[derive(serde::Deserialize)]
struct Body {
    body: String,
}

/// The wording a practice starts with, in every language.
pub fn starting(ctx: &Context) -> Vec<ConsentWording> {
    let starting: Starting = toml::from_str(STARTING).expect("the embedded wording is read by a test");
    let in_language = |language, body: &Body| ConsentWording {
        version: starting.version.clone(),
        language,
        body: body.body.trim().to_owned(),
        published_at: ctx.now(),
        published_by: None,
    };
    vec![in_language(Language::En, &starting.en), in_language(Language::Es, &starting.es)]
}

/// The wording that is read out and recorded now, in every language: the one published last, or the starting one where a
/// practice has published none.
pub async fn current(read: &mut Read, ctx: &Context) -> Result<Vec<ConsentWording>> {
    let mut all = store::consent_wording::list(read).await?;
    let Some(newest) = all.first().map(|wording| wording.version.clone()) else { return Ok(starting(ctx)) };
    all.retain(|wording| wording.version == newest);
    Ok(all)
}

/// The version that is recorded with a consent now.
pub async fn current_version(read: &mut Read, ctx: &Context) -> Result<String> {
    let current = current(read, ctx).await?;
    current.into_iter().next().map(|wording| wording.version).ok_or(Error::NotFound)
}

/// A version to publish.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its name, as printed on paper.
    pub version: String,
    /// Its text in each language.
    pub bodies: Vec<(Language, String)>,
}

/// Publishes a version: it has every language, and a name no earlier version has.
pub async fn publish(tx: &mut Tx, ctx: &Context, by: &Viewer, draft: &Draft) -> Result<()> {
    require(by, Action::Administer)?;
    let mut form = Form::default();
    let version = form.line("version", &draft.version, 40);
    let mut wordings = Vec::new();
    for &language in Language::ALL {
        let field = format!("body_{}", language.as_str());
        let typed = draft.bodies.iter().find(|(one, _)| *one == language).map(|(_, body)| body.trim());
        let body = typed.unwrap_or_default().replace("\r\n", "\n");
        form.expect(&field, "wrong-required", || !body.is_empty());
        form.expect(&field, "wrong-too-long", || body.chars().count() <= 4000);
        form.expect(&field, "wrong-characters", || !body.chars().any(|c| c.is_control() && c != '\n'));
        wordings.push(ConsentWording {
            version: version.clone(),
            language,
            body,
            published_at: ctx.now(),
            published_by: Some(by.staff_id.clone()),
        });
    }
    form.finish()?;
    let known = store::consent_wording::list(tx).await?;
    let taken = known.iter().any(|wording| wording.version == version)
        || (known.is_empty() && starting(ctx).iter().any(|wording| wording.version == version));
    if taken || !store::consent_wording::publish(tx, &wordings).await? {
        return Err(Error::invalid("version", "wrong-taken"));
    }
    let practice = tx.practice().clone();
    let entry = audit::entry(ctx, &staff::actor(by), "consent_wording.publish", "practice", practice.as_str());
    tx.audit(entry.with("version", version));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{STARTING, Starting};

    #[test]
    fn the_starting_wording_says_what_it_must() {
        let starting: Starting = toml::from_str(STARTING).expect("the wording is well-formed");
        for body in [&starting.en.body, &starting.es.body] {
            assert!(["STOP", "911", "988"].iter().all(|word| body.contains(word)), "{body}");
        }
    }
}
