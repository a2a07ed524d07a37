use std::fs;

use super::name::{hash_of, matches};
use super::*;

const ED_A: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9dG4kjRhQTtWTVzd2t27+t0DEHBPW7iOD23TUiYLio";
const ED_B: &str =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
const ECDSA: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBHwf2HMM5TRXvo2SQJjsNkiDD5KqiiNjrGVv3UUh+mMT5RHxiRtOnlqvjhQtBq0VpmpCV/PwUdhOig4vkbqAcEc=";

fn key(text: &str) -> PublicKey {
    PublicKey::from_openssh(text).unwrap()
}

fn with_file<T>(text: &[u8], check: impl FnOnce(&Path) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    fs::write(&file, text).unwrap();
    check(&file)
}

/// What a file says about the first key when `name` presents it, in one word and the line.
fn verdict(text: &str, name: &str, presented: &str) -> String {
    let text = text.replace("A!", ED_A).replace("B!", ED_B).replace("C!", ECDSA);
    with_file(text.as_bytes(), |file| match Acquaintance::read(&[file.to_path_buf()], name) {
        Err(Problem::HostKeyFile { at, why }) => format!("bad line {}: {why}", at.line),
        Err(other) => format!("{other:?}"),
        Ok(known) => match known.judge(&key(presented)) {
            Verdict::Trusted => "trusted".to_owned(),
            Verdict::Unknown => "unknown".to_owned(),
            Verdict::Changed { known, .. } => format!("changed, line {}", known.line),
            Verdict::Revoked(at) => format!("revoked, line {}", at.line),
            Verdict::AuthorityOnly(at) => format!("authority, line {}", at.line),
        },
    })
}

#[test]
fn a_file_is_judged_as_ssh_judges_it() {
    let table = [
        // (file, name, verdict on key A)
        ("web A!", "web", "trusted"),
        ("web A!", "db", "unknown"),
        ("", "web", "unknown"),
        ("\n\n# web B!\n  # x\nweb A!\n", "web", "trusted"),
        ("WEB.Example.COM A!", "web.example.com", "trusted"),
        ("web,10.0.0.1 A!", "10.0.0.1", "trusted"),
        ("  web \t  A! comment # more", "web", "trusted"),
        ("web\tA!\r\n", "web", "trusted"),
        ("*.example.com A!", "web.example.com", "trusted"),
        ("*.example.com A!", "example.com", "unknown"),
        ("web? A!", "web1", "trusted"),
        ("web? A!", "web12", "unknown"),
        ("*,!web A!", "web", "unknown"),
        ("!web,* A!", "web", "unknown"),
        ("*,!web A!", "db", "trusted"),
        ("[web]:2222 A!", "[web]:2222", "trusted"),
        ("web A!", "[web]:2222", "unknown"),
        ("[web]:2222 A!", "web", "unknown"),
        ("[*]:2222 A!", "[web]:2222", "trusted"),
        ("web B!", "web", "changed, line 1"),
        ("web B!\nweb A!", "web", "trusted"),
        ("web C!\nweb B!", "web", "changed, line 2"),
        ("web C!", "web", "changed, line 1"),
        ("@revoked * A!\nweb A!", "web", "revoked, line 1"),
        ("web A!\n@revoked web A!", "web", "revoked, line 2"),
        ("@revoked * B!\nweb A!", "web", "trusted"),
        ("@revoked other A!\nweb A!", "web", "trusted"),
        ("@cert-authority *.example.com B!", "web.example.com", "authority, line 1"),
        ("@cert-authority * B!\nweb A!", "web", "trusted"),
        ("@cert-authority * A!", "web", "authority, line 1"),
        ("@unheard web A!", "web", "bad line 1: the marker `@unheard` is not known"),
        ("@unheard db A!", "web", "unknown"),
        ("db garbage\nnonsense\nweb A!", "web", "trusted"),
        ("web A!\nweb", "web", "bad line 2: the key is missing"),
        ("web ssh-ed25519", "web", "bad line 1: the key is missing"),
        ("web 1024 35 1234567", "web", "unknown"),
        ("|1|nonsense A!\nweb A!", "web", "trusted"),
    ];
    for (text, name, expected) in table {
        assert_eq!(verdict(text, name, ED_A), expected, "{text:?} about {name}");
    }
}

#[test]
fn a_bad_key_of_this_host_is_named_with_its_line() {
    let said = verdict("# one\nweb ssh-ed25519 AAAA!!!!\n", "web", ED_A);
    assert!(said.starts_with("bad line 2: the key cannot be read"), "{said}");
    let said = verdict("@revoked web ssh-ed25519 AAAA!!!!\nweb A!\n", "web", ED_A);
    assert!(said.starts_with("bad line 1"), "{said}");
}

#[test]
fn hashed_names_match_what_ssh_keygen_hashed() {
    // From `ssh-keygen -H` on a file naming example.com.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    fs::write(&file, format!("example.com {ED_A}\n[h]:2222 {ED_B}\n")).unwrap();
    let done = std::process::Command::new("ssh-keygen").arg("-H").arg("-f").arg(&file).output();
    assert!(done.expect("ssh-keygen must be installed").status.success());
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("|1|") && !text.contains("example"), "{text}");
    let files = [file];
    let judged = |name, k| Acquaintance::read(&files, name).unwrap().judge(&key(k));
    assert_eq!(judged("example.com", ED_A), Verdict::Trusted);
    assert_eq!(judged("[h]:2222", ED_B), Verdict::Trusted);
    assert_eq!(judged("h", ED_B), Verdict::Unknown);
    assert!(matches!(judged("example.com", ED_B), Verdict::Changed { .. }));
}

#[test]
fn an_unreadable_or_huge_file_is_never_unknown() {
    let folder = tempfile::tempdir().unwrap();
    // A directory can be opened but not read, for root too.
    let said = Acquaintance::read(&[folder.path().to_path_buf()], "web");
    assert!(matches!(said, Err(Problem::HostKeyFile { .. })), "{said:?}");
    let big = vec![b'\n'; usize::try_from(FILE_BYTES_MAX).unwrap() + 1];
    with_file(&big, |file| {
        let said = Acquaintance::read(&[file.to_path_buf()], "web");
        assert!(matches!(said, Err(Problem::HostKeyFile { .. })), "{said:?}");
    });
    let absent = Acquaintance::read(&[folder.path().join("absent")], "web").unwrap();
    assert_eq!(absent.judge(&key(ED_A)), Verdict::Unknown);
}

#[test]
fn the_global_file_counts_and_its_revocation_wins() {
    let folder = tempfile::tempdir().unwrap();
    let (user, global) = (folder.path().join("user"), folder.path().join("global"));
    fs::write(&user, format!("web {ED_A}\n")).unwrap();
    fs::write(&global, format!("@revoked * {ED_A}\n")).unwrap();
    let known = Acquaintance::read(&[user, global.clone()], "web").unwrap();
    assert_eq!(known.judge(&key(ED_A)), Verdict::Revoked(KeyAt { file: global, line: 1 }));
}

#[test]
fn a_lesson_ends_an_unfinished_line_and_is_found_again() {
    for salt in [None, Some([7; 20])] {
        with_file(format!("db {ED_B}").as_bytes(), |file| {
            let name = "[web.example.com]:2222".to_owned();
            learn(&Lesson { file: file.to_path_buf(), name: name.clone(), key: key(ED_A), salt })
                .unwrap();
            let text = fs::read_to_string(file).unwrap();
            assert_eq!(text.lines().count(), 2, "{text}");
            assert_eq!(text.contains("web.example.com"), salt.is_none(), "{text}");
            let known = Acquaintance::read(&[file.to_path_buf()], &name).unwrap();
            assert_eq!(known.judge(&key(ED_A)), Verdict::Trusted);
            let db = Acquaintance::read(&[file.to_path_buf()], "db").unwrap();
            assert_eq!(db.judge(&key(ED_B)), Verdict::Trusted);
        });
    }
}

#[test]
fn a_new_file_and_its_folder_are_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".ssh/known_hosts");
    learn(&Lesson { file: file.clone(), name: "web".into(), key: key(ED_A), salt: None }).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn learning_at_once_keeps_every_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    fs::write(&file, "# unfinished").unwrap();
    std::thread::scope(|scope| {
        for n in 0..16 {
            let file = file.clone();
            scope.spawn(move || {
                let name = format!("host{n}");
                learn(&Lesson { file, name, key: key(ED_A), salt: None }).unwrap();
            });
        }
    });
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().count(), 17, "{text}");
    for n in 0..16 {
        let known = Acquaintance::read(std::slice::from_ref(&file), &format!("host{n}")).unwrap();
        assert_eq!(known.judge(&key(ED_A)), Verdict::Trusted);
    }
}

#[test]
fn names_are_looked_up_as_ssh_stores_them() {
    assert_eq!(lookup_name(None, "Web.Example", 22), "web.example");
    assert_eq!(lookup_name(None, "::1", 2222), "[::1]:2222");
    assert_eq!(lookup_name(Some("alias"), "web", 2222), "alias");
}

proptest::proptest! {
    #[test]
    fn the_glob_agrees_with_a_naive_one(pattern in "[ab*?]{0,8}", name in "[ab]{1,8}") {
        fn naive(p: &[u8], n: &[u8]) -> bool {
            match (p.split_first(), n.split_first()) {
                (None, None) => true,
                (Some((b'*', rest)), _) => naive(rest, n) || (!n.is_empty() && naive(p, &n[1..])),
                (Some((b'?', p)), Some((_, n))) => naive(p, n),
                (Some((x, p)), Some((y, n))) => x == y && naive(p, n),
                (None, Some(_)) | (Some(_), None) => false,
            }
        }
        let expected = naive(pattern.as_bytes(), name.as_bytes());
        proptest::prop_assert_eq!(matches(&pattern, &name), Some(expected));
    }

    #[test]
    fn a_hashed_name_matches_only_itself(salt: [u8; 20], name in "[a-z]{1,9}", other in "[a-z]{1,9}") {
        let field = russh::keys::ssh_key::known_hosts::HostPatterns::HashedName {
            salt: salt.to_vec(), hash: hash_of(&salt, &name),
        }.to_string();
        proptest::prop_assert_eq!(matches(&field, &name), Some(true));
        proptest::prop_assert_eq!(matches(&field, &other), Some(name == other));
    }
}
