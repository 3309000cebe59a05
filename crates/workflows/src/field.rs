//! What people type into forms and other systems put into files, checked and brought into the form it is kept in. Every
//! unusable field of a form is told at once.
//!
//! The keys of the problems are those of the language files: `wrong-…`.

use crate::{Error, Problem, Result};
use care::{local_time, segments};

/// The country of numbers without a country code.
const REGION: phonenumber::country::Id = phonenumber::country::US;

/// A form that is being read.
#[derive(Debug, Default)]
pub(crate) struct Form(Vec<Problem>);

impl Form {
    /// Notes an unusable field.
    pub(crate) fn refuse(&mut self, field: &str, key: &'static str) {
        self.0.push(Problem { field: field.to_owned(), key });
    }

    /// Notes an unusable field unless the condition holds.
    pub(crate) fn expect(&mut self, field: &str, key: &'static str, holds: impl FnOnce() -> bool) {
        if !holds() {
            self.refuse(field, key);
        }
    }

    /// `Ok` when every field could be used.
    pub(crate) fn finish(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }

    /// The problems found.
    pub(crate) fn problems(self) -> Vec<Problem> {
        self.0
    }

    /// One line of text that must be there, without blanks around it and at most `longest` characters long.
    pub(crate) fn line(&mut self, field: &str, text: &str, longest: usize) -> String {
        self.expect(field, "wrong-required", || !text.trim().is_empty());
        self.optional_line(field, text, longest).unwrap_or_default()
    }

    /// The same where it may be left empty.
    pub(crate) fn optional_line(&mut self, field: &str, text: &str, longest: usize) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if text.chars().any(char::is_control) {
            self.refuse(field, "wrong-characters");
            return None;
        }
        if text.chars().count() > longest {
            self.refuse(field, "wrong-too-long");
            return None;
        }
        Some(text.to_owned())
    }

    /// A text that goes into text messages: GSM-7 only.
    pub(crate) fn gsm_line(&mut self, field: &str, text: &str, longest: usize) -> String {
        let line = self.line(field, text, longest);
        self.expect(field, "wrong-gsm", || line.chars().all(|c| segments::septets(c) == Some(1)));
        line
    }

    /// A number as E.164.
    pub(crate) fn phone(&mut self, field: &str, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let number = phone(text);
        if number.is_none() {
            self.refuse(field, "wrong-phone");
        }
        number
    }

    /// A mail address in lower case.
    pub(crate) fn email(&mut self, field: &str, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let address = email(text);
        if address.is_none() {
            self.refuse(field, "wrong-email");
        }
        address
    }

    /// An IANA zone.
    pub(crate) fn zone(&mut self, field: &str, text: &str) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        if local_time::zone(text).is_none() {
            self.refuse(field, "wrong-zone");
            return None;
        }
        Some(text.to_owned())
    }
}

/// A number as E.164, of the United States where it says no country; `None` when it cannot be dialled.
pub(crate) fn phone(text: &str) -> Option<String> {
    let text = text.trim();
    let shaped = text.len() <= 40 && text.chars().all(|c| c.is_ascii_digit() || " +-.()/".contains(c));
    if !shaped {
        return None;
    }
    let number = phonenumber::parse(Some(REGION), text).ok().filter(phonenumber::PhoneNumber::is_valid)?;
    Some(number.format().mode(phonenumber::Mode::E164).to_string())
}

/// Whether a number, as E.164, is a landline by its country's numbering plan. Where the plan does not tell, as in the United
/// States, it is not known.
pub(crate) fn is_landline(number: &str) -> bool {
    phonenumber::parse(None, number)
        .is_ok_and(|number| number.number_type(&phonenumber::metadata::DATABASE) == phonenumber::Type::FixedLine)
}

/// A mail address in lower case; `None` when no mail server would take it. Whether somebody reads it, only a mail tells.
pub(crate) fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let is_local = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c));
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let is_domain = domain.len() <= 190
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && domain.rsplit('.').next().is_some_and(|top| top.len() >= 2);
    (is_local && is_domain).then(|| text.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{email, phone};

    #[test]
    fn numbers_are_kept_as_e164() {
        for (typed, kept) in [
            ("(415) 555-2671", Some("+14155552671")),
            ("415.555.2671", Some("+14155552671")),
            ("+52 55 5080 2000", Some("+525550802000")),
            ("call me", None),
            ("555", None),
            ("+1 415 555 2671 ext 3", None),
            ("1111111111", None),
            ("", None),
        ] {
            assert_eq!(phone(typed).as_deref(), kept, "{typed}");
        }
    }

    #[test]
    fn addresses_have_the_shape_of_addresses() {
        for good in ["Ana@Example.org", "a.b+c@sub.example.co", " x@y.io "] {
            assert_eq!(email(good), Some(good.trim().to_lowercase()));
        }
        for bad in [
            "",
            "a",
            "a@",
            "@b.org",
            "a@b",
            "a b@c.org",
            "a@b..org",
            "a..b@c.org",
            "a@-b.org",
            "a@b.org\r\nBcc: x@y.org",
            "a@b.c",
        ] {
            assert_eq!(email(bad), None, "{bad}");
        }
    }
}
