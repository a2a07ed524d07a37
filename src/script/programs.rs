//! The programs for the two channels of a host, and the lines that are sent to them.

use super::quote::{HasNul, quote};

const SHARED: &str = include_str!("sh/shared.sh");
const CONTROL: &str = include_str!("sh/control.sh");
const AGENT: &str = include_str!("sh/agent.sh");
const SUPERVISOR: &str = include_str!("sh/supervisor.sh");

/// The programs' own variables. If one of these names is exported by the login shell, setting it would
/// change what steps see.
const FORGET: &str = "unset N BOOT TICK LATER B C D F I K M O P S T U W X Z at c e f g h i j k l m n o p q r s t u v x y z";

/// The program of the control channel. One block, so that a shell that gets only a part of it runs
/// nothing. `nonce`: letters and digits.
#[must_use]
pub fn control(nonce: &str) -> String {
    format!("{{\n{FORGET}\nN={nonce}\n{SHARED}\n{CONTROL}\n}}\n")
}

/// The program of the agent channel. Nothing may be sent after it before it has said `ready`: a shell
/// may read ahead.
#[must_use]
pub fn agent(nonce: &str) -> String {
    format!("{{\n{FORGET}\nN={nonce}\n{SHARED}\n{SUPERVISOR}\n{AGENT}\n}}\n")
}

/// What a box needs besides its command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Takes input while it runs.
    pub input: bool,
    /// Runs as this user, so that signals to it must, too.
    pub user: Option<String>,
}

/// Asks who and what is there, and for a place for our state; `looks`: without making one.
///
/// # Errors
/// When the directory's name holds a NUL.
pub fn hello(state_dir: &str, looks: bool) -> Result<String, HasNul> {
    let only = if looks { " look" } else { "" };
    Ok(format!("hello {}{only}\n", quote(state_dir)?))
}

/// Puts a box.
///
/// # Errors
/// When a word holds a NUL.
pub fn put(question: u32, dir: &str, flags: &Flags, text: &str) -> Result<String, HasNul> {
    let mut marks = text.len().to_string();
    if flags.input {
        marks.push('i');
    }
    if let Some(user) = &flags.user {
        marks.push_str("u:");
        marks.push_str(user);
    }
    let (dir, marks, text) = (quote(dir)?, quote(&marks)?, quote(text)?);
    Ok(format!("{{ put {question} {dir} {marks} {text}\n}}\n"))
}

/// Forbids an attempt to begin.
///
/// # Errors
/// When a word holds a NUL.
pub fn fence(question: u32, dir: &str) -> Result<String, HasNul> {
    Ok(format!("fence {question} {}\n", quote(dir)?))
}

/// Sends a signal (`TERM` or `KILL`) to a step's group.
///
/// # Errors
/// When a word holds a NUL.
pub fn cancel(question: u32, dir: &str, signal: &str) -> Result<String, HasNul> {
    Ok(format!("cancel {question} {} {}\n", quote(dir)?, quote(signal)?))
}

/// Delivers a line of input, at most once for each number.
///
/// # Errors
/// When a word holds a NUL.
pub fn input(question: u32, dir: &str, number: u16, text: &str) -> Result<String, HasNul> {
    Ok(format!("{{ input {question} {} {number} {}\n}}\n", quote(dir)?, quote(text)?))
}

/// Asks whether a line of input was delivered.
///
/// # Errors
/// When a word holds a NUL.
pub fn taken(question: u32, dir: &str, number: u16) -> Result<String, HasNul> {
    Ok(format!("taken {question} {} {number}\n", quote(dir)?))
}

/// Asks what a box says of its attempt.
///
/// # Errors
/// When a word holds a NUL.
pub fn state(question: u32, dir: &str) -> Result<String, HasNul> {
    Ok(format!("state {question} {}\n", quote(dir)?))
}

/// Runs a text of ours in a shell by itself, and has what it prints passed on.
///
/// # Errors
/// When the text holds a NUL.
pub fn ask(question: u32, text: &str) -> Result<String, HasNul> {
    Ok(format!("{{ ask {question} {}\n}}\n", quote(text)?))
}

/// Removes a box that has ended.
///
/// # Errors
/// When a word holds a NUL.
pub fn clean(question: u32, dir: &str) -> Result<String, HasNul> {
    Ok(format!("clean {question} {}\n", quote(dir)?))
}

/// An order that makes the agent follow a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follow<'a> {
    /// Number of this following; every fact about it carries it.
    pub number: u32,
    /// Where in the log to begin, in bytes.
    pub from: u64,
    /// Whether the agent itself does what is in the box.
    pub inline: bool,
    /// The box. The line is read, not parsed: nothing is quoted.
    pub dir: &'a str,
}

fn order(verb: &str, follow: Follow<'_>) -> Result<String, HasNul> {
    let Follow { number, from, inline, dir } = follow;
    if dir.contains(['\0', '\n']) {
        return Err(HasNul);
    }
    let mode = if inline { 'i' } else { 'd' };
    Ok(format!("{verb} {number} {from} {mode} {dir}\n"))
}

/// Begins the attempt if nobody has, and follows it.
///
/// # Errors
/// When the directory's name holds a NUL or a line feed.
pub fn go(what: Follow<'_>) -> Result<String, HasNul> {
    order("go", what)
}

/// Follows without beginning.
///
/// # Errors
/// When the directory's name holds a NUL or a line feed.
pub fn follow(what: Follow<'_>, verified: bool) -> Result<String, HasNul> {
    order(if verified { "from" } else { "attach" }, what)
}

/// Runs a program and prints its exit status on a line by itself, then what it printed.
///
/// # Errors
/// When a word holds a NUL.
pub fn captured(words: &[String]) -> Result<String, HasNul> {
    let words: Result<Vec<String>, HasNul> = words.iter().map(|word| quote(word)).collect();
    let words = words?.join(" ");
    Ok(format!("said=$({words} 2>&1)\nprintf '%s\\n%s\\n' \"$?\" \"$said\"\n"))
}
