//! Clients.

use crate::{faults, options};
use care::client::Recipient;
use care::import::{ClientRow, ConsentAnswer};
use care::message::Channel;
use care::{Language, Phi, Sex};
use exchange::clients_csv::parse;
use exchange::{DateOrder, Parsed};
use proptest::prelude::*;

fn read(text: &str) -> Parsed<ClientRow> {
    parse(text.as_bytes(), &options())
}

fn one(text: &str) -> ClientRow {
    let parsed = read(text);
    assert!(parsed.errors.is_empty(), "{}", faults(&parsed));
    assert_eq!(parsed.rows.len(), 1);
    parsed.rows.into_iter().next().unwrap()
}

fn text(value: Option<&Phi<String>>) -> Option<&str> {
    value.map(Phi::text)
}

#[test]
fn our_own_columns() {
    let row = one(
        "external_id,first_name,last_name,preferred_name,birth_date,email,phone,language,time_zone,preferred_channel,\
         sms_consent,sms_consent_wording,email_consent,email_consent_date,recipient,guardian_name,guardian_relation,\
         guardian_phone,guardian_email,emergency_contact_name,emergency_contact_phone,site\n\
         c-17,Ana,Reyes,Anita,2010-03-25,Ana.R@Example.ORG,212-555-0143,es,America/Denver,text,yes,paper-2026,yes,2026-01-05,\
         guardian,\"Reyes, Luz\",mother,+1 212 555 0144,luz@example.org,Tia Rosa,(212) 555-0145,Harbor\n",
    );
    assert_eq!(row.external_id.text(), "c-17");
    assert_eq!(row.name.text(), "Ana Reyes");
    assert_eq!(text(row.preferred_name.as_ref()), Some("Anita"));
    assert_eq!(row.birth_date.unwrap().expose().to_string(), "2010-03-25");
    assert_eq!(text(row.email.as_ref()), Some("Ana.R@example.org"));
    assert_eq!(text(row.phone.as_ref()), Some("+12125550143"));
    assert_eq!(
        (row.language, row.zone, row.preferred_channel),
        (Some(Language::Es), Some(chrono_tz::America::Denver), Some(Channel::Sms))
    );
    assert_eq!(row.sms_consent, ConsentAnswer::Given { wording: Some("paper-2026".into()), on: None });
    assert_eq!(row.email_consent, ConsentAnswer::Given { wording: None, on: "2026-01-05".parse().ok() });
    assert_eq!(row.recipient, Some(Recipient::Guardian));
    let guardian = row.guardian.unwrap().into_exposed();
    assert_eq!((guardian.name.as_str(), guardian.relation.as_deref()), ("Luz Reyes", Some("mother")));
    assert_eq!((guardian.phone.as_deref(), guardian.email.as_deref()), (Some("+12125550144"), Some("luz@example.org")));
    assert_eq!(row.emergency_contact.unwrap().expose().phone.as_deref(), Some("+12125550145"));
    assert_eq!(row.site.as_deref(), Some("Harbor"));
}

/// What norms know is noted; what says that it is neither, or not known, is no fault and notes nothing.
#[test]
fn a_sex_is_noted_in_the_words_of_norms() {
    let of = |word: &str| one(&format!("Client ID,Client,Sex at Birth\n17,Ana Reyes,{word}\n")).sex;
    assert_eq!([of("F"), of("female")], [Some(Sex::Female); 2]);
    assert_eq!([of("m"), of("Male")], [Some(Sex::Male); 2]);
    assert_eq!([of(""), of("X"), of("Non-binary"), of("unknown")], [None; 4]);
    let refused = faults(&read("Client ID,Client,Sex\n17,Ana Reyes,7\n"));
    assert!(refused.contains("line 2") && refused.contains("write female, male or unknown"), "{refused}");
}

#[test]
fn headers_of_other_systems() {
    for file in [
        "Patient Number,First Name,Last Name,Birth Date,Mobile Phone,Email,Practitioner,Location\n17,Ana,Reyes,1990-03-25,212-555-0143,ana@example.org,Kim Lee,Harbor\n",
        "Client ID,Client,DOB,Cell Phone,Home Phone,Email Address,Primary Clinician,Office\n17,Ana Reyes,03/25/1990,(212) 555-0143,(212) 555-0199,ana@example.org,\"Lee, Kim\",Harbor\n",
        "Chart Number;Patient Name;Date of Birth (mm/dd/yyyy);Mobile;E-mail*;Therapist;Clinic\r\n17;Reyes, Ana;3/25/1990;2125550143;ana@example.org;Kim Lee;Harbor\r\n",
        "\u{FEFF}ID\tLegal Last Name\tLegal First Name\tDOB\tPhone\tText Phone\temail\tProvider\tsite\n17\tReyes\tAna\t1990-3-25\t\t+1 (212) 555-0143\tana@example.org\tKim Lee\tHarbor\n",
    ] {
        let row = one(file);
        assert_eq!((row.external_id.text(), row.name.text()), ("17", "Ana Reyes"), "{file}");
        assert_eq!(row.birth_date.unwrap().expose().to_string(), "1990-03-25", "{file}");
        assert_eq!(text(row.phone.as_ref()), Some("+12125550143"), "{file}");
        assert_eq!(text(row.email.as_ref()), Some("ana@example.org"), "{file}");
        assert_eq!(row.site.as_deref(), Some("Harbor"), "{file}");
    }
}

#[test]
fn the_mobile_number_comes_before_others_and_empty_ones_do_not_count() {
    let file = |mobile| format!("id,name,phone number,mobile phone\n1,A,212-555-0100,{mobile}\n");
    assert_eq!(text(one(&file("212-555-0143")).phone.as_ref()), Some("+12125550143"));
    assert_eq!(text(one(&file("")).phone.as_ref()), Some("+12125550100"));
}

#[test]
fn nobody_agreed_to_anything_that_is_not_written_down() {
    let bare = one("id,name,phone\n1,A,212-555-0143\n");
    assert_eq!((bare.sms_consent, bare.email_consent), (ConsentAnswer::Unknown, ConsentAnswer::Unknown));
    let consent = |cell: &str, more: &str| {
        let parsed = read(&format!("id,name,sms_consent,consent_date\n1,A,{cell},{more}\n"));
        parsed.rows.into_iter().next().map(|row| row.sms_consent)
    };
    let on = |day: &str| Some(ConsentAnswer::Given { wording: None, on: day.parse().ok() });
    assert_eq!(consent("", "2026-01-05"), Some(ConsentAnswer::Unknown));
    assert_eq!(consent("No", ""), Some(ConsentAnswer::Declined));
    assert_eq!(consent("YES", "2026-01-05"), on("2026-01-05"));
    assert_eq!(consent("Text OK", "2026-01-05"), on("2026-01-05"));
    assert_eq!(consent("2026-01-06", "2026-01-05"), on("2026-01-06"));
    assert_eq!(consent("yes", ""), None, "a yes without wording or date proves nothing");
    assert_eq!(consent("maybe", "2026-01-05"), None);
    assert_eq!(consent("yes", "2027-01-05"), None, "in the future");

    let mut known = options();
    known.consent_wording = Some("intake-form-3".into());
    let parsed = parse("id,name,sms_consent\n1,A,yes\n".as_bytes(), &known);
    assert_eq!(parsed.rows[0].sms_consent, ConsentAnswer::Given { wording: Some("intake-form-3".into()), on: None });
}

#[test]
fn every_fault_of_a_row_is_told_with_its_place_and_remedy() {
    let parsed = read(
        "Client ID,Name,DOB,Mobile,Email,Language,Time Zone\n\
         1,Ana Reyes,1990-03-25,212-555-0143,ana@example.org,en,America/Denver\n\
         ,Bo Lind,04/05/1990,12,bo@,tlh,Mars\n\
         1,Cy Dorn,1890-01-01,,,,\n\
         4,,2030-01-01,212-555-0143 x12,,,\n",
    );
    assert_eq!(parsed.rows.len(), 1);
    let told = faults(&parsed);
    for expected in [
        "line 3, column A \"Client ID\": external_id is empty",
        "line 3, column C \"DOB\": may be month/day or day/month (looks like 99/99/9999); write it as year-month-day",
        "line 3, column D \"Mobile\": is not a phone number",
        "line 3, column E \"Email\": is not an e-mail address (looks like aa@)",
        "line 3, column F \"Language\": is not a language",
        "line 3, column G \"Time Zone\": is not a time zone",
        "line 4, column A \"Client ID\": is the same id as on line 2",
        "line 4, column C \"DOB\": is a birth date more than 120 years ago",
        "line 5: the name is empty",
        "line 5, column C \"DOB\": is a birth date in the future",
        "line 5, column D \"Mobile\": is a phone number with an extension",
    ] {
        assert!(told.contains(expected), "{expected}\nis missing in\n{told}");
    }
    assert_eq!(parsed.errors.len(), 11, "{told}");
    for hidden in ["Bo", "Lind", "Dorn", "04/05/1990", "5550143", "0143", "Mars", "tlh"] {
        assert!(!told.contains(hidden), "{hidden} is told in\n{told}");
    }
}

#[test]
fn what_is_wrong_with_the_whole_file() {
    let told = |text: &str| faults(&read(text));
    assert!(told("name\nAna\n").contains(
        "line 1: the column external_id is missing; add a column named external_id (or Client ID, Patient ID"
    ));
    assert!(told("id,email\n1,a@example.org\n").contains("no column for the name"));
    assert!(told("id,name,Name\n1,A,B\n").contains("column C: has the same header as column B"));
    let no_header = told("Ana Reyes,ana@example.org\nBo Lind,bo@example.org\n");
    assert!(no_header.contains("line 1: has no header that is known here"), "{no_header}");
    assert!(
        !no_header.contains("Ana") && !no_header.contains("ana@"),
        "the first line may be somebody's data: {no_header}"
    );
    assert!(told("id,name\n1,Reyes, Ana\n").contains("line 2: has 3 cells, the header line has 2"));
    let parsed = read("id,name,Favourite Colour,\n1,A,blue,\n");
    assert_eq!((parsed.rows.len(), parsed.ignored), (1, vec!["Favourite Colour".to_owned()]));
}

#[test]
fn a_flood_of_faults_is_cut_short() {
    let parsed = read(&format!("id,name\n{}", ",A\n".repeat(5000)));
    assert_eq!(parsed.errors.len(), 1001);
    assert!(parsed.errors[1000].to_string().starts_with("line 1001: there are too many faults"));
}

#[test]
fn the_caller_may_know_the_order_of_dates() {
    let born = |order| {
        let mut options = options();
        options.date_order = order;
        let parsed = parse("id,name,dob\n1,A,04/05/1990\n".as_bytes(), &options);
        parsed.rows.first().map(|row| row.birth_date.as_ref().unwrap().expose().to_string())
    };
    assert_eq!(born(DateOrder::Unknown), None);
    assert_eq!(born(DateOrder::MonthFirst).as_deref(), Some("1990-04-05"));
    assert_eq!(born(DateOrder::DayFirst).as_deref(), Some("1990-05-04"));
}

#[test]
fn a_guardian_who_is_to_be_written_to_can_be() {
    let parsed = read("id,name,recipient,guardian name\n1,A,guardian,Luz Reyes\n");
    assert!(faults(&parsed).contains("fill in guardian_phone or guardian_email"), "{}", faults(&parsed));
    assert_eq!(one("id,name,recipient\n1,A,self\n").recipient, Some(Recipient::Client));
}

#[test]
fn what_we_exported_comes_back() {
    use exchange::csv_out::write;
    let file = write(&["external_id", "name", "phone"], [vec!["-17".into(), "=Ana".into(), "+12125550143".into()]]);
    assert!(file.contains("'-17,'=Ana,'+12125550143"));
    let row = one(&file);
    assert_eq!(
        (row.external_id.text(), row.name.text(), text(row.phone.as_ref())),
        ("-17", "=Ana", Some("+12125550143"))
    );
}

#[test]
fn nothing_protected_is_debugged() {
    let row =
        one("id,name,dob,email,guardian phone\ncanary7,Quentin Canary,1990-03-25,canary@example.org,212-555-0143\n");
    let shown = format!("{row:?}");
    for hidden in ["canary", "Canary", "1990", "0143"] {
        assert!(!shown.contains(hidden), "{shown}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&bytes[..], &options());
    }

    #[test]
    fn arbitrary_cells_never_panic_and_are_never_told(
        phone in "(\\PC|[0-9+() x-]){0,18}", email in "(\\PC|[a-z@.]){0,14}", born in "[0-9/.-]{0,11}", zone in "\\PC{0,12}", consent in "\\PC{0,8}",
    ) {
        let quote = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        let cells: Vec<String> = ["7", "Quentin Canary", &phone, &email, &born, &zone, &consent].iter().map(|cell| quote(cell)).collect();
        let parsed = read(&format!("id,name,phone,email,dob,tz,sms_consent\n{}\n", cells.join(",")));
        prop_assert_eq!(parsed.rows.is_empty(), !parsed.errors.is_empty());
        let told = faults(&parsed);
        prop_assert!(!told.contains("Canary"));
        for error in &parsed.errors {
            prop_assert_eq!(error.line, 2);
        }
    }
}
