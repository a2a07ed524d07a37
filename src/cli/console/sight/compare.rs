//! How a release differs from what is served, asked of the hosts for the picker.

use super::Sight;
use crate::{
    model::{Between, Commits, Difference, Pair},
    script::builtin::DIFF_LINES_MAX,
    tui::Told,
};

impl Sight {
    /// Tells how two releases differ; given up as soon as it is asked of two others.
    pub(super) async fn compare(self, pair: Pair) {
        let mut latest = self.compared.subscribe();
        self.compared.send_replace(Some(pair.clone()));
        let sites = self.sites();
        let newer = async {
            drop(latest.wait_for(|latest| latest.as_ref() != Some(&pair)).await);
        };
        tokio::select! {
            found = self.wrapping.compare(&pair, &sites) => {
                self.tell(Told::Compared(pair.clone(), found)).await;
            }
            () = newer => {}
        }
    }

    /// Tells the whole difference of two releases, with what is known of it above.
    pub(super) async fn diff(self, pair: Pair) {
        let sites = self.sites();
        let (numbers, whole) =
            futures::join!(self.wrapping.compare(&pair, &sites), self.wrapping.diff(&pair, &sites));
        let found = whole.map(|(host, lines)| page(&pair, numbers.as_ref().ok(), &host, lines));
        self.tell(Told::Diff(pair, found)).await;
    }
}

/// All that is to be read of a difference.
fn page(pair: &Pair, numbers: Option<&Difference>, host: &str, lines: Vec<String>) -> Vec<String> {
    let mut page = vec![format!("What is other in {} than in {} (by {host})", pair.to, pair.from)];
    if let Some(Difference { commits: Some(Between { leaving, coming }), .. }) = numbers {
        page.extend(listed(&format!("only in {}", pair.from), leaving));
        page.extend(listed(&format!("only in {}", pair.to), coming));
    }
    page.push(String::new());
    let all = lines.len();
    page.extend(lines);
    match all {
        0 => page.push("nothing differs".to_owned()),
        DIFF_LINES_MAX.. => page.push("... and more: only the beginning is shown".to_owned()),
        _ => {}
    }
    page
}

fn listed(whose: &str, Commits { count, newest }: &Commits) -> Vec<String> {
    if *count == 0 {
        return Vec::new();
    }
    let what = if *count == 1 { "commit" } else { "commits" };
    let shown = newest.iter().map(|one| format!("  {one}"));
    let mut lines = vec![String::new(), format!("{count} {what} {whose}:")];
    lines.extend(shown);
    let left = count.saturating_sub(u64::try_from(newest.len()).unwrap_or(u64::MAX));
    if left > 0 {
        lines.push(format!("  and {left} more"));
    }
    lines
}
