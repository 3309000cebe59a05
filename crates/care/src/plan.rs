//! From protocol, episode and appointments to check-ins.
