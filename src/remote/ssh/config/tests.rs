use std::collections::BTreeMap;

use super::parse::{parse, plain};
use super::*;
use crate::remote::{Environment, Limits, Problem};

fn environment() -> Environment {
    let vars =
        [("SSH_AUTH_SOCK", "/run/agent"), ("OTHER", "/run/other"), ("PATH", "/usr/bin:/bin")];
    Environment {
        home: PathBuf::from("/home/op"),
        user: "op".to_owned(),
        vars: vars.into_iter().map(|(k, v)| (k.into(), v.into())).collect::<BTreeMap<_, _>>(),
        ssh: Some(PathBuf::from("ssh")),
        seed: [1; 32],
    }
}

fn target(address: &str) -> Result<Target, Problem> {
    Target::new("web1", Some(address), None)
}

fn settings(text: &str) -> Result<Settings, Problem> {
    parse(text, &target("web")?, &environment())
}

fn refusal(text: &str) -> String {
    match settings(text) {
        Err(problem) => problem.to_string(),
        Ok(settings) => panic!("accepted: {settings:?}"),
    }
}

#[test]
fn addresses_are_taken_apart() {
    let table = [
        ("web", "web", None, None),
        ("deploy@web.example.com:2222", "web.example.com", Some("deploy"), Some(2222)),
        ("[::1]:2222", "::1", None, Some(2222)),
        ("[fe80::1%eth0]", "fe80::1%eth0", None, None),
        ("fe80::1", "fe80::1", None, None),
        ("me@corp@web", "web", Some("me@corp"), None),
    ];
    for (address, host, user, port) in table {
        let target = target(address).unwrap();
        assert_eq!((target.host.as_str(), target.user.as_deref(), target.port), (host, user, port));
        assert_eq!(target.name(), "web1");
    }
}

#[test]
fn hostile_names_are_config_errors() {
    for address in [
        "",
        "$(id)",
        "-oProxyCommand=x",
        "a;b",
        "a\nb",
        "a b",
        "a'b",
        "a\"b",
        "a\\b",
        "a`b",
        "a|b",
        "a&b",
        "a\u{202e}b",
        "wéb",
        "a/b",
        "u$x@h",
        "u\\x@h",
        "-u@h",
        "u\x1b@h",
        "@h",
        "u@",
        "h:0",
        "h:x",
        "h:65536",
        "[h",
        "[h]x",
        "u@-h",
    ] {
        assert!(matches!(target(address), Err(Problem::Config(_))), "{address:?} was accepted");
    }
    assert!(target(&"a".repeat(300)).is_err());
}

#[test]
fn what_ssh_resolved_is_taken_over() {
    let said = settings(
        "user deploy\nhostname web.example.com\nport 2222\naddressfamily inet6\n\
         bindaddress 127.0.0.1\nidentityfile ~/.ssh/my key\nidentityfile %d/keys/%r@%h:%p-%n-%u%%\n\
         certificatefile ~/c-cert.pub\nidentitiesonly yes\nidentityagent $OTHER\n\
         userknownhostsfile ~/.ssh/known hosts /etc/known\nglobalknownhostsfile none\n\
         stricthostkeychecking accept-new\nhashknownhosts yes\nhostkeyalias Alias\n\
         hostkeyalgorithms ssh-ed25519-cert-v01@openssh.com,rsa-sha2-512,ssh-ed25519\n\
         connecttimeout 7\nserveraliveinterval 0\npreferredauthentications password,publickey\n\
         kbdinteractiveauthentication no\nproxyjump ssh://me@bastion:2022/\n\
         verifyhostkeydns false\ncanonicalizehostname false\nproxyusefdpass no\n",
    )
    .unwrap();
    assert_eq!(
        (said.host.as_str(), said.port, said.user.as_str()),
        ("web.example.com", 2222, "deploy")
    );
    assert_eq!(said.family, Family::V6);
    assert_eq!(said.bind, Some("127.0.0.1".parse().unwrap()));
    let files: Vec<_> = said.login.files.iter().map(|file| file.to_str().unwrap()).collect();
    assert_eq!(
        files,
        ["/home/op/.ssh/my key", "/home/op/keys/deploy@web.example.com:2222-web-op%"]
    );
    assert_eq!(said.login.certificates, [PathBuf::from("/home/op/c-cert.pub")]);
    assert!(said.login.only_files);
    assert_eq!(said.login.agent, Some(PathBuf::from("/run/other")));
    assert_eq!(said.login.methods, [Method::Password, Method::PublicKey]);
    assert_eq!(
        said.trust.user_files,
        [PathBuf::from("/home/op/.ssh/known hosts"), PathBuf::from("/etc/known")]
    );
    assert!(said.trust.global_files.is_empty());
    assert_eq!((said.trust.unknown, said.trust.hash_names), (Unknown::Learn, true));
    assert_eq!(said.trust.name, "alias");
    assert_eq!(said.trust.algorithms.len(), 3);
    assert_eq!(said.tcp_timeout, Some(Duration::from_secs(7)));
    assert_eq!(said.alive_interval, None);
    let jump = said.jump.unwrap();
    assert_eq!(
        (jump.host.as_str(), jump.user.as_deref(), jump.port),
        ("bastion", Some("me"), Some(2022))
    );
}

#[test]
fn strict_checking_never_becomes_silent_trust() {
    for (value, expected) in [
        ("yes", Unknown::Refuse),
        ("true", Unknown::Refuse),
        ("ask", Unknown::Ask),
        ("no", Unknown::Ask),
        ("false", Unknown::Ask),
        ("off", Unknown::Ask),
        ("accept-new", Unknown::Learn),
    ] {
        let said = settings(&format!("stricthostkeychecking {value}\n")).unwrap();
        assert_eq!(said.trust.unknown, expected, "{value}");
    }
}

#[test]
fn agents_are_found_where_ssh_finds_them() {
    let agent = |text: &str| settings(text).unwrap().login.agent;
    assert_eq!(agent(""), Some(PathBuf::from("/run/agent")));
    assert_eq!(agent("identityagent SSH_AUTH_SOCK"), Some(PathBuf::from("/run/agent")));
    assert_eq!(agent("identityagent none"), None);
    assert_eq!(agent("identityagent ~/a.sock"), Some(PathBuf::from("/home/op/a.sock")));
    assert_eq!(agent("identityagent $UNSET"), None);
}

#[test]
fn what_changes_destination_or_trust_is_refused() {
    for line in [
        "proxycommand nc %h %p",
        "proxyjump a,b",
        "knownhostscommand /bin/x",
        "pkcs11provider /x.so",
        "revokedhostkeys /x",
        "verifyhostkeydns true",
        "verifyhostkeydns ask",
        "canonicalizehostname always",
        "proxyusefdpass yes",
        "bindinterface eth0",
        "hostname $(id)",
        "user a b",
        "identityfile ~root/key",
        "identityfile ~/%X",
    ] {
        let said = refusal(line);
        let word = line.split(' ').next().unwrap();
        assert!(
            said.contains(word) || said.contains("name") || said.contains('~'),
            "{line}: {said}"
        );
    }
    for line in ["proxycommand none", "proxyjump none", "verifyhostkeydns no"] {
        assert!(settings(line).is_ok(), "{line}");
    }
}

#[test]
fn without_ssh_only_the_recipe_speaks() {
    let said = plain(&target("deploy@web:2222").unwrap(), &environment()).unwrap();
    assert_eq!((said.host.as_str(), said.port, said.user.as_str()), ("web", 2222, "deploy"));
    assert_eq!(said.trust.name, "[web]:2222");
    assert_eq!(said.login.files[0], PathBuf::from("/home/op/.ssh/id_ed25519"));
    assert_eq!(plain(&target("web").unwrap(), &environment()).unwrap().user, "op");
    let with_file = Target::new("web1", None, Some(PathBuf::from("f"))).unwrap();
    assert!(plain(&with_file, &environment()).is_err(), "a config file was silently ignored");
}

/// Asks the real client about a host with this configuration.
async fn asked(config: &str, host: &str) -> Result<Settings, Problem> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    let config = config.replace("FOLDER", folder.path().to_str().unwrap());
    std::fs::write(&file, config).unwrap();
    let target = Target::new(host, None, Some(file)).unwrap();
    let said = resolve(&target, &environment(), &Limits::default()).await;
    assert!(!folder.path().join("ran").exists(), "a command of the configuration was run");
    said
}

#[tokio::test]
async fn the_real_client_is_asked() {
    let config = "Host web\n HostName web.example.com\n User deploy\n Port 2222\n\
                  \x20ProxyJump me@bastion:2022\n IdentityFile \"~/.ssh/my key\"\n\
                  Match host web.example.com\n StrictHostKeyChecking accept-new\n";
    let said = asked(config, "web").await.expect("the ssh client must be installed");
    assert_eq!(
        (said.host.as_str(), said.port, said.user.as_str()),
        ("web.example.com", 2222, "deploy")
    );
    assert_eq!(said.trust.unknown, Unknown::Learn);
    assert_eq!(said.login.files, [PathBuf::from("/home/op/.ssh/my key")]);
    assert!(said.jump.is_some());
    let other = asked(config, "other").await.unwrap();
    assert_eq!((other.host.as_str(), other.port), ("other", 22));
}

#[tokio::test]
async fn match_exec_runs_nothing_and_is_refused() {
    let config = "Match host web exec \"touch FOLDER/ran\"\n User x\n";
    let said = asked(config, "web").await.unwrap_err().to_string();
    assert!(said.contains("Match exec"), "{said}");
    assert!(asked(config, "other").await.is_ok(), "a host it is not about was refused");
}

#[tokio::test]
async fn a_looping_or_broken_configuration_is_refused_in_sshs_words() {
    let said = asked("Include FOLDER/config\n", "web").await.unwrap_err().to_string();
    assert!(said.contains("ssh -G"), "{said}");
    let said = asked("Nonsense yes\n", "web").await.unwrap_err().to_string();
    assert!(said.contains("line 1"), "{said}");
}

#[tokio::test]
async fn a_missing_client_is_no_error() {
    let mut environment = environment();
    environment.ssh = Some(PathBuf::from("/nonexistent/ssh"));
    let said = resolve(&target("web").unwrap(), &environment, &Limits::default()).await.unwrap();
    assert_eq!((said.host.as_str(), said.user.as_str()), ("web", "op"));
}
