//! What is particular to texts: the providers' interfaces, their callbacks and people's keywords. What a text costs is
//! `care::segments`'.

mod client;
mod codes;
mod keyword;
mod provider;
mod signature;
pub mod telnyx;
mod webhook;

pub use client::{Found, Sender, SmsClient, SmsConfig};
pub use codes::{DeliveryFailure, DeliveryStatus};
pub use keyword::{Keyword, keyword};
pub use provider::SmsProvider;
pub use signature::{
    SIGNATURE_HEADER, SIGNATURE_SETTINGS_HEADER, SignatureError, SignatureHeaders, verify_json_signature,
    verify_signature,
};
pub use webhook::{Inbound, StatusCallback, WebhookError};
