//! The staff's pages: who may see what is decided by `care::access`; what client data a page shows is in the audit before
//! its body is sent. What the practice does is `workflows`'; the words and the markup are `templates`'.

mod account;
mod admin;
mod agenda;
mod bell;
mod case;
mod caseload;
mod client;
mod client_plan;
mod door;
mod form;
mod goals;
mod hand_over;
mod language;
mod leave;
mod outbox;
mod outcomes;
mod people;
mod problem;
mod search;
mod session;
mod shown;
mod standing;
mod stream;
mod supervision;
mod tasks;
mod today;
mod words;

use crate::App;
use crate::routes::Table;
use axum::middleware::from_fn_with_state;

pub(crate) use session::unknown;

pub(crate) fn routes(table: Table, app: &App) -> Table {
    let table = table
        .get("/sign-in", door::show)
        .post("/sign-in", door::sign_in)
        .get("/sign-in/code", door::show_code)
        .post("/sign-in/code", door::code)
        .get("/sign-in/enrol", door::show_enrol)
        .post("/sign-in/enrol", door::enrol)
        .post("/sign-out", door::sign_out)
        .post("/session/extend", door::extend)
        .get("/invite/{token}", door::invited)
        .post("/invite/{token}", door::accept)
        .get("/setup", door::first_run)
        .post("/setup", door::set_up)
        .post("/language", language::choose)
        .get("/", today::home)
        .get("/today", today::show)
        .get("/bell", bell::ring)
        .get("/caseload", caseload::show)
        .get("/supervision", supervision::show)
        .get("/supervision/{clinician}", agenda::show)
        .post("/supervision/{clinician}/meetings", agenda::record)
        .post("/supervision/follow-ups/{decision}/done", agenda::finish)
        .post("/clients/{client}/discuss", agenda::raise)
        .post("/clients/{client}/discuss/clear", agenda::clear)
        .get("/search", search::show)
        .post("/search", search::search)
        .get("/account", account::show)
        .post("/account", account::save)
        .get("/account/looks", account::looks)
        .post("/account/password", account::change_password)
        .post("/account/recovery-codes", account::renew_codes)
        .post("/account/sessions/end", account::end_sessions)
        .get("/outbox", outbox::show)
        .get("/outcomes", outcomes::show)
        .get("/outcomes.csv", outcomes::csv)
        .get("/tasks", tasks::show)
        .post("/tasks/{task}/done", tasks::finish)
        .get("/clients/{client}", client::show)
        .get("/clients/{client}/goals", goals::show)
        .post("/clients/{client}/goals", goals::change)
        .get("/clients/{client}/plan", client_plan::show)
        .post("/clients/{client}/plan/exceptions", client_plan::add)
        .post("/clients/{client}/plan/exceptions/{exception}/end", client_plan::end)
        .get("/clients/{client}/export", client::export)
        .get("/clients/{client}/export.json", client::export_json)
        .get("/clients/{client}/report.pdf", client::report)
        .post("/clients/{client}/check-in", client::send_check_in)
        .post("/clients/{client}/appointments", client::add_appointment)
        .post("/clients/{client}/consents", client::consent)
        .post("/clients/{client}/contacts/{channel}/usable", client::usable)
        .post("/clients/{client}/reassign", client::assign)
        .post("/clients/{client}/discharge", client::discharge)
        .post("/clients/{client}/episodes", client::begin)
        .get("/packets/{packet}/answers", hand_over::enter)
        .post("/packets/{packet}/answers", hand_over::take_in)
        .post("/packets/{packet}/card", hand_over::card)
        .get("/packets/{packet}/paper", hand_over::paper)
        .post("/packets/{packet}/code", hand_over::code)
        .post("/clients/{client}/kiosk-code", hand_over::standing_code)
        .post("/packets/{packet}/here", hand_over::here)
        .post("/clients/{client}/placement", client::place)
        .post("/packets/{packet}/send", client::send_packet)
        .post("/packets/{packet}/withdraw", client::withdraw_packet)
        .get("/appointments/{appointment}", client::show_move)
        .post("/appointments/{appointment}/move", client::move_appointment)
        .post("/appointments/{appointment}/state", client::record_appointment)
        .get("/cases/{case}", case::show)
        .post("/cases/{case}/acknowledge", case::acknowledge)
        .post("/cases/{case}/review", case::review)
        .post("/cases/{case}/discuss", case::discuss)
        .post("/cases/{case}/decide", case::decide)
        .post("/cases/{case}/note", case::note)
        .post("/cases/{case}/reassign", case::hand_over)
        .post("/cases/{case}/close", case::close)
        .post("/cases/{case}/reopen", case::reopen)
        .post("/cases/{case}/support-check", case::ask_support)
        .post("/cases/{case}/checklist", case::go_through)
        .post("/plan-changes/{plan}/review", case::review_plan)
        .get("/leave", leave::show)
        .post("/leave", leave::record)
        .post("/leave/{leave}/end", leave::end)
        .post("/leave/duty", leave::add_duty)
        .post("/leave/duty/{duty}/end", leave::end_duty)
        .post("/cases/{case}/reasons/{reason}/acknowledge", case::acknowledge_reason)
        .post("/cases/{case}/reasons/{reason}/dispose", case::dispose);
    let table = admin::routes(table);
    let around = from_fn_with_state(app.clone(), session::layer);
    table.wrapped(|router| router.layer(around))
}
