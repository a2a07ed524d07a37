//! `django-releases`: Django under gunicorn and supervisor, behind nginx.

use super::machines::{adapted, deploy, put, told, works_in};
use super::recipes::Project;
use super::repository::Repository;
use super::support::{deployui::Deployui, fleet::Fleet};
use super::web::{get, nginx, port};

const RECIPE: &str = include_str!("../../recipes/django-releases.toml");
const EXAMPLE: &str = include_str!("../../recipes/examples/django-releases.toml");
const SHARED: &str = "/srv/www/demo/shared";

/// A host with the site's supervisor and web server, as its administrator would have made it.
struct Site {
    project: Project,
    code: Repository,
    port: u16,
}

impl Site {
    fn new() -> Self {
        let fleet = Fleet::up(1, &[]);
        let (outside, inside) = (port(), port());
        let code = Repository::new("production");
        administer(&fleet, outside, inside);
        let inside = format!("http://127.0.0.1:{inside}/");
        let text = adapted(
            EXAMPLE,
            &[
                ("\"https://git.example.com/demo.git\"", "\"file:///srv/git/demo.git\""),
                ("http://127.0.0.1:8001/", &inside),
                ("demo@web1.example.com", "h1"),
                ("[\"web1\", \"web2\"]", "[\"web1\"]"),
                ("[hosts.web2]\naddress = \"demo@web2.example.com\"\n", ""),
                (
                    "program = \"demo\"",
                    &format!(
                        "supervisorctl = [\"supervisorctl\", \"-c\", \"{SHARED}/supervisord.conf\"]\nprogram = \"demo\""
                    ),
                ),
            ],
        );
        let page = adapted(
            &told(RECIPE, "[maintenance]"),
            &[("http://127.0.0.1/", &format!("http://127.0.0.1:{outside}/"))],
        );
        let project = Project { fleet, ui: Deployui::new() };
        project.recipe(&format!("{text}\n{page}"));
        let snippet = project.must(0, &["maintenance", "snippet", "nginx"]).stdout;
        let pass = format!("{snippet}\nlocation / {{ proxy_pass {inside}; }}");
        nginx(&project.fleet, 1, outside, &pass);
        Self { project, code, port: outside }
    }

    /// Commits, and pushes to the repository that the host fetches from.
    fn push(&self, message: &str, files: &[(&str, &str)]) {
        self.code.commit(message, files);
        let ssh = format!("core.sshCommand=ssh -F {}", self.project.fleet.ssh_config().display());
        self.code.git(&["-c", &ssh, "push", "-q", "h1:/srv/git/demo.git", "production"]);
    }

    /// The application's process, which works in the release that is served.
    fn process(&self) -> String {
        let fleet = &self.project.fleet;
        let ask = format!("supervisorctl -c {SHARED}/supervisord.conf pid demo");
        let pid = deploy(fleet, 1, &ask);
        let served = fleet.read(1, "readlink -f /srv/www/demo/current");
        assert_eq!(works_in(fleet, 1, &pid), format!("{served}/repository/src"));
        pid
    }

    /// A release that goes well.
    fn deploys(&self) -> String {
        self.project.must(0, &["deploy", "--confirm", "production"]).stdout
    }

    /// What a visitor gets: status and page.
    fn visit(&self) -> (u16, String) {
        let answer = get(self.port);
        (answer.status, answer.body)
    }

    /// What the database says to a query.
    fn sql(&self, query: &str) -> String {
        let ask = "/usr/bin/python3 -c 'import sqlite3, sys
base = sqlite3.connect(sys.argv[1], isolation_level=None)
for row in base.execute(sys.argv[2]): print(*row)'";
        deploy(&self.project.fleet, 1, &format!("{ask} {SHARED}/db.sqlite3 \"{query}\""))
    }
}

fn administer(fleet: &Fleet, outside: u16, inside: u16) {
    assert_ne!(outside, inside);
    deploy(fleet, 1, "git init -q --bare -b production /srv/git/demo.git");
    put(fleet, 1, &format!("{SHARED}/.env"), &format!("DATABASE={SHARED}/db.sqlite3\n"));
    let program = adapted(
        &told(RECIPE, "[program:demo]"),
        &[("127.0.0.1:8001", &format!("127.0.0.1:{inside}")), ("user=demo", "user=deploy")],
    );
    let config = format!(
        "[supervisord]
logfile={SHARED}/supervisord.log
pidfile={SHARED}/supervisord.pid
[unix_http_server]
file={SHARED}/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://{SHARED}/supervisor.sock
{program}"
    );
    put(fleet, 1, &format!("{SHARED}/supervisord.conf"), &config);
    deploy(fleet, 1, &format!("supervisord -c {SHARED}/supervisord.conf"));
}

const SETTINGS: &str = r#"
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent.parent
ENV = dict(line.split("=", 1) for line in (BASE_DIR / ".env").read_text().split())
SECRET_KEY = "a test's"
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "demo.urls"
INSTALLED_APPS = ["django.contrib.staticfiles", "shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ENV["DATABASE"]}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
USE_TZ = True
"#;

const MANAGE: &str = r#"
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo.settings.production")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"#;

const WSGI: &str = r#"
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo.settings.production")
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
"#;

const URLS: &str = r#"
from django.http import HttpResponse
from django.urls import path
from shop.models import Bread
def page(request):
    return HttpResponse("first: " + ", ".join(bread.name for bread in Bread.objects.order_by("id")))
urlpatterns = [path("", page)]
"#;

const MODELS: &str = "
from django.db import models
class Bread(models.Model):
    name = models.CharField(max_length=50)
";

const INITIAL: &str = r#"
from django.db import migrations, models
def bake(apps, schema):
    for name in ["rye", "spelt"]:
        apps.get_model("shop", "Bread").objects.create(name=name)
class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Bread", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=50)),
        ]),
        migrations.RunPython(bake, migrations.RunPython.noop),
    ]
"#;

/// It waits until somebody writes into a FIFO, so that what visitors get meanwhile can be looked at.
const PRICE: &str = r#"
from django.db import migrations, models
def wait(apps, schema):
    open("/srv/www/demo/shared/waits").read()
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("Bread", "price", models.IntegerField(null=True)),
        migrations.RunPython(wait, migrations.RunPython.noop),
    ]
"#;

/// Two at once, of which the second fails where a bread has no price.
const SOLD: &str = r#"
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("shop", "0002_price")]
    operations = [migrations.AddField("Bread", "sold", models.IntegerField(default=0))]
"#;

const NEEDED: &str = r#"
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("shop", "0003_sold")]
    operations = [migrations.AlterField("Bread", "price", models.IntegerField())]
"#;

fn first() -> Vec<(&'static str, &'static str)> {
    vec![
        ("requirements.txt", "Django>=3\ngunicorn\n"),
        ("src/manage.py", MANAGE),
        ("src/demo/__init__.py", ""),
        ("src/demo/settings/__init__.py", ""),
        ("src/demo/settings/production.py", SETTINGS),
        ("src/demo/urls.py", URLS),
        ("src/demo/wsgi.py", WSGI),
        ("src/demo/static/site.css", "body {}"),
        ("src/media/.gitkeep", ""),
        ("src/shop/__init__.py", ""),
        ("src/shop/models.py", MODELS),
        ("src/shop/migrations/__init__.py", ""),
        ("src/shop/migrations/0001_initial.py", INITIAL),
    ]
}

#[test]
fn a_django_site_is_released_migrated_and_rolled_back() {
    let site = Site::new();
    let project = &site.project;
    site.push("first", &first());
    let ran = site.deploys();
    assert!(ran.contains("web1 migrate: shop.0001_initial: ok"), "{ran}");
    assert!(ran.contains("messages: when: no after") && !ran.contains("FAILED"), "{ran}");
    assert_eq!(site.visit(), (200, "first: rye, spelt".to_owned()));
    let first = site.process();

    // The second has a migration: while it is applied, visitors get the page.
    let urls = adapted(URLS, &[("first: ", "second: ")]);
    let models = format!("{MODELS}    price = models.IntegerField(null=True)\n");
    let price = ("src/shop/migrations/0002_price.py", PRICE);
    let second = [("src/demo/urls.py", &*urls), ("src/shop/models.py", &*models), price];
    site.push("second", &second);
    deploy(&project.fleet, 1, &format!("mkfifo {SHARED}/waits"));
    let run = project.spawn(&["deploy", "--confirm", "production", "--reason", "new ovens"]);
    run.wait_for("web1 migrate: shop.0002_price: started");
    let (status, page) = site.visit();
    assert!(status == 503 && page.contains("new ovens"), "{status} {page}");
    deploy(&project.fleet, 1, &format!("echo go >{SHARED}/waits"));
    let ran = run.wait();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.stdout.matches("_price: started").count(), 1, "{}", ran.stdout);
    assert_eq!(site.visit(), (200, "second: rye, spelt".to_owned()));
    let second = site.process();
    assert_ne!(second, first);
    let applied = "select name from django_migrations where app = 'shop' order by id";
    assert_eq!(site.sql(applied), "0001_initial\n0002_price");

    let listed = project.must(0, &["releases", "--output", "json"]).stdout;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let recorded = |i: usize| &listed["hosts"][0]["releases"][i]["migrations"];
    assert_eq!(*recorded(0), serde_json::json!(["shop.0001_initial", "shop.0002_price"]));
    assert_eq!(*recorded(1), serde_json::json!(["shop.0001_initial"]));

    site.fails_and_is_mended(applied);
    let third = site.process();
    assert_ne!(third, second);

    let ran = project.must(0, &["rollback", "--confirm", "production"]);
    let stay = "and staying so: shop.0003_sold, shop.0004_needed";
    assert!(ran.stderr.contains(stay), "{}", ran.stderr);
    assert_eq!(site.visit(), (200, "second: rye, spelt".to_owned()));
    assert_ne!(site.process(), third);
    let listed = project.must(0, &["releases"]).stdout;
    let verdict = |word: &&str| ["good", "bad", "unknown"].contains(word);
    let verdicts = listed.split_whitespace().filter(verdict);
    assert!(verdicts.eq(["bad", "good", "good"]), "{listed}");
}

impl Site {
    /// Two migrations, of which the second fails: the page stays, the data are mended, and it is done
    /// again without the first.
    fn fails_and_is_mended(&self, applied: &str) {
        let urls = adapted(URLS, &[("first: ", "third: ")]);
        let sold = ("src/shop/migrations/0003_sold.py", SOLD);
        let needed = ("src/shop/migrations/0004_needed.py", NEEDED);
        self.push("third", &[("src/demo/urls.py", &*urls), sold, needed]);
        let ran = self.project.must(3, &["deploy", "--confirm", "production"]);
        assert!(ran.stdout.contains("web1 migrate: shop.0003_sold: ok"), "{}", ran.stdout);
        assert!(ran.stdout.contains("web1 migrate: shop.0004_needed: FAILED"), "{}", ran.stdout);
        assert_eq!((self.visit().0, self.sql(applied).lines().count()), (503, 3));
        self.sql("update shop_bread set price = 4");
        let console = self.project.console(40, 120);
        console.wait_for("FAILED migrate: shop.0004_needed on web1, exit 1");
        assert_eq!(self.visit().0, 503);
        console.send("T");
        console.wait_for("Retry migrate: shop.0004_needed on web1?");
        console.confirm("\t");
        console.wait_for("PAUSED before applied");
        console.send("C");
        console.wait_for("Continue to the end?");
        console.confirm("\t");
        console.wait_for("is over");
        console.send("q");
        assert_eq!(console.wait_exit().0, Some(0));
        assert_eq!(self.visit(), (200, "third: rye, spelt".to_owned()));
        assert_eq!(self.sql(applied).lines().count(), 4);
    }
}
