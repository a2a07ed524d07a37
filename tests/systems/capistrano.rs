//! `capistrano-migrations`: a Rack application under unicorn behind nginx, with the migrations of
//! Active Record, on two hosts that Capistrano released to before.
//!
//! The application has no Gemfile, because gems come from the distribution here; so the step that
//! installs them has nothing to do.

use std::fs;
use std::process::{Command, Stdio};

use super::machines::{adapted, deploy, told, works_in};
use super::recipes::Project;
use super::repository::Repository;
use super::support::{deployui::Deployui, fleet::Fleet};
use super::web::{get, nginx, port};

const RECIPE: &str = include_str!("../../recipes/capistrano-migrations.toml");
const EXAMPLE: &str = include_str!("../../recipes/examples/capistrano-migrations.toml");
const ROOT: &str = "/srv/www/blog";
const DATABASE: &str = "/srv/db/blog.sqlite3";

/// What Capistrano made.
const ADOPTED: &str = "20240101120000";

/// What Active Record needs of Rails to have its tasks.
const RAKEFILE: &str = r#"
require "active_record"
module ActiveRecord::Tasks
  DatabaseTasks.env = "production"
  DatabaseTasks.root = __dir__
  DatabaseTasks.db_dir = "db"
  DatabaseTasks.migrations_paths = ["db/migrate"]
end
ActiveRecord::Base.dump_schema_after_migration = false
ActiveRecord::Base.configurations = {
  "production" => { "adapter" => "sqlite3", "database" => ENV.fetch("DATABASE") }
}
task(:environment) { ActiveRecord::Base.establish_connection(:production) }
task("assets:precompile") { File.write("public/app.css", "body {}") }
load "active_record/railties/databases.rake"
"#;

const APPLICATION: &str = r#"
require "sqlite3"
run lambda { |env|
  names = SQLite3::Database.new(ENV.fetch("DATABASE")).execute("select name from breads order by id")
  [200, { "Content-Type" => "text/plain" }, ["first: " + names.join(", ")]]
}
"#;

const BREADS: &str = r#"
class Breads < ActiveRecord::Migration[6.0]
  def up
    create_table(:breads) { |t| t.string :name }
    execute "insert into breads (name) values ('rye'), ('spelt')"
  end
end
"#;

/// It waits until somebody writes into a FIFO, so that what visitors get meanwhile can be looked at.
const PRICE: &str = r#"
class Price < ActiveRecord::Migration[6.0]
  def up
    add_column :breads, :price, :integer
    File.read("/srv/db/waits")
  end
end
"#;

const SOLD: &str = r#"
class Sold < ActiveRecord::Migration[6.0]
  def change
    add_column :breads, :sold, :integer
  end
end
"#;

/// It fails where a bread has no price.
const NEEDED: &str = r#"
class Needed < ActiveRecord::Migration[6.0]
  def change
    change_column_null :breads, :price, false
  end
end
"#;

struct Blog {
    project: Project,
    code: Repository,
    ports: [u16; 2],
}

impl Blog {
    fn new() -> Self {
        let fleet = Fleet::up(2, &[]);
        let ports = [port(), port()];
        let code = Repository::new("main");
        let unicorn = told(RECIPE, "working_directory \"/srv/www/blog/current\"");
        code.commit(
            "first",
            &[
                ("Rakefile", RAKEFILE),
                ("bin/rails", "#!/bin/sh\nexec rake \"$@\"\n"),
                ("config.ru", APPLICATION),
                ("config/unicorn.rb", &unicorn),
                ("db/migrate/20240101000000_breads.rb", BREADS),
                ("public/robots.txt", ""),
            ],
        );
        database(&fleet);
        for (i, port) in (1..).zip(ports) {
            released_by_capistrano(&fleet, i, &code);
            let snippet =
                told(RECIPE, "if (-f $document_root/system/maintenance.html) { return 503; }");
            let pass = format!("proxy_pass http://unix:{ROOT}/shared/pids/unicorn.sock");
            let server =
                format!("root {ROOT}/current/public;\n{snippet}\nlocation / {{ {pass}; }}");
            nginx(&fleet, i, port, &server);
        }
        let text = adapted(
            EXAMPLE,
            &[
                ("git@git.example.org:blog.git", &code.url()),
                ("\"deploy@app1.example.org\"", &format!("\"h1\"\nvars.port = {}", ports[0])),
                ("\"deploy@app2.example.org\"", &format!("\"h2\"\nvars.port = {}", ports[1])),
                ("[hosts.test]", "[hosts.test]\nvars.port = 80"),
                (
                    "[maintenance]",
                    "[maintenance]\nprobe.url = \"http://127.0.0.1:{{ host.vars.port }}/\"",
                ),
                (
                    "domain =",
                    "start = [\"unicorn\", \"-D\", \"-E\", \"production\", \"-c\", \"config/unicorn.rb\"]\ndomain =",
                ),
                ("[layout]", &format!("[env]\nDATABASE = \"{DATABASE}\"\n[layout]")),
            ],
        );
        let project = Project { fleet, ui: Deployui::new() };
        project.recipe(&text);
        let page = project.ui.dir().join("maintenance.html.j2");
        fs::write(page, "<h1>Back soon: {{ reason }}</h1>\n").unwrap();
        Self { project, code, ports }
    }

    /// What visitors of the hosts get: status and page.
    fn visit(&self) -> [(u16, String); 2] {
        self.ports.map(|port| {
            let answer = get(port);
            (answer.status, answer.body)
        })
    }

    /// The application answers on both hosts, with this page.
    fn serves(&self, page: &str) {
        assert_eq!(self.visit(), [(200, page.to_owned()), (200, page.to_owned())]);
    }

    /// The application's processes, which work in the release that is served.
    fn processes(&self) -> [String; 2] {
        let fleet = &self.project.fleet;
        [1, 2].map(|i| {
            let pid = fleet.read(i, &format!("cat {ROOT}/shared/pids/unicorn.pid"));
            let served = fleet.read(i, &format!("readlink -f {ROOT}/current"));
            assert_eq!(works_in(fleet, i, &pid), served);
            pid
        })
    }

    /// The versions in the table of migrations.
    fn applied(&self) -> String {
        let ask = "ruby -rsqlite3 -e 'puts SQLite3::Database.new(ARGV[0]).execute(ARGV[1])'";
        let query = "select version from schema_migrations order by version";
        deploy(&self.project.fleet, 1, &format!("{ask} {DATABASE} '{query}'"))
    }

    /// Commits the application with this word on its page, and more files.
    fn commit(&self, word: &str, more: &[(&str, &str)]) {
        let page = adapted(APPLICATION, &[("first: ", &format!("{word}: "))]);
        self.code.commit(word, &[&[("config.ru", page.as_str())], more].concat());
    }
}

/// One database for both hosts, as its server would be: a file with a name on each.
fn database(fleet: &Fleet) {
    for i in [1, 2] {
        deploy(fleet, i, "mkdir -p /srv/db");
    }
    deploy(fleet, 1, &format!("touch {DATABASE}"));
    let [one, two] = [1, 2].map(|i| fleet.layer(i).join(&DATABASE[1..]));
    fs::hard_link(one, two).unwrap();
}

/// A release as Capistrano 3 leaves it, and its unicorn.
fn released_by_capistrano(fleet: &Fleet, i: usize, code: &Repository) {
    let release = format!("{ROOT}/releases/{ADOPTED}");
    deploy(fleet, i, &format!("mkdir -p {release} {ROOT}/shared/config {ROOT}/repo"));
    let mut archive = Command::new("git");
    archive.current_dir(code.path()).args(["archive", "main"]).stdout(Stdio::piped());
    let mut archive = archive.spawn().unwrap();
    let mut unpack = fleet.ssh(i);
    unpack.arg(format!("tar -xf - -C {release}")).stdin(archive.stdout.take().unwrap());
    assert!(unpack.status().unwrap().success() && archive.wait().unwrap().success());
    let sha = code.head();
    deploy(
        fleet,
        i,
        &format!(
            "set -e; export DATABASE={DATABASE} RAILS_ENV=production
             cd {ROOT} && touch shared/config/master.key && git init -q --bare repo
             mkdir -p shared/log shared/pids shared/system {release}/tmp
             ln -s {ROOT}/shared/log {release}/log
             ln -s {ROOT}/shared/pids {release}/tmp/pids
             ln -s {ROOT}/shared/system {release}/public/system
             ln -s {ROOT}/shared/config/master.key {release}/config/master.key
             echo {sha} >{release}/REVISION
             echo 'Branch main (at {sha}) deployed as release {ADOPTED} by eva' >revisions.log
             cd {release} && rake db:migrate
             ln -s {release} {ROOT}/current
             cd {ROOT}/current && unicorn -D -E production -c config/unicorn.rb"
        ),
    );
}

#[test]
fn a_blog_is_taken_over_from_capistrano_migrated_and_rolled_back() {
    let blog = Blog::new();
    let project = &blog.project;
    blog.serves("first: rye, spelt");
    let first = blog.processes();
    let listed = project.must(0, &["releases", "--stage", "production"]).stdout;
    assert_eq!(listed.matches(&format!("{ADOPTED}  current  unknown")).count(), 2, "{listed}");

    // New code without migrations.
    let deploys = ["deploy", "--stage", "production", "--confirm", "production"];
    let migrates = ["run", "migrations", "--stage", "production", "--confirm", "production"];
    blog.commit("second", &[]);
    project.must(0, &deploys);
    blog.serves("second: rye, spelt");
    let second = blog.processes();
    assert!(first[0] != second[0] && first[1] != second[1]);

    // With a migration: refused without the page, and applied once behind it.
    blog.commit("third", &[("db/migrate/20240102000000_price.rb", PRICE)]);
    let refused = project.must(1, &deploys);
    assert!(refused.stdout.contains("deployui run migrations"), "{}", refused.stdout);
    blog.serves("second: rye, spelt");
    assert_eq!(blog.processes(), second);
    deploy(&project.fleet, 2, "mkfifo /srv/db/waits");
    let run = project.spawn(&[&migrates[..], &["--reason", "new ovens"]].concat());
    run.wait_for("app2 migrate: 20240102000000  Price: started");
    for (status, page) in blog.visit() {
        assert!(status == 503 && page.contains("<h1>Back soon: new ovens</h1>"), "{status} {page}");
    }
    assert!(get(blog.ports[0]).head.contains("Retry-After: 600"));
    deploy(&project.fleet, 2, "echo go >/srv/db/waits");
    let ran = run.wait();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.stdout.matches("Price: started").count(), 1, "{}", ran.stdout);
    blog.serves("third: rye, spelt");
    let third = blog.processes();
    assert!(third[0] != second[0] && third[1] != second[1]);
    assert_eq!(blog.applied(), "20240101000000\n20240102000000");

    let listed = project.must(0, &["releases", "--output", "json", "--stage", "production"]).stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let newest = &listed["hosts"][0]["releases"][0]["migrations"];
    assert_eq!(newest[1], "20240102000000  Price", "{newest}");

    blog.fails_and_is_taken_back(&migrates);
    assert_eq!(blog.processes(), third);

    // Back to what was served before, and to what Capistrano made.
    let rollback = ["rollback", "--stage", "production", "--confirm", "production"];
    project.must(0, &rollback);
    blog.serves("second: rye, spelt");
    let back = blog.processes();
    assert!(back[0] != third[0] && back[1] != third[1]);
    project.must(0, &[&rollback[..], &[ADOPTED]].concat());
    blog.serves("first: rye, spelt");
    assert_ne!(blog.processes(), back);
}

impl Blog {
    /// Two migrations, of which the second fails: visitors are not let in before somebody has said
    /// what becomes of the first.
    fn fails_and_is_taken_back(&self, migrates: &[&str]) {
        let sold = ("db/migrate/20240103000000_sold.rb", SOLD);
        self.commit("fourth", &[sold, ("db/migrate/20240104000000_needed.rb", NEEDED)]);
        let ran = self.project.must(3, migrates);
        assert!(ran.stdout.contains("app2 migrate: 20240103000000  Sold: ok"), "{}", ran.stdout);
        assert!(
            ran.stdout.contains("app2 migrate: 20240104000000  Needed: FAILED"),
            "{}",
            ran.stdout
        );
        assert_eq!((self.visit()[0].0, self.applied().lines().count()), (503, 3));
        let undo = ["resume", "--output", "plain", "--on-failure", "undo"];
        let ran = self.project.must(3, &undo);
        assert!(ran.stdout.contains("undo migrate: needs a decision (schema)"), "{}", ran.stdout);
        assert_eq!((self.visit()[0].0, self.applied().lines().count()), (503, 3));
        let config = self.project.fleet.ssh_config();
        let resume = ["--ssh-config", config.to_str().unwrap(), "resume"];
        let console = self.project.ui.console(&resume, 40, 120);
        console.wait_for("ASKS before undo migrate");
        console.act("C", "Go on?");
        console.wait_without("Going on does this");
        console.act("C", "Continue the undo to its end?");
        // Both are taken back now; whether that is right for visitors is for somebody to say.
        console.wait_for("ASKS before the maintenance page goes down");
        assert_eq!((self.visit()[0].0, self.applied().lines().count()), (503, 2));
        console.act("C", "Go on?");
        console.wait_without("Going on does this");
        console.wait_for("is over");
        console.send("q");
        assert_eq!(console.wait_exit().0, Some(1));
        self.serves("third: rye, spelt");
    }
}
