//! One file per thing the practice does.
