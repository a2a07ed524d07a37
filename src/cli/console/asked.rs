//! What was asked of a run, in a few words: for whoever is told that it was not done.

use crate::{
    driver::Request,
    model::{HostId, NodeId},
    run::{Command, Mode, Run, Sig},
};

/// Names what was asked, without what was typed for it.
pub(super) fn named(request: &Request, run: &Run) -> String {
    let command = match request {
        Request::Answer { attempt, .. } => return format!("input{}", of(run, attempt.node)),
        Request::Command(command) => command,
    };
    match command {
        Command::Choose(hold, choice, _) => {
            let of = run.holds.get(hold).map_or_else(String::new, |hold| of(run, hold.on));
            format!("{}{of}", choice.needs())
        }
        Command::Mode(Mode::Run) => "go on".to_owned(),
        Command::Mode(Mode::Step) => "step".to_owned(),
        Command::Mode(Mode::Pause) => "pause".to_owned(),
        Command::Break(node, true) => format!("set a breakpoint{}", of(run, *node)),
        Command::Break(node, false) => format!("remove a breakpoint{}", of(run, *node)),
        Command::Listen(attempt) => format!("ask for input{}", of(run, attempt.node)),
        Command::Stop(attempt, Sig::Term) => format!("stop{}", of(run, attempt.node)),
        Command::Stop(attempt, Sig::Kill) => format!("kill{}", of(run, attempt.node)),
        Command::Exclude(host, _) => format!("exclude {}", host_name(run, *host)),
        Command::Abort(abort, _) if abort.undo => "abort and undo".to_owned(),
        Command::Abort(..) => "abort".to_owned(),
        Command::Rest(_) => "leave the rest of the undo as it is".to_owned(),
        Command::Leave => "leave".to_owned(),
    }
}

/// The step and the host of a node.
fn of(run: &Run, node: NodeId) -> String {
    let Some(cell) = run.cell(node) else { return String::new() };
    let host = cell.node.host.map(|host| format!(" on {}", host_name(run, host)));
    format!(" ({}{})", cell.node.key.step, host.unwrap_or_default())
}

fn host_name(run: &Run, host: HostId) -> &str {
    run.plan.host(host).map_or("?", |host| host.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{HoldId, Try},
        run::{Abort, Choice, Why},
        tui::tests::story,
    };

    #[test]
    fn what_was_asked_is_named_and_what_was_typed_is_not() {
        let story = story::failed();
        let run = Run::fold(&story.events).unwrap();
        let (node, gate) = (story.node("migrate", 2), story.gate("switch"));
        let attempt = Try { node, n: 1 };
        let check = |request: Request, words: &str| assert_eq!(named(&request, &run), words);
        let why = || Why("hunter2".to_owned());
        let text = || "hunter2".to_owned();
        check(
            Request::Answer { attempt, number: 1, text: text(), hidden: true },
            "input (migrate on db1)",
        );
        for (command, words) in [
            (Command::Choose(HoldId(0), Choice::Skip, why()), "skip (migrate on db1)"),
            (
                Command::Choose(HoldId(0), Choice::Edit(text()), why()),
                "edit and retry (migrate on db1)",
            ),
            (Command::Choose(HoldId(9), Choice::Go, why()), "go on"),
            (Command::Mode(Mode::Run), "go on"),
            (Command::Mode(Mode::Pause), "pause"),
            (Command::Break(gate, true), "set a breakpoint (switch)"),
            (Command::Stop(attempt, Sig::Term), "stop (migrate on db1)"),
            (Command::Exclude(HostId(1), why()), "exclude web2"),
            (Command::Abort(Abort { undo: true, stop: false }, why()), "abort and undo"),
            (Command::Abort(Abort { undo: false, stop: true }, why()), "abort"),
            (Command::Rest(why()), "leave the rest of the undo as it is"),
        ] {
            check(Request::Command(command), words);
        }
    }
}
