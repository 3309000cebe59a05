//! The fields of the form: `act_<rule>`, the numbers by their names, `detection_reason`, and what is to be done with them.

use care::detection::Number;
use workflows::detection::Typed;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Show what would change.
    Look,
    /// Put it into force.
    Save,
    /// Look for rules whose alerts fit the budget.
    Suggest,
}

/// What is asked for beside the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What is to be done; nothing is put into force unless it is said.
    pub step: Step,
    /// Whether the scope is to go by the practice's rules again.
    pub follows: bool,
    /// The revision the form was made for.
    pub seen: i64,
    /// Why.
    pub reason: String,
}

impl Asked {
    /// Reads the fields; what is missing is as if nothing had been said.
    pub fn of(fields: &[(String, String)]) -> Self {
        let value = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
        Self {
            step: match value("step") {
                "save" => Step::Save,
                "suggest" => Step::Suggest,
                _ => Step::Look,
            },
            follows: value("wanted") == "follow",
            // A revision that is none was never seen.
            seen: value("revision").parse().unwrap_or(-1),
            reason: value("detection_reason").to_owned(),
        }
    }
}

/// The rules among the fields.
pub fn typed_of(fields: &[(String, String)]) -> Typed {
    let mut typed = Typed::default();
    for (name, value) in fields {
        if let Some(rule) = name.strip_prefix("act_") {
            typed.acts.insert(rule.to_owned(), value.clone());
        } else if Number::ALL.iter().any(|number| number.as_str() == name) {
            typed.numbers.insert(name.clone(), value.clone());
        }
    }
    typed
}

/// The fields of rules, to be sent again.
pub fn fields_of(typed: &Typed) -> Vec<(String, String)> {
    let acts = typed.acts.iter().map(|(rule, act)| (format!("act_{rule}"), act.clone()));
    acts.chain(typed.numbers.iter().map(|(number, value)| (number.clone(), value.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_put_into_force_unless_it_is_said() {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let asked = Asked::of(&[field("act_two_rises", "case")]);
        assert_eq!((asked.step, asked.seen, asked.follows), (Step::Look, -1, false));
        let fields = [field("act_two_rises", "case"), field("band_percent", "80"), field("step", "save")];
        let typed = typed_of(&fields);
        assert_eq!(fields_of(&typed), fields[..2].to_vec());
        assert_eq!(Asked::of(&fields).step, Step::Save);
    }
}
