# Everyday commands. `just` lists them.

default:
    @just --list

# What CI runs: format, lints, all tests
check:
    .ci/run

# All tests; installs the servers and shells that they need
test *ARGS:
    tests/run {{ARGS}}

lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# Licences, advisories and duplicates (cargo install cargo-deny)
deny:
    cargo deny check

# Look at changed snapshots (cargo install cargo-insta)
snap:
    cargo insta review

# More seeds of the engine's simulation
simulate SEEDS="200000":
    DEPLOYUI_SEEDS={{SEEDS}} cargo test --release --test simulation -- --nocapture

# More rounds of kills, cuts and full disks, on real shells and real hosts
chaos ROUNDS="100":
    DEPLOYUI_ROUNDS={{ROUNDS}} cargo test --release --test chaos --test durable -- --nocapture

# More publishes, undos and rollbacks under visitors of a real nginx, none of whom may miss a release
publishes ROUNDS="200":
    DEPLOYUI_ROUNDS={{ROUNDS}} cargo test --release --test webs nobody -- --nocapture

# Ten seconds of five hosts that print 200,000 lines a second each: no line lost, every key obeyed
flood SECONDS="10":
    DEPLOYUI_ROUNDS={{SECONDS}} cargo test --release --test flood -- --nocapture

# How soon the console reacts and what it costs, idle and in a flood, beside less
bench-console:
    tests/hosts/install bench
    cargo bench --bench console

# What searching and jumping take in logs of 70 MB and 1 GB, beside rg and grep
bench-search:
    cargo test --release --lib the_speed -- --ignored --nocapture

# Pictures of the real console and a recording, into screenshots/; words choose by name: just screenshots failure
screenshots *WORDS:
    tests/hosts/install pictures
    cargo bench --bench screenshots -- {{WORDS}}
