//! Lists of a practice's own of which every version is kept: the newest is in use, and where there is none, the one that ships.

/// Writes `lists`, `current` and `add_list` for a table of versions: its list's type, and its columns that hold documents.
macro_rules! versions {
    ($table:literal of $list:ty: $first:ident $(, $column:ident)*) => {
        /// The practice's versions of the list, the newest first, without the one that ships.
        pub async fn lists(read: &mut $crate::Read) -> $crate::Result<Vec<$list>> {
            let practice = read.practice().clone();
            read.query(concat!("SELECT * FROM ", $table, " WHERE practice_id = $1 ORDER BY version DESC"))
                .bind(&practice)
                .all()
                .await
        }

        /// The list in use; none where the practice has the one that ships.
        pub async fn current(read: &mut $crate::Read) -> $crate::Result<Option<$list>> {
            let practice = read.practice().clone();
            read.query(concat!("SELECT * FROM ", $table, " WHERE practice_id = $1 ORDER BY version DESC LIMIT 1"))
                .bind(&practice)
                .optional()
                .await
        }

        /// Adds a version. `false` when somebody else has added it meanwhile.
        pub async fn add_list(tx: &mut $crate::Tx, list: &$list) -> $crate::Result<bool> {
            let practice = tx.practice().clone();
            let statement = concat!(
                "INSERT INTO ", $table, " (practice_id, version, why, saved_at, saved_by, ", stringify!($first),
                $(", ", stringify!($column),)*
                ") VALUES $rows ON CONFLICT DO NOTHING"
            );
            let row = $crate::values![
                &practice, list.version, &list.why, list.saved_at, &list.saved_by, $crate::Json(list.$first.clone())
                $(, $crate::Json(list.$column.clone()))*
            ];
            Ok(tx.query(statement).bind_rows([row]).execute().await? == 1)
        }
    };
}

pub(crate) use versions;
