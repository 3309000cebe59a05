//! What a practice decides about names, hours, reminders and escalation, and what it cannot decide: clients are not
//! written to at night, a reminder comes before the end, and the ladder of a risk answer climbs, no slower than the program comes, and
//! does not end.

use crate::access::require;
use crate::field::Form;
use crate::{Context, Error, Problem, Result, audit, planning, staff};
use care::access::{Action, Viewer};
use care::ladder;
use care::practice::{AppointmentReminders, Holiday, Practice, Settings};
use care::quiet_hours::APART_HOURS;
use care::{Language, local_time, local_time::DAY};
use chrono::NaiveDate;
use store::Tx;

/// The longest neutral name: with it, a text stays in one segment.
pub(super) const DISPLAY_NAME: usize = 30;
/// Nobody is written to before 08:00 or after 21:00 their time (47 CFR 64.1200(c)(1), adopted for every message).
const EARLIEST: u32 = 8 * 60;
/// See [`EARLIEST`].
const LATEST: u32 = 21 * 60;
/// How long before a session its check-in may be sent, in hours.
pub(super) const HOURS_BEFORE: std::ops::RangeInclusive<u32> = 1..=7 * 24;
/// A person is called no sooner after the one before: nobody could have answered, in minutes.
const SOONEST: u32 = 5;
/// The shortest window in which clients may be written to, in minutes.
const SHORTEST_WINDOW: u32 = 120;

/// The practice's own data, as typed.
#[derive(Debug, Clone)]
pub struct PracticeForm {
    /// Full name.
    pub name: String,
    /// The neutral name clients see: at most 30 characters of GSM-7.
    pub display_name: String,
    /// The number clients may call.
    pub phone: String,
    /// Language where a person has none of their own.
    pub language: Language,
    /// IANA zone.
    pub zone: String,
    /// Hours, reminders and escalation.
    pub settings: Settings,
}

/// Changes the practice's data and settings. Nothing that runs already is moved: ladders and check-ins keep the times they
/// were planned for until they are planned anew; with other hours before a session, or where appointments are reminded of from now
/// on, that is at once. Of a ladder that is being climbed the step that is put up keeps its time, and those after it go by what was
/// decided.
pub async fn update(tx: &mut Tx, ctx: &Context, by: &Viewer, typed: &PracticeForm) -> Result<()> {
    require(by, Action::Administer)?;
    let before = store::practice::get(tx).await?;
    let mut form = Form::default();
    let after = Practice {
        name: form.line("name", &typed.name, 120),
        display_name: form.gsm_line("display_name", &typed.display_name, DISPLAY_NAME),
        phone: required_phone(&mut form, "phone", &typed.phone),
        language: typed.language,
        zone: required_zone(&mut form, "zone", &typed.zone),
        // The holidays have a form of their own.
        settings: Settings { holidays: before.settings.holidays.clone(), ..typed.settings.clone() },
        ..before.clone()
    };
    check(&mut form, &typed.settings);
    form.finish()?;
    store::practice::update(tx, &after).await?;
    let reminded = |of: &Practice| of.settings.appointment_reminders == AppointmentReminders::On;
    let other_hours = before.settings.before_session_hours != after.settings.before_session_hours;
    if other_hours || (reminded(&after) && !reminded(&before)) {
        let episodes = store::site::open_episodes(tx, None).await?;
        planning::again(tx, ctx, episodes).await?;
    }
    let entry = audit::entry(ctx, &staff::actor(by), "practice.update", "practice", after.id.as_str());
    tx.audit(entry.listing("fields", changed_fields(&before, &after)));
    Ok(())
}

/// The most holidays kept at a time.
const MOST_HOLIDAYS: usize = 60;

/// Adds a day on which no client is written to. A day that is there already gets the new name.
pub async fn add_holiday(tx: &mut Tx, ctx: &Context, by: &Viewer, day: NaiveDate, name: &str) -> Result<()> {
    require(by, Action::Administer)?;
    let mut practice = store::practice::get(tx).await?;
    let today = local_time::day_of(ctx.now(), local_time::zone(&practice.zone).unwrap_or(chrono_tz::Tz::UTC));
    let mut form = Form::default();
    let name = form.line("holiday_name", name, 60);
    form.expect("holiday", "wrong-past", || day >= today);
    let holidays = &mut practice.settings.holidays;
    // Those that have passed have served.
    holidays.retain(|one| one.day != day && one.day >= today);
    form.expect("holiday", "wrong-too-long", || holidays.len() < MOST_HOLIDAYS);
    form.finish()?;
    holidays.push(Holiday { day, name });
    holidays.sort_by_key(|one| one.day);
    store::practice::update(tx, &practice).await?;
    let entry = audit::entry(ctx, &staff::actor(by), "practice.add_holiday", "practice", practice.id.as_str());
    tx.audit(entry.with("day", day.to_string()));
    Ok(())
}

/// Takes a holiday away. [`Error::Conflict`] when it is not there.
pub async fn remove_holiday(tx: &mut Tx, ctx: &Context, by: &Viewer, day: NaiveDate) -> Result<()> {
    require(by, Action::Administer)?;
    let mut practice = store::practice::get(tx).await?;
    let before = practice.settings.holidays.len();
    practice.settings.holidays.retain(|one| one.day != day);
    if practice.settings.holidays.len() == before {
        return Err(Error::Conflict);
    }
    store::practice::update(tx, &practice).await?;
    let entry = audit::entry(ctx, &staff::actor(by), "practice.remove_holiday", "practice", practice.id.as_str());
    tx.audit(entry.with("day", day.to_string()));
    Ok(())
}

/// What is wrong with settings, by field: for a configuration file.
pub fn problems_of(settings: &Settings) -> Vec<Problem> {
    let mut form = Form::default();
    check(&mut form, settings);
    form.problems()
}

fn check(form: &mut Form, settings: &Settings) {
    let s = settings;
    let windows = [
        ("quiet_from_minute", s.quiet_until_minute, s.quiet_from_minute, EARLIEST, LATEST),
        (
            "unknown_zone_from_minute",
            s.unknown_zone_until_minute,
            s.unknown_zone_from_minute,
            s.quiet_until_minute,
            s.quiet_from_minute,
        ),
    ];
    for (field, from, until, earliest, latest) in windows {
        form.expect(field, "settings-window", || {
            from >= earliest && until <= latest && until >= from.saturating_add(SHORTEST_WINDOW)
        });
    }
    form.expect("expires_after_hours", "wrong-number", || (1..=14 * 24).contains(&s.expires_after_hours));
    form.expect("reminder_after_hours", "wrong-reminder-late", || s.reminder_after_hours < s.expires_after_hours);
    form.expect("fallback_after_hours", "wrong-fallback", || {
        let in_place_of = if s.reminder_after_hours == 0 { s.expires_after_hours } else { s.reminder_after_hours + 1 };
        s.fallback_after_hours == 0 || (APART_HOURS..in_place_of).contains(&s.fallback_after_hours)
    });
    form.expect("before_session_hours", "wrong-number", || HOURS_BEFORE.contains(&s.before_session_hours));
    form.expect("business_until_minute", "wrong-order", || {
        s.business_from_minute < s.business_until_minute && s.business_until_minute <= DAY
    });
    let ladders = [
        ("ladder_in_hours", Some(s.ladder_in_hours), ladder::IN_HOURS),
        ("ladder_after_hours", Some(s.ladder_after_hours), ladder::AFTER_HOURS),
        ("review_in_hours", s.review_in_hours, ladder::IN_HOURS),
        ("review_after_hours", s.review_after_hours, ladder::AFTER_HOURS),
    ];
    for (field, tiers, usual) in ladders.into_iter().filter_map(|(field, tiers, usual)| Some((field, tiers?, usual))) {
        // The form and the step that is wrong: `ladder_in_hours.2`.
        for (step, minutes) in (1..).zip(tiers) {
            form.expect(&format!("{field}.{step}"), "wrong-number", || minutes >= SOONEST);
            form.expect(&format!("{field}.{step}"), "wrong-slower", || minutes <= usual[step - 1]);
        }
        for step in 2..=3 {
            form.expect(&format!("{field}.{step}"), "wrong-sooner", || tiers[step - 2] < tiers[step - 1]);
        }
    }
    form.expect("ladder_repeat", "wrong-number", || s.ladder_repeat >= SOONEST);
    form.expect("ladder_repeat", "wrong-slower", || s.ladder_repeat <= ladder::REPEAT);
    form.expect("alert_budget", "wrong-number", || (1..=200).contains(&s.alert_budget));
    let hours = [
        ("off_track_supervisor_after_hours", s.off_track_supervisor_after_hours),
        ("missed_supervisor_after_hours", s.missed_supervisor_after_hours.unwrap_or_default()),
        ("off_track_overdue_after_hours", s.off_track_overdue_after_hours),
        ("missed_overdue_after_hours", s.missed_overdue_after_hours),
    ];
    for (field, hours) in hours {
        form.expect(field, "wrong-number", || hours <= 14 * 24);
    }
    form.expect("read_supervisor_after_hours", "wrong-slower", || {
        s.read_supervisor_after_hours.is_none_or(|hours| hours <= ladder::SUPERVISORS)
    });
}

fn changed_fields(before: &Practice, after: &Practice) -> Vec<String> {
    let own = [
        ("name", before.name != after.name),
        ("display_name", before.display_name != after.display_name),
        ("phone", before.phone != after.phone),
        ("language", before.language != after.language),
        ("zone", before.zone != after.zone),
    ];
    let mut changed: Vec<String> = own.iter().filter(|(_, is)| *is).map(|(name, _)| (*name).to_owned()).collect();
    let as_map = |settings: &Settings| {
        serde_json::to_value(settings).ok().and_then(|value| value.as_object().cloned()).unwrap_or_default()
    };
    let (old, new) = (as_map(&before.settings), as_map(&after.settings));
    // Settings are no secret: old and new value stand in the audit, for whoever asks who changed the ladder.
    changed.extend(new.iter().filter(|(key, value)| old.get(*key) != Some(*value)).map(|(key, value)| {
        let was = old.get(key).map(ToString::to_string).unwrap_or_default();
        format!("{key}: {was} -> {value}")
    }));
    changed
}

pub(super) fn required_phone(form: &mut Form, field: &str, typed: &str) -> String {
    form.expect(field, "wrong-required", || !typed.trim().is_empty());
    form.phone(field, typed).unwrap_or_default()
}

pub(super) fn required_zone(form: &mut Form, field: &str, typed: &str) -> String {
    form.expect(field, "wrong-required", || !typed.trim().is_empty());
    form.zone(field, typed).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::problems_of;
    use care::practice::Settings;

    #[test]
    fn the_defaults_are_fine_and_what_must_not_be_is_named() {
        assert_eq!(problems_of(&Settings::default()), vec![]);
        let fields =
            |settings: Settings| problems_of(&settings).into_iter().map(|problem| problem.field).collect::<Vec<_>>();
        assert_eq!(fields(Settings { reminder_after_hours: 96, ..Settings::default() }), ["reminder_after_hours"]);
        assert_eq!(fields(Settings { quiet_from_minute: 22 * 60, ..Settings::default() }), ["quiet_from_minute"]);
        assert_eq!(
            fields(Settings { unknown_zone_until_minute: 7 * 60, ..Settings::default() }),
            ["unknown_zone_from_minute"]
        );
        assert_eq!(fields(Settings { ladder_in_hours: [60, 60, 120], ..Settings::default() }), ["ladder_in_hours.2"]);
        assert_eq!(
            fields(Settings { ladder_after_hours: [0, 60, 120], ..Settings::default() }),
            ["ladder_after_hours.1"]
        );
        assert_eq!(
            fields(Settings { ladder_repeat: 0, ..Settings::default() }),
            ["ladder_repeat"],
            "the last tier cannot be silenced"
        );
        // Danger is called about sooner than the program comes with, and never later.
        let keys = |settings: Settings| {
            problems_of(&settings).into_iter().map(|one| format!("{}: {}", one.field, one.key)).collect::<Vec<_>>()
        };
        assert_eq!(
            keys(Settings { ladder_in_hours: [61, 90, 121], ladder_repeat: 16, ..Settings::default() }),
            ["ladder_in_hours.1: wrong-slower", "ladder_in_hours.3: wrong-slower", "ladder_repeat: wrong-slower"]
        );
        assert_eq!(
            keys(Settings { review_after_hours: Some([30, 271, 300]), ..Settings::default() }),
            ["review_after_hours.2: wrong-slower"]
        );
        assert_eq!(
            keys(Settings { review_in_hours: Some([30, 20, 40]), ..Settings::default() }),
            ["review_in_hours.2: wrong-sooner"]
        );
        assert_eq!(
            keys(Settings { read_supervisor_after_hours: Some(49), ..Settings::default() }),
            ["read_supervisor_after_hours: wrong-slower"]
        );
        let others = Settings {
            off_track_supervisor_after_hours: 336,
            missed_supervisor_after_hours: Some(0),
            off_track_overdue_after_hours: 336,
            missed_overdue_after_hours: 24,
            ..Settings::default()
        };
        assert_eq!(problems_of(&others), vec![]);
        assert_eq!(fields(Settings { missed_overdue_after_hours: 337, ..others }), ["missed_overdue_after_hours"]);
        for (fallback_after_hours, reminder_after_hours) in [(6, 48), (49, 48), (96, 0)] {
            let settings = Settings { fallback_after_hours, reminder_after_hours, ..Settings::default() };
            assert_eq!(fields(settings), ["fallback_after_hours"], "{fallback_after_hours} {reminder_after_hours}");
        }
        let fine = Settings { fallback_after_hours: 48, reminder_after_hours: 48, ..Settings::default() };
        assert_eq!(fields(fine), Vec::<String>::new());
        assert_eq!(fields(Settings { business_from_minute: 1100, ..Settings::default() }), ["business_until_minute"]);
        assert_eq!(
            fields(Settings { expires_after_hours: 0, reminder_after_hours: 0, ..Settings::default() }),
            ["expires_after_hours", "reminder_after_hours"]
        );
    }
}
