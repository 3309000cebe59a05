//! A PostgreSQL server of one test's own that syncs as in real use and can be stopped without notice.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What the shell of `tests/with-postgres` does: says the address, then restarts the server once a line.
const RESTARTS: &str = r#"printf '%s\n' "$BELLWETHER_TEST_POSTGRES"
while read -r _; do "$BELLWETHER_TEST_POSTGRES_RESTART" && echo restarted; done"#;

/// A running server; stopped and deleted when dropped.
pub struct Server {
    child: Child,
    orders: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Server {
    /// Starts one. `None` where the other tests have no PostgreSQL either.
    pub fn start() -> Option<Self> {
        std::env::var_os(store::testing::POSTGRES)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("with-postgres");
        let mut child = Command::new(script)
            .args(["bash", "-c", RESTARTS])
            .env("BELLWETHER_TEST_POSTGRES_DURABLE", "yes")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("tests/with-postgres can be started");
        let mut answers = BufReader::new(child.stdout.take().expect("its output is a pipe")).lines();
        let address = answers.next().expect("the server starts").expect("its address can be read");
        let orders = child.stdin.take();
        Some(Self { child, orders, answers, address })
    }

    /// Its address, with the right to create databases.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Stops it at once, in the middle of whatever it does, and starts it again. Returns when it takes connections.
    pub fn restart(&mut self) {
        let orders = self.orders.as_mut().expect("it takes orders until it is dropped");
        writeln!(orders, "restart").expect("the server's shell listens");
        let answer = self.answers.next().expect("the server comes back").expect("its answer can be read");
        assert_eq!(answer, "restarted");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its orders ends the shell, and `tests/with-postgres` then cleans up.
        drop(self.orders.take());
        let _ = self.child.wait();
    }
}
