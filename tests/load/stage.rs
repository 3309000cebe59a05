//! The real door on a loopback port, a bare one beside it, and check-ins to answer.

use crate::wire::Wire;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use care::packet::{Device, Packet, PacketState};
use care::response::SavedAnswer;
use care::{Clock as _, DeviceId, EpisodeId, PacketId};
use std::net::SocketAddr;
use std::ops::Range;
use tests::{Harbor, TestApp, TestDb, at};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Answers to the PHQ-9 that give nobody cause to act.
pub const ANSWERS: [i64; 9] = [1, 1, 1, 2, 0, 1, 1, 0, 0];
/// Clients of the practice where nothing else is said, each with an episode of their own.
pub const CLIENTS: usize = 40;

/// Everything a measurement works on.
pub struct Stage {
    /// The server's runtime: its threads are counted as the server.
    pub server: Runtime,
    /// The application.
    pub app: TestApp,
    /// Where the product listens.
    pub product: SocketAddr,
    harbor: Harbor,
    episodes: Vec<(care::ClientId, EpisodeId)>,
}

/// A check-in that a browser may answer.
#[derive(Debug, Clone)]
pub struct CheckIn {
    /// The check-in.
    pub packet: PacketId,
    /// The browser's cookie line.
    pub cookie: String,
    /// Its form token, as the pages would give it.
    pub csrf: String,
}

impl Stage {
    /// Founds the practice with so many clients on the database, and opens the door.
    pub fn build(db: impl AsyncFnOnce() -> TestDb, clients: usize) -> Self {
        let server = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("server")
            .enable_all()
            .build()
            .expect("a runtime");
        let (app, harbor, episodes, product) = server.block_on(async {
            let app = TestApp::new(db().await, at("2026-03-09T09:00:00-07:00"));
            let harbor = Harbor::found(&app).await;
            let mut episodes = Vec::new();
            for number in 0..clients {
                episodes.push(harbor.client(&app, &format!("C{number} Vale"), &format!("+1415556{number:04}")).await);
            }
            let product = open(web::router(&app.app)).await;
            (app, harbor, episodes, product)
        });
        Self { server, app, product, harbor, episodes }
    }

    /// A door that gives the same page to everybody and knows nothing.
    pub fn bare_door(&self, page: String) -> SocketAddr {
        self.server.block_on(open(Router::new().route("/", get(move || std::future::ready(Html(page.clone()))))))
    }

    /// Check-ins of the PHQ-9, started on a browser each; with all their answers saved where asked for.
    pub fn check_ins(&self, count: usize, saved: Saved) -> Vec<CheckIn> {
        self.server.block_on(async {
            let mut all = Vec::with_capacity(count);
            for numbers in (0..count).collect::<Vec<_>>().chunks(20) {
                all.extend(self.some(numbers, saved).await);
            }
            all
        })
    }

    /// An open check-in of one of the clients.
    fn packet(&self, number: usize) -> Packet {
        let (ctx, now) = (&self.app.ctx, self.app.clock.now());
        let (client, episode) = &self.episodes[number % self.episodes.len()];
        Packet {
            state: PacketState::Open,
            sent_at: Some(now),
            started_at: Some(now),
            language: Some(care::Language::En),
            ..tests::check_in(ctx, client, episode, &["phq-9"], now)
        }
    }

    async fn some(&self, numbers: &[usize], saved: Saved) -> Vec<CheckIn> {
        let (ctx, now) = (&self.app.ctx, self.app.clock.now());
        let packets: Vec<Packet> = numbers.iter().map(|number| self.packet(*number)).collect();
        let mut check_ins = Vec::new();
        let mut tx = self.app.db.write(&self.harbor.practice).await.expect("a write");
        let past = store::history::Past { packets, ..store::history::Past::default() };
        store::history::take_over(&mut tx, &past).await.expect("the check-ins are new");
        for packet in past.packets {
            let token = ctx.token();
            let device = Device { id: ctx.id(DeviceId::new), packet_id: packet.id.clone(), started_at: now };
            store::packet::insert_device(&mut tx, &device, &care::token::hash(&token), None)
                .await
                .expect("the browser is new");
            if saved == Saved::Everything {
                for (item, value) in (1..).zip(ANSWERS) {
                    let answer = SavedAnswer {
                        instrument: "phq-9".into(),
                        item: format!("{item}"),
                        value: Some(value),
                        device_id: Some(device.id.clone()),
                        answered_at: now,
                    };
                    store::answer::save(&mut tx, &packet.id, &answer).await.expect("the answer is kept");
                }
            }
            check_ins.push(CheckIn { packet: packet.id, cookie: format!("check-in={token}"), csrf: String::new() });
        }
        tx.commit().await.expect("the check-ins are there");
        check_ins
    }

    /// Check-ins that are to be sent at once, each with its invitation, in transactions of fifty.
    pub fn plan_invitations(&self, numbers: Range<usize>) {
        let ctx = &self.app.ctx;
        self.server.block_on(async {
            for numbers in numbers.collect::<Vec<_>>().chunks(50) {
                let mut tx = self.app.db.write(&self.harbor.practice).await.expect("a write");
                let practice = store::practice::get(&mut tx).await.expect("the practice is there");
                for number in numbers {
                    let packet =
                        Packet { state: PacketState::Planned, sent_at: None, started_at: None, ..self.packet(*number) };
                    assert!(store::packet::insert(&mut tx, &packet).await.expect("the check-in is new"));
                    workflows::delivery::plan_invite(&mut tx, ctx, &practice, &packet).await.expect("it is planned");
                }
                tx.commit().await.expect("the check-ins are planned");
            }
        });
    }

    /// Lets PostgreSQL count its tables, as it does by itself within a minute; until then it takes a practice for a few rows.
    pub fn count_rows(&self) {
        self.server.block_on(async {
            let mut tx = self.app.db.write(&self.harbor.practice).await.expect("a write");
            tx.query("ANALYZE").execute().await.expect("the rows are counted");
            tx.commit().await.expect("the counts are kept");
        });
    }

    /// The path of a link to the check-in.
    pub fn link(&self, check_in: &CheckIn) -> String {
        self.server.block_on(self.harbor.link(&self.app, &check_in.packet))
    }

    /// The check-ins with the form tokens that their first pages hold.
    pub async fn with_forms(&self, mut check_ins: Vec<CheckIn>) -> Vec<CheckIn> {
        let mut wire = Wire::to(self.product).await;
        for check_in in &mut check_ins {
            let page = wire.ask(&crate::wire::get("/check-in/1", &check_in.cookie)).await;
            assert_eq!(page.status, 200, "{}", String::from_utf8_lossy(&page.body));
            check_in.csrf = page.field("csrf");
        }
        check_ins
    }
}

/// What of a check-in is answered before the measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Nothing.
    Nothing,
    /// Every question.
    Everything,
}

async fn open(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(web::serve(listener, router, web::Limits::default(), std::future::pending()));
    address
}

/// Runs what generates load, on one thread of its own.
pub fn generate<F: Future>(load: F) -> F::Output {
    let generator = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    tokio::task::LocalSet::new().block_on(&generator, load)
}
