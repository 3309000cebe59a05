//! What clients said who stopped coming, on the pages that show it: one client's line, and the reasons counted.

use super::words::Telling;
use care::exit_survey::{Call, Why};
use stats::suppression::suppress;
use store::exit_survey::Exit;
use templates::staff::{ExitFigures, ExitLine, ExitRow};

/// Who reads it: the reason is an answer, and the front desk reads no answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Whoever sees the client's chart.
    Chart,
    /// The front desk.
    Desk,
}

/// One client's line.
pub(super) fn line(telling: Telling, exit: &Exit, reader: Reader) -> ExitLine {
    let said = exit.said.map(|(_, said)| said);
    ExitLine {
        sent: exit.sent_at.map(|at| telling.day(at)),
        answered: exit.said.map(|(at, _)| telling.day(at)),
        why: said.and_then(|said| said.why).filter(|_| reader == Reader::Chart),
        call: said.is_some_and(|said| said.call == Call::Wanted),
    }
}

/// The reasons counted; what is too rare is kept back, with what would give it away. None where nobody was asked.
pub(super) fn figures(asked: &[Exit], fewest: u64) -> Option<ExitFigures> {
    if asked.is_empty() {
        return None;
    }
    let said: Vec<Option<Why>> = asked.iter().filter_map(|exit| exit.said.map(|(_, said)| said.why)).collect();
    let answered = u64::try_from(said.len()).unwrap_or(u64::MAX);
    let count = |why: Option<Why>| u64::try_from(said.iter().filter(|one| **one == why).count()).unwrap_or(u64::MAX);
    let mut parts: Vec<(Option<Why>, u64)> = Why::ALL
        .iter()
        .copied()
        .map(Some)
        .chain([None])
        .map(|why| (why, count(why)))
        .filter(|part| part.1 > 0)
        .collect();
    parts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let shown = suppress(&parts.iter().map(|part| part.1).collect::<Vec<_>>(), fewest);
    let mut rows: Vec<ExitRow> = (0..)
        .zip(parts)
        .map(|(place, (why, count))| ExitRow { why, count: shown.shows(place).then_some(count) })
        .collect();
    // What is kept back has no order of its own.
    let order =
        |why: Option<Why>| why.and_then(|why| Why::ALL.iter().position(|one| *one == why)).unwrap_or(Why::ALL.len());
    rows.sort_by_key(|row| (row.count.is_none(), if row.count.is_none() { order(row.why) } else { 0 }));
    // A list without a figure only says what was never said.
    if answered < fewest || rows.iter().all(|row| row.count.is_none()) {
        rows.clear();
    }
    let hidden = rows.iter().filter(|row| row.count.is_none()).count();
    Some(ExitFigures { asked: u64::try_from(asked.len()).unwrap_or(u64::MAX), answered, rows, hidden })
}

#[cfg(test)]
mod tests {
    use super::*;
    use care::exit_survey::Said;
    use care::{ClientId, EpisodeId};

    fn exits(counts: &[(Option<Why>, usize)], unanswered: usize) -> Vec<Exit> {
        let at = "2026-03-02T17:00:00Z".parse().expect("an instant");
        let exit = |said| Exit {
            client_id: ClientId::from_text("c"),
            episode_id: EpisodeId::from_text("e"),
            sent_at: Some(at),
            said,
        };
        let mut all: Vec<Exit> = counts
            .iter()
            .flat_map(|(why, count)| vec![exit(Some((at, Said { why: *why, call: Call::NotWanted }))); *count])
            .collect();
        all.extend(vec![exit(None); unanswered]);
        all
    }

    #[test]
    fn a_rare_reason_is_kept_back_with_what_would_give_it_away() {
        let asked = exits(&[(Some(Why::Better), 12), (Some(Why::Fit), 2), (Some(Why::Moved), 6), (None, 7)], 10);
        let found = figures(&asked, 5).expect("somebody was asked");
        assert_eq!((found.asked, found.answered, found.hidden), (37, 27, 2));
        let rows: Vec<_> = found.rows.iter().map(|row| (row.why, row.count)).collect();
        assert_eq!(
            rows,
            [(Some(Why::Better), Some(12)), (None, Some(7)), (Some(Why::Fit), None), (Some(Why::Moved), None)],
            "6 goes with 2, and neither place says which is which"
        );
    }

    #[test]
    fn few_answers_are_no_figures_and_nobody_asked_is_nothing() {
        assert!(figures(&[], 5).is_none());
        for few in [&[(Some(Why::Better), 4)][..], &[(Some(Why::Better), 6), (Some(Why::Fit), 2)]] {
            let found = figures(&exits(few, 9), 5).expect("somebody was asked");
            assert!(found.rows.is_empty(), "{few:?}");
        }
    }
}
