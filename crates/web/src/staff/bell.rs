//! The bell: how many cases wait for this person to take them up, as their owner or as somebody who was told or called.

use super::session::Signed;
use super::stream;
use crate::App;
use crate::error::Result;
use axum::extract::State;
use axum::response::IntoResponse;

/// The stream of the number.
pub(super) async fn ring(State(app): State<App>, me: Signed) -> Result<impl IntoResponse> {
    let (of, practice, staff) = (app.clone(), me.practice.clone(), me.staff.id.clone());
    stream::of(&app, &me, move || {
        let (app, practice, staff) = (of.clone(), practice.clone(), staff.clone());
        async move {
            let mut read = app.db.read(&practice).await.ok()?;
            store::case::waiting_for(&mut read, &staff, app.ctx.now()).await.ok().map(|waiting| waiting.to_string())
        }
    })
}
