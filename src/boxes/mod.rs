//! One host's durable-step protocol, sans-IO: orders and channel bytes in; bytes, log bytes and facts
//! out. It says what a box is known to have done, never what it should have done: an outcome comes
//! only from a witness on the host.
//!
//! There are two channels. *Control* answers questions line by line. The *agent* follows one box at a
//! time: its stdout carries that box's log and nothing else, its stderr carries facts. Log bytes and
//! facts may overtake each other, so an attempt has ended when its fact is here **and** that many
//! bytes were counted.

mod follow;
mod lines;
mod order;

use std::collections::{BTreeMap, VecDeque};

use follow::{Following, Said};
use lines::Lines;

use crate::{
    model::Try,
    script::{self, Answer, Bad, HasNul, Hello, News},
};

pub use follow::{LogEnd, Outcome};
pub use order::Order;

/// Lines of an answer that are kept; the rest is left out, and with it the last one, by which a
/// complete answer is known.
const SAID_LINES_MAX: usize = 20_000;

/// Which channel bytes belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output of the control shell: answers.
    Control,
    /// Standard output of the agent: log bytes.
    Log,
    /// Standard error of the agent: facts.
    Facts,
    /// Standard error of the control shell: kept for messages.
    Noise,
}

/// What is known of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Its box is there.
    Staged,
    /// Its box is not there.
    Absent,
    /// Its box is there, and nobody has begun it.
    Unstarted,
    /// It has begun.
    Running,
    /// It could not be put or begun, and was not; the host's words. An order that was sent before and
    /// comes late may still begin it.
    Refused(String),
    /// It was claimed, and what claimed it was killed before it began: it never will.
    Never,
    /// It ended with this exit status, having printed so many bytes, which are all handed out.
    Ended(u8, u64),
    /// Nothing of it lives; so many bytes, all handed out.
    Settled(u64),
    /// It can never begin.
    Fenced,
    /// It was to be fenced, and has begun.
    Claimed,
    /// Its outcome cannot be learned.
    Lost(Outcome),
    /// Its log is not the one read so far: bytes read, bytes there.
    LogReplaced(u64, u64),
    /// The signal was sent, or there was nobody to send it to.
    Signalled(bool),
    /// The input was delivered.
    Given(u16),
    /// The input was not delivered, and will not be; the host's words.
    NotGiven(u16, String),
    /// The box is removed.
    Cleaned,
    /// It could not be fenced, removed or asked; the host's words. Nothing is known from it.
    Unable(String),
    /// The box was asked what it says.
    State(News),
}

/// What comes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this to the control channel.
    Control(String),
    /// Send this to the agent channel.
    Agent(String),
    /// The next bytes of the attempt's log.
    Log(Try, Vec<u8>),
    /// Put what is here of the log aside and begin it anew: the host's is another.
    SetAside(Try),
    /// Something is known of an attempt.
    Fact(Try, Fact),
    /// What the text of that question printed, line by line.
    Said(u64, Vec<String>),
    /// The host is ready for orders, and said this of itself.
    Ready(Box<Hello>),
    /// The host cannot hold boxes.
    Unfit(Bad),
    /// The agent cannot work; the host's words.
    NoAgent(String),
}

/// A question on its way.
#[derive(Clone, Debug)]
enum Asked {
    Put(Try),
    Fence(Try),
    Cancel(Try),
    Input(Try, u16),
    Clean(Try),
    State(Try),
    Ask(u64, Vec<String>),
}

/// The console's half of one connection to one host.
#[derive(Debug)]
pub struct Client {
    control: Lines,
    facts: Lines,
    marker: Lines,
    errors: Lines,
    hello: Option<Hello>,
    agent: bool,
    answered: bool,
    next: u32,
    asked: BTreeMap<u32, Asked>,
    following: Option<Following>,
    out: VecDeque<Output>,
}

impl Client {
    /// Begins a connection: both programs and the hello. `nonce`: letters and digits, 80 random bits.
    ///
    /// # Errors
    /// When `state_dir` holds a NUL.
    pub fn new(nonce: &str, state_dir: &str) -> Result<Self, HasNul> {
        Ok(Self::with(nonce, &script::hello(state_dir, false)?))
    }

    /// The same for a connection by which nothing is changed: boxes are not put nor begun on it.
    ///
    /// # Errors
    /// When `state_dir` holds a NUL.
    pub fn looking(nonce: &str, state_dir: &str) -> Result<Self, HasNul> {
        Ok(Self::with(nonce, &script::hello(state_dir, true)?))
    }

    fn with(nonce: &str, hello: &str) -> Self {
        let mut out = VecDeque::new();
        out.push_back(Output::Control(script::control(nonce) + hello));
        out.push_back(Output::Agent(script::agent(nonce)));
        Self {
            control: Lines::long(nonce),
            facts: Lines::new(nonce),
            marker: Lines::new(nonce),
            errors: Lines::new(nonce),
            hello: Some(Hello::default()),
            agent: false,
            answered: false,
            next: 1,
            asked: BTreeMap::new(),
            following: None,
            out,
        }
    }

    /// What comes out next.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// The attempt that is followed now.
    #[must_use]
    pub fn following(&self) -> Option<Try> {
        self.following.as_ref().map(|following| following.attempt)
    }

    /// What the host printed besides our answers: start-up files, or why there is no shell.
    #[must_use]
    pub fn noise(&self) -> String {
        let mut noise = self.control.noise().to_owned();
        if noise.is_empty() {
            // Both shells say the same, and either may have ended first.
            noise.push_str(self.marker.noise());
        }
        noise.push_str(self.errors.noise());
        noise.push_str(self.facts.noise());
        noise
    }

    /// Gives an order. Only after [`Output::Ready`]; a box is followed only while no other is.
    ///
    /// # Errors
    /// When a word holds a NUL; nothing was sent then.
    pub fn order(&mut self, order: &Order) -> Result<(), HasNul> {
        match order {
            Order::Go { attempt, dir, inline, log } => {
                self.begin(Following::new(*attempt, dir, *log), *inline, script::go)
            }
            Order::Attach { attempt, dir, log } => {
                let following = Following::new(*attempt, dir, *log);
                self.begin(following, false, |what| script::follow(what, false))
            }
            Order::Put { attempt, dir, text, flags } => {
                let n = self.next;
                self.ask(Asked::Put(*attempt), script::put(n, dir, flags, text)?);
                Ok(())
            }
            Order::Fence { attempt, dir } => {
                self.ask(Asked::Fence(*attempt), script::fence(self.next, dir)?);
                Ok(())
            }
            Order::Cancel { attempt, dir, signal } => {
                self.ask(Asked::Cancel(*attempt), script::cancel(self.next, dir, signal)?);
                Ok(())
            }
            Order::Input { attempt, dir, number, text } => {
                let line = script::input(self.next, dir, *number, text)?;
                self.ask(Asked::Input(*attempt, *number), line);
                Ok(())
            }
            Order::Taken { attempt, dir, number } => {
                let line = script::taken(self.next, dir, *number)?;
                self.ask(Asked::Input(*attempt, *number), line);
                Ok(())
            }
            Order::Clean { attempt, dir } => {
                self.ask(Asked::Clean(*attempt), script::clean(self.next, dir)?);
                Ok(())
            }
            Order::Ask { id, text } => {
                self.ask(Asked::Ask(*id, Vec::new()), script::ask(self.next, text)?);
                Ok(())
            }
            Order::State { attempt, dir } => {
                self.ask(Asked::State(*attempt), script::state(self.next, dir)?);
                Ok(())
            }
        }
    }

    fn ask(&mut self, asked: Asked, line: String) {
        self.asked.insert(self.next, asked);
        self.next = self.next.wrapping_add(1).max(1);
        self.out.push_back(Output::Control(line));
    }

    fn begin(
        &mut self,
        following: Following,
        inline: bool,
        line: impl Fn(script::Follow<'_>) -> Result<String, HasNul>,
    ) -> Result<(), HasNul> {
        let number = self.next;
        let from = following.from();
        let text = line(script::Follow { number, from, inline, dir: &following.dir })?;
        self.next = self.next.wrapping_add(1).max(1);
        self.following = Some(following.numbered(number));
        self.out.push_back(Output::Agent(text));
        Ok(())
    }

    /// Takes bytes of a channel in.
    pub fn bytes(&mut self, stream: Stream, bytes: &[u8]) {
        match stream {
            Stream::Control => {
                for line in self.control.take(bytes) {
                    if let Some(answer) = script::answer(&line) {
                        self.answer(answer);
                    }
                }
            }
            Stream::Facts => {
                for line in self.facts.take(bytes) {
                    if let Some((number, news)) = script::news(&line) {
                        self.news(number, news);
                    }
                }
            }
            Stream::Log => self.log(bytes),
            Stream::Noise => drop(self.errors.take(bytes)),
        }
    }

    /// The agent's stdout: noise up to the line that is the nonce alone, then log bytes.
    fn log(&mut self, bytes: &[u8]) {
        let rest = self.marker.skip_to_nonce(bytes);
        if let Some(following) = self.following.as_mut().filter(|_| !rest.is_empty()) {
            self.out.push_back(Output::Log(following.attempt, rest.to_vec()));
            let said = following.count(rest.len());
            self.say(said);
        }
    }

    fn news(&mut self, number: u32, news: News) {
        if news == News::Ready {
            self.agent = true;
            return self.ready();
        }
        if let News::NoAgent(why) = news {
            return self.out.push_back(Output::NoAgent(why));
        }
        if let Some(following) = self.following.as_mut().filter(|f| f.number == number) {
            let said = following.hear(news);
            self.say(said);
        }
    }

    fn say(&mut self, said: Said) {
        let Some(following) = &self.following else { return };
        let attempt = following.attempt;
        if let Some(from) = said.restart {
            let number = following.number;
            let what = script::Follow { number, from, inline: false, dir: &following.dir };
            if from == 0 {
                self.out.push_back(Output::SetAside(attempt));
            }
            if let Ok(line) = script::follow(what, true) {
                self.out.push_back(Output::Agent(line));
            }
        }
        self.out.extend(said.facts.into_iter().map(|fact| Output::Fact(attempt, fact)));
        if said.over {
            self.following = None;
        }
    }

    fn ready(&mut self) {
        if !(self.agent && self.answered) {
            return;
        }
        if let Some(hello) = self.hello.take() {
            if hello.is_complete() {
                self.out.push_back(Output::Ready(Box::new(hello)));
            } else {
                let what = "it does not say who it is".to_owned();
                self.out.push_back(Output::Unfit(Bad { check: "hello".to_owned(), what }));
            }
        }
    }

    /// A line of a text that is not through yet.
    fn line(&mut self, number: u32, line: &str) {
        if let Some(Asked::Ask(_, lines)) = self.asked.get_mut(&number)
            && lines.len() < SAID_LINES_MAX
        {
            lines.push(line.to_owned());
        }
    }

    fn answer(&mut self, answer: Answer) {
        let number = match &answer {
            Answer::Part(name, value) => {
                if let Some(hello) = &mut self.hello {
                    hello.take(name, value);
                }
                return;
            }
            Answer::Hello => {
                self.answered = true;
                return self.ready();
            }
            Answer::Line(number, line) => return self.line(*number, line),
            Answer::Unfit(bad) => return self.out.push_back(Output::Unfit(bad.clone())),
            Answer::Put(n)
            | Answer::Fenced(n)
            | Answer::Claimed(n)
            | Answer::Sent(n)
            | Answer::None(n)
            | Answer::Given(n)
            | Answer::Asked(n)
            | Answer::Clean(n)
            | Answer::Kept(n, _)
            | Answer::State(n, _)
            | Answer::Failed(n, _) => *n,
        };
        let Some(asked) = self.asked.remove(&number) else { return };
        if let Asked::Ask(id, lines) = asked {
            return self.out.push_back(Output::Said(id, lines));
        }
        if let Some((attempt, fact)) = learned(&asked, answer) {
            self.out.push_back(Output::Fact(attempt, fact));
        }
    }
}

/// What an answer to a question tells. An answer of the wrong kind tells nothing.
fn learned(asked: &Asked, answer: Answer) -> Option<(Try, Fact)> {
    Some(match (asked, answer) {
        (Asked::Put(attempt), Answer::Put(_)) => (*attempt, Fact::Staged),
        (Asked::Put(attempt), Answer::Failed(_, why)) => (*attempt, Fact::Refused(why)),
        (Asked::Fence(attempt), Answer::Fenced(_)) => (*attempt, Fact::Fenced),
        (Asked::Fence(attempt), Answer::Claimed(_)) => (*attempt, Fact::Claimed),
        (Asked::Fence(attempt), Answer::State(_, News::Absent)) => (*attempt, Fact::Absent),
        (Asked::Cancel(attempt), Answer::Sent(_)) => (*attempt, Fact::Signalled(true)),
        (Asked::Cancel(attempt), Answer::None(_) | Answer::Failed(..)) => {
            (*attempt, Fact::Signalled(false))
        }
        (Asked::Input(attempt, number), Answer::Given(_)) => (*attempt, Fact::Given(*number)),
        (Asked::Clean(attempt), Answer::Clean(_)) => (*attempt, Fact::Cleaned),
        (Asked::State(attempt), Answer::State(_, news)) => (*attempt, Fact::State(news)),
        (Asked::State(attempt), Answer::Fenced(_)) => (*attempt, Fact::State(News::Fenced)),
        (Asked::Clean(attempt), Answer::Kept(_, state)) => {
            (*attempt, Fact::Unable(format!("it is still in use: {state}")))
        }
        (Asked::Input(attempt, number), Answer::Failed(_, why)) => {
            (*attempt, Fact::NotGiven(*number, why))
        }
        (
            Asked::Fence(attempt) | Asked::Clean(attempt) | Asked::State(attempt),
            Answer::Failed(_, why),
        ) => (*attempt, Fact::Unable(why)),
        (
            Asked::Put(_)
            | Asked::Fence(_)
            | Asked::Cancel(_)
            | Asked::Input(..)
            | Asked::Clean(_)
            | Asked::State(_)
            | Asked::Ask(..),
            _,
        ) => return None,
    })
}

#[cfg(test)]
mod tests;
