//! The language of the pages: kept with the account, or before sign-in in a cookie.

use super::form::{Posted, is_own_path};
use super::session::{Anyone, cookie};
use crate::App;
use crate::error::Result;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use care::{Language, Phi};
use serde::Deserialize;
use workflows::staff::{PersonForm, edit};

/// A year: how long a browser remembers its language.
const YEAR: u32 = 365 * 24 * 60 * 60;

#[derive(Deserialize)]
pub(super) struct Chosen {
    lang: Language,
    #[serde(default)]
    to: String,
}

/// Another language from now on.
pub(super) async fn choose(
    State(app): State<App>,
    Anyone(present): Anyone,
    Posted(form): Posted<Chosen>,
) -> Result<Response> {
    if let Some(who) = present.signed() {
        let person = PersonForm {
            name: who.staff.name.clone(),
            email: who.staff.email.clone(),
            phone: who.staff.phone.clone().unwrap_or_else(|| Phi::new(String::new())),
            language: form.lang,
        };
        let viewer = workflows::access::viewer(&who.staff);
        let mut tx = app.db.write(&who.practice).await?;
        edit(&mut tx, &app.ctx, &viewer, &who.staff.id, &person).await?;
        tx.commit().await?;
    }
    let to = if is_own_path(&form.to) { form.to.as_str() } else { "/" };
    let mut response = Redirect::to(to).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookie(&app, "lang", form.lang.as_str(), Some(YEAR)));
    Ok(response)
}
