//! The support check of a case: asked when a course is off track, read by domain, with what may help; and what a
//! supervisor goes through with the clinician.

use crate::{Context, Error, Result, audit, packet};
use care::case::{Case, CaseState};
use care::staff::Actor;
use care::support::{CheckItem, Domain, INSTRUMENT};
use care::{CaseId, Language, StaffId};
use std::sync::LazyLock;
use store::Tx;

/// The suggestions that ship.
const SHIPPED: &str = include_str!("../data/support_suggestions.toml");

/// Something that may help where a domain is low.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct Suggestion {
    /// Where.
    pub domain: Domain,
    en: String,
    es: String,
    /// Where it comes from; what is constructed says so.
    pub source: String,
}

impl Suggestion {
    /// Its words.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Es => &self.es,
        }
    }
}

#[derive(serde::Deserialize)]
struct File {
    suggestion: Vec<Suggestion>,
}

static SUGGESTIONS: LazyLock<Vec<Suggestion>> = LazyLock::new(|| {
    let file: File = toml::from_str(SHIPPED).expect("the suggestions that ship are well-formed: a test reads them");
    file.suggestion
});

/// What may help in a domain.
pub fn suggestions(domain: Domain) -> impl Iterator<Item = &'static Suggestion> {
    SUGGESTIONS.iter().filter(move |one| one.domain == domain)
}

/// Asks the client of an open case the support check, now.
pub async fn ask(tx: &mut Tx, ctx: &Context, by: &StaffId, case: &Case) -> Result<()> {
    if case.state == CaseState::Closed {
        return Err(Error::invalid("case", "case-closed"));
    }
    packet::send_now(tx, ctx, &case.episode_id, &[INSTRUMENT.to_owned()], &Actor::Staff(by.clone())).await?;
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "case.support_check", "case", case.id.as_str());
    tx.audit(entry.with("client", case.client_id.as_str()));
    Ok(())
}

/// Notes what a supervisor has gone through: exactly these items from now on. What was noted before keeps who and when.
pub async fn go_through(tx: &mut Tx, ctx: &Context, by: &StaffId, case: &CaseId, items: &[CheckItem]) -> Result<()> {
    for item in CheckItem::ALL {
        if items.contains(item) {
            store::case::check(tx, case, *item, by, ctx.now()).await?;
        } else {
            store::case::uncheck(tx, case, *item).await?;
        }
    }
    let entry = audit::entry(ctx, &Actor::Staff(by.clone()), "case.checklist", "case", case.as_str());
    tx.audit(entry.listing("items", items.iter().map(|item| item.as_str())));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_domain_has_something_that_may_help_in_both_languages() {
        for domain in Domain::ALL {
            let all: Vec<_> = suggestions(*domain).collect();
            assert!(!all.is_empty(), "{domain}");
            for one in all {
                assert!(
                    !one.text(Language::En).is_empty() && !one.text(Language::Es).is_empty() && !one.source.is_empty()
                );
            }
        }
    }
}
