//! What the message provider calls: delivery reports and texts that came in. Believed only with its signature, made over
//! our own public address.

use crate::App;
use crate::error::Result;
use crate::routes::Table;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use care::{MessageId, Phi};
use notify::sms::{
    DeliveryFailure, DeliveryStatus, Inbound, Keyword, SIGNATURE_HEADER, SIGNATURE_SETTINGS_HEADER, SignatureHeaders,
    StatusCallback, verify_signature,
};
use workflows::delivery::{self, Report};
use workflows::inbound::{self, Meaning};

pub(crate) fn routes(table: Table) -> Table {
    table.post("/hooks/sms/status/{message}", status).post("/hooks/sms/inbound", inbound_text)
}

/// Whether the provider signed this request.
fn is_signed(app: &App, uri: &OriginalUri, headers: &HeaderMap, params: &[(String, String)]) -> bool {
    let Some(token) = &app.config.sms_auth_token else { return false };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(signature) = text(SIGNATURE_HEADER) else { return false };
    let url = format!("{}{}", app.config.base_url, uri.0);
    let signed = SignatureHeaders { signature, settings: text(SIGNATURE_SETTINGS_HEADER) };
    let genuine = verify_signature(token, &url, params, signed).is_ok();
    if !genuine {
        metrics::counter!("bellwether_forged_callbacks").increment(1);
    }
    genuine
}

async fn status(
    State(app): State<App>,
    uri: OriginalUri,
    Path(message): Path<String>,
    headers: HeaderMap,
    Form(params): Form<Vec<(String, String)>>,
) -> Result<Response> {
    if !is_signed(&app, &uri, &headers, &params) {
        return Ok(StatusCode::FORBIDDEN.into_response());
    }
    let Ok(callback) = StatusCallback::parse(&params) else { return Ok(StatusCode::BAD_REQUEST.into_response()) };
    let id = MessageId::from_text(message);
    let mut read = app.db.read_all().await?;
    let practice = store::message::practice_of(&mut read, &id).await?;
    drop(read);
    let Some(practice) = practice else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let report = match callback.status {
        Some(DeliveryStatus::Sent | DeliveryStatus::Queued | DeliveryStatus::Sending | DeliveryStatus::Accepted) => {
            Report::Sent
        }
        Some(DeliveryStatus::Delivered | DeliveryStatus::Read) => Report::Delivered,
        Some(_) => match callback.failure() {
            Some(DeliveryFailure::OptedOut) => Report::OptedOut,
            Some(_) => Report::Failed,
            None => return Ok(StatusCode::NO_CONTENT.into_response()),
        },
        // A word that is newer than this release: acknowledged, so that it is not repeated.
        None => return Ok(StatusCode::NO_CONTENT.into_response()),
    };
    let code = callback.error_code.map(|code| code.to_string());
    let mut tx = app.db.write(&practice).await?;
    delivery::report(&mut tx, &app.ctx, &id, &callback.message_sid, report, code.as_deref()).await?;
    tx.commit().await?;
    care::failpoint!("report.after_commit");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A text that came in. It is read for keywords and not kept; the answer here is empty, ours goes out as a message.
async fn inbound_text(
    State(app): State<App>,
    uri: OriginalUri,
    headers: HeaderMap,
    Form(params): Form<Vec<(String, String)>>,
) -> Result<Response> {
    if !is_signed(&app, &uri, &headers, &params) {
        return Ok(StatusCode::FORBIDDEN.into_response());
    }
    let Ok(text) = Inbound::parse(&params) else { return Ok(StatusCode::BAD_REQUEST.into_response()) };
    let meaning = match text.keyword() {
        Some(Keyword::Stop) => Meaning::Stop,
        Some(Keyword::Start) => Meaning::Start,
        Some(Keyword::Help) => Meaning::Help,
        Some(Keyword::WrongPerson) => Meaning::WrongPerson,
        None => Meaning::Other,
    };
    let received = inbound::Inbound {
        provider_id: text.message_sid.clone(),
        from: Phi::new(text.from.expose().to_owned()),
        meaning,
    };
    let mut read = app.db.read_all().await?;
    let practices = store::practice::ids(&mut read).await?;
    drop(read);
    for practice in practices {
        let mut tx = app.db.write(&practice).await?;
        inbound::text(&mut tx, &app.ctx, &received).await?;
        tx.commit().await?;
    }
    Ok(([(header::CONTENT_TYPE, "text/xml")], "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response></Response>")
        .into_response())
}
