//! Starting, killing and restarting `bellwether-under-test` on one database.

use crate::AheadClock;
use crate::port::Port;
use crate::power::Recorder;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything takes that a process does, on the busiest machine: what has not come by then never comes.
pub const PATIENCE: Duration = Duration::from_mins(2);
/// The account at the provider, as the process and the stub know it.
pub const ACCOUNT: &str = "AC00000000000000000000000000000000";
/// Its token.
pub const TOKEN: &str = "d1a7c0ffee5e4b1e9a70";
/// The number texts come from.
pub const SENDER: &str = "+15005550006";

/// Everything a process is started with, the same at every start.
#[derive(Clone)]
pub struct Launch {
    /// The program.
    pub program: PathBuf,
    /// Where its log and key file are.
    pub folder: PathBuf,
    /// The database.
    pub database_url: String,
    /// Where it listens.
    pub port: Port,
    /// The port of the address that links are made of; the same at every start and on every node.
    pub public_port: Port,
    /// The message provider's address.
    pub provider: String,
    /// The mail server's address, where there is one.
    pub relay: Option<String>,
    /// The clock.
    pub clock: AheadClock,
    /// What notes its writes to its database's files, where that is looked at.
    pub recorder: Option<Recorder>,
    /// Further options.
    pub more: Vec<String>,
}

impl Launch {
    /// Another node of the same installation.
    #[must_use]
    pub fn another_node(&self) -> Self {
        Self { port: Port::reserved(), ..self.clone() }
    }

    /// The same with further options.
    #[must_use]
    pub fn with(mut self, more: &[&str]) -> Self {
        self.more.extend(more.iter().map(|one| (*one).to_owned()));
        self
    }

    /// The address at which this very node listens.
    pub fn own_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port.number())
    }

    /// Our own address.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.public_port.number())
    }

    /// Writes the test databases' keys where the process reads them.
    pub fn write_keys(&self) {
        std::fs::write(self.key_file(), store::testing::keyring().to_text()).expect("the key file is written");
    }

    fn key_file(&self) -> PathBuf {
        self.folder.join("key")
    }

    /// The process's log over all its lives.
    pub fn log(&self) -> PathBuf {
        self.folder.join("log.txt")
    }

    /// Starts a process. With a failpoint (`answer.in_tx@9`) it dies there.
    pub fn start(&self, failpoint: Option<&str>) -> Process {
        let log = OpenOptions::new().create(true).append(true).open(self.log()).expect("the log can be opened");
        let same_log = || -> File { log.try_clone().expect("the log can be opened twice") };
        let mut command = Command::new(&self.program);
        // No variable of the machine may configure it.
        command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.arg("--database-url").arg(&self.database_url).arg("--key-file").arg(self.key_file());
        command.arg("--base-url").arg(self.base_url()).arg("--listen").arg(format!("127.0.0.1:{}", self.port.number()));
        command
            .args(["--sms-account", ACCOUNT, "--sms-token", TOKEN, "--sms-from", SENDER])
            .arg("--sms-base-url")
            .arg(&self.provider);
        if let Some(relay) = &self.relay {
            command.arg("--smtp-url").arg(relay).args(["--mail-from", "Harbor Lane <checkin@harborlane.example>"]);
        }
        command.arg(format!("--ahead={}", self.clock.micros())).args(&self.more);
        if let Some(recorder) = &self.recorder {
            command.envs(recorder.environment());
        }
        if let Some(failpoint) = failpoint {
            command.env(care::failpoint::VARIABLE, failpoint);
        }
        command.stdin(Stdio::piped()).stdout(same_log()).stderr(same_log());
        let child = command.spawn().expect("the process starts");
        Process { child, port: self.port.number(), clock: self.clock.clone() }
    }
}

/// A running process; killed when dropped.
pub struct Process {
    child: Child,
    port: u16,
    clock: AheadClock,
}

impl Process {
    /// Waits until it listens, or has died.
    pub async fn listening(&mut self) {
        let began = Instant::now();
        loop {
            if tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() || self.has_ended() {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "the process does not listen");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Whether it is gone.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("the process can be asked").is_some()
    }

    /// Waits for its end.
    pub async fn end(&mut self, within: Duration) -> Option<ExitStatus> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the process can be asked") {
                return Some(status);
            }
            if began.elapsed() > within {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Moves the clock, the process's with it.
    pub fn advance(&mut self, by: chrono::Duration) {
        self.clock.advance(by);
        if let Some(input) = &mut self.child.stdin {
            // A process that has just died has no clock.
            let _ = writeln!(input, "{}", self.clock.micros());
        }
    }

    /// Stops it in the middle of whatever it does, as a machine does that is put to sleep.
    pub fn put_to_sleep(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn wake(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "kill {signal}");
    }

    /// Asks it to stop, as an operator does.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether a process ended by `kill -9`.
pub fn was_killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(9)
}

/// A folder of one test's own, kept when the test fails.
pub struct Folder(PathBuf);

impl Folder {
    /// A fresh one.
    pub fn fresh(name: &str) -> Self {
        let mut names = (1..).map(|number| format!("bellwether-{name}-{}-{number}", std::process::id()));
        loop {
            let path = std::env::temp_dir().join(names.next().expect("there is always another name"));
            match std::fs::create_dir(&path) {
                Ok(()) => return Self(path),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::AlreadyExists, "a temporary folder at {}", path.display());
                }
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}
