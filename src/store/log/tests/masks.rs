//! Masks: what is hidden is hidden, whatever happens to the file that says so.

use std::fs;

use proptest::prelude::*;

use super::{Place, mask, ms};
use crate::store::log::*;

/// Which of the bytes a reader hides.
fn hidden(place: &Place, len: usize) -> Vec<bool> {
    let reader = place.reader();
    let window = reader.window(0, len).unwrap();
    let mut hidden = vec![false; len];
    for Masked { at, len, .. } in window.masks {
        hidden[at..at + len].fill(true);
    }
    hidden
}

#[test]
fn masks_are_given_with_the_lines_that_they_touch() {
    let place = Place::new();
    let mut writer = place.writer();
    writer.mask(&[mask(2, 3, "A"), mask(9, 4, "B"), mask(3, 1, "C")]).unwrap();
    writer.mask(&[mask(100, 5, "later")]).unwrap();
    writer.append(b"0123456\n89\nbcdef\n", ms(0)).unwrap();
    let lines = place.reader().lines(0, 9).unwrap();
    let told: Vec<String> = lines
        .iter()
        .map(|line| {
            let masks: Vec<String> = line
                .masks
                .iter()
                .map(|mask| format!("{}+{} {}", mask.at, mask.len, mask.name))
                .collect();
            format!("{}: {}", String::from_utf8_lossy(&line.bytes), masks.join(", "))
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    0123456: 2+3 A, 3+1 C
    89: 1+1 B
    bcdef: 0+2 B
    ");
    let long = "x".repeat(1025);
    assert!(writer.mask(&[mask(0, 1, &long)]).is_err());
    assert_eq!(place.reader().lines(0, 1).unwrap()[0].masks.len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn exactly_what_is_masked_is_hidden(
        batches in prop::collection::vec(
            prop::collection::vec((0u64..3000, 0u32..200), 0..9), 0..9),
        windows in prop::collection::vec((0u64..3000, 0usize..300), 9),
    ) {
        let place = Place::new();
        let mut writer = place.writer();
        writer.append(&[b'.'; 3000], ms(0)).unwrap();
        let (mut reader, mut truth) = (place.reader(), vec![false; 3000]);
        for batch in batches {
            let masks: Vec<Mask> =
                batch.iter().map(|(offset, len)| mask(*offset, *len, "S")).collect();
            writer.mask(&masks).unwrap();
            for (offset, len) in batch {
                let start = usize::try_from(offset).unwrap();
                truth[start..(start + len as usize).min(3000)].fill(true);
            }
            reader.refresh().unwrap();
            for (offset, len) in &windows {
                let window = reader.window(*offset, *len).unwrap();
                let mut seen = vec![false; window.bytes.len()];
                for Masked { at, len, .. } in window.masks {
                    prop_assert!(len > 0);
                    seen[at..at + len].fill(true);
                }
                let start = usize::try_from(*offset).unwrap();
                prop_assert_eq!(&seen[..], &truth[start..start + seen.len()]);
            }
        }
        prop_assert_eq!(hidden(&place, 3000), truth);
    }
}

#[test]
fn a_mask_file_that_is_cut_or_changed_anywhere_hides_more_never_less() {
    let place = Place::new();
    let mut writer = place.writer();
    writer.append(&[b'.'; 300], ms(0)).unwrap();
    writer.mask(&[mask(10, 5, "A"), mask(50, 20, "B"), mask(200, 3, "C")]).unwrap();
    drop(writer);
    let (truth, file) = (hidden(&place, 300), fs::read(place.file("mask")).unwrap());
    let records = [16, 35, 54, 73];
    let covers = |seen: &[bool]| truth.iter().zip(seen).all(|(wanted, seen)| seen >= wanted);
    for at in 1..file.len() {
        let whole = records.contains(&at);
        let mut changed = file.clone();
        changed[at] ^= 1;
        for damaged in [&file[..at], &changed] {
            if whole && damaged.len() == at {
                continue;
            }
            fs::write(place.file("mask"), damaged).unwrap();
            assert!(covers(&hidden(&place, 300)), "byte {at}");
            let mut writer = place.writer();
            writer.mask(&[mask(290, 2, "D")]).unwrap();
            let seen = hidden(&place, 300);
            assert!(covers(&seen), "byte {at}, mended");
            assert!(seen[290..292] == [true, true]);
        }
    }
}
