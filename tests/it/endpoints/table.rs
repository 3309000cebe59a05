//! What every caller meets at every endpoint.

/// What a caller meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meets {
    /// The door is not the staff's: everyone is treated alike, signed in or not.
    Public,
    /// Sent to the sign-in page, or 401 for a change.
    SignIn,
    /// Let in: neither sent away nor told that there is nothing.
    In,
    /// 403: they may know of it, it is not theirs.
    Forbidden,
    /// 404: they may not know that it exists.
    Hidden,
}

use Meets::{Forbidden as F, Hidden as H, In as A, Public as P, SignIn as S};

/// The callers, in the order of the columns.
pub(super) const CALLERS: [&str; 10] = [
    "nobody",
    "clinician",
    "colleague",
    "supervisor",
    "former supervisor",
    "on call",
    "biller",
    "intake",
    "admin",
    "owner",
];

/// Method, path, and what each caller meets.
pub(super) type Row = (&'static str, &'static str, [Meets; 10]);

/// Public: no sign-in, no difference.
const PUBLIC: [Meets; 10] = [P; 10];
/// A page of everyone who is signed in.
const EVERYONE: [Meets; 10] = [S, A, A, A, A, A, A, A, A, A];
/// A client's chart and cases: clinician, supervisor of today, and who is called about the open case.
//                      nobody  own   other  super  former call  biller intake admin owner
const CHART: [Meets; 10] = [S, A, H, A, H, A, F, F, F, F];
/// Sending a check-in: those of the chart and the front desk.
const SENDING: [Meets; 10] = [S, A, H, A, H, A, F, A, A, F];
/// A client's data and appointments: their clinician and the front desk.
const DESK: [Meets; 10] = [S, A, H, F, H, F, F, A, A, F];
/// The course of therapy: clinician, supervisor, administration.
const COURSE: [Meets; 10] = [S, A, H, A, H, F, F, F, A, F];
/// Getting in touch with a client: clinician, supervisor of today, and the front desk.
const REACHING: [Meets; 10] = [S, A, H, A, H, F, F, A, A, F];
/// The front desk's tasks and lists.
const LISTS: [Meets; 10] = [S, F, F, F, F, F, F, A, A, F];
/// One's own caseload.
const CASELOAD: [Meets; 10] = [S, A, A, A, A, A, F, F, F, F];
/// How courses ended: one's own, one's supervisees', the practice's.
// The administrator here is an owner too.
const OUTCOMES: [Meets; 10] = [S, A, A, A, A, A, F, F, A, A];
/// Administration.
const ADMIN: [Meets; 10] = [S, F, F, F, F, F, F, F, A, A];
/// How scores are judged, and what that is worth.
const DETECTION: [Meets; 10] = [S, F, F, A, A, F, F, F, A, A];
/// What a clinician shares with their supervisor of today.
const PAIR: [Meets; 10] = [S, A, H, A, H, H, F, F, F, F];

pub(super) fn table() -> Vec<Row> {
    vec![
        ("GET", "/c/{token}", PUBLIC),
        ("POST", "/c/{token}/start", PUBLIC),
        ("POST", "/c/{token}/new-link", PUBLIC),
        ("GET", "/c/{token}/help", PUBLIC),
        ("GET", "/check-in", PUBLIC),
        ("GET", "/check-in/submit", PUBLIC),
        ("POST", "/check-in/submit", PUBLIC),
        ("GET", "/check-in/done", PUBLIC),
        ("GET", "/check-in/help-now", PUBLIC),
        ("POST", "/check-in/language", PUBLIC),
        ("GET", "/check-in/{number}", PUBLIC),
        ("POST", "/check-in/{number}", PUBLIC),
        ("GET", "/help", PUBLIC),
        ("GET", "/u/{token}", PUBLIC),
        ("POST", "/u/{token}", PUBLIC),
        ("POST", "/hooks/sms/status/{message}", PUBLIC),
        ("POST", "/hooks/sms/inbound", PUBLIC),
        ("GET", "/healthz", PUBLIC),
        ("GET", "/readyz", PUBLIC),
        ("GET", "/metrics", PUBLIC),
        ("GET", "/assets/{name}", PUBLIC),
        ("GET", "/sign-in", PUBLIC),
        ("POST", "/sign-in", PUBLIC),
        ("GET", "/sign-in/code", PUBLIC),
        ("POST", "/sign-in/code", PUBLIC),
        ("GET", "/sign-in/enrol", PUBLIC),
        ("POST", "/sign-in/enrol", PUBLIC),
        ("GET", "/invite/{token}", PUBLIC),
        ("POST", "/invite/{token}", PUBLIC),
        ("GET", "/setup", PUBLIC),
        ("POST", "/setup", PUBLIC),
        ("GET", "/", EVERYONE),
        ("POST", "/language", PUBLIC),
        ("POST", "/session/extend", EVERYONE),
        ("GET", "/today", EVERYONE),
        ("GET", "/bell", EVERYONE),
        ("GET", "/today/live", EVERYONE),
        // Nobody has that session today.
        ("GET", "/today/check-ins/{appointment}", [S, H, H, H, H, H, H, H, H, H]),
        ("GET", "/clients/{client}/live", [S, A, H, A, H, A, F, A, A, F]),
        ("GET", "/clients/{client}/answering", [S, A, H, A, H, A, F, A, A, F]),
        ("GET", "/check-in/progress", PUBLIC),
        ("GET", "/check-in/confirm", PUBLIC),
        ("POST", "/check-in/confirm", PUBLIC),
        ("POST", "/clients/{client}/proof", DESK),
        ("POST", "/clients/{client}/proof/unlock", DESK),
        ("GET", "/clients/{client}/progress", CHART),
        ("POST", "/clients/{client}/progress", CHART),
        ("GET", "/account", EVERYONE),
        ("POST", "/account", EVERYONE),
        ("GET", "/account/looks", EVERYONE),
        ("POST", "/account/password", EVERYONE),
        ("POST", "/account/recovery-codes", EVERYONE),
        ("POST", "/account/sessions/end", EVERYONE),
        ("GET", "/outcomes", OUTCOMES),
        ("GET", "/outcomes.csv", OUTCOMES),
        ("GET", "/attendance", OUTCOMES),
        ("GET", "/attendance.csv", OUTCOMES),
        ("GET", "/outcomes.xlsx", OUTCOMES),
        ("GET", "/attendance.xlsx", OUTCOMES),
        ("GET", "/closed-loop", OUTCOMES),
        ("GET", "/closed-loop.csv", OUTCOMES),
        ("GET", "/closed-loop.xlsx", OUTCOMES),
        ("GET", "/experiments", ADMIN),
        ("POST", "/experiments", ADMIN),
        ("GET", "/experiments/{experiment}", ADMIN),
        ("POST", "/experiments/{experiment}/decide", ADMIN),
        ("GET", "/quarter", ADMIN),
        ("GET", "/quarter.pdf", ADMIN),
        ("POST", "/saved-views", OUTCOMES),
        // It is the last caller's; to anybody else it does not exist.
        ("POST", "/saved-views/{view}/delete", [S, H, H, H, H, H, H, H, H, A]),
        ("GET", "/outreach", [S, A, A, A, A, A, F, A, A, F]),
        ("POST", "/outreach/{outreach}/try", REACHING),
        ("POST", "/outreach/{outreach}/take", REACHING),
        ("POST", "/outreach/{outreach}/close", REACHING),
        ("GET", "/capacity", [S, F, F, F, F, F, F, A, A, A]),
        ("POST", "/capacity/caps", ADMIN),
        ("POST", "/capacity/overrides", ADMIN),
        ("POST", "/capacity/overrides/{override}/withdraw", ADMIN),
        ("POST", "/capacity/targets", ADMIN),
        ("POST", "/capacity/pause", [S, A, A, F, F, A, F, F, F, F]),
        ("POST", "/capacity/resume", [S, A, A, F, F, A, F, F, F, F]),
        ("GET", "/tasks", LISTS),
        ("POST", "/tasks/{task}/done", LISTS),
        ("GET", "/caseload", CASELOAD),
        // A clinician is led to the page their supervisor sees of them.
        ("GET", "/supervision", [S, A, A, A, A, A, F, F, F, F]),
        // Ana's: hers and her supervisor's.
        ("GET", "/supervision/{clinician}", PAIR),
        ("POST", "/supervision/{clinician}/meetings", [S, F, F, A, H, F, F, F, F, F]),
        ("POST", "/supervision/follow-ups/{decision}/done", PAIR),
        ("POST", "/clients/{client}/discuss", CHART),
        ("POST", "/clients/{client}/discuss/clear", CHART),
        // Intake and administration see the contacts, not the chart.
        ("GET", "/clients/{client}", [S, A, H, A, H, A, F, A, A, F]),
        ("GET", "/clients/{client}/goals", CHART),
        ("POST", "/clients/{client}/goals", COURSE),
        ("GET", "/clients/{client}/raters", CHART),
        ("POST", "/clients/{client}/raters", CHART),
        // Nobody but the client answers the questionnaire of this row.
        ("GET", "/clients/{client}/raters/{instrument}", [S, H, H, H, H, H, F, F, F, F]),
        ("POST", "/clients/{client}/raters/{instrument}", [S, H, H, H, H, H, F, F, F, F]),
        ("POST", "/clients/{client}/raters/{instrument}/link", [S, H, H, H, H, H, F, F, F, F]),
        ("GET", "/clients/{client}/plan", CHART),
        ("POST", "/clients/{client}/plan/exceptions", COURSE),
        ("POST", "/clients/{client}/plan/exceptions/{exception}/end", COURSE),
        ("GET", "/clients/{client}/export", CHART),
        ("GET", "/clients/{client}/export.json", CHART),
        ("GET", "/clients/{client}/report.pdf", CHART),
        ("POST", "/clients/{client}/check-in", SENDING),
        ("POST", "/clients/{client}/appointments", DESK),
        ("POST", "/clients/{client}/consents", DESK),
        ("POST", "/clients/{client}/contacts/{channel}/usable", DESK),
        ("POST", "/clients/{client}/reassign", COURSE),
        ("POST", "/clients/{client}/decline", [S, A, H, F, H, F, F, F, F, F]),
        ("POST", "/clients/{client}/discharge", COURSE),
        ("POST", "/clients/{client}/episodes", DESK),
        ("GET", "/packets/{packet}/answers", SENDING),
        ("POST", "/packets/{packet}/answers", SENDING),
        ("POST", "/packets/{packet}/card", SENDING),
        ("GET", "/packets/{packet}/paper", SENDING),
        ("POST", "/clients/{client}/placement", DESK),
        ("POST", "/packets/{packet}/send", SENDING),
        ("POST", "/packets/{packet}/withdraw", SENDING),
        ("GET", "/appointments/{appointment}", DESK),
        ("POST", "/appointments/{appointment}/move", DESK),
        ("POST", "/appointments/{appointment}/state", DESK),
        ("GET", "/cases/{case}", CHART),
        ("POST", "/cases/{case}/acknowledge", CHART),
        ("POST", "/cases/{case}/review", CHART),
        ("POST", "/cases/{case}/discuss", CHART),
        ("POST", "/cases/{case}/decide", CHART),
        ("POST", "/cases/{case}/note", CHART),
        ("POST", "/cases/{case}/reassign", CHART),
        ("POST", "/cases/{case}/close", CHART),
        ("POST", "/cases/{case}/reopen", CHART),
        ("POST", "/cases/{case}/support-check", CHART),
        ("POST", "/cases/{case}/checklist", CHART),
        ("POST", "/plan-changes/{plan}/review", CHART),
        ("GET", "/leave", EVERYONE),
        ("POST", "/leave", EVERYONE),
        // Of somebody who is none of the callers.
        ("POST", "/leave/{leave}/end", ADMIN),
        ("POST", "/leave/duty", ADMIN),
        ("POST", "/leave/duty/{duty}/end", ADMIN),
        ("POST", "/cases/{case}/reasons/{reason}/acknowledge", CHART),
        ("POST", "/cases/{case}/reasons/{reason}/dispose", CHART),
        ("GET", "/search", [S, A, A, A, A, A, F, A, A, F]),
        ("POST", "/search", [S, A, A, A, A, A, F, A, A, F]),
        ("GET", "/outbox", [S, H, H, H, H, H, H, H, H, H]),
        ("GET", "/admin", [S, F, F, F, F, F, F, A, A, A]),
        ("GET", "/admin/clients", LISTS),
        ("GET", "/admin/clients/new", LISTS),
        ("POST", "/admin/clients/new", LISTS),
        ("GET", "/admin/appointments", LISTS),
        ("POST", "/admin/appointments", LISTS),
        ("GET", "/admin/import", LISTS),
        ("POST", "/admin/import", LISTS),
        ("GET", "/admin/import/{run}", LISTS),
        ("POST", "/admin/import/{run}", LISTS),
        ("POST", "/admin/import/{run}/apply", LISTS),
        ("POST", "/admin/import/{run}/undo", LISTS),
        ("GET", "/admin/clients/{client}", DESK),
        ("POST", "/admin/clients/{client}", DESK),
        ("GET", "/admin/audit", ADMIN),
        ("GET", "/admin/phrases", ADMIN),
        ("POST", "/admin/phrases", ADMIN),
        ("GET", "/admin/consents", ADMIN),
        ("POST", "/admin/consents", ADMIN),
        ("GET", "/admin/crisis", ADMIN),
        ("GET", "/admin/instruments", ADMIN),
        ("GET", "/admin/messages", ADMIN),
        ("POST", "/admin/messages/holidays", ADMIN),
        ("POST", "/admin/messages/holidays/{day}/delete", ADMIN),
        ("GET", "/admin/messages/{kind}/{channel}/{language}", ADMIN),
        ("POST", "/admin/messages/{kind}/{channel}/{language}", ADMIN),
        ("POST", "/admin/messages/{kind}/{channel}/{language}/take-back", ADMIN),
        ("GET", "/admin/retention", ADMIN),
        ("POST", "/admin/retention", ADMIN),
        ("GET", "/admin/erasures/{client}", ADMIN),
        ("POST", "/admin/erasures/{client}", ADMIN),
        ("POST", "/admin/erasures/{client}/carry-out", ADMIN),
        ("POST", "/admin/erasures/{client}/withdraw", ADMIN),
        ("GET", "/admin/look-alikes", LISTS),
        ("GET", "/admin/look-alikes/{one}/{other}", LISTS),
        ("POST", "/admin/look-alikes/{one}/{other}/merge", LISTS),
        ("POST", "/admin/look-alikes/{one}/{other}/apart", LISTS),
        ("POST", "/admin/merges/{merge}/undo", LISTS),
        ("GET", "/admin/placements", ADMIN),
        ("POST", "/admin/placements", ADMIN),
        ("POST", "/admin/placements/{entry}", ADMIN),
        ("GET", "/admin/instruments/new", ADMIN),
        // An instrument that ships with its wording has no draft and takes none.
        ("GET", "/admin/instruments/{instrument}", ADMIN),
        ("GET", "/admin/instruments/{instrument}/preview", ADMIN),
        ("GET", "/admin/instruments/{instrument}/wording", [S, F, F, F, F, F, F, F, H, H]),
        ("GET", "/admin/instruments/{instrument}/file", [S, F, F, F, F, F, F, F, H, H]),
        ("GET", "/admin/instruments/{instrument}/draft", [S, F, F, F, F, F, F, F, H, H]),
        ("GET", "/admin/protocol", ADMIN),
        ("GET", "/admin/settings", ADMIN),
        ("GET", "/admin/sites", ADMIN),
        ("GET", "/admin/staff", ADMIN),
        ("GET", "/admin/staff/new", ADMIN),
        ("GET", "/admin/staff/{staff}", ADMIN),
        ("POST", "/admin/crisis", ADMIN),
        ("POST", "/admin/crisis/{resource}/delete", ADMIN),
        ("POST", "/admin/crisis/{resource}/reviewed", ADMIN),
        ("POST", "/admin/instruments/{instrument}/confirm", ADMIN),
        ("POST", "/admin/instruments/{instrument}/licence", ADMIN),
        // Of an instrument that has no licence, no draft and ships with its wording.
        ("POST", "/admin/instruments/{instrument}/seats", [S, F, F, F, F, F, F, F, H, H]),
        ("POST", "/admin/instruments/{instrument}/wording", [S, F, F, F, F, F, F, F, H, H]),
        ("POST", "/admin/instruments/{instrument}/draft", ADMIN),
        ("POST", "/admin/instruments/{instrument}/publish", [S, F, F, F, F, F, F, F, H, H]),
        ("POST", "/admin/instruments/{instrument}/discard", [S, F, F, F, F, F, F, F, H, H]),
        ("POST", "/admin/instruments/{instrument}/retire", ADMIN),
        ("POST", "/admin/instruments/use", ADMIN),
        ("POST", "/admin/instruments/new", ADMIN),
        ("POST", "/admin/instruments/file", ADMIN),
        ("POST", "/admin/protocol", ADMIN),
        ("POST", "/admin/protocol/apply", ADMIN),
        ("POST", "/admin/protocol/file", ADMIN),
        ("GET", "/admin/protocol/planner", ADMIN),
        ("GET", "/admin/protocol/{protocol}/file", ADMIN),
        ("POST", "/admin/protocol/{protocol}/move", ADMIN),
        ("POST", "/admin/settings", ADMIN),
        ("POST", "/admin/sites", ADMIN),
        ("POST", "/admin/sites/{site}", ADMIN),
        ("POST", "/admin/staff/new", ADMIN),
        ("POST", "/admin/staff/{staff}", ADMIN),
        ("POST", "/admin/staff/{staff}/invite", ADMIN),
        ("POST", "/admin/staff/{staff}/second-factor", ADMIN),
        ("POST", "/admin/staff/{staff}/supervision", ADMIN),
        ("POST", "/admin/staff/{staff}/supervision/{edge}/end", ADMIN),
        ("POST", "/admin/staff/{staff}/hand-on", ADMIN),
        ("POST", "/admin/staff/{staff}/deactivate", ADMIN),
        ("POST", "/packets/{packet}/code", SENDING),
        ("POST", "/clients/{client}/kiosk-code", SENDING),
        ("GET", "/r/{token}", PUBLIC),
        ("POST", "/r/{token}", PUBLIC),
        ("GET", "/a/{token}", PUBLIC),
        ("POST", "/a/{token}/{reply}", PUBLIC),
        ("GET", "/kiosk", PUBLIC),
        ("POST", "/kiosk/pair", PUBLIC),
        ("POST", "/kiosk/code", PUBLIC),
        ("GET", "/admin/delivery", ADMIN),
        ("GET", "/admin/delivery/file", ADMIN),
        ("GET", "/admin/delivery/workbook", ADMIN),
        ("GET", "/admin/kiosks", ADMIN),
        ("POST", "/admin/kiosks", ADMIN),
        ("POST", "/admin/kiosks/{kiosk}/revoke", ADMIN),
        // The rules of detection and what they are worth: read by supervisors too, changed by an administrator.
        ("GET", "/admin/detection", DETECTION),
        ("GET", "/admin/detection/{scope}", DETECTION),
        ("POST", "/admin/detection/{scope}", [S, F, F, F, F, F, F, F, A, F]),
        ("GET", "/admin/models", DETECTION),
        ("GET", "/admin/models/{instrument}", DETECTION),
        // No card has been made.
        ("GET", "/admin/models/{instrument}/card.json", [S, F, F, H, H, F, F, F, H, H]),
        // Last: they end the session.
        ("POST", "/packets/{packet}/here", [S, A, H, A, H, A, F, A, A, F]),
        ("POST", "/sign-out", [S; 10]),
    ]
}
