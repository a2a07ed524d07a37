//! Boxes whose witnesses are gone, or say what cannot be; places that cannot hold boxes.

use std::{fs, os::unix::fs::symlink};

use deployui::{
    boxes::{Fact, Outcome, Output},
    script::Flags,
};

use crate::{
    connection::Connection,
    host::{Host, Place, every_shell},
    special::until_log,
};

/// A step that has begun, and of which nothing lives.
fn killed(host: &Host, name: &str) -> (Place, String) {
    let mut connection = Connection::open(host);
    let dir = connection.put(name, "echo up; sleep 60", Flags::default());
    connection.go(&dir, false);
    until_log(&mut connection, b"up\n");
    let place = Place(dir.clone().into());
    while place.supervisor().is_none() {
        connection.listen(std::time::Duration::from_millis(1));
    }
    host.signal("KILL", place.supervisor().unwrap());
    host.signal("KILL", -place.leader().unwrap());
    connection.until_fact(&Fact::Lost(Outcome::Died));
    (place, dir)
}

fn attached(host: &Host, dir: &str) -> Vec<Fact> {
    let mut connection = Connection::open(host);
    connection.ready().unwrap();
    connection.attach(dir);
    connection.fact(|fact| match fact {
        Fact::Lost(_) | Fact::Never | Fact::Settled(_) => Some(()),
        _ => None,
    });
    connection.facts()
}

#[test]
fn what_is_left_of_a_box_says_what_became_of_it() {
    for shell in every_shell() {
        let host = Host::new(shell);
        let (place, dir) = killed(&host, "left");
        let (pid, leader) = (place.read("pid"), place.read("leader"));
        let boot = pid.lines().next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let check = |pid: &str, leader: &str, extra: &[&str], expect: &[Fact]| {
            fs::write(place.0.join("pid"), pid).unwrap();
            fs::write(place.0.join("leader"), leader).unwrap();
            for name in extra {
                fs::write(place.0.join(name), "").unwrap();
            }
            let facts = attached(&host, &dir);
            let said = facts.strip_prefix(&[Fact::Running]).unwrap_or(&facts);
            assert_eq!(said, expect, "{} {pid:?} {leader:?} {extra:?}", shell.name());
            for name in extra {
                fs::remove_file(place.0.join(name)).unwrap();
            }
        };
        let lost = |why| [Fact::Lost(why)];
        let (died, corrupt) = (lost(Outcome::Died), lost(Outcome::Corrupt));
        let never = [Fact::Never];
        check(&pid, &leader, &[], &died);
        check(&pid.replace(&boot, "another-boot"), &leader, &[], &lost(Outcome::Rebooted));
        check("- another-boot\n", "-\n", &[], &lost(Outcome::Rebooted));
        check(&format!("- {boot}\n"), "-\n", &[], &never);
        // Only what is certain is `never`: not where a disk has lost what was written.
        check("", "-\n", &[], &died);
        check(&format!("- {boot}\n"), "", &[], &died);
        check("- -\n", "-\n", &[], &lost(Outcome::Rebooted));
        let ended = |status, bytes| [Fact::Ended(status, bytes), Fact::Settled(3)];
        check(&pid, &leader, &["w.4"], &ended(4, 3));
        check(&pid, &leader, &["rc.4.3"], &ended(4, 3));
        check(&pid, &leader, &["rc.0.3", "w.4"], &ended(0, 3));
        for bad in [
            &["rc.0.3", "rc.1.3"][..],
            &["rc.999.3"],
            &["rc.256.3"],
            &["rc.-1.3"],
            &["rc.-1"],
            &["rc.0"],
            &["rc..3"],
            &["rc.0.3 x"],
            &["rc.0.999999999999999999"],
            &["rc.999999999999"],
            &["w.0", "w.1"],
            &["w.256"],
            &["w.-1"],
        ] {
            check(&pid, &leader, bad, &corrupt);
        }
    }
}

#[test]
fn places_that_cannot_be_trusted_are_refused() {
    for shell in every_shell() {
        let host = Host::new(shell);
        let check = |state: &str, expect: &str| {
            let mut connection = Connection::open_at(&host, state);
            let check = connection.until(|output| match output {
                Output::Unfit(bad) => Some(bad.check.clone()),
                Output::Ready(_) => Some("ready".to_owned()),
                _ => None,
            });
            assert_eq!(check, expect, "{} {state}", shell.name());
        };
        let at = |name: &str| host.path().join(name).display().to_string();
        check("relative", "state-dir");
        check("~/in home", "ready");
        fs::create_dir(at("real")).unwrap();
        symlink(at("real"), at("link")).unwrap();
        check(&at("link"), "link");
        symlink("nowhere", at("dangling")).unwrap();
        check(&at("dangling"), "link");
        fs::write(at("file"), "").unwrap();
        check(&at("file"), "make");
        check(&at("file/below"), "parent");
        check("/proc/1/deployui", "make");
    }
}

#[test]
fn the_place_of_another_user_is_refused() {
    let host = Host::new(crate::host::Shell::Dash);
    let state = host.path().join("theirs");
    fs::create_dir(&state).unwrap();
    if std::os::unix::fs::chown(&state, Some(65534), None).is_err() {
        println!("only root can give a directory away: not tried");
        return;
    }
    let mut connection = Connection::open_at(&host, &state.display().to_string());
    let check = connection.until(|output| match output {
        Output::Unfit(bad) => Some(bad.check.clone()),
        _ => None,
    });
    assert_eq!(check, "owner");
}
