//! So many operations of one kind, one after the other and nothing beside them, for a tool that counts instructions.

use crate::stage::{CLIENTS, Saved, Stage, generate};
use crate::submit::Sheet;
use crate::wire::{Wire, get, post};
use tests::TestDb;

/// Check-ins that are laid out, however few are used: what else happens is the same in every run.
const LAID_OUT: usize = 300;

/// Does them, [`LAID_OUT`] at most; panics when the server does not do its part.
pub fn run(kind: &str, count: usize) {
    let stage = Stage::build(TestDb::sqlite, CLIENTS);
    let check_ins = generate(stage.with_forms(stage.check_ins(LAID_OUT, Saved::Nothing)));
    generate(async {
        let mut wire = Wire::to(stage.product).await;
        for one in check_ins.iter().take(count) {
            let (request, expected) = match kind {
                "page" => (get("/check-in/1", &one.cookie), 200),
                "answer" => {
                    let form = format!("csrf={}&item=phq-9%3A1&seq=x&value=1", one.csrf);
                    (post("/check-in/1", &one.cookie, &form), 303)
                }
                "submit" => (post("/check-in/submit", &one.cookie, &Sheet::Along.form(&one.csrf)), 303),
                other => panic!("page, answer or submit, not {other:?}"),
            };
            assert_eq!(wire.ask(&request).await.status, expected);
        }
    });
}
