//! A demo on a terminal, played by a script.

use std::{
    cell::{Cell, RefCell},
    time::{Duration, Instant},
};

use vt100::Screen;

use super::{
    scenes::{Scene, Take},
    script::{Act, Wanted, parse},
    support::{console::Console, deployui::Deployui},
};

/// A text that has not come after so long will not come.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Between two keys, as of a person who types fast.
const KEY: Duration = Duration::from_millis(60);

/// What was on the screen, and since when.
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) screen: Screen,
    /// Its script wants it to be looked at as long as it was there.
    pub(crate) held: bool,
}

/// The screens of a scene; the last one is the one that its script waited for.
pub(crate) fn play(scene: &Scene, take: &Take) -> Result<Vec<Seen>, String> {
    let mut ui = Deployui::new().env("USER", "ana");
    for (name, value) in take.look.env {
        ui = ui.env(name, value);
    }
    // Short, since the pictures have it.
    let tmp = tempfile::Builder::new().prefix("demo-").tempdir().unwrap();
    let ui = ui.env("TMPDIR", tmp.path().to_str().unwrap());
    let args = [&["demo"], take.look.args].concat();
    let stage = Stage {
        console: ui.console(&args, take.rows, take.cols),
        seen: RefCell::default(),
        held: Cell::new(false),
    };
    let played =
        scene.script.iter().flat_map(|script| parse(script)).try_for_each(|act| stage.act(act));
    let seen = stage.seen.take();
    stage.console.signal("TERM"); // the demo takes its hosts and its folder away
    stage.console.wait_exit();
    played.map(|()| seen)
}

struct Stage {
    console: Console,
    seen: RefCell<Vec<Seen>>,
    held: Cell<bool>,
}

impl Stage {
    fn act(&self, act: Act) -> Result<(), String> {
        match act {
            Act::Press(key) => {
                self.console.send(&key);
                self.watch(KEY);
            }
            Act::Hold(time) => {
                if let Some(last) = self.seen.borrow_mut().last_mut() {
                    last.held = true;
                }
                self.held.set(true);
                self.watch(time);
                self.held.set(false);
            }
            Act::Wait(wanted) => return self.wait(&wanted),
        }
        Ok(())
    }

    /// Looks at the screen for so long.
    fn watch(&self, time: Duration) {
        let never: Option<()> = self.console.wait_frame(Some(Instant::now() + time), |screen| {
            self.keep(screen);
            None
        });
        assert_eq!(never, None);
    }

    fn wait(&self, wanted: &[Wanted]) -> Result<(), String> {
        let end = Instant::now() + WAIT_MAX;
        let found = self.console.wait_frame(Some(end), |screen| {
            self.keep(screen);
            let contents = screen.contents();
            let all = wanted.iter().all(|wanted| contents.contains(&wanted.text) == wanted.there);
            all.then_some(())
        });
        found.ok_or_else(|| {
            format!("never at once on the screen: {wanted:?}; it shows:\n{}", self.console.screen())
        })
    }

    fn keep(&self, screen: &Screen) {
        let mut seen = self.seen.borrow_mut();
        let same = |last: &Seen| last.screen.state_formatted() == screen.state_formatted();
        if !seen.last().is_some_and(same) {
            seen.push(Seen { at: Instant::now(), screen: screen.clone(), held: self.held.get() });
        }
    }
}
