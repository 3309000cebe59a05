//! A file with a mistake is refused with the file, the key and a remedy; it never panics.

use instruments::{Answer, Library, LibraryError, ScoreState, score};
use proptest::prelude::*;

const PHQ_9: &str = include_str!("../../../instruments/phq-9/1.toml");
const WELLBEING: &str = include_str!("../../../instruments/wellbeing-check/1.toml");

const PHQ_9_EN: &str = include_str!("../../../instruments/phq-9/1.en.toml");
const PHQ_9_ES: &str = include_str!("../../../instruments/phq-9/1.es.toml");
const WELLBEING_EN: &str = include_str!("../../../instruments/wellbeing-check/1.en.toml");

fn parse(phq_9: &str) -> Result<Library, LibraryError> {
    Library::parse([("phq-9/1.toml", phq_9), ("phq-9/1.en.toml", PHQ_9_EN), ("phq-9/1.es.toml", PHQ_9_ES)])
}

fn refused(phq_9: &str) -> String {
    parse(phq_9).expect_err("must be refused").to_string()
}

fn changed(original: &str, from: &str, to: &str) -> String {
    assert!(original.contains(from), "{from}");
    original.replacen(from, to, 1)
}

#[test]
fn mistakes_name_file_key_and_remedy() {
    for (from, to, expected) in [
        ("format = 2", "format = 3", "format: this program reads format 2"),
        ("version = \"1\"", "version = \"2\"", "id: id and version must be the file's folder and name"),
        ("es = \"Interés\" }", "es = \"\" }", "item[1].label: the wording in `es` is missing"),
        ("id = \"2\"", "id = \"1\"", "item[1]: this id was given twice"),
        ("value = 3\nloinc", "value = 2\nloinc", "item[1].option: give at least two options with different values"),
        ("range = [0, 27]", "range = [0, 28]", "scale[total].range: the answers give 0 to 27"),
        ("at_most = 2", "at_most = 9", "scale[total].missing.at_most: between 1 and one less"),
        ("rule = \"prorate\"", "rule = \"complete\"", "scale[total].missing.at_most: only the rules `prorate`"),
        (
            "from = 5\n",
            "from = 6\n",
            "scale[total].band[mild].from: bands follow each other without a gap: 5 is expected",
        ),
        ("to = 27\n", "to = 26\n", "scale[total].band[severe].to: the last band ends at 27"),
        (
            "rule = \"at_least\"\nused_as",
            "rule = \"below\"\nused_as",
            "scale[total].cutoff[caseness].rule: this scale's polarity needs `at_least`",
        ),
        ("used_as = \"reference\"", "used_as = \"caseness\"", "scale[total].cutoff: only one can be used as caseness"),
        ("points = 6", "points = 0", "scale[total].reliable_change.points: must be above 0"),
        ("reduction = 0.5", "reduction = 50", "scale[total].response.reduction: must be above 0 and at most 1"),
        ("item = \"9\"", "item = \"10\"", "risk[10]: there is no such item"),
        (
            "at_least = 2, level = \"urgent\"",
            "at_least = 4, level = \"urgent\"",
            "risk[9].steps: a step begins at a value the item offers",
        ),
        ("level = \"urgent\" }]", "level = \"review\" }]", "risk[9].steps: steps climb"),
        ("\"44249-1\"", "\"44249-7\"", "loinc: 44249-7 is not a LOINC code"),
        ("answers = [3, 3,", "answers = [3,", "example[everything nearly every day].answers: give one entry per item"),
        ("date = \"2004\"", "date = \"\"", "scale[total].mcid.source: text and date"),
    ] {
        let message = refused(&changed(PHQ_9, from, to));
        let expected = format!("phq-9/1.toml: {expected}");
        let named = message.lines().any(|line| line.starts_with(&expected));
        assert!(named, "{from} -> {to}: {message}");
    }
}

#[test]
fn unknown_keys_and_words_are_refused_with_their_line() {
    for (from, to, expected) in [
        ("citation =", "citatoin =", "citatoin"),
        ("polarity = \"higher_worse\"", "polarity = \"worse\"", "higher_better"),
        ("evidence = \"verified\"", "evidence = \"sure\"", "general_knowledge"),
        ("answers = [0, 0,", "answers = [\"none\", 0,", "answers"),
        ("status = \"free\"", "status = \"gratis\"", "proprietary"),
    ] {
        let message = refused(&changed(PHQ_9, from, to));
        assert!(message.contains("line ") && message.contains(expected), "{message}");
    }
}

#[test]
fn all_problems_are_reported_at_once_and_versions_once_each() {
    let broken = changed(&changed(PHQ_9, "points = 6", "points = 0"), "to = 27\n", "to = 26\n");
    let error = Library::parse([("phq-9/1.toml", broken.as_str()), ("phq-9/1.en.toml", PHQ_9_EN), ("x/1.toml", "")])
        .expect_err("must be refused");
    assert_eq!(error.problems.len(), 3, "{error}");

    let twice = Library::parse([("phq-9/1.toml", PHQ_9), ("phq-9/1.en.toml", PHQ_9_EN), ("phq-9/1.toml", PHQ_9)]);
    assert!(twice.expect_err("must be refused").to_string().contains("given twice"));
}

#[test]
fn the_newest_version_is_the_one_with_the_largest_number() {
    let version = |number: &str| PHQ_9.replacen("version = \"1\"", &format!("version = \"{number}\""), 1);
    let files = ["10", "9", "2"].into_iter().flat_map(|number| {
        let english = (format!("phq-9/{number}.en.toml"), PHQ_9_EN.to_owned());
        [(format!("phq-9/{number}.toml"), version(number)), english]
    });
    let library = Library::parse(files).expect("reads");
    assert_eq!(library.current("phq-9").map(|newest| newest.version.as_str()), Some("10"));
    assert!(library.get("phq-9", "2").is_some());
}

#[test]
fn reversed_items_and_subscales_are_scored_by_the_file() {
    let subscale = "\n[[scale]]\nid = \"ahead\"\ntitle = \"Ahead\"\npolarity = \"higher_better\"\n\
        range = [0, 20]\ndecimals = 1\ndivide_by = 10\nitems = [\"2\", \"4\"]\nreverse = [\"4\"]\n\
        [scale.missing]\nrule = \"complete\"\n\
        source = { text = \"test\", date = \"2026\", evidence = \"constructed\" }\n";
    let library = Library::parse([
        ("wellbeing-check/1.toml", format!("{WELLBEING}{subscale}").as_str()),
        ("wellbeing-check/1.en.toml", WELLBEING_EN),
    ])
    .unwrap_or_else(|error| panic!("{error}"));
    let form = library.current("wellbeing-check").expect("given");
    let answers =
        [("1", 10), ("2", 30), ("3", 50), ("4", 85)].map(|(item, mark)| (item.to_owned(), Answer::Value(mark))).into();
    let scores = score(form, &answers);
    assert_eq!((scores[0].scale.as_str(), scores[0].value), ("total", Some(17.5)));
    assert_eq!((scores[1].scale.as_str(), scores[1].value), ("ahead", Some(4.5)), "3.0 + (10 - 8.5)");

    // A line that is missing from one scale does not spoil the other.
    let without_first = [("2", 30), ("4", 85)].map(|(item, mark)| (item.to_owned(), Answer::Value(mark))).into();
    let states: Vec<ScoreState> = score(form, &without_first).iter().map(|s| s.state).collect();
    assert_eq!(states, [ScoreState::Invalid, ScoreState::Valid]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A file torn or altered anywhere is read or refused, never a panic.
    #[test]
    fn a_damaged_file_never_panics(at in any::<prop::sample::Index>(), length in 0_usize..40, with in "[ -~\n]{0,12}") {
        let characters: Vec<char> = PHQ_9.chars().collect();
        let at = at.index(characters.len());
        let end = (at + length).min(characters.len());
        let damaged: String = characters[..at].iter().copied().chain(with.chars()).chain(characters[end..].iter().copied()).collect();
        if let Err(error) = parse(&damaged) {
            prop_assert!(error.to_string().starts_with("phq-9/1."));
        }
    }
}

/// Found by the fuzz target: figures at the ends of the machine's numbers must not run over on the way to a refusal.
#[test]
fn figures_that_no_questionnaire_has_are_refused_before_anything_is_computed_from_them() {
    for (from, to, expected) in [
        ("to = 27\n", "to = 1e308\n", "phq-9/1.toml: scale[total].band[severe].to: a figure is from -100000 to 100000"),
        ("to = 4\n", "to = inf\n", "scale[total].band[minimal].to: a figure is from"),
        ("value = 3\n", "value = 9223372036854775807\n", "option[4].value: a figure is from"),
        ("range = [0, 27]", "range = [-9223372036854775808, 27]", "scale[total].range[1]: a figure is from"),
        (
            "range = [0, 27]",
            "range = [0, 27]\nmultiply_by = 100000",
            "scale[total].items: the points of all items come to more than 1000000",
        ),
    ] {
        let text = refused(&changed(PHQ_9, from, to));
        assert!(text.contains(expected), "{to}: {text}");
    }
}

/// A form of the practice's own with a question about goals and one that is answered in words.
fn evening(raters: &str, items_of_scale: &str, risk: &str) -> String {
    format!(
        "format = 2\nid = \"evening\"\nversion = \"1\"\ntitle = \"Evening\"\nshort_name = \"Evening\"\ncitation = \"own\"\n\
         population = \"all\"\nraters = {raters}\ntime_frame = \"today\"\nallow_decline = true\n\n\
         [licence]\nstatus = \"own\"\nholder = \"h\"\nterms = \"t\"\nattribution = \"a\"\n\n\
         [languages.en]\nstatus = \"official\"\nsource = \"own\"\n\n\
         [[item]]\nid = \"1\"\nlabel = \"near\"\ntext = \"How near?\"\nkind = \"goal\"\n\n\
         [[item]]\nid = \"2\"\nlabel = \"else\"\ntext = \"What else?\"\nkind = \"words\"\n\n\
         [[scale]]\nid = \"total\"\ntitle = \"Total\"\npolarity = \"higher_better\"\nrange = [0, 10]\n{items_of_scale}\
         [scale.missing]\nrule = \"complete\"\nsource = {{ text = \"own\", date = \"2026\", evidence = \"constructed\" }}\n{risk}"
    )
}

#[test]
fn words_and_goals_are_the_clients_own_and_words_are_never_scored() {
    let read = |file: &str| Library::parse([("evening/1.toml", file)]);
    let library = read(&evening("[\"client\"]", "", "")).unwrap_or_else(|error| panic!("{error}"));
    let form = library.current("evening").expect("read");
    let answers = [("1".to_owned(), Answer::Value(7)), ("2".to_owned(), Answer::Value(instruments::WRITTEN))];
    let total = &score(form, &answers.into_iter().collect())[0];
    assert_eq!((total.state, total.value), (ScoreState::Valid, Some(7.0)));
    let unwritten = &score(form, &[("1".to_owned(), Answer::Value(7))].into_iter().collect())[0];
    assert_eq!((unwritten.state, unwritten.missing), (ScoreState::Valid, 0), "nothing to say is nothing missing");
    assert!(!form.items[1].offers(0) && !form.items[0].offers(11));

    let refused = |file: String, said: &str| {
        let message = read(&file).expect_err("must be refused").to_string();
        assert!(message.lines().any(|line| line.starts_with(&format!("evening/1.toml: {said}"))), "{said}: {message}");
    };
    refused(evening("[\"client\"]", "items = [\"1\", \"2\"]\n", ""), "scale[total].items: item 2 is answered in words");
    refused(evening("[\"clinician\"]", "", ""), "item[1].kind: words and goals are asked of clients alone");
    refused(evening("[\"client\", \"parent\"]", "", ""), "item[2].kind: words and goals are asked of clients alone");
    let risk = "[[risk]]\nitem = \"2\"\nsteps = [{ at_least = 1, level = \"review\" }]\nunanswered = \"unknown\"\n\
                source = { text = \"own\", date = \"2026\", evidence = \"constructed\" }\n";
    refused(evening("[\"client\"]", "", risk), "risk[2]: words have no steps");
}
