//! A table as a file to save: one description of it, as CSV or as a workbook.

use crate::error::{Error, Result};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
pub(super) use exchange::sheet::{Format, Sheet};

/// Writes the table and answers with it. A workbook is packed, which is no work for the thread that serves others.
pub(super) async fn answer(sheet: Sheet, format: Format) -> Result<Response> {
    let name = sheet.file_name(format);
    let written = tokio::task::spawn_blocking(move || sheet.write(format)).await;
    let bytes = written.map_err(|_| Error::Internal)?.map_err(|error| {
        tracing::error!(%error, "a table could not be written");
        Error::Internal
    })?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
