//! What other tools that release to a root read of a publish, so that they go on working: lines in the
//! logs that they keep, and the mark of a release that is rolled back. Only what is there already is
//! written to. Formats: Capistrano 3 `revisions.log`; Deployer 6 `.dep/releases`, 7 and 8
//! `.dep/releases_log`, and `BAD_RELEASE` since 7.

use super::{BadInput, Publish, sheet::Sheet};

/// Adds what other tools read of a publish, and the text that tells them.
pub(super) fn told(sheet: Sheet, publish: &Publish) -> Result<Sheet, BadInput> {
    let by = line(&publish.record.by);
    let mark = format!("{},{by}", publish.record.at.strftime(DEPLOYER_TIME));
    Ok(sheet
        .word("made", if publish.made { "1" } else { "" })?
        .word("bad", if publish.bad { "1" } else { "" })?
        .word("capistrano", &capistrano(publish, &by))?
        .word("back", &rolled_back(&by, publish.before.as_deref().unwrap_or_default()))?
        .word("deployer", &deployer(publish, &by))?
        .word("mark", &mark)?
        .then(include_str!("../sh/builtin/others.sh")))
}

/// As PHP writes a time in UTC: without a colon in the offset.
const DEPLOYER_TIME: &str = "%Y-%m-%dT%H:%M:%S+0000";

fn capistrano(publish: &Publish, by: &str) -> String {
    let Publish { release, record, .. } = publish;
    if !publish.made {
        return rolled_back(by, release);
    }
    let branch = line(record.reference.as_deref().unwrap_or("HEAD"));
    let revision = record.revision.as_deref().unwrap_or_default();
    format!("Branch {branch} (at {revision}) deployed as release {release} by {by}")
}

fn rolled_back(by: &str, release: &str) -> String {
    format!("{by} rolled back to release {release}")
}

fn deployer(publish: &Publish, by: &str) -> String {
    let record = &publish.record;
    format!(
        r#"{{"created_at":"{}","release_name":"{}","user":"{}","target":"{}"}}"#,
        record.at.strftime(DEPLOYER_TIME),
        php(&publish.release),
        php(by),
        php(&line(record.reference.as_deref().unwrap_or("HEAD"))),
    )
}

/// A text on one line.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The inside of a JSON string as PHP writes it: in ASCII, and with `/` escaped.
fn php(text: &str) -> String {
    let mut inside = String::new();
    for unit in text.encode_utf16() {
        match u8::try_from(unit).map(char::from) {
            Ok(c @ ('"' | '\\' | '/')) => inside.extend(['\\', c]),
            Ok(c @ ' '..='~') => inside.push(c),
            Ok(_) | Err(_) => inside.push_str(&format!("\\u{unit:04x}")),
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Record, RecordEvent};

    fn publish(made: bool) -> Publish {
        Publish {
            release: "20260101000002".to_owned(),
            before: Some("20260101000001".to_owned()),
            previous: None,
            record: Record {
                release: "20260101000002".to_owned(),
                event: RecordEvent::Published,
                at: "2026-01-02T03:04:05.9Z".parse().unwrap(),
                by: "Zo\u{eb} \"z\"\n\u{1f600}@desk".to_owned(),
                run: "r".to_owned(),
                revision: Some("a1b2c3d".to_owned()),
                reference: Some("feature/it".to_owned()),
                reason: None,
                schema: Vec::new(),
            },
            made,
            bad: false,
        }
    }

    #[test]
    fn lines_are_as_their_tools_write_them() {
        let made = publish(true);
        assert_eq!(
            deployer(&made, &line(&made.record.by)),
            r#"{"created_at":"2026-01-02T03:04:05+0000","release_name":"20260101000002","user":"Zo\u00eb \"z\" \ud83d\ude00@desk","target":"feature\/it"}"#
        );
        assert_eq!(
            capistrano(&made, "eva@desk"),
            "Branch feature/it (at a1b2c3d) deployed as release 20260101000002 by eva@desk"
        );
        let back = publish(false);
        assert_eq!(capistrano(&back, "eva"), "eva rolled back to release 20260101000002");
    }
}
