//! A source is written out where it stands, or once under `[sources]` and then called by its name.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::Problems;
use crate::{Evidence, Instrument, Source};

/// Stands before a name until it is resolved; no publication begins so.
const NAMED: char = '\u{1}';

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    text: String,
    date: String,
    evidence: Evidence,
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Source;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text, date and evidence, or the name of one of [sources]")
            }
            fn visit_str<E>(self, name: &str) -> Result<Source, E> {
                let text = format!("{NAMED}{name}");
                Ok(Source { text, date: String::new(), evidence: Evidence::GeneralKnowledge })
            }
            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Source, M::Error> {
                let Written { text, date, evidence } = Written::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Source { text, date, evidence })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Puts the named sources in their places.
pub(super) fn resolve(instrument: &mut Instrument, named: &BTreeMap<String, Source>, problems: &mut Problems<'_>) {
    let mut one = |key: String, source: &mut Source| {
        let Some(name) = source.text.strip_prefix(NAMED) else {
            return;
        };
        match named.get(name) {
            Some(written) => *source = written.clone(),
            None => problems.add(format!("{key}.source"), format!("there is no `{name}` under [sources]")),
        }
    };
    for rule in &mut instrument.risk {
        one(format!("risk[{}]", rule.item), &mut rule.source);
    }
    if let Some(step) = &mut instrument.step {
        one("step".to_owned(), &mut step.source);
    }
    for scale in &mut instrument.scales {
        let key = |part: &str| format!("scale[{}].{part}", scale.id);
        one(key("missing"), &mut scale.missing_source);
        for band in &mut scale.bands {
            one(key(&format!("band[{}]", band.id)), &mut band.source);
        }
        for cutoff in &mut scale.cutoffs {
            one(key(&format!("cutoff[{}]", cutoff.id)), &mut cutoff.source);
        }
        for change in scale.reliable_change.iter_mut().chain(&mut scale.reliable_change_alternatives) {
            one(key("reliable_change"), &mut change.source);
        }
        for (part, source) in [
            ("response", scale.response.as_mut().map(|x| &mut x.source)),
            ("remission", scale.remission.as_mut().map(|x| &mut x.source)),
            ("mcid", scale.mcid.as_mut().map(|x| &mut x.source)),
            ("measurement_error", scale.measurement_error.as_mut().map(|x| &mut x.source)),
            ("alliance", scale.alliance.as_mut().map(|x| &mut x.source)),
        ] {
            if let Some(source) = source {
                one(key(part), source);
            }
        }
    }
}
