//! The list of licences says what the files say.

use instruments::Library;

#[test]
fn every_instrument_stands_in_the_list_of_licences_with_holder_and_terms() {
    let list = include_str!("../../../instruments/LICENCES.md");
    let library = Library::embedded().expect("the library that ships");
    let rows: Vec<&str> = list.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(rows.len(), library.ids().count(), "one row for each instrument");
    for id in library.ids() {
        let instrument = library.current(id).expect("listed");
        let row = rows
            .iter()
            .find(|row| row.starts_with(&format!("| `{id}` |")))
            .unwrap_or_else(|| panic!("{id} is missing"));
        let licence = &instrument.licence;
        for said in [&licence.holder, &licence.terms, &licence.attribution] {
            assert!(row.contains(&said.replace('|', "/")), "{id}: the row should say {said}");
        }
        let cells: Vec<&str> = row.split(" | ").collect();
        let wording = cells[6];
        for language in instrument.languages.keys() {
            assert!(wording.contains(language.as_str()), "{id}: wording in {language}");
        }
        assert_eq!(wording == "no", !instrument.has_wording(), "{id}: {wording}");
        if licence.status.needs_a_licence() {
            assert!(!instrument.has_wording(), "{id}: the wording of a licensed instrument is not here");
            assert_eq!(cells[5], "with a licence", "{id}");
        }
    }
}
