//! Processor time of the server's own threads, from what the kernel says of each thread: the load generator in the same
//! process does not count.

use std::fs;
use std::time::Duration;

/// Threads whose name begins so are the server: the runtime's and the database's.
const SERVER: [&str; 2] = ["server", "sqlx-sqlite"];

/// Processor time used by the server's threads so far; zero where the kernel does not tell.
pub fn of_server() -> Duration {
    let Ok(tasks) = fs::read_dir("/proc/self/task") else { return Duration::ZERO };
    let nanoseconds = tasks
        .filter_map(Result::ok)
        .filter(|task| {
            let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            SERVER.iter().any(|prefix| name.starts_with(prefix))
        })
        .filter_map(|task| {
            fs::read_to_string(task.path().join("schedstat")).ok()?.split(' ').next()?.parse::<u64>().ok()
        })
        .sum();
    Duration::from_nanos(nanoseconds)
}

/// Resident memory of the process.
pub fn resident_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap_or_default() / 1024.0
}
