//! What clients said who stopped coming, on the pages that show it: one client's line, and the reasons counted.

use super::dashboard::is_safe;
use super::words::Telling;
use care::exit_survey::{Call, Why};
use care::outcome::{Audience, least};
use stats::aggregate::Count;
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

/// Who was asked, as far as figures may be made of it.
#[derive(Debug)]
pub(super) enum Exits {
    /// These.
    Counted(Vec<Exit>),
    /// A filter picks so few answers that they, or those it leaves out, could be told apart.
    Withheld,
}

/// How many answered, and how often each reason was given; those that were never given are no parts.
fn parts(asked: &[Exit]) -> (u64, Vec<(Option<Why>, u64)>) {
    let said: Vec<Option<Why>> = asked.iter().filter_map(|exit| exit.said.map(|(_, said)| said.why)).collect();
    let count = |why: Option<Why>| u64::try_from(said.iter().filter(|one| **one == why).count()).unwrap_or(u64::MAX);
    let reasons = Why::ALL.iter().copied().map(Some).chain([None]).map(|why| (why, count(why)));
    (u64::try_from(said.len()).unwrap_or(u64::MAX), reasons.filter(|part| part.1 > 0).collect())
}

/// The figures of a file that leaves the house: how many of those asked answered, and of those how many gave each reason. None where
/// neither who did nor who did not may be few, or be computed. No lines where nobody was asked.
pub(super) fn lines(exits: &Exits) -> Vec<(String, Option<Count>)> {
    const ANSWERED: &str = "exit_survey_answered";
    let Exits::Counted(asked) = exits else { return vec![(ANSWERED.to_owned(), None)] };
    if asked.is_empty() {
        return Vec::new();
    }
    let eligible = u64::try_from(asked.len()).unwrap_or(u64::MAX);
    let (answered, parts) = parts(asked);
    let all = Count { hits: answered, measured: eligible, eligible };
    let is_shown = is_safe(answered) && is_safe(eligible - answered);
    let shown = suppress(&parts.iter().map(|part| part.1).collect::<Vec<_>>(), least(None, Audience::Outside));
    let reasons = parts.into_iter().enumerate().map(|(place, (why, hits))| {
        let name = format!("exit_reason_{}", why.map_or("left_open", |why| why.as_str()));
        let is_shown = is_shown && shown.shows(place) && is_safe(answered - hits);
        (name, is_shown.then_some(Count { hits, measured: answered, eligible }))
    });
    // A list without a figure only says what was never said.
    let reasons: Vec<(String, Option<Count>)> = reasons.collect();
    let said = reasons.iter().any(|one| one.1.is_some()).then_some(reasons).into_iter().flatten();
    std::iter::once((ANSWERED.to_owned(), is_shown.then_some(all))).chain(said).collect()
}

/// The reasons counted; what is too rare is kept back, with what would give it away. None where nobody was asked.
pub(super) fn figures(exits: &Exits, fewest: u64) -> Option<ExitFigures> {
    let Exits::Counted(asked) = exits else {
        return Some(ExitFigures { asked: 0, answered: 0, rows: Vec::new(), hidden: 0 });
    };
    if asked.is_empty() {
        return None;
    }
    let (answered, mut parts) = parts(asked);
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

    fn exits(counts: &[(Option<Why>, usize)], unanswered: usize) -> Exits {
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
        Exits::Counted(all)
    }

    fn in_the_file(exits: &Exits) -> Vec<(String, Option<(u64, u64)>)> {
        lines(exits).into_iter().map(|(name, count)| (name, count.map(|count| (count.hits, count.measured)))).collect()
    }

    fn line(name: &str, count: Option<(u64, u64)>) -> (String, Option<(u64, u64)>) {
        (name.to_owned(), count)
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
        assert!(figures(&exits(&[], 0), 5).is_none());
        for few in [&[(Some(Why::Better), 4)][..], &[(Some(Why::Better), 6), (Some(Why::Fit), 2)]] {
            let found = figures(&exits(few, 9), 5).expect("somebody was asked");
            assert!(found.rows.is_empty(), "{few:?}");
        }
    }

    #[test]
    fn a_file_holds_no_count_below_eleven_of_those_who_said_so_or_did_not() {
        let asked = exits(&[(Some(Why::Better), 30), (Some(Why::Practical), 12), (Some(Why::Fit), 3), (None, 15)], 40);
        assert_eq!(
            in_the_file(&asked),
            [
                line("exit_survey_answered", Some((60, 100))),
                line("exit_reason_better", Some((30, 60))),
                line("exit_reason_practical", None),
                line("exit_reason_fit", None),
                line("exit_reason_left_open", Some((15, 60))),
            ],
            "12 goes with 3"
        );
        // Nearly everybody gave the same reason: the few who did not are few.
        let asked = exits(&[(Some(Why::Better), 40), (Some(Why::Fit), 4), (None, 5)], 20);
        assert_eq!(in_the_file(&asked), [line("exit_survey_answered", Some((49, 69)))]);
        // Ten did not answer: with how many did, somebody could say how many were asked.
        let asked = exits(&[(Some(Why::Better), 40), (Some(Why::Practical), 20)], 10);
        assert_eq!(in_the_file(&asked), [line("exit_survey_answered", None)]);
        assert_eq!(in_the_file(&exits(&[], 0)), []);
    }

    #[test]
    fn what_a_filter_would_tell_apart_is_neither_shown_nor_written() {
        let found = figures(&Exits::Withheld, 5).expect("the page says that they are too few");
        assert!(found.rows.is_empty() && found.asked == 0);
        assert_eq!(in_the_file(&Exits::Withheld), [line("exit_survey_answered", None)]);
    }
}
