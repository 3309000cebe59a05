//! Single cells, through the parser that reads them.

use crate::{faults, options};
use exchange::clients_csv::parse;
use exchange::{Options, describe};

fn reads(header: &str, cell: &str, options: &Options) -> bool {
    let parsed = parse(format!("id,name,{header}\n1,A,\"{cell}\"\n").as_bytes(), options);
    assert_eq!(parsed.rows.is_empty(), !parsed.errors.is_empty(), "{}", faults(&parsed));
    parsed.errors.is_empty()
}

#[test]
fn addresses() {
    for good in ["a@example.org", "a.b+c@sub.example.org", "O'Neil_1@xn--bcher-kva.example"] {
        assert!(reads("email", good, &options()), "{good}");
    }
    for bad in [
        "a",
        "a@b",
        "@example.org",
        "a@@example.org",
        "a b@example.org",
        "a@example..org",
        ".a@example.org",
        "a..b@example.org",
        "a@-x.org",
        "a@example.org;b@example.org",
        "Ana <a@example.org>",
        "ä@example.org",
    ] {
        assert!(!reads("email", bad, &options()), "{bad}");
    }
}

#[test]
fn numbers_of_the_practice_s_country_and_others() {
    let phone = |cell: &str, region: &str| {
        let options = Options::new(region, crate::now()).unwrap();
        let parsed = parse(format!("id,name,phone\n1,A,{cell}\n").as_bytes(), &options);
        parsed.rows.first().map(|row| row.phone.as_ref().unwrap().text().to_owned())
    };
    assert_eq!(phone("(212) 555-0143", "US").as_deref(), Some("+12125550143"));
    assert_eq!(phone("1.212.555.0143", "us").as_deref(), Some("+12125550143"));
    assert_eq!(phone("+49 151 23456789", "US").as_deref(), Some("+4915123456789"));
    assert_eq!(phone("+44 (0)7911 123456", "US").as_deref(), Some("+447911123456"));
    assert_eq!(phone("+52 55 1234 5678", "US").as_deref(), Some("+525512345678"));
    assert_eq!(phone("416-555-0143", "US").as_deref(), Some("+14165550143"), "the same country code");
    assert_eq!(phone("011 49 151 23456789", "US"), None, "rather none than a stranger's");
    assert_eq!(phone("07911 123456", "GB").as_deref(), Some("+447911123456"));
    for bad in ["555-0143", "12", "abc", "+1 212 555", "000-000-0000"] {
        assert_eq!(phone(bad, "US"), None, "{bad}");
    }
    assert!(Options::new("United States", crate::now()).is_err());
}

#[test]
fn zones_and_languages() {
    for good in [
        "America/Los_Angeles",
        "Pacific Time",
        "(Eastern)",
        "US/Mountain",
        "Central Standard Time",
        "Europe/Berlin",
        "UTC",
        "EST",
    ] {
        assert_eq!(reads("tz", good, &options()), good != "(Eastern)", "{good}");
    }
    for bad in ["Mars/Olympus", "GMT+25", "local"] {
        assert!(!reads("tz", bad, &options()), "{bad}");
    }
    for good in ["en", "es-MX", "Spanish", "English", "español", "EN_us"] {
        assert!(reads("language", good, &options()), "{good}");
    }
    assert!(!reads("language", "fr", &options()));
}

#[test]
fn the_columns_can_be_printed() {
    let text = describe(exchange::appointments_csv::COLUMNS);
    for expected in
        ["client_external_id (required)\n", "    also: Client ID, Patient ID", "scheduled, attended, cancelled"]
    {
        assert!(text.contains(expected), "{text}");
    }
}

proptest::proptest! {
    /// Whatever is accepted has the digits that were written.
    #[test]
    fn no_number_changes_its_digits(text in "[+]?[0-9]{7,14}", region in proptest::sample::select(vec!["US", "GB", "DE", "MX", "AU"])) {
        let options = Options::new(region, crate::now()).unwrap();
        let parsed = parse(format!("id,name,phone\n1,A,{text}\n").as_bytes(), &options);
        if let Some(row) = parsed.rows.first() {
            let accepted = row.phone.as_ref().unwrap().text();
            let code = match region { "US" => "+1", "GB" => "+44", "DE" => "+49", "MX" => "+52", _ => "+61" };
            let kept = if text.starts_with('+') { accepted } else { accepted.strip_prefix(code).unwrap() };
            proptest::prop_assert!(text.ends_with(kept), "{} became {}", text, accepted);
        }
    }
}
