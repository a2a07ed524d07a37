//! What a person types: keyboard-interactive and passwords.

use russh::client::{AuthResult, KeyboardInteractiveAuthResponse, Prompt};
use secrecy::{ExposeSecret as _, SecretString};

use super::super::connection::Fresh;
use super::{Allowed, Login, Method, Step, allows};
use crate::remote::limits::{ASKED_MAX, PROMPT_ROUNDS_MAX, PROMPTS_MAX, cut};
use crate::remote::{Answer, Phase, Problem, Question};

/// How one run of keyboard-interactive ended.
enum Talk {
    Judged(Step),
    /// The person did not answer.
    Declined,
}

impl Login<'_> {
    /// Keyboard-interactive, while a person is there and the server goes on asking.
    pub(super) async fn interactive(
        &mut self,
        fresh: &mut Fresh,
        allowed: &mut Allowed,
    ) -> Result<Step, Problem> {
        if !self.ask.can_ask() {
            return Ok(Step::Spent);
        }
        for _ in 0..ASKED_MAX {
            if !allows(allowed, Method::KeyboardInteractive) {
                break;
            }
            match self.talk(fresh, allowed).await? {
                Talk::Judged(Step::Refused) => {}
                Talk::Judged(step) => return Ok(step),
                Talk::Declined => break,
            }
        }
        Ok(Step::Spent)
    }

    async fn talk(&mut self, fresh: &mut Fresh, allowed: &mut Allowed) -> Result<Talk, Problem> {
        let user = self.settings.user.clone();
        let start = fresh.handle.authenticate_keyboard_interactive_start(user, None);
        let mut said = self.answer(start).await?;
        let mut asked = false;
        let mut declined = false;
        for _ in 0..PROMPT_ROUNDS_MAX {
            let (name, instructions, prompts) = match said.ok() {
                None => return self.gone(fresh).await.map(Talk::Judged),
                Some(KeyboardInteractiveAuthResponse::Success) => {
                    return Ok(Talk::Judged(Step::In));
                }
                Some(KeyboardInteractiveAuthResponse::Failure {
                    remaining_methods,
                    partial_success,
                }) => {
                    let result = AuthResult::Failure { remaining_methods, partial_success };
                    let step = self.judge(fresh, allowed, result).await?;
                    // A server that refuses without a question does not offer the method.
                    let over = declined || (!asked && step == Step::Refused);
                    return Ok(if over { Talk::Declined } else { Talk::Judged(step) });
                }
                Some(KeyboardInteractiveAuthResponse::InfoRequest {
                    name,
                    instructions,
                    prompts,
                }) => (name, instructions, prompts),
            };
            if prompts.len() > PROMPTS_MAX {
                let many = prompts.len();
                return Err(Problem::Handshake(format!(
                    "the server asks {many} questions at once"
                )));
            }
            asked |= !prompts.is_empty();
            if asked {
                self.report.tried(Method::KeyboardInteractive.name().to_owned());
            }
            let answers = self.prompt(&name, &instructions, &prompts).await;
            declined |= answers.is_none();
            // Without answers: as many empty ones, so that the session goes on to the refusal.
            let answers = answers.unwrap_or_else(|| vec![String::new(); prompts.len()]);
            let respond = fresh.handle.authenticate_keyboard_interactive_respond(answers);
            said = self.answer(respond).await?;
        }
        Err(Problem::TimedOut { phase: Phase::Login })
    }

    async fn prompt(
        &mut self,
        name: &str,
        instruction: &str,
        prompts: &[Prompt],
    ) -> Option<Vec<String>> {
        let mut answers = Vec::with_capacity(prompts.len());
        for prompt in prompts {
            let question = Question::Interactive {
                host: self.host.to_owned(),
                name: cut(name),
                instruction: cut(instruction),
                prompt: cut(&prompt.prompt),
                echo: prompt.echo,
            };
            match self.question(question).await? {
                Answer::Secret(text) => answers.push(text.expose_secret().to_owned()),
                Answer::Yes => return None,
            }
        }
        Some(answers)
    }

    /// Passwords, while a person is there.
    pub(super) async fn passwords(
        &mut self,
        fresh: &mut Fresh,
        allowed: &mut Allowed,
    ) -> Result<Step, Problem> {
        while allows(allowed, Method::Password) {
            let Some(password) = self.password().await else { return Ok(Step::Spent) };
            // The person may have taken longer than the server waits.
            if fresh.handle.is_closed() {
                self.password = Some(password);
                return Ok(Step::Again);
            }
            self.report.tried(Method::Password.name().to_owned());
            let user = self.settings.user.clone();
            let answer = fresh.handle.authenticate_password(user, password.expose_secret());
            let result = self.answer(answer).await?.ok();
            match self.settle(result, fresh, allowed).await? {
                Step::Refused => {}
                Step::Again => {
                    self.password = Some(password);
                    return Ok(Step::Again);
                }
                step @ (Step::In | Step::Further | Step::Spent) => return Ok(step),
            }
        }
        Ok(Step::Spent)
    }

    /// The password that was typed and not yet sent, or one asked for now.
    async fn password(&mut self) -> Option<SecretString> {
        if let Some(password) = self.password.take() {
            return Some(password);
        }
        if !self.ask.can_ask() || self.passwords_asked >= ASKED_MAX {
            return None;
        }
        self.passwords_asked += 1;
        let question =
            Question::Password { user: self.settings.user.clone(), host: self.host.to_owned() };
        match self.question(question).await? {
            Answer::Secret(password) => Some(password),
            Answer::Yes => None,
        }
    }
}
