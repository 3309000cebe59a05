//! What single cells mean: names, numbers, addresses, words. Dates and times are in [`when`].

pub(crate) mod when;

use crate::columns::Cell;
use crate::{Options, RowError};
use care::{Language, Phi};
use chrono_tz::Tz;
use phonenumber::Mode;

/// An id, name or note of at most 200 characters, on one line.
pub(crate) fn text(cell: &Cell<'_>) -> Result<String, RowError> {
    if cell.text.chars().count() > 200 {
        return Err(cell.fault("is longer than 200 characters", "shorten it"));
    }
    if cell.text.chars().any(char::is_control) {
        return Err(cell.fault("contains a line break or control character", "remove it"));
    }
    Ok(cell.text.to_owned())
}

/// A person's name; `Last, First` is turned round.
pub(crate) fn name(cell: &Cell<'_>) -> Result<String, RowError> {
    let text = text(cell)?;
    match text.split_once(',') {
        Some((last, first)) if !first.contains(',') && !last.trim().is_empty() && !first.trim().is_empty() => {
            Ok(format!("{} {}", first.trim(), last.trim()))
        }
        _ => Ok(text),
    }
}

/// A phone number as E.164.
///
/// The library takes the trunk prefix of its default country off numbers of other countries too (a German mobile loses
/// the 1 that a number in the United States may begin with), which would reach a stranger. So a number with a country code
/// is read without a default country, and what comes out must have the digits that went in.
pub(crate) fn phone(cell: &Cell<'_>, options: &Options) -> Result<Phi<String>, RowError> {
    const REMEDY: &str = "write it with its area code, or as + and the country code; or leave it empty";
    let unreadable = || cell.fault("is not a phone number", REMEDY);
    let international = cell.text.starts_with('+');
    // "+44 (0)20": the trunk prefix is written for people at home.
    let text = if international { cell.text.replace("(0)", "") } else { cell.text.to_owned() };
    let number = phonenumber::parse((!international).then_some(options.region), &text).map_err(|_| unreadable())?;
    if number.extension().is_some() {
        return Err(cell.fault(
            "is a phone number with an extension, which cannot receive texts",
            "leave the extension out, or leave it empty",
        ));
    }
    if !phonenumber::is_valid(&number) {
        return Err(cell.fault("is not a phone number that is in use", REMEDY));
    }
    let written: String = text.chars().filter(char::is_ascii_digit).collect();
    let formatted = number.format().mode(Mode::E164).to_string();
    let same_digits = if international {
        formatted.strip_prefix('+') == Some(written.as_str())
    } else {
        let code =
            phonenumber::metadata::DATABASE.by_id(options.region.as_ref()).map(phonenumber::Metadata::country_code);
        let prefix = format!("+{}", number.code().value());
        code == Some(number.code().value())
            && formatted.strip_prefix(&prefix).is_some_and(|national| written.ends_with(national))
    };
    if same_digits { Ok(Phi::new(formatted)) } else { Err(unreadable()) }
}

/// An e-mail address, with its domain in lower case.
pub(crate) fn email(cell: &Cell<'_>) -> Result<Phi<String>, RowError> {
    let fault =
        || cell.fault("is not an e-mail address", "write one address of the form name@domain, or leave it empty");
    let (local, domain) = cell.text.rsplit_once('@').ok_or_else(fault)?;
    let local_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let local_ok = (1..=64).contains(&local.len())
        && local.chars().all(local_char)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let domain_ok = domain.len() <= 189 && domain.contains('.') && domain.split('.').all(label_ok);
    if local_ok && domain_ok { Ok(Phi::new(format!("{local}@{}", domain.to_ascii_lowercase()))) } else { Err(fault()) }
}

/// A language of pages and messages.
pub(crate) fn language(cell: &Cell<'_>) -> Result<Language, RowError> {
    let word = cell.text.to_lowercase();
    let code = word.split(['-', '_']).next().unwrap_or_default();
    match (code, word.as_str()) {
        ("en", _) | (_, "english" | "eng" | "inglés" | "ingles") => Ok(Language::En),
        ("es", _) | (_, "spanish" | "spa" | "español" | "espanol" | "castellano") => Ok(Language::Es),
        _ => Err(cell.fault("is not a language offered here", "write en or es, or leave it empty")),
    }
}

/// A time zone by its IANA name, or by the name that people in the United States have for it.
pub(crate) fn zone(cell: &Cell<'_>) -> Result<Tz, RowError> {
    if let Ok(zone) = cell.text.parse::<Tz>() {
        // "EST" and the like are names of fixed offsets, which is not what people mean by them.
        if zone.name().contains('/') || zone == Tz::UTC {
            return Ok(zone);
        }
    }
    let words: String = cell
        .text
        .to_lowercase()
        .split(['(', ')'])
        .next()
        .unwrap_or_default()
        .trim()
        .replace(" standard", "")
        .replace(" daylight", "");
    match words.trim_end_matches(" time").trim() {
        "eastern" | "us/eastern" | "est" | "edt" | "et" => Ok(Tz::America__New_York),
        "central" | "us/central" | "cst" | "cdt" | "ct" => Ok(Tz::America__Chicago),
        "mountain" | "us/mountain" | "mst" | "mdt" | "mt" => Ok(Tz::America__Denver),
        "arizona" => Ok(Tz::America__Phoenix),
        "pacific" | "us/pacific" | "pst" | "pdt" | "pt" => Ok(Tz::America__Los_Angeles),
        "alaska" | "akst" | "akdt" => Ok(Tz::America__Anchorage),
        "hawaii" | "hst" => Ok(Tz::Pacific__Honolulu),
        _ => {
            Err(cell
                .fault("is not a time zone", "write its IANA name, for example America/Los_Angeles, or leave it empty"))
        }
    }
}

/// Yes or no in the words of exports.
pub(crate) fn yes_or_no(word: &str) -> Option<Answer> {
    match word.to_lowercase().as_str() {
        "yes"
        | "y"
        | "true"
        | "1"
        | "x"
        | "on"
        | "ok"
        | "si"
        | "sí"
        | "agreed"
        | "granted"
        | "opted in"
        | "opt in"
        | "opt-in"
        | "text ok"
        | "text / voicemail ok"
        | "email ok" => Some(Answer::Yes),
        "no" | "n" | "false" | "0" | "off" | "declined" | "refused" | "opted out" | "opt out" | "opt-out"
        | "do not contact" | "do not text" | "do not email" | "not ok" => Some(Answer::No),
        _ => None,
    }
}

/// An answer to a yes-or-no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
}
