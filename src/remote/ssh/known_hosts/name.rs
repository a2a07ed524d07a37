//! The first field of a known_hosts line against a host's name.

use hmac::{Hmac, KeyInit as _, Mac as _};
use russh::keys::ssh_key::known_hosts::HostPatterns;
use sha1::Sha1;

/// The name a host is looked up and stored under: the alias as it is written, else the host name
/// in lower case, with its port in brackets unless that is 22.
pub(in crate::remote::ssh) fn lookup_name(alias: Option<&str>, host: &str, port: u16) -> String {
    match (alias, port) {
        (Some(alias), _) => alias.to_ascii_lowercase(),
        (None, 22) => host.to_ascii_lowercase(),
        (None, port) => format!("[{}]:{port}", host.to_ascii_lowercase()),
    }
}

/// Whether `field` names `name`; `None` if it is a broken hash.
pub(super) fn matches(field: &str, name: &str) -> Option<bool> {
    if field.starts_with('|') {
        let Ok(HostPatterns::HashedName { salt, hash }) = field.parse() else { return None };
        return Some(hash_of(&salt, name) == hash);
    }
    let field = field.to_ascii_lowercase();
    let mut named = false;
    for pattern in field.split(',') {
        match pattern.strip_prefix('!') {
            Some(unwanted) if glob(unwanted.as_bytes(), name.as_bytes()) => return Some(false),
            Some(_) => {}
            None => named |= glob(pattern.as_bytes(), name.as_bytes()),
        }
    }
    Some(named)
}

/// HMAC-SHA1 of a host name: the `|1|salt|hash` form of OpenSSH's `HashKnownHosts`.
pub(super) fn hash_of(salt: &[u8], name: &str) -> [u8; 20] {
    // HMAC takes keys of every length; were it to refuse one, no name would match.
    Hmac::<Sha1>::new_from_slice(salt)
        .map(|mac| mac.chain_update(name.as_bytes()).finalize().into_bytes().into())
        .unwrap_or_default()
}

/// `*` and `?` as in ssh_config(5), nothing else; linear in space, no recursion, so that a line
/// of many stars costs no more than its length times the name's.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(byte) if *byte == b'?' || *byte == name[n] => {
                p += 1;
                n += 1;
            }
            Some(_) | None => match star {
                Some((star_p, star_n)) => {
                    star = Some((star_p, star_n + 1));
                    p = star_p + 1;
                    n = star_n + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}
