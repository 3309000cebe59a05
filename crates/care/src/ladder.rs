//! Who is called next, and when.
