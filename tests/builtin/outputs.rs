//! What a `once` step made: packed, and unpacked into the same release of another host.

use std::fs;

use deployui::{
    model::Text,
    script::builtin::{self, Outputs},
};

use crate::rig::{Ran, Rig, SHELLS};

const ONE: &str = "20260101000001";
const RUN: &str = "20260101-abc";

fn outputs(paths: &[&str]) -> Outputs {
    Outputs {
        run: RUN.into(),
        step: "static".into(),
        release: ONE.into(),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
    }
}

fn pack(rig: &Rig, paths: &[&str], run: &str) -> Ran {
    rig.step(builtin::pack(&rig.layout, &outputs(paths), Text::literal(run)))
}

fn unpack(rig: &Rig, paths: &[&str]) -> Ran {
    rig.step(builtin::unpack(&rig.layout, &outputs(paths)))
}

/// What the operator's machine does in between.
fn sent(from: &Rig, to: &Rig) {
    let state = from.layout.state();
    let lines = from.ask(builtin::holds(&builtin::packed_sum(&state, RUN, "static")));
    let packed = builtin::held(&lines).unwrap().unwrap();
    let content = fs::read(builtin::packed(&state, RUN, "static")).unwrap();
    assert_eq!(u64::try_from(content.len()).unwrap(), packed.bytes);
    let taken = builtin::taken(&to.layout.state(), RUN, "static");
    let line = |sum: &str| builtin::receive(&taken, packed.bytes, Some(sum)).unwrap();
    let receive = |line: String| {
        let parcel = to.dir.path().join("parcel");
        fs::write(&parcel, [line.as_bytes(), &content].concat()).unwrap();
        let mut command = to.command();
        command.arg("-c").arg(builtin::RECEIVER).stdin(fs::File::open(parcel).unwrap());
        command.status().unwrap().success()
    };
    assert!(!receive(line(&"0".repeat(64))), "another sum was taken");
    assert!(!fs::exists(&taken).unwrap() && !fs::exists(format!("{taken}.new")).unwrap());
    assert!(receive(line(&packed.sum)));
}

#[test]
fn outputs_come_whole_into_another_release() {
    for shell in SHELLS {
        let (from, to) = (Rig::new(shell), Rig::new(shell));
        for rig in [&from, &to] {
            rig.made(ONE);
        }
        let paths = ["static/deep", "./it's a map", "static"];
        let make = "cd \"$HOME/shop/releases/20260101000001\"; mkdir -p static/deep
echo new >static/deep/-n; ln -s deep static/link; echo map >\"it's a map\"; exit 0";
        pack(&from, &["static", "absent"], make).bad(&["there is no ", "/absent"]);
        pack(&from, &paths, make).good().says(&["packed for the other hosts: "]);
        pack(&from, &paths, "exit 3").bad(&[]);

        unpack(&to, &paths).bad(&["there is no ", "/taken/"]);
        sent(&from, &to);
        to.sh("cd \"$ROOT/releases/20260101000001\" && mkdir static && echo old >static/old && ln -s / \"it's a map\"
               mkdir -p \"$ROOT/.deployui/taken\" && echo x >\"$ROOT/.deployui/taken/an-older-run.static\"");
        let before = to.sh("cd \"$ROOT/releases\" && find . | sort");
        unpack(&to, &["static", "nothing"]).bad(&["nothing is not in what was sent"]);
        to.sh("rm -r \"$ROOT\"/releases/*/.deployui-*");
        assert_eq!(to.sh("cd \"$ROOT/releases\" && find . | sort"), before, "{shell:?}");
        unpack(&to, &paths).good();
        let tree = "cd \"$ROOT/releases/20260101000001\" && find . -type f -exec sha256sum {} + | sort; find . ! -type f | sort";
        assert_eq!(to.sh(tree), from.sh(tree), "{shell:?}");
        assert_eq!(to.sh("ls \"$ROOT/.deployui/taken\""), "", "{shell:?}");
        // Where they were made, nothing is to be done.
        unpack(&from, &paths).good().says(&["made here"]);
    }
}

#[test]
fn outputs_stay_below_the_code() {
    let rig = Rig::new(SHELLS[0]);
    for path in ["", "/etc", "../x", "a/../b", ".", "a//b"] {
        let made = builtin::unpack(&rig.layout, &outputs(&[path]));
        assert!(made.is_err(), "{path}");
    }
}

#[test]
fn what_is_served_is_not_changed() {
    let rig = Rig::new(SHELLS[0]);
    rig.made(ONE);
    rig.publish(ONE).good();
    unpack(&rig, &["static"]).bad(&["is served: it is not changed"]);
}
