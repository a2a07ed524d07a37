//! A host as a small model: it answers verbs and orders with exactly the texts of the real programs.
//! One step runs at a time, and only as far as it is told to.

use std::{collections::BTreeMap, fmt::Write as _};

/// What a step does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Prints this and exits.
    Exits(Vec<u8>, u8),
    /// Prints this and stays until it is killed.
    Stays(Vec<u8>),
    /// Prints this, reads a line, prints it, and exits.
    Asks(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Life {
    Unstarted,
    Fenced,
    Running,
    Ended(u8),
}

#[derive(Clone, Debug)]
struct Box {
    /// None: it was fenced before it was put.
    step: Option<Step>,
    life: Life,
    log: Vec<u8>,
    given: Vec<u16>,
}

/// What the host sends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) control: Vec<u8>,
    pub(crate) log: Vec<u8>,
    pub(crate) facts: Vec<u8>,
}

#[derive(Default)]
pub(crate) struct ModelHost {
    boxes: BTreeMap<String, Box>,
    /// What each text that is put is known to do.
    pub(crate) steps: BTreeMap<String, Step>,
    nonce: String,
    pub(crate) sent: Sent,
    /// The followed box: its number and how far its log was sent.
    followed: Option<(String, u32, usize)>,
}

pub(crate) const BASE: &str = "/base/m";

impl ModelHost {
    pub(crate) fn new(nonce: &str) -> Self {
        Self { nonce: nonce.to_owned(), ..Self::default() }
    }

    pub(crate) fn answer(&mut self, text: &str) {
        self.sent.control.extend(format!("{} {text}\n", self.nonce).into_bytes());
    }

    pub(crate) fn fact(&mut self, text: &str) {
        self.sent.facts.extend(format!("{} {text}\n", self.nonce).into_bytes());
    }

    pub(crate) fn hello(&mut self) {
        self.sent.control.push(b'\n');
        for part in ["machine m", "boot b-1", &format!("base {BASE}"), "user u", "hello"] {
            self.answer(&format!("0 {part}"));
        }
        self.sent.log.extend(format!("\n{}\n", self.nonce).into_bytes());
        self.sent.facts.push(b'\n');
        self.fact("0 ready");
    }

    /// A verb, as the client sends it.
    pub(crate) fn control(&mut self, text: &str) {
        let words = words(text);
        let word = |at: usize| words[at].as_str();
        let (number, dir) = (word(1).to_owned(), word(2).to_owned());
        let reply = match word(0) {
            "put" => {
                assert_eq!(word(3).trim_end_matches('i'), word(4).len().to_string());
                self.put(&dir, word(4));
                "put".to_owned()
            }
            "fence" => self.fence(&dir),
            "cancel" => self.cancel(&dir, word(3)),
            "input" => self.input(&dir, word(3).parse().unwrap(), word(4)),
            "state" => self.state(&dir),
            "clean" => self.clean(&dir),
            verb => panic!("no such verb: {verb}"),
        };
        self.answer(&format!("{number} {reply}"));
        self.tell_followed();
    }

    fn put(&mut self, dir: &str, text: &str) {
        let step = self.steps.get(text).cloned().unwrap_or_else(|| panic!("unknown: {text}"));
        let new = Box { step: None, life: Life::Unstarted, log: Vec::new(), given: Vec::new() };
        let at = self.boxes.entry(dir.to_owned()).or_insert(new);
        if at.life == Life::Unstarted && at.step.is_none() {
            at.step = Some(step);
        }
    }

    fn fence(&mut self, dir: &str) -> String {
        let Some(at) = self.boxes.get_mut(dir) else { return "absent".to_owned() };
        match at.life {
            Life::Unstarted => at.life = Life::Fenced,
            Life::Fenced => {}
            Life::Running | Life::Ended(_) => return "claimed".to_owned(),
        }
        "fenced".to_owned()
    }

    fn cancel(&mut self, dir: &str, signal: &str) -> String {
        let Some(at) = self.boxes.get_mut(dir) else { return format!("bad there is no {dir}") };
        if at.life != Life::Running {
            return "none".to_owned();
        }
        at.life = Life::Ended(if signal == "KILL" { 137 } else { 143 });
        "sent".to_owned()
    }

    fn input(&mut self, dir: &str, number: u16, text: &str) -> String {
        let Some(at) = self.boxes.get_mut(dir) else { return format!("bad there is no {dir}") };
        if at.given.contains(&number) {
            return "given".to_owned();
        }
        if !matches!(at.step, Some(Step::Asks(_))) {
            return "bad this step takes no input".to_owned();
        }
        match at.life {
            Life::Ended(_) => "bad this step has ended".to_owned(),
            Life::Unstarted | Life::Fenced => "bad this step has not begun".to_owned(),
            Life::Running => {
                at.given.push(number);
                at.log.extend(format!("{text}\n").into_bytes());
                at.life = Life::Ended(0);
                "given".to_owned()
            }
        }
    }

    fn state(&self, dir: &str) -> String {
        let Some(at) = self.boxes.get(dir) else { return "absent".to_owned() };
        match &at.life {
            Life::Unstarted => "unstarted".to_owned(),
            Life::Fenced => "fenced".to_owned(),
            Life::Running => "running".to_owned(),
            Life::Ended(status) => format!("rc {status} {}", at.log.len()),
        }
    }

    fn clean(&mut self, dir: &str) -> String {
        if self.boxes.get(dir).is_some_and(|at| at.life == Life::Running) {
            return "kept running".to_owned();
        }
        self.boxes.remove(dir);
        "clean".to_owned()
    }

    /// An order, as the client sends it.
    pub(crate) fn agent(&mut self, text: &str) {
        let words: Vec<&str> = text.trim_end().splitn(5, ' ').collect();
        let (verb, number, from, dir) = (words[0], words[1], words[2], words[4]);
        let from: usize = from.parse().unwrap();
        let follow = |host: &mut Self| {
            host.followed = Some((dir.to_owned(), number.parse().unwrap(), from));
        };
        self.followed = None;
        let Some(at) = self.boxes.get_mut(dir) else {
            return self.fact(&format!("{number} absent"));
        };
        if at.life == Life::Fenced {
            return self.fact(&format!("{number} fenced"));
        }
        match (verb, &at.life, &at.step) {
            ("go", Life::Unstarted, Some(step)) => {
                let (printed, life) = match step.clone() {
                    Step::Exits(printed, status) => (printed, Life::Ended(status)),
                    Step::Stays(printed) | Step::Asks(printed) => (printed, Life::Running),
                };
                (at.log, at.life) = (printed, life);
                self.fact(&format!("{number} running"));
                follow(self);
            }
            (_, Life::Unstarted, _) => return self.fact(&format!("{number} unstarted")),
            (_, life, _) => {
                if *life == Life::Running {
                    self.fact(&format!("{number} running"));
                }
                follow(self);
            }
        }
        self.tell_followed();
    }

    /// What is new of the followed box.
    fn tell_followed(&mut self) {
        let Some((dir, number, from)) = self.followed.clone() else { return };
        let Some(at) = self.boxes.get(&dir) else { return };
        let len = at.log.len();
        self.sent.log.extend_from_slice(&at.log[from.min(len)..]);
        let life = at.life.clone();
        self.followed = Some((dir, number, len));
        if let Life::Ended(status) = life {
            self.fact(&format!("{number} rc {status} {len}"));
            self.fact(&format!("{number} settled {len}"));
            self.followed = None;
        }
    }

    /// The followed box.
    pub(crate) fn following(&self) -> Option<&str> {
        self.followed.as_ref().map(|(dir, ..)| dir.as_str())
    }

    pub(crate) fn has_ended(&self, dir: &str) -> bool {
        self.boxes.get(dir).is_some_and(|at| matches!(at.life, Life::Ended(_)))
    }

    /// Whether what is in a box ends by itself.
    pub(crate) fn exits(&self, dir: &str) -> bool {
        self.boxes.get(dir).is_some_and(|at| matches!(at.step, Some(Step::Exits(..))))
    }
}

/// The words of a line as the client writes it: plain or in single quotes.
fn words(line: &str) -> Vec<String> {
    let line = line.trim_start_matches("{ ").trim_end_matches("}\n");
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if !quoted => word.get_or_insert_default().extend(chars.next()),
            ' ' | '\n' if !quoted => words.extend(word.take()),
            c => write!(word.get_or_insert_default(), "{c}").unwrap(),
        }
    }
    words.extend(word);
    words
}
