//! Acceptance over HTTP and jobs on both databases.
