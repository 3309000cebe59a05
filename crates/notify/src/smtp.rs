//! Mail over SMTP, with every stage of the dialogue known.
//!
//! Whether a mail may have been accepted depends on how far the dialogue came: until the server has answered `DATA`,
//! nothing was handed over; from the first byte of the message on, only the server's answer tells. The library's
//! ready-made transport hides that point, so its connections are driven here, one command at a time.

mod compose;
mod config;
mod connection;

pub use config::{Credentials, Security, SmtpConfig, is_loopback};
pub use connection::SmtpClient;
