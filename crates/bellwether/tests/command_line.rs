//! The program as its operator meets it: exit codes, and complaints that name the place and the remedy.

#[path = "command_line/library.rs"]
mod library;
#[path = "command_line/score.rs"]
mod score;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of a test's own, deleted with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bellwether-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("a file for the test");
        path.display().to_string()
    }

    /// A small demo practice in the folder.
    fn with_demo(name: &str) -> Self {
        let folder = Self::new(name);
        let data = folder.0.join("demo").display().to_string();
        let done = bellwether(&["demo", "--data", &data, "--clients", "4", "--seed-only"]);
        assert_eq!(code(&done), 0, "{}", said(&done));
        folder
    }

    /// The options that lead to the demo's data.
    fn data(&self) -> [String; 4] {
        let demo = self.0.join("demo");
        [
            "--database-url".to_owned(),
            format!("sqlite:{}", demo.join("demo.db").display()),
            "--key-file".to_owned(),
            demo.join("key").display().to_string(),
        ]
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let data = self.data();
        let mut all: Vec<&str> = arguments.to_vec();
        all.extend(data.iter().map(String::as_str));
        bellwether(&all)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn bellwether(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("BELLWETHER_")) {
        command.env_remove(name);
    }
    command.args(arguments).output().expect("the program starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn usage_and_configuration_end_with_two_and_name_the_remedy() {
    let folder = Folder::new("configuration");
    let database = format!("sqlite:{}", folder.0.join("new.db").display());
    let key = folder.0.join("key").display().to_string();
    let base = ["serve", "--database-url", &database, "--key-file", &key];
    let cases: [(&[&str], &str); 7] = [
        (&["serve", "--no-such-option"], "--no-such-option"),
        (&[base[0], base[1], base[2], base[3], base[4], "--base-url", "http://practice.example.org"], "https://"),
        (
            &[
                base[0],
                base[1],
                base[2],
                base[3],
                base[4],
                "--base-url",
                "https://a-very-long-host-name.of.a.practice.example.org",
            ],
            "34 characters",
        ),
        (&[base[0], base[1], base[2], base[3], base[4], "--smtp-url", "smtp://localhost"], "--mail-from"),
        (
            &[
                base[0],
                base[1],
                base[2],
                base[3],
                base[4],
                "--sms-account",
                "AC1",
                "--sms-token",
                "changeme",
                "--sms-from",
                "+15550100",
            ],
            "--sms-token",
        ),
        (&["serve", "--database-url", "postgres://nobody@127.0.0.1:1/none", "--key-file", &key], "--database-url"),
        (
            &["import", "clients", "no-such-file.csv", "--database-url", &database, "--key-file", &key],
            "no practice yet",
        ),
    ];
    for (arguments, word) in cases {
        let output = bellwether(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains(word), "{arguments:?} should speak of '{word}': {}", said(&output));
    }
}

#[test]
fn an_unreachable_database_is_said_so() {
    let folder = Folder::with_demo("unreachable");
    let key = folder.0.join("demo/key").display().to_string();
    let output =
        bellwether(&["audit", "verify", "--database-url", "postgres://nobody@127.0.0.1:1/none", "--key-file", &key]);
    assert_eq!(code(&output), 2, "{}", said(&output));
    assert!(said(&output).contains("--database-url"), "{}", said(&output));
    assert!(!said(&output).contains("panicked"));
}

#[test]
fn data_without_their_key_are_not_touched() {
    let folder = Folder::with_demo("keyless");
    let key = folder.0.join("demo/key");
    std::fs::rename(&key, folder.0.join("kept")).expect("the key can be moved");
    let output = folder.run(&["audit", "verify"]);
    assert_eq!(code(&output), 2, "{}", said(&output));
    assert!(said(&output).contains("key"), "{}", said(&output));
    assert!(!key.exists(), "no new key is made beside old data");
    std::fs::rename(folder.0.join("kept"), &key).expect("the key can be put back");
    assert_eq!(code(&folder.run(&["audit", "verify"])), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_audit_row_is_found_and_named() {
    let folder = Folder::with_demo("audit");
    assert_eq!(code(&folder.run(&["audit", "verify"])), 0);
    let [_, url, _, key] = folder.data();
    let keys = store::Keyring::load(&key).expect("the demo's key");
    let db = store::Db::connect(&url, keys, store::Options::default()).await.expect("the demo's database");
    let mut read = db.read_all().await.expect("a read");
    let practice = store::practice::ids(&mut read).await.expect("the practices").remove(0);
    drop(read);
    store::testing::take_down_guards(&db).await;
    let mut tx = db.write(&practice).await.expect("a write");
    let changed = tx
        .query("UPDATE audit SET action = 'nothing' WHERE practice_id = $1 AND seq = 3")
        .bind(&practice)
        .execute()
        .await
        .expect("a change behind the program's back");
    assert_eq!(changed, 1);
    tx.commit().await.expect("it is done");
    db.close().await;
    let output = folder.run(&["audit", "verify"]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    assert!(said(&output).contains('3'), "the row is named: {}", said(&output));
}

/// Somebody with the database's own rights cuts rows off at the end and moves the note of where it ends.
#[tokio::test(flavor = "multi_thread")]
async fn a_chain_that_was_cut_at_its_end_is_found_by_what_was_kept_of_it() {
    let folder = Folder::with_demo("cut");
    let kept = folder.run(&["audit", "verify"]);
    assert_eq!(code(&kept), 0);
    let kept = folder.file("ends.txt", &String::from_utf8_lossy(&kept.stdout));
    assert_eq!(code(&folder.run(&["audit", "verify", "--kept", &kept])), 0);
    let [_, url, _, key] = folder.data();
    let keys = store::Keyring::load(&key).expect("the demo's key");
    let db = store::Db::connect(&url, keys, store::Options::default()).await.expect("the demo's database");
    let mut read = db.read_all().await.expect("a read");
    let practice = store::practice::ids(&mut read).await.expect("the practices").remove(0);
    drop(read);
    store::testing::take_down_guards(&db).await;
    let mut tx = db.write(&practice).await.expect("a write");
    for sql in [
        "DELETE FROM audit WHERE practice_id = $1 AND seq = (SELECT seq FROM audit_head WHERE practice_id = $1)",
        "UPDATE audit_head SET seq = seq - 1, hash = (SELECT a.hash FROM audit a WHERE a.practice_id = $1
         AND a.seq = audit_head.seq - 1) WHERE practice_id = $1",
    ] {
        assert_eq!(tx.query(sql).bind(&practice).execute().await.expect("behind the program's back"), 1);
    }
    tx.commit().await.expect("it is done");
    db.close().await;
    assert_eq!(code(&folder.run(&["audit", "verify"])), 0, "the chain alone looks whole");
    let output = folder.run(&["audit", "verify", "--kept", &kept]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    assert!(said(&output).contains("ends.txt, line 1") && said(&output).contains("is missing"), "{}", said(&output));
    let foreign = folder.file("foreign.txt", "\nharbor 12\n");
    let output = folder.run(&["audit", "verify", "--kept", &foreign]);
    assert!(
        code(&output) == 2 && said(&output).contains("foreign.txt, line 2: there are three words"),
        "{}",
        said(&output)
    );
}

const CLIENTS: &str = "Client ID,First Name,Last Name,Email,Mobile Phone,Date of Birth,SMS Consent,SMS Consent Date\n\
    C-1,Robin,Vale,robin@example.org,(415) 555-0142,1990-04-17,yes,2026-01-15\n\
    C-2,Ana,Peña,ana@example.org,415-555-0143,1985-11-02,,\n\
    C-3,Lee,Ashby,not-an-address,415-555-0144,1979-02-30,yes,2026-01-15\n";

#[test]
fn clients_come_in_once_and_faults_are_named_by_line() {
    let folder = Folder::with_demo("import");
    let file = folder.file("clients.csv", CLIENTS);
    let site = ["--site", "North"];
    let dry = folder.run(&["import", "clients", &file, "--dry-run", site[0], site[1]]);
    assert!(said(&dry).contains("2 would be created"), "{}", said(&dry));
    let first = folder.run(&["import", "clients", &file, site[0], site[1]]);
    assert_eq!(code(&first), 1, "one row has faults: {}", said(&first));
    assert!(said(&first).contains("2 created") && said(&first).contains("line 4"), "{}", said(&first));
    for private in ["Ashby", "not-an-address", "1979-02-30"] {
        assert!(!said(&first).contains(private), "a fault quotes nobody: {}", said(&first));
    }
    let second = folder.run(&["import", "clients", &file, site[0], site[1]]);
    assert!(said(&second).contains("0 created, 2 merged"), "{}", said(&second));

    let times = "Appointment ID,Client ID,Clinician,Start,End,Status\n\
        A-1,C-1,clinician@example.org,2027-03-14 02:30,2027-03-14 03:20,Scheduled\n\
        A-2,C-1,clinician@example.org,2027-03-15 15:00,2027-03-15 15:50,Scheduled\n\
        A-3,C-9,clinician@example.org,2027-03-15 16:00,2027-03-15 16:50,Scheduled\n";
    let file = folder.file("appointments.csv", times);
    let output = folder.run(&["import", "appointments", &file, site[0], site[1]]);
    assert_eq!(code(&output), 1, "{}", said(&output));
    let text = said(&output);
    assert!(
        text.contains("line 2") && text.contains("line 4") && text.contains("1 created"),
        "02:30 does not exist that night: {text}"
    );
}

#[test]
fn a_demo_deletes_nothing_that_is_not_its_own() {
    let folder = Folder::new("reset");
    folder.file("thesis.txt", "years of work");
    let data = folder.0.display().to_string();
    let output = bellwether(&["demo", "--data", &data, "--clients", "1", "--reset", "--seed-only"]);
    assert_eq!(code(&output), 2, "{}", said(&output));
    assert!(Path::new(&data).join("thesis.txt").exists());
}

#[test]
fn the_instrument_library_checks_itself() {
    let output = bellwether(&["instruments", "check"]);
    assert_eq!(code(&output), 0, "{}", said(&output));
    assert!(said(&output).contains("instrument versions checked"));
}
