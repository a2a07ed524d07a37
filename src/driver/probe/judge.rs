//! An answer's meaning.

use hyper::{
    HeaderMap,
    header::{CONTENT_ENCODING, RETRY_AFTER},
};
use memchr::memmem;

use crate::model::{MAINTENANCE_HEADER, MAINTENANCE_MARK, Maintenance};

/// What visitors get, by one answer: the maintenance page is known by its mark alone, since an
/// application's own 503 is no maintenance of ours. `body` may be cut after its beginning.
pub(super) fn judge(status: u16, headers: &HeaderMap, body: &[u8]) -> Maintenance {
    let marked = headers.contains_key(MAINTENANCE_HEADER)
        || memmem::find(body, MAINTENANCE_MARK.as_bytes()).is_some();
    if !marked {
        return match headers.get(CONTENT_ENCODING).map(|coding| coding.as_bytes()) {
            None | Some(b"" | b"identity") => Maintenance::Off(status),
            Some(coding) => Maintenance::Unknown(format!(
                "the answer came compressed ({}), though plain text was asked for",
                String::from_utf8_lossy(coding)
            )),
        };
    }
    let mut drift = Vec::new();
    if status != 503 {
        drift.push(format!("the page comes with status {status}, not 503: caches may keep it"));
    }
    if !headers.contains_key(RETRY_AFTER) {
        drift.push("Retry-After is missing".to_owned());
    }
    Maintenance::On(drift)
}

#[cfg(test)]
mod tests {
    use hyper::header::{HeaderName, HeaderValue};

    use super::*;

    const PAGE: &str = "<!doctype html><!-- deployui:maintenance --><title>Back soon</title>";

    fn check(status: u16, headers: &[(&'static str, &'static str)], body: &str, expect: &str) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let said = match judge(status, &map, body.as_bytes()) {
            Maintenance::On(drift) if drift.is_empty() => "on".to_owned(),
            Maintenance::On(drift) => format!("on; {}", drift.join("; ")),
            Maintenance::Off(status) => format!("off {status}"),
            Maintenance::Unknown(why) => format!("unknown: {why}"),
        };
        assert_eq!(said, expect);
    }

    #[test]
    fn the_mark_alone_says_maintenance() {
        let retry = [("retry-after", "120")];
        check(503, &retry, PAGE, "on");
        check(503, &[("retry-after", "1"), ("deployui-maintenance", "on")], "", "on");
        check(503, &[], PAGE, "on; Retry-After is missing");
        check(
            200,
            &[],
            PAGE,
            "on; the page comes with status 200, not 503: caches may keep it; Retry-After is missing",
        );
        check(503, &retry, "the application is overloaded", "off 503");
        check(200, &[], "", "off 200");
        check(404, &[("content-encoding", "identity")], "x", "off 404");
        check(
            200,
            &[("content-encoding", "gzip")],
            "\u{1f}",
            "unknown: the answer came compressed (gzip), though plain text was asked for",
        );
        // Nearly the mark is not the mark.
        check(503, &retry, "<!-- deployui: maintenance -->", "off 503");
    }
}
