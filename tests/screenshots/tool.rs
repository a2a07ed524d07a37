//! `just screenshots`: pictures of the real program, and a short recording, into `screenshots/`. Each
//! is taken on a demo of its own, under a terminal, and stops with what is on the screen instead when
//! the text that it waits for does not come. Words after it take only the pictures with one of them in
//! their names.
#![expect(
    clippy::unwrap_used,
    clippy::unwrap_in_result,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool that reads the clock, prints, and may stop on any trouble"
)]

mod font;
mod outline;
mod paper;
mod picture;
mod scenes;
mod script;
mod stage;
#[path = "../support/mod.rs"]
mod support;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use font::Font;
use picture::{Picture, Shown};
use scenes::{SCENES, Scene, Take, WALK};
use stage::Seen;

/// Demos that are played at once: most of their time they sleep.
const AT_ONCE: usize = 3;

/// No picture of a recording is shown for longer, unless its script says so.
const IDLE_MAX: Duration = Duration::from_millis(600);

/// For how long the last picture of a recording is shown before it begins anew.
const END: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let words: Vec<String> =
        std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let scenes = SCENES.iter().chain([&WALK]);
    let all: Vec<(&Scene, &Take)> =
        scenes.flat_map(|scene| scene.takes.iter().map(move |take| (scene, take))).collect();
    let wanted: Vec<(&Scene, &Take)> = all
        .into_iter()
        .filter(|(scene, take)| {
            words.is_empty() || words.iter().any(|word| name(scene, take).contains(word.as_str()))
        })
        .collect();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("screenshots");
    std::fs::create_dir_all(&dir).unwrap();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let mut font = Font::read();
                while let Some((scene, take)) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = name(scene, take);
                    match shoot(scene, take, &dir.join(&name), &mut font) {
                        Ok(bytes) => println!("{name}  {} KB", bytes.div_ceil(1000)),
                        Err(why) => failed.lock().unwrap().push(format!("{name}: {why}")),
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    for why in &failed {
        println!("FAILED {why}\n");
    }
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The name of the file.
fn name(scene: &Scene, take: &Take) -> String {
    if scene.name == WALK.name {
        return format!("{}.gif", scene.name);
    }
    let look =
        if take.look.name.is_empty() { String::new() } else { format!("-{}", take.look.name) };
    format!("{}-{}x{}{look}.png", scene.name, take.cols, take.rows)
}

/// Plays a scene and writes its file; gives the length of that.
fn shoot(scene: &Scene, take: &Take, path: &PathBuf, font: &mut Font) -> Result<u64, String> {
    let seen = stage::play(scene, take)?;
    if scene.name == WALK.name {
        let shown = shown(&seen, take, font);
        picture::record(path, &shown);
    } else {
        let last = seen.last().ok_or("nothing was seen")?;
        Picture::of(&last.screen, take.look.paper, font).write(path);
    }
    Ok(std::fs::metadata(path).unwrap().len())
}

/// The pictures of a recording, each for as long as it was there, without idle times.
fn shown(seen: &[Seen], take: &Take, font: &mut Font) -> Vec<Shown> {
    let times = seen.windows(2).map(|pair| {
        let time = pair[1].at.duration_since(pair[0].at);
        if pair[0].held { time } else { time.min(IDLE_MAX) }
    });
    let times = times.chain([END]);
    let draw =
        |(seen, time): (&Seen, Duration)| (Picture::of(&seen.screen, take.look.paper, font), time);
    seen.iter().zip(times).map(draw).collect()
}
