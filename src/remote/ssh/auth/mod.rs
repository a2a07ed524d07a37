//! Logging in.
//!
//! A login is made in rounds, one per connection. The library's logins cannot be cancelled: after
//! a timeout, or after a person took longer than the server waits, the connection is spent and
//! the next round begins on a new one, knowing what was learned (unlocked keys, the password, an
//! agent that hangs). The "none" probe is not sent: it costs a round trip and tells nothing that
//! the first refusal does not.

mod agent;
mod keys;
mod offer;
mod prompts;

use std::sync::atomic::Ordering;

use russh::MethodKind;
use russh::client::AuthResult;
use secrecy::SecretString;
use tokio::time::timeout;

pub(super) use keys::Keyring;

use super::config::{Method, Settings};
use super::connection::Fresh;
use crate::remote::{Answer, Ask, Limits, Lost, Phase, Problem, Question};

/// Factors that one login may take (a key, then a code, …).
const FACTORS_MAX: usize = 4;

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Round {
    In,
    /// The connection is spent, but not the login.
    Again,
}

/// One login, over all its rounds.
pub(super) struct Login<'a> {
    host: &'a str,
    settings: &'a Settings,
    ask: &'a dyn Ask,
    limits: &'a Limits,
    keyring: &'a Keyring,
    agent_hung: bool,
    /// Somebody was asked in this round.
    asked: bool,
    password: Option<SecretString>,
    passwords_asked: u32,
    report: Report,
}

/// What is told when the login is denied.
#[derive(Debug, Default)]
struct Report {
    tried: Vec<String>,
    offers: Vec<String>,
    passed_over: Vec<String>,
    bad_files: Vec<String>,
}

impl Report {
    fn tried(&mut self, what: String) {
        if !self.tried.contains(&what) {
            self.tried.push(what);
        }
    }

    fn passed_over(&mut self, what: String) {
        if !self.passed_over.contains(&what) {
            self.passed_over.push(what);
        }
    }
}

/// What one answer of the server means for the method that asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    In,
    Again,
    /// Refused: try the next.
    Refused,
    /// Accepted, and the server wants one more proof.
    Further,
    /// This method has nothing more to try.
    Spent,
}

/// What the server allows next; unknown until its first answer.
type Allowed = Option<Vec<MethodKind>>;

fn allows(allowed: &Allowed, method: Method) -> bool {
    let kind = match method {
        Method::PublicKey => MethodKind::PublicKey,
        Method::KeyboardInteractive => MethodKind::KeyboardInteractive,
        Method::Password => MethodKind::Password,
    };
    allowed.as_ref().is_none_or(|allowed| allowed.contains(&kind))
}

impl<'a> Login<'a> {
    pub(super) fn new(
        host: &'a str,
        settings: &'a Settings,
        ask: &'a dyn Ask,
        limits: &'a Limits,
        keyring: &'a Keyring,
    ) -> Self {
        Self {
            host,
            settings,
            ask,
            limits,
            keyring,
            agent_hung: false,
            asked: false,
            password: None,
            passwords_asked: 0,
            report: Report::default(),
        }
    }

    /// Tries everything on one connection.
    pub(super) async fn round(&mut self, fresh: &mut Fresh) -> Result<Round, Problem> {
        let mut allowed: Allowed = None;
        self.asked = false;
        let mut keys = self.gather(fresh).await;
        for _ in 0..FACTORS_MAX {
            let mut further = false;
            for method in &self.settings.login.methods {
                if !allows(&allowed, *method) {
                    continue;
                }
                let step = match method {
                    Method::PublicKey => self.offer(fresh, &mut keys, &mut allowed).await?,
                    Method::KeyboardInteractive => self.interactive(fresh, &mut allowed).await?,
                    Method::Password => self.passwords(fresh, &mut allowed).await?,
                };
                match step {
                    Step::In => return Ok(Round::In),
                    Step::Again => return Ok(Round::Again),
                    Step::Further => {
                        further = true;
                        break;
                    }
                    Step::Refused | Step::Spent => {}
                }
            }
            if !further {
                break;
            }
        }
        Err(self.denied())
    }

    /// Waits for one answer of the server.
    async fn answer<T>(&self, answer: impl Future<Output = T>) -> Result<T, Problem> {
        timeout(self.limits.login, answer)
            .await
            .map_err(|_elapsed| Problem::TimedOut { phase: Phase::Login })
    }

    /// Takes in an answer. The library reports a lost connection as a refusal that leaves no
    /// methods, so that one is looked into.
    async fn judge(
        &mut self,
        fresh: &mut Fresh,
        allowed: &mut Allowed,
        result: AuthResult,
    ) -> Result<Step, Problem> {
        let AuthResult::Failure { remaining_methods, partial_success } = result else {
            return Ok(Step::In);
        };
        if remaining_methods.is_empty() {
            return self.gone(fresh).await;
        }
        self.report.offers = remaining_methods.iter().map(String::from).collect();
        *allowed = Some(remaining_methods.to_vec());
        Ok(if partial_success { Step::Further } else { Step::Refused })
    }

    /// What the end of the session while logging in means. If a person was asked on it, they may
    /// have taken longer than the server waits.
    async fn gone(&mut self, fresh: &mut Fresh) -> Result<Step, Problem> {
        let lost = fresh.ended().await;
        // OpenSSH's words when MaxAuthTries is reached.
        let too_many = matches!(&lost, Lost::Disconnected(text) if text.contains("Too many authentication failures"));
        if too_many {
            self.report.passed_over("the server takes no more attempts".to_owned());
        }
        if too_many || fresh.seen.no_methods.load(Ordering::Acquire) {
            return Err(self.denied());
        }
        if self.asked {
            return Ok(Step::Again);
        }
        Err(Problem::Lost { phase: Phase::Login, lost })
    }

    /// Puts a question to the person.
    async fn question(&mut self, question: Question) -> Option<Answer> {
        self.asked = true;
        self.ask.ask(question).await
    }

    fn denied(&mut self) -> Problem {
        let Report { tried, offers, mut passed_over, bad_files } = std::mem::take(&mut self.report);
        if tried.is_empty() && passed_over.is_empty() && !bad_files.is_empty() {
            return Problem::KeyFile { problems: bad_files };
        }
        passed_over.extend(bad_files);
        Problem::Denied { user: self.settings.user.clone(), tried, offers, passed_over }
    }
}
