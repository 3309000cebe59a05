//! The counts as a table for a file, by site. Nobody's name is in it, and no count from 1 to 10, nor what would give one away.

use super::asked::Question;
use super::{COUNTED, Known};
use crate::staff::dashboard::is_safe;
use care::leak::{Leak, Leaked};
use care::outcome::{Audience, least};
use care::{Instant, SiteId};
use exchange::csv_out::Value;
use exchange::sheet::Sheet;
use stats::suppression::suppress;

const HEADERS: [&str; 8] = ["data_as_of", "from", "until", "whose", "site", "leak", "count", "status"];

/// A count that may leave the house, or that it may not.
fn cells(count: Option<u64>) -> [Value<'static>; 2] {
    let most = u64::try_from(COUNTED).unwrap_or(u64::MAX);
    match count {
        None => [Value::Empty, "too few to show".into()],
        Some(count) if count >= most => [Value::Whole(COUNTED), "at least".into()],
        Some(count) => [Value::Whole(i64::try_from(count).unwrap_or(i64::MAX)), "counted".into()],
    }
}

/// Writes the table: of every kind that is asked for the sum and each site, or the one site that is asked for. A filter picks out of
/// what would be shown anyway.
pub fn write(known: &Known, question: &Question, all: &[Leaked], now: Instant) -> Sheet {
    let about = [
        now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        question.days.first.to_string(),
        question.days.last.to_string(),
        question.view.as_str().to_owned(),
    ];
    let sites: Vec<&SiteId> = known.people.sites.iter().map(|site| &site.id).collect();
    let mut rows = Vec::new();
    for leak in Leak::ALL.iter().filter(|leak| question.leak.is_none_or(|wanted| wanted == **leak)) {
        let at = |site: &SiteId| all.iter().filter(|one| one.leak == *leak && one.site_id == *site).count() as u64;
        let counts: Vec<u64> = sites.iter().map(|site| at(site)).collect();
        let shown = suppress(&counts, least(None, Audience::Outside));
        let total: u64 = counts.iter().sum();
        let sum = (question.site.is_none()).then(|| ("all".to_owned(), is_safe(total).then_some(total)));
        let each = sites
            .iter()
            .enumerate()
            .filter(|(_, site)| question.site.as_ref().is_none_or(|wanted| wanted == **site))
            .map(|(place, site)| (known.site_name(site.as_str()), shown.shows(place).then_some(counts[place])));
        for (site, count) in sum.into_iter().chain(each) {
            let mut row: Vec<Value<'static>> = about.iter().map(|cell| Value::Text(cell.clone().into())).collect();
            row.extend([Value::Text(site.into()), leak.as_str().into()]);
            row.extend(cells(count));
            rows.push(row);
        }
    }
    Sheet { name: "leaks".to_owned(), headers: HEADERS.to_vec(), rows, as_of: now }
}
