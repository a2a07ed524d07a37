//! `--until`: a time as people say it.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp, ToSpan as _, Zoned, civil::Time};

use crate::cli::exit::{Exit, Stop};

/// Until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Until {
    /// The next time that clocks here show this.
    Clock(Time),
    /// So long from now.
    In(SignedDuration),
    /// Then.
    At(Timestamp),
}

impl Until {
    /// The moment that is meant, said `now`.
    ///
    /// # Errors
    /// Where that is over: visitors would be told so.
    pub(in crate::cli) fn at(self, now: &Zoned) -> Result<Timestamp, Stop> {
        let at = self.moment(now);
        if at > now.timestamp() {
            return Ok(at);
        }
        Err(Stop::new(Exit::Usage, format!("--until: {at} is over already")))
    }

    fn moment(self, now: &Zoned) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::In(long) => now.timestamp().saturating_add(long).unwrap_or(Timestamp::MAX),
            Self::Clock(time) => {
                let today = now.with().time(time).build().unwrap_or_else(|_| now.clone());
                let next = if today > *now { Ok(today) } else { today.checked_add(1.day()) };
                next.map_or(Timestamp::MAX, |at| at.timestamp())
            }
        }
    }
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "it is HH:MM, +20m, +1h30m, or a time as 2026-01-02T03:04:00Z".to_owned();
        if let Some(long) = text.strip_prefix('+') {
            let long = long.parse::<SignedDuration>().map_err(|_why| wrong())?;
            return if long.is_positive() { Ok(Self::In(long)) } else { Err(wrong()) };
        }
        if let (Some((hour, minute)), true) = (text.split_once(':'), text.len() == "HH:MM".len()) {
            let number = |part: &str| part.parse::<i8>().map_err(|_why| wrong());
            let time = Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_why| wrong())?;
            return Ok(Self::Clock(time));
        }
        text.parse().map(Self::At).map_err(|_why| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_say_them() {
        let check = |text: &str, expect: Option<&str>| {
            let now: Zoned = "2026-03-05T22:30:00+01:00[Europe/Berlin]".parse().unwrap();
            let at = text.parse::<Until>().ok().and_then(|until| until.at(&now).ok());
            assert_eq!(at.map(|at| at.to_string()).as_deref(), expect, "{text}");
        };
        check("23:15", Some("2026-03-05T22:15:00Z"));
        check("06:00", Some("2026-03-06T05:00:00Z"));
        check("22:30", Some("2026-03-06T21:30:00Z"));
        check("+20m", Some("2026-03-05T21:50:00Z"));
        check("+1h30m", Some("2026-03-05T23:00:00Z"));
        check("2026-03-06T01:00:00+01:00", Some("2026-03-06T00:00:00Z"));
        check("2026-03-05T22:29:59+01:00", None);
        for wrong in ["", "+", "20m", "+-5m", "24:00", "7:30", "12:60", "tomorrow", "2026-03-06"] {
            check(wrong, None);
        }
    }
}
