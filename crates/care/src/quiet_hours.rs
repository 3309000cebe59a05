//! When a message may reach a person.
