//! The running program: its orderly end, its log, and what the doctor says of it.

use crate::house::{Folder, connect, demo, keys, sqlite_copy};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use store::InstanceScope as _;

pub fn code(output: &Output) -> i32 {
    output.status.code().expect("the program ended by itself")
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

struct Running {
    child: Child,
    port: u16,
}

/// Starts `serve` on a copy of the demo and waits until it answers.
fn serve(folder: &Folder) -> Running {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let mut child = Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .args(["serve", "--log-format", "json", "--log", "debug,sqlx=info", "--listen", &format!("127.0.0.1:{port}")])
        .args(["--base-url", &format!("http://localhost:{port}"), "--database-url"])
        .arg(format!("sqlite:{}", folder.at("demo.db").display()))
        .arg("--key-file")
        .arg(demo().join("key"))
        .arg("--outbox")
        .arg(folder.at("outbox"))
        .stdout(Stdio::piped())
        .stderr(std::fs::File::create(folder.at("log")).expect("a file for the log"))
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().expect("its output")).read_line(&mut line).expect("it says something");
    assert!(line.contains("listens"), "{line}");
    let running = Running { child, port };
    // It says so just before it does: the first answer is the proof.
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::yield_now();
    }
    running
}

impl Running {
    fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).expect("connects")
    }

    fn get(&self, path: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", self.port)
            .expect("asks");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        answer
    }

    fn terminate(&self) {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client's id, and name, number and address as they are stored.
type Sealed = (String, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_in_order_and_its_log_says_nothing_of_anybody() {
    let folder = Folder::new("running");
    let db = sqlite_copy(&folder).await;
    let mut people = Vec::new();
    let mut read = db.read_all().await.expect("reads");
    for practice in store::practice::ids(&mut read).await.expect("the practices") {
        let rows: Vec<Sealed> =
            read.query("SELECT id, name_sealed, phone_sealed, email_sealed FROM client").all().await.expect("reads");
        let read = read.within(&practice);
        for (id, name, phone, email) in rows {
            people.push(read.open("client", "name", &id, &name).expect("opens"));
            people.extend(read.open_optional("client", "phone", &id, phone.as_deref()).expect("opens"));
            people.extend(read.open_optional("client", "email", &id, email.as_deref()).expect("opens"));
        }
    }
    drop(read);
    // Something for the worker to send at once.
    let mut tx = db.write_all().await.expect("begins");
    tx.query("UPDATE message SET due_at = created_at WHERE state = 'planned'").execute().await.expect("is due");
    tx.commit().await.expect("commits");
    db.close().await;
    assert!(people.len() > 6);

    let mut running = serve(&folder);
    let token = std::fs::read_to_string(demo().join("this-is-a-bellwether-demo")).expect("the demo's link");
    assert!(running.get(&format!("/c/{token}")).starts_with("HTTP/1.1 200"));
    assert!(running.get("/c/AAAAAAAAAAAAAAAAAAAAAA").starts_with("HTTP/1.1 404"));
    assert!(running.get("/healthz").starts_with("HTTP/1.1 200"));
    // A request that is under way when the stop comes is answered.
    let mut under_way = running.connect();
    let form = "email=clinician%40example.org&password=not-the-password-of-anybody";
    write!(
        under_way,
        "POST /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{}",
        form.len(),
        &form[..20],
        port = running.port
    )
    .expect("begins");
    under_way.flush().expect("sends");
    // Its head has been read once another request that came later is answered.
    assert!(running.get("/healthz").starts_with("HTTP/1.1 200"));
    running.terminate();
    under_way.write_all(&form.as_bytes()[20..]).expect("the rest of it");
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).expect("is answered");
    assert!(answer.starts_with("HTTP/1.1 ") && !answer.starts_with("HTTP/1.1 5"), "{answer}");
    let ended = running.child.wait().expect("ends");
    assert_eq!(ended.code(), Some(0), "an orderly end");
    assert!(TcpStream::connect(("127.0.0.1", running.port)).is_err(), "nobody listens any more");

    let log = std::fs::read_to_string(folder.at("log")).expect("the log");
    assert!(log.lines().count() > 3, "{log}");
    for line in log.lines() {
        let parsed: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        assert!(parsed["level"].is_string() && parsed["timestamp"].is_string(), "{line}");
    }
    let secrets =
        people.iter().map(String::as_str).chain([token.as_str(), "not-the-password-of-anybody", "phq-9", "PHQ-9"]);
    for secret in secrets {
        assert!(!log.contains(secret), "the log says '{secret}'");
    }
    // Nothing was left half done.
    let db = connect(&format!("sqlite:{}", folder.at("demo.db").display())).await;
    let mut read = db.read_all().await.expect("reads");
    let held: i64 = read.query("SELECT count(*) FROM job WHERE state = 'running'").scalar().await.expect("counts");
    assert_eq!(held, 0, "leases were given back");
    drop(read);
    db.close().await;
}

fn doctor(folder: &Folder, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bellwether"))
        .args(["doctor", "--database-url", &format!("sqlite:{}", folder.at("demo.db").display())])
        .arg("--key-file")
        .arg(folder.at("key"))
        .args(more)
        .output()
        .expect("the program starts")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_what_is_wrong_and_what_to_do() {
    let folder = Folder::new("doctor");
    sqlite_copy(&folder).await.close().await;
    keys().save(folder.at("key")).expect("a key file");
    let outbox = folder.at("outbox").display().to_string();
    let well = doctor(&folder, &["--outbox", &outbox]);
    assert_eq!(code(&well), 0, "{}", said(&well));
    for line in [
        "ok    key",
        "ok    database",
        "ok    durability",
        "ok    clock",
        "ok    disk",
        "warn  backup",
        "warn  mail, texts",
    ] {
        assert!(said(&well).contains(line), "'{line}' in {}", said(&well));
    }
    let nobody = doctor(&folder, &["--smtp-url", "smtp://localhost:1", "--mail-from", "Practice <a@example.org>"]);
    assert_eq!(code(&nobody), 1, "{}", said(&nobody));
    assert!(said(&nobody).contains("FAIL  mail") && said(&nobody).contains("--smtp-url"), "{}", said(&nobody));
    let address = doctor(&folder, &["--outbox", &outbox, "--base-url", "http://checkin.example.org"]);
    assert_eq!(code(&address), 1);
    assert!(
        said(&address).contains("FAIL  configuration") && said(&address).contains("https://"),
        "{}",
        said(&address)
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder.at("key"), std::fs::Permissions::from_mode(0o644)).expect("changes");
        let open = doctor(&folder, &["--outbox", &outbox]);
        assert_eq!(code(&open), 1);
        assert!(said(&open).contains("chmod 600"), "{}", said(&open));
    }
    std::fs::remove_file(folder.at("key")).expect("removes");
    let without = doctor(&folder, &["--outbox", &outbox]);
    assert_eq!(code(&without), 1);
    assert!(said(&without).contains("FAIL  key"), "{}", said(&without));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_crisis_resources_it_refuses_to_start_and_names_a_way_that_works() {
    let folder = Folder::new("no-help");
    let db = sqlite_copy(&folder).await;
    let mut tx = db.write_all().await.expect("begins");
    tx.query("DELETE FROM crisis_resource").execute().await.expect("deletes");
    tx.commit().await.expect("commits");
    db.close().await;
    let run = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_bellwether"))
            .args(arguments)
            .args(["--database-url", &format!("sqlite:{}", folder.at("demo.db").display())])
            .arg("--key-file")
            .arg(demo().join("key"))
            .output()
            .expect("the program starts")
    };
    let refused = run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code(&refused), 2, "{}", said(&refused));
    assert!(said(&refused).contains("bellwether import crisis-resources;"), "{}", said(&refused));
    let mended = run(&["import", "crisis-resources"]);
    assert_eq!(code(&mended), 0, "{}", said(&mended));
    let again = run(&["import", "crisis-resources"]);
    assert!(said(&again).contains("nothing was changed"), "{}", said(&again));
    drop(serve(&folder));
}

/// What the pages for operators tell them to type is what the program understands.
#[test]
fn every_command_of_the_operators_pages_is_one() {
    let pages =
        [include_str!("../../../../docs/operations.md"), include_str!("../../../../docs/upgrading.md")].join("\n");
    let typed = pages.lines().filter_map(|line| line.strip_prefix("bw "));
    let named = pages
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|words| words.strip_prefix("bw ").or_else(|| words.strip_prefix("bellwether ")));
    let mut checked = 0;
    for line in typed.chain(named) {
        let line = line.split(" #").next().unwrap_or_default();
        let is_word = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !word.starts_with('-');
        let words: Vec<&str> = line.split_whitespace().take_while(is_word).filter(|word| *word != "help").collect();
        let help = Command::new(env!("CARGO_BIN_EXE_bellwether"))
            .args(&words)
            .arg("--help")
            .output()
            .expect("the program starts");
        assert_eq!(code(&help), 0, "'{line}': {}", said(&help));
        for option in line.split_whitespace().filter(|word| word.starts_with("--")) {
            assert!(said(&help).contains(option), "'{line}' has {option}, of which its help says nothing");
        }
        checked += 1;
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn commands_on_a_place_without_data_say_so() {
    let folder = Folder::new("nothing");
    keys().save(folder.at("key")).expect("a key file");
    for arguments in [&["verify"][..], &["backup", "x"], &["export", "x"], &["restore", "--release"], &["keys", "list"]]
    {
        let done = Command::new(env!("CARGO_BIN_EXE_bellwether"))
            .args(arguments)
            .args(["--database-url", &format!("sqlite:{}", folder.at("none.db").display())])
            .arg("--key-file")
            .arg(folder.at("key"))
            .output()
            .expect("the program starts");
        assert_eq!(code(&done), 2, "{arguments:?}: {}", said(&done));
        assert!(said(&done).contains("there is no database at"), "{}", said(&done));
        assert!(!folder.at("none.db").exists(), "looking creates nothing");
    }
}
