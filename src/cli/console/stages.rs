//! Which stage, where nobody said it and there are several: a first small screen, left before the
//! console is opened, since what it asks for (pass phrases, secrets) is asked on the plain terminal.

use super::{open_run, screen::Screen};
use crate::{
    cli::{
        args::Global,
        environment::Surroundings,
        exit::{Exit, Stop},
        own::Own,
    },
    model::Owner,
    recipe::Recipe,
    tui::{StageOffer, Told, Wish},
};

/// The stage that the operator chooses. `unsaid`: what is wrong where none is chosen.
///
/// # Errors
/// When the operator leaves, and when there can be no screen.
pub(super) async fn choose(
    around: &Surroundings,
    global: &Global,
    recipe: &Recipe,
    unsaid: Stop,
) -> Result<String, Stop> {
    let offer = |name: &str| -> Result<StageOffer, Stop> {
        let owner = Owner { app: recipe.app.clone(), stage: name.to_owned() };
        let stage = recipe.stages.get(name);
        let hosts = stage.map(|stage| stage.hosts.iter().map(|host| host.value.clone()).collect());
        Ok(StageOffer {
            name: name.to_owned(),
            hosts: hosts.unwrap_or_default(),
            protected: stage.is_some_and(|stage| stage.protected),
            open: open_run(around, &owner)?.is_some(),
        })
    };
    let offers: Vec<StageOffer> = recipe.stage_names().map(offer).collect::<Result<_, _>>()?;
    let mut screen = Screen::open(around, Own::load(around, global)?, true)?;
    screen.tell(Told::Stages(offers)).await;
    let chosen = loop {
        let Some(wished) = screen.wish().await else {
            let left = "left before a stage was chosen; nothing was changed";
            break Err(match screen.signal().await {
                Some(number) => Stop::new(Exit::Signal(number), left),
                None => unsaid,
            });
        };
        if let Wish::Stage(name) = wished.what().clone() {
            wished.done();
            break Ok(name);
        }
        wished.refuse("choose a stage first");
    };
    screen.close().await?;
    chosen
}

/// Whether the stage must be chosen.
pub(super) fn unsaid(global: &Global, recipe: &Recipe) -> bool {
    global.stage.is_none() && recipe.stages.len() > 1
}
