//! What the provider of texts calls: delivery reports and texts that came in. Believed only with its signature. Both providers
//! call the same two addresses, each in its own shape.

use crate::App;
use crate::error::Result;
use crate::routes::Table;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::Form;
use care::{MessageId, Phi, PracticeId};
use notify::sms::telnyx::{
    Hook, PublicKey, TELNYX_SIGNATURE_HEADER, TELNYX_TIMESTAMP_HEADER, read_hook, verify_telnyx,
};
use notify::sms::{
    DeliveryFailure, DeliveryStatus, Inbound, Keyword, SIGNATURE_HEADER, SIGNATURE_SETTINGS_HEADER, SignatureHeaders,
    StatusCallback, verify_signature,
};
use secrecy::SecretString;
use workflows::delivery::{self, Report};
use workflows::inbound::{self, Meaning};

pub(crate) fn routes(table: Table) -> Table {
    table.post("/hooks/sms/status/{message}", status).post("/hooks/sms/inbound", inbound_text)
}

/// With what the provider of texts signs its calls.
#[derive(Debug, Clone)]
pub enum SmsSigner {
    /// Twilio, or one that speaks the same: with the account's token.
    Twilio(SecretString),
    /// Telnyx: with a key of its own, of which this is the public half.
    Telnyx(PublicKey),
}

/// A text's fields as form, as the signature covers them.
type Params = Vec<(String, String)>;

/// What was called, once it is believed.
enum Called {
    Form(Params),
    Hook(Hook),
}

/// Reads a call; the status to answer with where it is not believed or cannot be read.
async fn called(app: &App, uri: &OriginalUri, request: Request) -> Result<Called, StatusCode> {
    let headers = request.headers().clone();
    match &app.config.sms_signer {
        None => Err(StatusCode::FORBIDDEN),
        Some(SmsSigner::Twilio(token)) => {
            let form = Form::<Params>::from_request(request, app).await;
            let Form(params) = form.map_err(|rejected| rejected.into_response().status())?;
            let url = format!("{}{}", app.config.base_url, uri.0);
            let genuine = text(&headers, SIGNATURE_HEADER).is_some_and(|signature| {
                let signed = SignatureHeaders { signature, settings: text(&headers, SIGNATURE_SETTINGS_HEADER) };
                verify_signature(token, &url, &params, signed).is_ok()
            });
            if genuine { Ok(Called::Form(params)) } else { Err(forged(&headers, SIGNATURE_HEADER)) }
        }
        Some(SmsSigner::Telnyx(key)) => {
            let body = Bytes::from_request(request, app).await.map_err(|rejected| rejected.into_response().status())?;
            let signature = text(&headers, TELNYX_SIGNATURE_HEADER).unwrap_or_default();
            let timestamp = text(&headers, TELNYX_TIMESTAMP_HEADER).unwrap_or_default();
            if verify_telnyx(key, signature, timestamp, &body, app.now()).is_err() {
                return Err(forged(&headers, TELNYX_SIGNATURE_HEADER));
            }
            read_hook(&body).map(Called::Hook).map_err(|_| StatusCode::BAD_REQUEST)
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Somebody signed it, and not the provider: that is counted.
fn forged(headers: &HeaderMap, signature: &str) -> StatusCode {
    if headers.contains_key(signature) {
        metrics::counter!("bellwether_forged_callbacks").increment(1);
    }
    StatusCode::FORBIDDEN
}

async fn status(
    State(app): State<App>,
    uri: OriginalUri,
    Path(message): Path<String>,
    request: Request,
) -> Result<Response> {
    let callback = match called(&app, &uri, request).await {
        Ok(Called::Form(params)) => StatusCallback::parse(&params),
        Ok(Called::Hook(Hook::Status(callback))) => Ok(callback),
        Ok(Called::Hook(_)) => return Ok(StatusCode::NO_CONTENT.into_response()),
        Err(status) => return Ok(status.into_response()),
    };
    let Ok(callback) = callback else { return Ok(StatusCode::BAD_REQUEST.into_response()) };
    let id = MessageId::from_text(message);
    let mut read = app.db.read_all().await?;
    let practice = store::message::practice_of(&mut read, &id).await?;
    drop(read);
    let Some(practice) = practice else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    reported(&app, &practice, &id, &callback).await
}

/// Takes a delivery report in.
async fn reported(app: &App, practice: &PracticeId, id: &MessageId, callback: &StatusCallback) -> Result<Response> {
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
    let mut tx = app.db.write(practice).await?;
    delivery::report(&mut tx, &app.ctx, id, &callback.message_sid, report, code.as_deref()).await?;
    tx.commit().await?;
    care::failpoint!("report.after_commit");
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A text that came in. It is read for keywords and not kept; the answer here is empty, ours goes out as a message. A report
/// without an address of its own comes here too, and is known by the provider's id.
async fn inbound_text(State(app): State<App>, uri: OriginalUri, request: Request) -> Result<Response> {
    let text = match called(&app, &uri, request).await {
        Ok(Called::Form(params)) => Inbound::parse(&params),
        Ok(Called::Hook(Hook::Inbound(text))) => Ok(text),
        Ok(Called::Hook(Hook::Status(callback))) => {
            let mut read = app.db.read_all().await?;
            let known = store::message::by_provider_id(&mut read, &callback.message_sid).await?;
            drop(read);
            let Some((practice, id)) = known else { return Ok(StatusCode::NOT_FOUND.into_response()) };
            return reported(&app, &practice, &id, &callback).await;
        }
        Ok(Called::Hook(Hook::Other)) => return Ok(StatusCode::NO_CONTENT.into_response()),
        Err(status) => return Ok(status.into_response()),
    };
    let Ok(text) = text else { return Ok(StatusCode::BAD_REQUEST.into_response()) };
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
