//! What webhooks are told.

use super::*;

const HOOKED: &str = r#"
app = "shop"
root = "/srv/www/shop"
[stages.staging]
hosts = ["web1"]
[hosts.web1]
[layout]
kind = "releases"
[steps]
work = { run = "work" }
[pipelines]
deploy = ["release", "work"]
[[notify]]
on = ["started", "failed", "finished"]
url = "https://chat.example.com/{{ stage }}"
body = "{{ app }} {{ pipeline }} {{ run.id }} [{{ release.name }}] {{ event }} {{ outcome }}"
[[notify]]
url = "https://other.example.com/hook"
"#;

/// What webhooks are told, or what is wrong with it.
fn hooked(text: &str) -> String {
    let (recipe, _) = Recipe::parse("deploy.toml", text, &no_file).unwrap();
    let request = request("deploy");
    let plan = build(&recipe, &request).unwrap().plan;
    match notices(&recipe, &request, &plan) {
        Ok(notices) => {
            let line =
                |it: &Notice| format!("{:?} {} {}: {}\n", it.on, it.outcome, it.url, it.body);
            notices.iter().map(line).collect()
        }
        Err(found) => render(&found),
    }
}

#[test]
fn webhooks_are_rendered_before_the_run() {
    insta::assert_snapshot!(hooked(HOOKED), @r#"
    Started open https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] started open
    Failed open https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] failed open
    Finished ok https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] finished ok
    Finished failed https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] finished failed
    Finished aborted https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] finished aborted
    Finished unknown https://chat.example.com/staging: shop deploy 20261122-014312-aaaaaaaaaaaaaaaa [19700101000000] finished unknown
    Finished ok https://other.example.com/hook: {"app":"shop","event":"finished","format":1,"outcome":"ok","pipeline":"deploy","release":"19700101000000","revision":null,"run":"20261122-014312-aaaaaaaaaaaaaaaa","stage":"staging","text":"shop staging: deploy is over: ok (run 20261122-014312-aaaaaaaaaaaaaaaa)"}
    Finished failed https://other.example.com/hook: {"app":"shop","event":"finished","format":1,"outcome":"failed","pipeline":"deploy","release":"19700101000000","revision":null,"run":"20261122-014312-aaaaaaaaaaaaaaaa","stage":"staging","text":"shop staging: deploy is over: failed (run 20261122-014312-aaaaaaaaaaaaaaaa)"}
    Finished aborted https://other.example.com/hook: {"app":"shop","event":"finished","format":1,"outcome":"aborted","pipeline":"deploy","release":"19700101000000","revision":null,"run":"20261122-014312-aaaaaaaaaaaaaaaa","stage":"staging","text":"shop staging: deploy is over: aborted (run 20261122-014312-aaaaaaaaaaaaaaaa)"}
    Finished unknown https://other.example.com/hook: {"app":"shop","event":"finished","format":1,"outcome":"unknown","pipeline":"deploy","release":"19700101000000","revision":null,"run":"20261122-014312-aaaaaaaaaaaaaaaa","stage":"staging","text":"shop staging: deploy is over: unknown (run 20261122-014312-aaaaaaaaaaaaaaaa)"}
    "#);
    let wrong = HOOKED.replace("{{ app }}", "{{ root }}");
    insta::assert_snapshot!(hooked(&wrong), @r#"
    error: `root` is not defined here
      --> deploy.toml:16:12
       |
    16 | body = "{{ root }} {{ pipeline }} {{ run.id }} [{{ release.name }}] {{ event }} {{ outcome }}"
       |            ^^^^
    "#);
}
