//! The first words to a newcomer.

use std::path::Path;

use super::Host;

/// What to press, in the order in which it is best tried. The console puts in the keys.
const WALK: &str = "\
Three hosts run in this program; nothing here leaves your machine.
Each serves a bakery's site. Open one in a browser and watch it change:
@URLS@
  {deploy}  Deploy the newest commit. You see first what would be done.
  {step}  Or do it step by step: {step} does one step and waits for you.
  {retry}  The migration fails, and says why. Mend it as it tells you: with {edit}
     its command is changed and run again, with {retry} as it is.
  {maintenance}  Put the maintenance page up, and take it down. Reload the browser.
  {rollback}  Roll back to an earlier release. You see what would leave with it.
  {help}  All you can do.  {quit}  Leave. The demo is removed; a real site stays.
The recipe is short. Read it, change it:
  @CONFIG@";

pub(super) fn lines(hosts: &[Host], config: &Path) -> Vec<String> {
    let urls: Vec<String> =
        hosts.iter().map(|host| format!("  {}  {}", host.name, host.url())).collect();
    let text = WALK.replace("@URLS@", &urls.join("\n"));
    text.replace("@CONFIG@", &config.display().to_string()).lines().map(str::to_owned).collect()
}
