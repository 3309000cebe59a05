//! How a staff page is answered: what client data it shows is in the audit before its body is sent.

use super::session::{Signed, cookie};
use crate::App;
use crate::error::{Error, Result};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use care::access::Action;
use care::{ClientId, Language};
use templates::Page;
use templates::staff::Flash;
use tokio::task::JoinHandle;
use workflows::{access, audit};

/// What a page shows of clients.
pub(super) struct Seen<'a> {
    /// The name in the audit, such as `view.chart`.
    pub action: &'static str,
    /// What was opened: kind and id.
    pub subject: (&'static str, &'a str),
    /// The clients whose data it shows.
    pub clients: Vec<ClientId>,
}

impl<'a> Seen<'a> {
    /// One client's page.
    pub(super) fn client(action: &'static str, id: &'a ClientId) -> Self {
        Self { action, subject: ("client", id.as_str()), clients: vec![id.clone()] }
    }

    /// A list of clients, each once.
    pub(super) fn list(action: &'static str, me: &'a Signed, clients: impl IntoIterator<Item = ClientId>) -> Self {
        let mut clients: Vec<ClientId> = clients.into_iter().collect();
        clients.sort();
        clients.dedup();
        Self { action, subject: ("staff", me.staff.id.as_str()), clients }
    }
}

/// A row of the audit on its way to the disk. What it says was shown is sent when it has arrived; it is not taken back where
/// the page comes to nothing after all.
#[must_use = "nothing is shown before it is kept"]
pub(super) struct Noted(Option<JoinHandle<Result<()>>>);

impl Noted {
    /// Waits until it is committed.
    pub(super) async fn kept(self) -> Result<()> {
        match self.0 {
            Some(writing) => writing.await.map_err(|_| Error::Internal)?,
            None => Ok(()),
        }
    }
}

impl Signed {
    /// A page without anything about clients.
    pub(super) fn render<P: Page>(&self, app: &App, status: StatusCode, page: &P) -> Result<Response> {
        rendered(app, self.language, status, page)
    }

    /// A page with client data: one audit row with the ids shown, committed before the body is sent, and meanwhile the page is
    /// made.
    pub(super) async fn show<P: Page>(
        &self,
        app: &App,
        status: StatusCode,
        page: &P,
        seen: Seen<'_>,
    ) -> Result<Response> {
        self.show_in(app, self.language, status, page, seen).await
    }

    /// The same in another language than the person's own: for a screen that is turned to the client, and what is handed over.
    pub(super) async fn show_in<P: Page>(
        &self,
        app: &App,
        language: Language,
        status: StatusCode,
        page: &P,
        seen: Seen<'_>,
    ) -> Result<Response> {
        let noted = self.note(app, &seen);
        let page = app.templates.render(page, language)?;
        noted.kept().await?;
        Ok((status, Html(page)).into_response())
    }

    /// Begins to write down what is about to be shown.
    pub(super) fn note(&self, app: &App, seen: &Seen<'_>) -> Noted {
        if seen.clients.is_empty() {
            return Noted(None);
        }
        let (kind, id) = seen.subject;
        let entry = audit::entry(&app.ctx, &self.actor(), seen.action, kind, id)
            .listing("clients", seen.clients.iter().map(ClientId::as_str));
        let (app, practice) = (app.clone(), self.practice.clone());
        Noted(Some(tokio::spawn(async move {
            let mut tx = app.db.write(&practice).await?;
            tx.audit(entry);
            Ok(tx.commit().await?)
        })))
    }

    /// Lets the person go on or says no: a refusal is in the audit before it is answered.
    pub(super) async fn authorise(&self, app: &App, action: Action, client: Option<&ClientId>) -> Result<()> {
        Ok(access::authorise(&app.db, &self.practice, &app.ctx, &self.viewer, action, client).await?)
    }
}

/// A page without anything about clients, in a language of its own: what is handed to the client.
pub(super) fn rendered<P: Page>(app: &App, language: Language, status: StatusCode, page: &P) -> Result<Response> {
    Ok((status, Html(app.templates.render(page, language)?)).into_response())
}

/// To a page of ours after a change, with what was done said there.
pub(super) fn done(app: &App, path: &str, flash: Flash) -> Response {
    let mut response = Redirect::to(path).into_response();
    let word = serde_json::to_value(flash).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    response.headers_mut().append(header::SET_COOKIE, cookie(app, "flash", &word, Some(60)));
    response
}

/// An id from an address; a malformed one is not found.
pub(super) fn id<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::NotFound)
}
