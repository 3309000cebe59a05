//! What a new response means.
