//! Stepped screening: a short questionnaire that goes on to a longer one when its total reaches a threshold, and which
//! questions the two share, so that nobody answers one twice. Whether the longer one may be asked here and now, and
//! what is then asked of whom, is left to `care` and `workflows`.

use serde::Deserialize;

use crate::{Answer, Answers, Instrument, Item, ItemKind, Language, Points, ScaleMethod, Source, Text, measure};

/// How a screening questionnaire goes on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Id of the longer questionnaire.
    pub to: String,
    /// The total of the short one from which on the longer one is asked.
    pub at_least: i64,
    /// Where that threshold comes from.
    pub source: Source,
}

impl Instrument {
    /// Whether these answers call for the longer questionnaire: whatever the questions still open are answered with, the
    /// total reaches the step's threshold. So an early high answer is enough, and a declined one never counts for more
    /// than the lowest option. `false` without a step.
    ///
    /// ```
    /// use instruments::{Answer, Answers, Library};
    /// let library = Library::embedded()?;
    /// let short = library.current("phq-2").expect("ships");
    /// let answers = |first, second| Answers::from([("1".into(), Answer::Value(first)), ("2".into(), second)]);
    /// assert!(!short.goes_on(&answers(1, Answer::Value(1))));
    /// assert!(short.goes_on(&answers(1, Answer::Value(2))));
    /// assert!(short.goes_on(&answers(3, Answer::Declined)));
    /// # Ok::<(), instruments::LibraryError>(())
    /// ```
    pub fn goes_on(&self, answers: &Answers) -> bool {
        let Some(step) = &self.step else { return false };
        let at_least = |index: usize| {
            let item = &self.items[index];
            let given = answers.get(&item.id).copied().and_then(Answer::value).filter(|value| item.offers(*value));
            Some(Answer::Value(given.unwrap_or_else(|| item.range().0)))
        };
        #[expect(clippy::cast_precision_loss, reason = "a threshold is a small number")]
        let threshold = step.at_least as f64;
        measure(self, self.primary(), at_least).score.is_some_and(|(_, value)| value >= threshold)
    }

    /// The question of this instrument that is the same as another instrument's, so that one answer is an answer to both:
    /// it is said so in one of the files, it reads the same, and it offers the same.
    pub fn shared_item(&self, other: &Instrument, item: &Item) -> Option<&Item> {
        let twin = self.items.iter().find(|own| same_name(self, own) == same_name(other, item))?;
        (twin.allow_decline == item.allow_decline && reads_the_same((self, twin), (other, item))).then_some(twin)
    }
}

/// What a question is called where it is at home.
fn same_name<'a>(instrument: &'a Instrument, item: &'a Item) -> (&'a str, &'a str) {
    match &item.same_as {
        Some(home) => (&home.instrument, &home.item),
        None => (&instrument.id, &item.id),
    }
}

/// Whether two questions read the same and offer the same, in every language both instruments exist in.
pub(crate) fn reads_the_same((one, a): (&Instrument, &Item), (other, b): (&Instrument, &Item)) -> bool {
    let both: Vec<Language> =
        one.languages.keys().filter(|language| other.languages.contains_key(*language)).copied().collect();
    let same = |a: &Text, b: &Text| both.iter().all(|language| a.exactly(*language) == b.exactly(*language));
    let same_options = match (&a.kind, &b.kind) {
        (ItemKind::Choice(own), ItemKind::Choice(others)) => {
            own.len() == others.len()
                && own
                    .iter()
                    .zip(others)
                    .all(|(a, b)| (a.value, &a.loinc) == (b.value, &b.loinc) && same(&a.label, &b.label))
        }
        _ => false,
    };
    same_options && same(&one.stem, &other.stem) && same(&a.text, &b.text)
}

/// What is wrong with a step, as far as the file alone can tell.
pub(crate) fn fault(instrument: &Instrument) -> Option<&'static str> {
    let step = instrument.step.as_ref()?;
    let scale = instrument.scales.first()?;
    let rises = |points: &Points| matches!(points, Points::Linear { per_step, .. } if *per_step > 0);
    if step.to == instrument.id {
        Some("goes on to itself; name the longer questionnaire")
    } else if step.source.text.trim().is_empty() || step.source.date.trim().is_empty() {
        Some("text and date of the source must say where the threshold comes from")
    } else if scale.method != ScaleMethod::Sum || !scale.items.iter().all(|one| rises(&one.points)) {
        Some("needs a first scale that is a plain sum, without reversed or recoded items")
    } else if !instrument.skips.is_empty() {
        Some("needs a questionnaire without skip rules")
    } else {
        None
    }
}
