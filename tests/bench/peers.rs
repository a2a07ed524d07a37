//! `cargo bench`: speed beside plain `ssh`, in the same run, as ratios. Real sshd hosts on this
//! machine, their round-trip time added by a proxy. Prints a table; asserts nothing.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench reads the clock, prints, and may stop on any trouble"
)]

#[path = "../support/mod.rs"]
mod support;

use std::{
    fs,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use support::{deployui::Deployui, fleet::Fleet, proxy::Proxy};

/// Runs of each measurement; the table has the median.
const RUNS: usize = 5;

/// Steps of the job.
const STEPS: usize = 10;

/// Bytes of the flood.
const FLOOD_BYTES: u64 = 500_000_000;

fn main() {
    let hosts: usize = 10;
    let fleet = Fleet::up(hosts, &["max-sessions=20"]);
    let proxies: Vec<Proxy> = (1..=hosts).map(|i| Proxy::to(fleet.host(i).port)).collect();
    for (i, proxy) in proxies.iter().enumerate() {
        fleet.route(i + 1, proxy.port());
    }
    println!("{:<34} {:>9} {:>9} {:>7}", "", "deployui", "ssh", "ratio");
    for rtt_ms in [0, 40] {
        for proxy in &proxies {
            proxy.set_delay(Duration::from_millis(rtt_ms / 2));
        }
        for n in [1, hosts] {
            job(&fleet, n, rtt_ms);
        }
        flood(&fleet, rtt_ms);
    }
}

fn row(what: &str, ours: f64, theirs: f64, unit: &str) {
    println!("{what:<34} {ours:>7.2}{unit:>2} {theirs:>7.2}{unit:>2} {:>7.2}", ours / theirs);
}

fn median(mut work: impl FnMut() -> f64) -> f64 {
    let mut all: Vec<f64> = (0..RUNS).map(|_| work()).collect();
    all.sort_by(f64::total_cmp);
    all[RUNS / 2]
}

fn seconds(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64()
}

/// Ten small steps, from cold: ours with a barrier after each, beside one script over `ssh`.
fn job(fleet: &Fleet, n: usize, rtt_ms: u64) {
    let operator = Deployui::new();
    let names: Vec<String> = (1..=n).map(|i| format!("\"{}\"", fleet.host(i).name)).collect();
    let mut recipe = format!("app = \"bench\"\n[stages.s]\nhosts = [{}]\n", names.join(", "));
    for i in 1..=n {
        recipe += &format!("[hosts.{}]\n", fleet.host(i).name);
    }
    let mut pipeline = Vec::new();
    for step in 0..STEPS {
        recipe += &format!("[steps.s{step}]\nrun = \"true\"\n");
        pipeline.push(format!("\"s{step}\""));
    }
    recipe += &format!("[pipelines]\ndeploy = [{}]\n", pipeline.join(", "));
    fs::write(operator.dir().join("deploy.toml"), recipe).unwrap();
    let config = fleet.ssh_config().display().to_string();
    let ours = median(|| {
        seconds(|| {
            let ran = operator.run(&["deploy", "--ssh-config", &config, "--output", "json"]);
            assert_eq!(ran.code, Some(0), "{ran:?}");
        })
    });
    let theirs = median(|| {
        seconds(|| {
            let all: Vec<_> = (1..=n)
                .map(|i| fleet.ssh(i).arg(["true"; STEPS].join("\n")).spawn().unwrap())
                .collect();
            for mut one in all {
                assert!(one.wait().unwrap().success());
            }
        })
    });
    row(&format!("ten steps, {n} hosts, {rtt_ms} ms"), ours, theirs, "s");
}

/// A step that prints a lot, kept whole, beside `ssh host cmd > /dev/null`.
fn flood(fleet: &Fleet, rtt_ms: u64) {
    let bytes = if rtt_ms == 0 { FLOOD_BYTES } else { FLOOD_BYTES / 5 };
    let print = format!("yes 0123456789012345678901234567890123456789 | head -c {bytes}");
    let host = fleet.host(1).name;
    let recipe = format!(
        "app = \"bench\"\n[stages.s]\nhosts = [\"{host}\"]\n[hosts.{host}]\n[steps.flood]\n\
         run = \"{print}\"\n[pipelines]\ndeploy = [\"flood\"]\n"
    );
    let operator = Deployui::new();
    fs::write(operator.dir().join("deploy.toml"), recipe).unwrap();
    let config = fleet.ssh_config().display().to_string();
    let mut memory = 0.0_f64;
    let ours = median(|| {
        seconds(|| {
            let run = operator.spawn(&["deploy", "--ssh-config", &config, "--output", "json"]);
            run.wait_for("step-started");
            let mut peak = 0.0_f64;
            while let Some(now) = peak_mib(run.id()) {
                peak = peak.max(now);
                std::hint::spin_loop();
            }
            memory = memory.max(peak);
            let ran = run.wait();
            assert_eq!(ran.code, Some(0), "{ran:?}");
        })
    });
    let theirs = median(|| {
        seconds(|| {
            let mut ssh: Command = fleet.ssh(1);
            assert!(ssh.arg(&print).stdout(Stdio::null()).status().unwrap().success());
        })
    });
    let mb = f64::from(u32::try_from(bytes / 1_000_000).unwrap());
    row(&format!("{mb} MB of output, {rtt_ms} ms, MB/s"), mb / ours, mb / theirs, "");
    println!("{:<34} {memory:>7.0} MiB", "  peak memory of deployui");
}

/// The peak resident memory of a process; `None` when it has ended.
fn peak_mib(id: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u32 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(f64::from(kib) / 1024.0)
}
