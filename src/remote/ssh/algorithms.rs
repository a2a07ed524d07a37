//! Which algorithms are offered, and in which order.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use russh::keys::{Algorithm, EcdsaCurve, HashAlg};
use russh::{Preferred, cipher, client, compression};

use super::config::Settings;
use super::known_hosts::Acquaintance;
use crate::remote::Limits;

/// The window of each channel. Measured at 40 ms: 2 MiB gives half of ssh's throughput, 16 MiB
/// halves it at 0 ms.
const WINDOW_BYTES: u32 = 4 << 20;

/// Messages that wait for a channel's reader: the window in packets of 32 KiB.
const CHANNEL_MESSAGES_MAX: usize = 128;

/// Host key algorithms in the order of preference for a host that is not known: no DSA, and RSA
/// never with SHA-1.
const HOST_KEYS: [Algorithm; 6] = [
    Algorithm::Ed25519,
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 },
    Algorithm::Rsa { hash: Some(HashAlg::Sha512) },
    Algorithm::Rsa { hash: Some(HashAlg::Sha256) },
];

/// The client's configuration for one host.
pub(super) fn client_config(
    settings: &Settings,
    known: &Acquaintance,
    limits: &Limits,
) -> Arc<client::Config> {
    let interval = |configured: Duration| configured.min(limits.keepalive);
    Arc::new(client::Config {
        window_size: WINDOW_BYTES,
        channel_buffer_size: CHANNEL_MESSAGES_MAX,
        nodelay: true,
        keepalive_interval: Some(settings.alive_interval.map_or(limits.keepalive, interval)),
        keepalive_max: limits.keepalive_missed_max,
        // The only thing that ends a write that is stuck; keepalives do not run meanwhile.
        inactivity_timeout: Some(limits.inactivity),
        preferred: Preferred {
            key: Cow::Owned(host_keys(&settings.trust.algorithms, known)),
            cipher: Cow::Owned(ciphers(has_aes())),
            compression: Cow::Borrowed(&[compression::NONE]),
            ..Preferred::DEFAULT
        },
        ..client::Config::default()
    })
}

/// What `HostKeyAlgorithms` allows (all of ours if it names none), known types first: a second
/// key of a known host must not look like a new host.
fn host_keys(allowed: &[Algorithm], known: &Acquaintance) -> Vec<Algorithm> {
    let mut keys: Vec<Algorithm> = if allowed.is_empty() {
        HOST_KEYS.to_vec()
    } else {
        allowed.iter().filter(|algorithm| HOST_KEYS.contains(algorithm)).cloned().collect()
    };
    keys.sort_by_key(|algorithm| !known.knows_type(algorithm)); // stable
    keys
}

/// AES-GCM first where the processor does AES itself, else ChaCha20; no CBC.
fn ciphers(aes: bool) -> Vec<cipher::Name> {
    let (first, second) = if aes {
        (cipher::AES_256_GCM, cipher::CHACHA20_POLY1305)
    } else {
        (cipher::CHACHA20_POLY1305, cipher::AES_256_GCM)
    };
    vec![first, second, cipher::AES_256_CTR, cipher::AES_192_CTR, cipher::AES_128_CTR]
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn has_aes() -> bool {
    std::is_x86_feature_detected!("aes")
}

#[cfg(target_arch = "aarch64")]
fn has_aes() -> bool {
    std::arch::is_aarch64_feature_detected!("aes")
}

#[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
fn has_aes() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_weak_is_offered() {
        let keys = host_keys(&[], &Acquaintance::default());
        assert!(!keys.contains(&Algorithm::Rsa { hash: None }) && !keys.contains(&Algorithm::Dsa));
        for aes in [true, false] {
            let names: Vec<String> =
                ciphers(aes).iter().map(|name| name.as_ref().to_owned()).collect();
            assert!(!names.iter().any(|name| name.contains("cbc") || name == "none"), "{names:?}");
            assert_eq!(names[0].starts_with("aes256-gcm"), aes);
        }
    }

    #[test]
    fn the_operators_list_is_kept_to() {
        let allowed =
            [Algorithm::Rsa { hash: None }, Algorithm::Rsa { hash: Some(HashAlg::Sha512) }];
        let keys = host_keys(&allowed, &Acquaintance::default());
        assert_eq!(keys, [Algorithm::Rsa { hash: Some(HashAlg::Sha512) }]);
    }

    #[test]
    fn known_types_come_first() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("known_hosts");
        let key = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHwf2HMM5TRXvo2SQJjsNkiDD5KqiiNjrGVv3UUh+mMT5RHxiRtOnlqvjhQtBq0VpmpCV/PwUdhOig4vkbqAcEc=";
        std::fs::write(&file, format!("web {key}\n")).unwrap();
        let known = Acquaintance::read(&[file], "web").unwrap();
        let keys = host_keys(&[], &known);
        assert_eq!(keys[0], Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 });
        assert_eq!(keys[1], Algorithm::Ed25519);
        assert_eq!(keys.len(), HOST_KEYS.len());
    }
}
