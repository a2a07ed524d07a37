//! What the detail of a host says of its distance and its disk: as it was seen, and nothing where it
//! was not.

use std::time::Duration;

use super::{Desk, WIDE, settings, sites::Sites, story::at};
use crate::{
    model::{Disk, Site},
    tui::{Settings, Told, styles::Tone, words},
};

/// The rows with these labels, seen half a minute ago.
fn rows(told: Vec<Told>, labels: &[&str]) -> Vec<(String, Tone)> {
    let mut desk = Desk::new(WIDE).tell_all(Sites::calm().idle()).tell_all(told);
    desk.model.now = at(90);
    let host = desk.model.host().unwrap();
    let rows = words::host(&desk.model, host).into_iter();
    let rows = rows.filter(|(label, ..)| labels.contains(label));
    rows.map(|(label, text, tone)| (format!("{label}: {text}"), tone)).collect()
}

fn seen(disk: Option<Disk>) -> Told {
    let site = Box::new(Site { disk, ..Site::default() });
    Told::Seen { host: "web1".to_owned(), site, at: at(60) }
}

#[test]
fn how_full_the_disk_is_and_when_it_was_seen() {
    let check = |disk: Option<(u64, u64)>, wanted: Option<(&str, Tone)>| {
        let disk = disk.map(|(free_kib, used_kib)| Disk { free_kib, used_kib });
        let wanted: Vec<(String, Tone)> =
            wanted.into_iter().map(|(text, tone)| (text.to_owned(), tone)).collect();
        assert_eq!(rows(vec![seen(disk)], &["DISK"]), wanted);
    };
    check(None, None);
    check(Some((0, 0)), None);
    let text = "DISK: 20 GiB of 80 GiB free (25 %) where the application is (seen 30s ago)";
    check(Some((20 << 20, 60 << 20)), Some((text, Tone::Text)));
    let text = "DISK: 10.0 MiB of 100 MiB free (10 %) where the application is (seen 30s ago)";
    check(Some((10 << 10, 90 << 10)), Some((text.replace("10.0", "10").as_str(), Tone::Text)));
    let text = "DISK: ▲ LOW: 1.5 GiB of 20 GiB free (7 %) where the application is (seen 30s ago)";
    check(Some((3 << 19, 37 << 19)), Some((text, Tone::Warn)));
    let text = "DISK: ▲ LOW: 0.0 KiB of 2.0 TiB free (0 %) where the application is (seen 30s ago)";
    check(Some((0, 2 << 30)), Some((text, Tone::Warn)));
}

#[test]
fn how_far_it_is_and_when_that_was_measured() {
    let check = |micros: u64, wanted: &str| {
        let took = Duration::from_micros(micros);
        let told = Told::RoundTrip { host: "web1".to_owned(), took, at: at(60) };
        let text = format!("ROUND TRIP: {wanted} on this connection (measured 30s ago)");
        assert_eq!(rows(vec![told], &["ROUND TRIP"]), [(text, Tone::Text)]);
    };
    check(420, "0.4 ms");
    check(9_940, "9.9 ms");
    check(23_400, "23 ms");
    check(1_200_000, "1200 ms");
    let other = Told::RoundTrip { host: "web2".to_owned(), took: Duration::ZERO, at: at(60) };
    assert_eq!(rows(vec![other], &["ROUND TRIP"]), []);
}

#[test]
fn a_low_disk_is_seen_without_colours_and_in_ascii() {
    let settings = Settings { ascii: true, colour: false, ..settings() };
    let told =
        Sites::calm().idle().into_iter().chain([seen(Some(Disk { free_kib: 5, used_kib: 95 }))]);
    let mut desk = Desk::with(WIDE, settings, 0, super::chatter).tell_all(told).keys("i");
    let screen = desk.screen();
    assert!(screen.contains("! LOW: 5.0 KiB of 100 KiB free (5 %)"), "{screen}");
}
