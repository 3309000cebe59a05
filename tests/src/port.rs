//! A port for a server that dies and comes back.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpSocket;

/// A port of this machine. While one of its clones lives nobody is given it by chance, though nobody may be listening there: a
/// server of ours that names it gets it, again and again.
#[derive(Debug, Clone)]
pub struct Port(Arc<TcpSocket>);

impl Port {
    /// One that was free.
    pub fn reserved() -> Self {
        let reserve = || {
            let socket = TcpSocket::new_v4()?;
            // Bound and never listening: who says the same of their socket and names the port may listen there.
            socket.set_reuseaddr(true)?;
            socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
            Ok::<_, std::io::Error>(socket)
        };
        Self(Arc::new(reserve().expect("a free port")))
    }

    /// Its number.
    pub fn number(&self) -> u16 {
        self.0.local_addr().expect("a bound socket has an address").port()
    }
}

#[cfg(test)]
mod tests {
    use super::Port;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_reserved_port_is_found_by_name_only_and_may_be_taken_again_and_again() {
        let port = Port::reserved();
        for _ in 0..3 {
            assert!(TcpStream::connect(("127.0.0.1", port.number())).is_err(), "nobody listens");
            let server = TcpListener::bind(("127.0.0.1", port.number())).expect("who names it gets it");
            let guest = TcpStream::connect(("127.0.0.1", port.number())).expect("the server listens");
            drop(server);
            drop(guest);
        }
        let by_chance: Vec<_> =
            (0..2_000).map(|_| TcpListener::bind("127.0.0.1:0").expect("there are enough ports")).collect();
        for other in by_chance {
            assert_ne!(other.local_addr().expect("it is bound").port(), port.number());
        }
    }
}
