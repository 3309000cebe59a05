//! Clients and appointments from the practice's other systems.
