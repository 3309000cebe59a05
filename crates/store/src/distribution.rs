//! What SQLite knows of how its rows are spread, which decides what index it takes.

use crate::{Db, InstanceScope as _, InstanceTx, Result};

/// Looks at a sample of every table, not only of those this connection has asked about.
const SAMPLE: [&str; 2] = ["PRAGMA analysis_limit = 400", "PRAGMA optimize = 0x10002"];

impl Db {
    /// Lets SQLite learn how its rows are spread, from a sample: without that it takes every index for about as selective as
    /// the next, and the one that begins with the only practice looks as good as any. PostgreSQL does it by itself.
    pub async fn learn_distribution(&self) -> Result<()> {
        if !self.samples() {
            return Ok(());
        }
        let mut tx = self.write_all().await?;
        for sql in SAMPLE {
            tx.query(sql).execute().await?;
        }
        correct(&mut tx).await?;
        tx.commit().await?;
        self.renew_idle_readers().await;
        Ok(())
    }
}

/// Whoever looks at 400 rows of an index that begins with the practice finds one practice in them, and takes each for 400 rows
/// large: for a list of 500 courses SQLite would then walk over everything that the only practice has.
async fn correct(tx: &mut InstanceTx) -> Result<()> {
    let learned: i64 = tx.query("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'").scalar().await?;
    if learned == 0 {
        return Ok(());
    }
    let practices: i64 = tx.query("SELECT count(*) FROM practice").scalar().await?;
    let of_practices: Vec<(String, String)> = tx
        .query(
            "SELECT idx, stat FROM sqlite_stat1 \
             WHERE idx IS NOT NULL AND (SELECT name FROM pragma_index_info(idx) WHERE seqno = 0) = 'practice_id'",
        )
        .all()
        .await?;
    for (index, stat) in of_practices {
        if let Some(stat) = with_rows_of_a_practice(&stat, practices) {
            tx.query("UPDATE sqlite_stat1 SET stat = $2 WHERE idx = $1").bind(index).bind(stat).execute().await?;
        }
    }
    tx.query("ANALYZE sqlite_schema").execute().await?;
    Ok(())
}

/// The same line with as many rows a practice as there are, where it said fewer: how many rows the index has, then how many share
/// its first column, its first two, and so on. `None` where it is as it should be.
fn with_rows_of_a_practice(stat: &str, practices: i64) -> Option<String> {
    let (rows, rest) = stat.split_once(' ')?;
    let (said, rest) = rest.split_once(' ').map_or((rest, None), |(said, rest)| (said, Some(rest)));
    let each = rows.parse::<i64>().ok()? / practices.max(1);
    let is_short = said.parse::<i64>().ok()? < each;
    let rest = rest.map(|rest| format!(" {rest}")).unwrap_or_default();
    is_short.then(|| format!("{rows} {each}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_practice_has_its_share_of_the_rows() {
        let of = with_rows_of_a_practice;
        assert_eq!(of("808796 401 21 1", 1).as_deref(), Some("808796 808796 21 1"));
        assert_eq!(of("1000 401 sz=40", 2).as_deref(), Some("1000 500 sz=40"));
        assert_eq!(of("9000 401", 0).as_deref(), Some("9000 9000"));
        for right in ["300 300 2 1", "800 401 2 1", "0 0 0", "12", ""] {
            assert_eq!(of(right, 2), None, "{right}");
        }
    }
}
