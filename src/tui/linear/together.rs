//! What happened on several hosts together, in one line: a step begins and ends on all of them, and each
//! line more takes time to be heard. What steps print is never taken for that.

use crate::tui::state::{Came, Part};

/// Steps of one name that came as far, each on another host.
type Group = Vec<Part>;

/// Lines that come at once: those that say the same of several hosts are one, and of what has begun and
/// ended well meanwhile only the end is said.
pub(super) fn together(lines: Vec<(String, Option<Part>)>) -> Vec<String> {
    let mut groups: Vec<Result<Group, String>> = Vec::new();
    for (line, part) in lines {
        let Some(part) = part else {
            groups.push(Err(line));
            continue;
        };
        if part.end != Came::Started {
            forget(&mut groups, &part);
        }
        let same = groups.iter_mut().rev().flatten().find(|group| fits(group, &part));
        match same {
            Some(group) => group.push(part),
            None => groups.push(Ok(vec![part])),
        }
    }
    groups.into_iter().filter_map(|group| group.map_or_else(Some, |group| say(&group))).collect()
}

fn fits(group: &Group, part: &Part) -> bool {
    let alike = |it: &Part| {
        let as_far = (it.end == Came::Started) == (part.end == Came::Started);
        it.step == part.step && as_far
    };
    group.iter().all(|it| alike(it) && it.host != part.host) && !group.is_empty()
}

/// That it started there is not said any more.
fn forget(groups: &mut [Result<Group, String>], part: &Part) {
    let begun = |it: &Part| it.end == Came::Started && it.step == part.step && it.host == part.host;
    for group in groups.iter_mut().flatten() {
        group.retain(|it| !begun(it));
    }
}

fn say(group: &Group) -> Option<String> {
    let hosts: Vec<&str> = group.iter().map(|part| part.host.as_str()).collect();
    let hosts = hosts.join(", ");
    let Part { step, end, .. } = group.last()?;
    let one = group.len() == 1;
    Some(match end {
        Came::Started if one => format!("{hosts} {step} started"),
        Came::Started => format!("{step} started on {hosts}"),
        Came::Ok(time) if one => format!("{hosts} {step} ok after {time}"),
        Came::Ok(time) => format!("{step} ok on {hosts}; the last after {time}"),
    })
}
