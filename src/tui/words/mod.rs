//! What the console says, in whole words: states, causes, consequences, facts, times.

mod ahead;
mod behind;
mod built;
mod card;
mod cause;
mod commands;
mod diff;
mod difference;
mod ending;
mod entry;
mod event;
mod face;
mod gate;
mod host;
mod link;
mod listed;
mod listing;
mod offer;
mod outside;
mod page;
mod past;
mod release;
mod stands;
mod stays;
mod tempo;
mod title;
mod usual;
mod would;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{
    action::Action,
    keymap::written,
    state::{Model, Pane},
    styles::Tone,
};

pub(crate) use self::{
    behind::{Behind, left_to_undo, named as undone_by, undone_serves},
    built::{Texts, does},
    card::{Point, card, copied, items_of},
    cause::{cause, concerns_schema, headline, place},
    diff::{as_sent, changes, changes_schema, diff, planned},
    ending::{ended, mark},
    entry::{Entry, all_entries, chosen, entries, fitting},
    event::{event, part},
    face::{Look, look},
    gate::{asked_on, in_batch, then},
    host::host,
    link::{Linked, left_out, linked},
    listed::{Listed, listed},
    listing::{Listing, Said},
    offer::{Alike, alike, all_of, comes_of, consequence, hosts_asked, key_of, standing_of},
    outside::{
        Room, care, dialog, dialog_parts, doing, left_up, maintenance, preview, previews,
        stage_lock,
    },
    past::{count_of, past_about, past_ended, past_run, short_run},
    release::{
        HOSTS_SHOWN, commands as release_commands, details, differs, hosts, hosts_up_to,
        known as release_known, releases, served, short_revision, standing,
    },
    stands::{Weight, host_stands, step_stands, together, worst},
    stays::{page_stays, served_stays},
    tempo::{clocked, eta, late, look_at, typical, whole},
    title::{progress, title},
    usual::{all_hosts, on_host, usual_rest, usual_run, usual_step},
    would::{dialog_rows, dialog_would, entry_rows, has_commands, offered, unlisted, would},
};

/// Something that is known: a label, what it says, and the look of it; raw.
pub(crate) type Detail = (&'static str, String, Tone);

/// A time that something took: `0.4s`, `58s`, `1m22s`, `1h02m`, `3d04h`.
pub(crate) fn took(time: SignedDuration) -> String {
    let millis = time.as_millis().max(0);
    let seconds = millis / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        0..10 => format!("{seconds}.{}s", millis % 1000 / 100),
        10..60 => format!("{seconds}s"),
        60..3600 => format!("{minutes}m{:02}s", seconds % 60),
        3600..86_400 => format!("{hours}h{:02}m", minutes % 60),
        _ => format!("{days}d{:02}h", hours % 24),
    }
}

/// A time that goes on: without tenths, so that it is redrawn once a second.
pub(crate) fn since(from: Timestamp, now: Timestamp) -> String {
    whole(now.duration_since(from))
}

/// How long ago something was, in one unit: `12s`, `3m`, `20h`, `4d`.
pub(crate) fn ago(from: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(from).as_secs().max(0);
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m", seconds / 60),
        3600..86_400 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}

/// A time of day without seconds; with its date where that is another day.
pub(crate) fn clock_minutes(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = if at.date() == now.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    at.strftime(form).to_string()
}

/// A time of day.
pub(crate) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
}

/// A time of day with milliseconds.
pub(crate) fn clock_millis(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S.%3f").to_string()
}

/// A time since something began, in at most nine characters below 100 hours: `0.251s`, `999.000s`,
/// `0:16:40`.
pub(crate) fn since_millis(time: SignedDuration) -> String {
    let millis = time.as_millis().max(0);
    let seconds = millis / 1000;
    match seconds {
        0..1000 => format!("{seconds}.{:03}s", millis % 1000),
        _ => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
    }
}

/// A pane by the key that leads to it, and its name.
pub(crate) fn pane(model: &Model, pane: Pane) -> String {
    let name = match pane {
        Pane::Hosts if model.failure.open => failure_view(model),
        Pane::Steps if model.failure.open => "Done and not done",
        Pane::Hosts => "Hosts and steps",
        Pane::Releases => "Releases",
        Pane::Steps => "Steps",
        Pane::Log => "Log",
        Pane::Choices => "What now",
    };
    pane_of(model, pane, name)
}

/// What the card of the failure view is about.
pub(crate) fn failure_view(model: &Model) -> &'static str {
    match model.hold() {
        Some((_, hold)) if !hold.cause.is_trouble() => "Question",
        Some(_) | None => "Failure",
    }
}

/// The same for what takes the place of a pane.
pub(crate) fn pane_of(model: &Model, pane: Pane, name: &str) -> String {
    format!("{} {name}", written(model, action_of(pane)))
}

/// What gives the keys to a pane.
pub(crate) fn action_of(pane: Pane) -> Action {
    match pane {
        Pane::Hosts => Action::Hosts,
        Pane::Releases => Action::Releases,
        Pane::Steps => Action::Steps,
        Pane::Log => Action::Log,
        Pane::Choices => Action::Choices,
    }
}

/// `1 host`, `2 hosts`.
pub(crate) fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// The first letter as a capital.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_and_never_lie_about_their_unit() {
        let said: Vec<String> =
            [0, 400, 9_999, 10_000, 59_999, 60_000, 3_599_999, 3_600_000, 90_000_000]
                .map(|millis| took(SignedDuration::from_millis(millis)))
                .to_vec();
        let wanted = ["0.0s", "0.4s", "9.9s", "10s", "59s", "1m00s", "59m59s", "1h00m", "1d01h"];
        assert_eq!(said, wanted);
        assert_eq!(took(SignedDuration::from_millis(-5)), "0.0s");
    }

    #[test]
    fn times_since_a_beginning_have_nine_characters_at_most() {
        let check = |millis, wanted| {
            let said = since_millis(SignedDuration::from_millis(millis));
            assert_eq!(said, wanted);
            assert!(said.len() <= 9, "{said}");
        };
        check(-1, "0.000s");
        check(251, "0.251s");
        check(999_999, "999.999s");
        check(1_000_000, "0:16:40");
        check(359_999_999, "99:59:59");
    }
}
