//! The same verbs and orders, at random, to the model and to real shells: they say the same.

use deployui::{
    boxes::{Client, Fact, Order, Output, Stream},
    script::Flags,
};

use crate::{
    asked::rounds,
    connection::{ATTEMPT, Connection, log_end},
    host::{Host, Shell, every_shell},
    random::Random,
    wire::{BASE, ModelHost, Step},
};

/// Boxes that a sequence is about.
const BOXES: [&str; 2] = ["one", "two"];

/// A step as text, and what the model knows of it.
fn steps() -> Vec<(String, bool, Step)> {
    let exits = |status: u8, out: &str| {
        let text = format!("printf '{out}'; exit {status}");
        (text, false, Step::Exits(out.replace("\\n", "\n").into_bytes(), status))
    };
    vec![
        exits(0, "done\\n"),
        exits(0, ""),
        exits(7, "no line feed"),
        ("echo up; exec sleep 60".into(), false, Step::Stays(b"up\n".to_vec())),
        (
            "echo name?; read -r a; printf '%s\\n' \"$a\"".into(),
            true,
            Step::Asks(b"name?\n".to_vec()),
        ),
    ]
}

/// The console's half with a model behind it, beside the one with a real shell behind it.
struct Pair {
    model: ModelHost,
    client: Client,
    facts: Vec<Fact>,
    log: Vec<u8>,
    real: Connection,
    base: String,
    story: Vec<String>,
    /// Which step each box is for.
    put: [usize; 2],
}

impl Pair {
    fn new(host: &Host, random: &mut Random) -> Self {
        let put = [random.below(steps().len()), random.below(steps().len())];
        let mut real = Connection::open(host);
        let base = real.ready().unwrap();
        let mut model = ModelHost::new("n0nce");
        model.steps = steps().into_iter().map(|(text, _, step)| (text, step)).collect();
        let mut client = Client::new("n0nce", "/state").unwrap();
        while client.poll().is_some() {}
        model.hello();
        let (facts, log, story) = (Vec::new(), Vec::new(), Vec::new());
        let mut pair = Self { model, client, facts, log, real, base, story, put };
        pair.hear();
        pair
    }

    /// Delivers what the model has sent.
    fn hear(&mut self) {
        let sent = std::mem::take(&mut self.model.sent);
        self.client.bytes(Stream::Control, &sent.control);
        self.client.bytes(Stream::Log, &sent.log);
        self.client.bytes(Stream::Facts, &sent.facts);
        while let Some(output) = self.client.poll() {
            match output {
                Output::Control(text) => self.model.control(&text),
                Output::Agent(text) => self.model.agent(&text),
                Output::Log(_, bytes) => self.log.extend(bytes),
                Output::Fact(_, fact) => self.facts.push(fact),
                Output::Ready(_) => {}
                output => panic!("{output:?}"),
            }
        }
        if !self.model.sent.control.is_empty() || !self.model.sent.facts.is_empty() {
            self.hear();
        }
    }

    /// Gives the same order to both, and waits until the real host has said as much as the model.
    fn order(&mut self, shell: Shell, order: impl Fn(String) -> Order, name: &str) {
        let (model, real) = (order(format!("{BASE}/runs/r/{name}")), order(self.dir(name)));
        self.story.push(format!("{model:?}"));
        self.client.order(&model).unwrap();
        self.hear();
        self.real.order(&real);
        let (wanted, log) = (certain(&self.facts).count(), self.log.len());
        while certain(&self.real.facts()).count() < wanted || self.real.log.len() < log {
            let (facts, story) = (self.real.facts(), &self.story);
            assert!(
                self.real.one_more_within(),
                "{}: after {story:#?}\nsilence; it said {facts:?}\nthe model {:?}",
                shell.name(),
                self.facts
            );
        }
        let facts = |facts: &[Fact]| {
            let mut facts: Vec<String> = certain(facts).map(|fact| format!("{fact:?}")).collect();
            // Answers and facts come by two channels, in any order.
            facts.sort_unstable();
            facts.join("\n").replace(&self.base, BASE).replace("/runs/run/", "/runs/r/")
        };
        let (real, model) = (facts(&self.real.facts()), facts(&self.facts));
        assert_eq!(real, model, "{}: after {:#?}", shell.name(), self.story);
        assert_eq!(self.real.log, self.log, "{}: after {:#?}", shell.name(), self.story);
        self.facts.clear();
        self.real.seen.clear();
    }

    fn dir(&self, name: &str) -> String {
        format!("{}/runs/run/{name}", self.base)
    }

    fn random_order(&mut self, shell: Shell, random: &mut Random) {
        let name = *random.pick(&BOXES).unwrap();
        let attempt = ATTEMPT;
        match random.below(16) {
            0..4 => {
                // An attempt is one thing, however often it is put.
                let steps = steps();
                let (text, input, _) = steps[self.put[usize::from(name == BOXES[1])]].clone();
                let flags = Flags { input, user: None };
                let put =
                    |dir| Order::Put { attempt, dir, text: text.clone(), flags: flags.clone() };
                self.order(shell, put, name);
            }
            4..7 => self.follow(shell, name, true, random.chance(30)),
            7 | 8 => self.follow(shell, name, false, false),
            9 => self.order(shell, |dir| Order::Fence { attempt, dir }, name),
            10 | 11 => {
                let signal = *random.pick(&["TERM", "KILL"]).unwrap();
                self.order(shell, |dir| Order::Cancel { attempt, dir, signal }, name);
                self.until_it_ended(name);
            }
            12 | 13 => {
                let number = u16::try_from(random.below(3)).unwrap();
                let text = "it's \\ a $(line)".to_owned();
                let input = |dir| Order::Input { attempt, dir, number, text: text.clone() };
                self.order(shell, input, name);
                self.until_it_ended(name);
            }
            14 => self.order(shell, |dir| Order::Clean { attempt, dir }, name),
            _ => self.order(shell, |dir| Order::State { attempt, dir }, name),
        }
    }

    /// The log that was read so far is of whatever box was followed before: it is begun anew.
    fn follow(&mut self, shell: Shell, name: &str, go: bool, inline: bool) {
        let attempt = ATTEMPT;
        let inline = inline && self.model.exits(&format!("{BASE}/runs/r/{name}"));
        self.log.clear();
        self.real.log.clear();
        let log = log_end(b"");
        let order = |dir| match go {
            true => Order::Go { attempt, dir, inline, log },
            false => Order::Attach { attempt, dir, log },
        };
        self.order(shell, order, name);
    }

    /// The model ends a step at once; a real one, that is not followed, is waited for.
    fn until_it_ended(&mut self, name: &str) {
        let ended = self.model.has_ended(&format!("{BASE}/runs/r/{name}"));
        while ended && self.model.following().is_none() {
            let dir = self.dir(name);
            self.real.order(&Order::State { attempt: ATTEMPT, dir });
            let state = self.real.fact(|fact| match fact {
                Fact::State(news) => Some(format!("{news:?}")),
                _ => None,
            });
            self.real.seen.clear();
            if state.starts_with("Ended") || state == "Absent" {
                return;
            }
        }
    }
}

#[test]
fn real_shells_say_what_the_model_says() {
    for (host, count) in Host::all(&every_shell()).iter().zip([80, 40, 40, 10, 10]) {
        for seed in 0..rounds(count) {
            let mut random = Random::new(seed.try_into().unwrap());
            if seed % 20 == 0 {
                println!("{} from seed {seed}", host.shell.name());
            }
            let host = Host::new(host.shell);
            let mut pair = Pair::new(&host, &mut random);
            for _ in 0..random.below(14) {
                pair.random_order(host.shell, &mut random);
            }
        }
    }
}

/// Facts about one attempt, but for what is chance: one that ended between two looks was not seen to run.
fn certain(facts: &[Fact]) -> impl Iterator<Item = &Fact> {
    let ended = facts.iter().any(|fact| matches!(fact, Fact::Ended(..)));
    facts.iter().filter(move |fact| !(ended && **fact == Fact::Running))
}
