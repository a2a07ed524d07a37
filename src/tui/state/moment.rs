//! A time to come, as an operator types it: `14:30`, `+20m`, or RFC 3339.

use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};

/// How far ahead a time may lie.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Reads it; `None` for nothing typed. A time of day is the next one in `zone`.
///
/// # Errors
/// What is wrong with it, in a line.
pub(crate) fn read(
    text: &str,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Option<Timestamp>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = match text.strip_prefix('+') {
        Some(span) => ahead(span).and_then(|span| now.checked_add(span).ok()),
        None => time_of_day(text, now, zone).or_else(|| text.parse().ok()),
    };
    let at = read.ok_or_else(|| format!("{text} is no time: 14:30, +20m or +1h30m"))?;
    if at <= now {
        return Err(format!("{text} is over already"));
    }
    if at.duration_since(now) > AHEAD_MAX {
        return Err(format!("{text} is more than 30 days ahead"));
    }
    Ok(Some(at))
}

/// How a time to come is typed: the time of day where that is the next one, else RFC 3339.
pub(crate) fn written(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let text = at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
    match time_of_day(&text, now, zone) {
        Some(read) if at >= read && at.duration_since(read).as_secs() < 60 => text,
        Some(_) | None => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

/// `20m`, `1h`, `1h30m`, in this order.
fn ahead(span: &str) -> Option<SignedDuration> {
    let (hours, rest) = match span.split_once('h') {
        Some((hours, rest)) => (number(hours)?, rest),
        None => (0, span),
    };
    let minutes = match rest.strip_suffix('m') {
        Some(minutes) => number(minutes)?,
        None if rest.is_empty() && span.ends_with('h') => 0,
        None => return None,
    };
    Some(SignedDuration::from_mins(hours.checked_mul(60)?.checked_add(minutes)?))
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The next time of that name.
fn time_of_day(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let (hour, minute) = text.split_once(':')?;
    let two = |text: &str, most: i64| {
        let shape = (1..=2).contains(&text.len());
        number(text).filter(|n| shape && *n <= most).and_then(|n| i8::try_from(n).ok())
    };
    let time = Time::new(two(hour, 23)?, two(minute, 59).filter(|_| minute.len() == 2)?, 0, 0);
    let today = now.to_zoned(zone.clone()).date();
    let time = time.ok()?;
    [Ok(today), today.tomorrow()].into_iter().flatten().find_map(|day| {
        let at = day.to_datetime(time).to_zoned(zone.clone()).ok()?.timestamp();
        (at > now).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: Result<Option<&str>, &str>) {
        let now: Timestamp = "2026-11-22T14:02:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let read = read(text, now, &zone);
        let said = read.as_ref().map(|at| at.map(|at| at.to_string())).map_err(String::as_str);
        let said = said.as_ref().map(|at| at.as_deref()).map_err(|why| *why);
        assert_eq!(said, wanted, "{text}");
    }

    #[test]
    fn a_time_is_read_as_it_is_meant() {
        check("", Ok(None));
        check("  ", Ok(None));
        check("+20m", Ok(Some("2026-11-22T14:22:00Z")));
        check("+1h", Ok(Some("2026-11-22T15:02:00Z")));
        check("+1h30m", Ok(Some("2026-11-22T15:32:00Z")));
        check("15:30", Ok(Some("2026-11-22T14:30:00Z")));
        // By this clock it is 15:02 now: tomorrow.
        check("15:02", Ok(Some("2026-11-23T14:02:00Z")));
        check("1:30", Ok(Some("2026-11-23T00:30:00Z")));
        check("2026-11-22T16:00:00Z", Ok(Some("2026-11-22T16:00:00Z")));
    }

    #[test]
    fn what_is_no_time_is_said_to_be_none() {
        for text in
            ["x", "+", "+m", "+h", "+20", "+20s", "+m20", "24:00", "12:60", "12:5", ":", "1430"]
        {
            check(text, Err(&format!("{text} is no time: 14:30, +20m or +1h30m")));
        }
        check("+0m", Err("+0m is over already"));
        check("2026-11-22T13:00:00Z", Err("2026-11-22T13:00:00Z is over already"));
        check("+99999h", Err("+99999h is more than 30 days ahead"));
    }
}
