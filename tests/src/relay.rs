//! A real mail server: Python's aiosmtpd as a process of its own, every mail a file of a Maildir.

use crate::port::Port;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The variable that names a Python with aiosmtpd, where `python3` is not the one.
const PYTHON: &str = "BELLWETHER_TEST_PYTHON";

/// A running mail server, killed when dropped.
pub struct Relay {
    child: Child,
    port: Port,
    maildir: PathBuf,
}

/// A mail that arrived.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The envelope's recipient.
    pub to: String,
    /// Its Message-ID.
    pub message_id: String,
    /// Everything, as it arrived.
    pub raw: String,
}

impl Arrived {
    /// Our own id of the message, which its Message-ID begins with.
    pub fn message(&self) -> &str {
        self.message_id.trim_start_matches('<').split('@').next().unwrap_or_default()
    }

    /// The token of its check-in link.
    pub fn token(&self) -> Option<String> {
        // Long lines are folded on the wire.
        let whole = self.raw.replace("=\r\n", "").replace("=\n", "");
        whole.contains("/c/").then(|| crate::link_in(&whole)[3..].to_owned())
    }
}

/// A Python that has aiosmtpd.
fn python() -> Option<String> {
    let named = std::env::var(PYTHON).ok();
    let mut candidates = named.into_iter().chain(["python3".to_owned(), "/usr/bin/python3".to_owned()]);
    candidates.find(|python| {
        let tried = Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
        tried.is_ok_and(|status| status.success())
    })
}

/// Refuses every recipient for the first two seconds after it was first named, as servers do that want to see whether the sender
/// comes back. Each refusal is a line of a file.
const GREYLIST: &str = r#"
import time
from aiosmtpd.handlers import Mailbox

class Greylist(Mailbox):
    first = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        now = time.monotonic()
        if now - self.first.setdefault(address, now) < 2:
            with open("refused.txt", "a") as refused:
                print(address, file=refused)
            return "451 4.7.1 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"
"#;

impl Relay {
    /// Starts one that keeps its mails in `folder/mail`. `None` where no Python has aiosmtpd.
    pub async fn start(folder: &Path) -> Option<Self> {
        Self::of(folder, "aiosmtpd.handlers.Mailbox").await
    }

    /// Starts one that takes a mail to somebody only from a sender who comes back after a while.
    pub async fn greylisting(folder: &Path) -> Option<Self> {
        let folder = folder.join("greylisting");
        std::fs::create_dir(&folder).expect("a folder of its own");
        std::fs::write(folder.join("greylist.py"), GREYLIST).expect("its manners are written down");
        Self::of(&folder, "greylist.Greylist").await
    }

    async fn of(folder: &Path, handler: &str) -> Option<Self> {
        let python = python()?;
        let (port, maildir) = (Port::reserved(), folder.join("mail"));
        let listen = format!("127.0.0.1:{}", port.number());
        let child = Command::new(python)
            .current_dir(folder)
            .args(["-m", "aiosmtpd", "--nosetuid", "--listen", &listen, "--class", handler])
            .arg(&maildir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the mail server starts");
        let relay = Self { child, port, maildir };
        let began = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", relay.port.number())).await.is_err() {
            assert!(began.elapsed() < Duration::from_secs(30), "the mail server does not listen");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Some(relay)
    }

    /// To whom a mail was refused for the moment, each refusal once.
    pub fn refused(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.maildir.with_file_name("refused.txt")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port.number())
    }

    /// Everything that arrived.
    pub fn arrived(&self) -> Vec<Arrived> {
        let Ok(files) = std::fs::read_dir(self.maildir.join("new")) else { return Vec::new() };
        let texts = files.filter_map(|file| std::fs::read(file.ok()?.path()).ok());
        texts.map(|bytes| read(&String::from_utf8_lossy(&bytes))).collect()
    }
}

fn read(raw: &str) -> Arrived {
    let header = |name: &str| {
        let line =
            raw.lines().take_while(|line| !line.is_empty()).find(|line| line.to_ascii_lowercase().starts_with(name));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    Arrived { to: header("x-rcptto:"), message_id: header("message-id:"), raw: raw.to_owned() }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says that a test could not run without a mail server.
pub fn say_skipped() {
    #[expect(clippy::print_stdout, reason = "a test that could not run says so on the test's output")]
    {
        println!(
            "SKIPPED: no real mail server, because no Python here has aiosmtpd; install it with: python3 -m pip install aiosmtpd"
        );
    }
}
