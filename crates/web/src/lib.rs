//! The HTTP door: pages for clients and staff, callbacks of the message provider, health.
//!
//! A GET reads the store; a change goes through one function of `workflows` in one transaction, committed before the
//! answer. Pages are structs of `templates`. What a request may do is decided by `care::access`.

mod app;
mod assets;
mod client;
mod error;
mod face;
mod goals;
mod health;
mod hooks;
mod limit;
mod overload;
mod progress;
mod routes;
mod security;
mod server;
mod staff;
mod streams;

pub use app::{App, Outbox, SecondFactor, WebConfig};
pub use hooks::SmsSigner;
pub use routes::{Endpoint, endpoints, router};
pub use server::{Limits, serve};
