//! The CRC of POSIX `cksum`, because that is what a host has to compare with. Source: POSIX.1-2017,
//! "cksum": the polynomial of Ethernet, most significant bit first, from zero, the length appended
//! least significant byte first, complemented.

const POLYNOMIAL: u32 = 0x04c1_1db7;

const TABLE: [u32; 256] = table();

#[expect(clippy::cast_possible_truncation, reason = "the index is below 256")]
const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        let mut crc = (index as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 << 31 == 0 { crc << 1 } else { crc << 1 ^ POLYNOMIAL };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

/// The first number that `cksum` prints for these bytes.
#[must_use]
pub fn posix_cksum(bytes: &[u8]) -> u32 {
    let length = (bytes.len() as u64).to_le_bytes();
    let digits = length.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let all = bytes.iter().chain(&length[..digits]);
    !all.fold(0, |crc: u32, byte| {
        let [top, ..] = crc.to_be_bytes();
        crc << 8 ^ TABLE[usize::from(top ^ byte)]
    })
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    use proptest::prelude::*;

    use super::*;

    fn real(bytes: &[u8]) -> u32 {
        let mut child = Command::new("cksum")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tests need `cksum`");
        child.stdin.take().unwrap().write_all(bytes).unwrap();
        let printed = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        printed.split(' ').next().unwrap().parse().unwrap()
    }

    #[test]
    fn the_examples_of_the_standard_and_the_lengths_that_need_more_digits() {
        assert_eq!(posix_cksum(b""), 4_294_967_295);
        assert_eq!(posix_cksum(b"123456789"), 930_766_865);
        for len in [1, 255, 256, 257, 4096, 65_535, 65_536, 70_000] {
            let bytes: Vec<u8> = (0u8..=255).cycle().take(len).collect();
            assert_eq!(posix_cksum(&bytes), real(&bytes), "{len} bytes");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn as_the_command_prints_it(bytes in prop::collection::vec(any::<u8>(), 0..5000)) {
            prop_assert_eq!(posix_cksum(&bytes), real(&bytes));
        }
    }
}
