//! A file on the host, and back.

use std::fs;

use deployui::script::builtin::{self, Upload};

use crate::rig::{Rig, SHELLS};

#[test]
fn a_file_is_written_whole_and_put_back_as_it_was() {
    for shell in SHELLS {
        let rig = Rig::new(shell);
        let path = rig.dir.path().join("etc/it's a file");
        let state = rig.layout.state();
        let mut upload = Upload {
            id: "r1.settings.1".into(),
            path: path.to_str().unwrap().into(),
            content: "a='$(x)' \\n %s\n\n".into(),
            mode: 0o640,
            owner: None,
        };
        // There was none: its undo removes it.
        for _ in 0..2 {
            rig.step(builtin::upload(&state, &upload)).good();
            assert_eq!(fs::read_to_string(&path).unwrap(), upload.content);
        }
        assert_eq!(rig.sh("stat -c %a etc/it*"), "640");
        for _ in 0..2 {
            rig.step(builtin::restore(&state, &upload)).good();
            assert!(!path.exists());
        }
        // There was one, behind a link, which stays.
        rig.sh("mkdir -p etc && echo old >etc/real && chmod 600 etc/real && ln -s real \"etc/it's a file\"");
        upload.id = "r1.settings.2".into();
        rig.step(builtin::upload(&state, &upload)).good();
        upload.content = "third".into();
        rig.step(builtin::upload(&state, &upload)).good();
        assert_eq!(rig.sh("cat etc/real && stat -c %a etc/real"), "third640");
        rig.step(builtin::restore(&state, &upload)).good();
        assert_eq!(rig.sh("cat etc/real && stat -c %a etc/real"), "old\n600");
        assert_eq!(
            rig.sh("ls -A etc | tr '\\n' ' '; ls -A \"$ROOT/.deployui/uploads\""),
            "it's a file real "
        );
        upload.path = rig.dir.path().join("etc").to_str().unwrap().into();
        rig.step(builtin::upload(&state, &upload)).bad(&["is a directory"]);
        upload.owner = Some("root:$(id)".into());
        assert!(builtin::upload(&state, &upload).is_err());
    }
}
