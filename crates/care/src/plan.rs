//! Which check-ins an episode should have, and what has to change so that it has them.
