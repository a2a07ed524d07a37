//! Lines as tools print them, and what they speak of.

use proptest::prelude::*;

use super::*;

/// Each tool's lines, by what they speak of.
const LINES: &[(&str, Level, &str)] = &[
    ("Django", Level::Error, DJANGO_ERRORS),
    ("Django", Level::Warning, DJANGO_WARNINGS),
    ("Django", Level::Calm, DJANGO_CALM),
    ("Ruby", Level::Error, RUBY_ERRORS),
    ("Ruby", Level::Warning, RUBY_WARNINGS),
    ("Ruby", Level::Calm, RUBY_CALM),
    ("PHP", Level::Error, PHP_ERRORS),
    ("PHP", Level::Warning, PHP_WARNINGS),
    ("PHP", Level::Calm, PHP_CALM),
    ("JavaScript", Level::Error, JAVASCRIPT_ERRORS),
    ("JavaScript", Level::Warning, JAVASCRIPT_WARNINGS),
    ("JavaScript", Level::Calm, JAVASCRIPT_CALM),
    ("nginx", Level::Error, NGINX_ERRORS),
    ("nginx", Level::Warning, NGINX_WARNINGS),
    ("nginx", Level::Calm, NGINX_CALM),
    ("systemd", Level::Error, SYSTEMD_ERRORS),
    ("systemd", Level::Calm, SYSTEMD_CALM),
    ("databases", Level::Error, DATABASE_ERRORS),
    ("databases", Level::Warning, DATABASE_WARNINGS),
    ("databases", Level::Calm, DATABASE_CALM),
    ("docker", Level::Error, DOCKER_ERRORS),
    ("docker", Level::Warning, DOCKER_WARNINGS),
    ("docker", Level::Calm, DOCKER_CALM),
    ("pip", Level::Error, PIP_ERRORS),
    ("pip", Level::Warning, PIP_WARNINGS),
    ("pip", Level::Calm, PIP_CALM),
    ("Rust", Level::Error, RUST_ERRORS),
    ("Rust", Level::Warning, RUST_WARNINGS),
    ("Rust", Level::Calm, RUST_CALM),
    ("Java and Go", Level::Error, JAVA_ERRORS),
    ("Java and Go", Level::Warning, JAVA_WARNINGS),
    ("Java and Go", Level::Calm, JAVA_CALM),
    ("shells", Level::Error, SHELL_ERRORS),
    ("shells", Level::Warning, SHELL_WARNINGS),
    ("shells", Level::Calm, SHELL_CALM),
    ("services", Level::Error, SERVICE_ERRORS),
    ("services", Level::Warning, SERVICE_WARNINGS),
    ("services", Level::Calm, SERVICE_CALM),
];

const DJANGO_ERRORS: &str = r#"
Traceback (most recent call last):
django.db.utils.OperationalError: server closed the connection unexpectedly
django.core.exceptions.ImproperlyConfigured: The SECRET_KEY setting must not be empty.
psycopg2.errors.UndefinedTable: relation "orders" does not exist
redis.exceptions.TimeoutError: Timeout reading from socket
CommandError: Conflicting migrations detected; multiple leaf nodes in the migration graph
SystemCheckError: System check identified some issues:
ERRORS:
ModuleNotFoundError: No module named 'celery'
FAILED (failures=1, errors=2)
FAIL: test_login (shop.tests.LoginTests)
ERROR: test_pay (shop.tests.PayTests)
[2026-11-22 14:00:01 +0000] [4488] [ERROR] Worker (pid:4490) was sent SIGKILL! Perhaps out of memory?
[2026-11-22 14:00:01,123: ERROR/MainProcess] consumer: Cannot connect to amqp://guest@127.0.0.1:5672//
2026-11-22 14:00:01,123 django.request ERROR Internal Server Error: /pay/
"#;
const DJANGO_WARNINGS: &str = r#"
a/b.py:3: RemovedInDjango60Warning: The default value will change
/venv/lib/python3.12/site-packages/x.py:3: DeprecationWarning: invalid escape sequence
WARNINGS:
[2026-11-22 14:00:01 +0000] [4488] [WARNING] Worker with pid 4490 was terminated due to signal 15
"#;
const DJANGO_CALM: &str = r#"
Operations to perform:
  Applying orders.0042_error_codes... OK
  Applying orders.0043_exception... OK
  Applying orders.0044_failed_payments... OK (1.203s)
System check identified no issues (0 silenced).
Ran 120 tests in 3.210s
OK (skipped=3, expected failures=1)
test_failed_login (shop.tests.LoginTests.test_failed_login) ... ok
test_error (shop.tests.LoginTests) ... ok
Copying '/srv/app/static/errors/500.html'
Post-processed 'css/error.css' as 'css/error.1234.css'
errors.py OK
shop/errors.py:3: note: see the documentation
[2026-11-22 14:00:01 +0000] [4488] [INFO] Retrying after error
2026-11-22 14:00:01,123 INFO retry after error 3
  File "/srv/app/shop/errors.py", line 12, in pay
"#;

const RUBY_ERRORS: &str = r#"
rake aborted!
cap aborted!
ActiveRecord::StatementInvalid: PG::UndefinedTable: ERROR:  relation "users" does not exist
NameError: uninitialized constant Shop
Errno::ENOENT: No such file or directory @ rb_sysopen - config/master.key
SSHKit::Runner::ExecuteError: Exception while executing as deploy@web1: bundle exit status: 1
bundler: failed to load command: rake (/usr/bin/rake)
bundle stderr: Could not find rails-7.1.0 in locally installed gems
** DEPLOY FAILED
    ✘ 01 deploy@web1 0.512s
An error occurred while installing pg (1.5.4), and Bundler cannot continue.
12 examples, 1 failure
12 examples, 1 failure, 0 errors occurred outside of examples
"#;
const RUBY_WARNINGS: &str = r#"
DEPRECATION WARNING: ActiveRecord::Base.connection is deprecated
/gems/x.rb:3: warning: method redefined; discarding old new
WARN: Unresolved or ambiguous specs during Gem::Specification.reset:
"#;
const RUBY_CALM: &str = r#"
== 20261122140000 AddErrorToJobs: migrating ===================================
== 20261122140000 AddError: migrated (0.0123s) ================================
-- add_column(:jobs, :error, :string)
   -> 0.0012s
Using better_errors 2.10.1
Using failure 1.0.0
Installing error_highlight 0.6.0
 INFO [1f2e] Running /usr/bin/env ln -s /srv/app/shared/log/error.log as deploy@web1
DEBUG [1f2e] Command: [ -L /srv/app/current/public/errors ]
      ✔ 01 deploy@web1 0.512s
12 examples, 0 failures
12 runs, 40 assertions, 0 failures, 0 errors, 0 skips
validates :error, presence: true
"#;

const PHP_ERRORS: &str = r#"
PHP Fatal error:  Uncaught Error: Class "App\Shop" not found in /srv/app/index.php:7
PHP Parse error:  syntax error, unexpected token ";" in /srv/app/index.php on line 7
   Illuminate\Database\QueryException
  SQLSTATE[42S01]: Base table or view already exists: 1050 Table 'users' already exists
  2026_11_22_000000_create_users_table ......................... 12.34ms FAIL
[2026-11-22 14:00:00] production.ERROR: Undefined variable $x {"exception":"[object]
Could not open input file: artisan
[web1] error  in deploy.php on line 12:
ERROR: Task deploy:failed failed!
  The command "php artisan migrate --force" failed.
  Exit Code: 1 (General error)
  [RuntimeException]
  Command "migrat" is not defined. Error: no such command
"#;
const PHP_WARNINGS: &str = r#"
PHP Warning:  Undefined array key "x" in /srv/app/index.php on line 7
PHP Deprecated:  Function strftime() is deprecated in /srv/app/index.php on line 7
[2026-11-22 14:00:00] production.WARNING: slow query
Warning: The lock file is not up to date with the latest changes in composer.json.
"#;
const PHP_CALM: &str = r#"
  2014_10_12_100000_create_failed_jobs_table .......................... 8.12ms DONE
  2014_10_12_200000_add_error ......................................... 3ms DONE
[2026-11-22 14:00:00] production.INFO: payment error was sent again
   INFO  Running migrations.
task deploy:failed
[web1] run ln -nfs /srv/app/shared/errors /srv/app/current/errors
  - Installing phpstan/phpstan-deprecation-rules (1.1.4): Extracting archive
  - Installing webmozart/assert (1.11.0): Extracting archive
display_errors = Off
log_errors => On => On
No security vulnerability advisories found.
Nothing to migrate.
"#;

const JAVASCRIPT_ERRORS: &str = r#"
npm ERR! code ELIFECYCLE
npm error code E404
npm error 404 Not Found - GET https://registry.npmjs.org/nothing
gyp ERR! build error
sh: 1: vite: not found
Error: Cannot find module './server'
TypeError: Cannot read properties of undefined (reading 'x')
error Command failed with exit code 1.
 ELIFECYCLE  Command failed with exit code 2.
ERROR in ./src/index.js 3:0-24
Module not found: Error: Can't resolve './x' in '/srv/app/src'
webpack 5.90.0 compiled with 2 errors in 3012 ms
src/x.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.
✖ 2 problems (2 errors, 0 warnings)
FAIL src/login.test.js
Tests:       1 failed, 12 passed, 13 total
FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
(node:4488) UnhandledPromiseRejection: Error: no
{"level":"error","time":1700000000,"msg":"pool is empty"}
"#;
const JAVASCRIPT_WARNINGS: &str = r#"
npm WARN deprecated har-validator@5.1.5: this library is no longer supported
npm warn deprecated inflight@1.0.6: This module is not supported
warning package.json: No license field
(node:4488) [DEP0005] DeprecationWarning: Buffer() is deprecated
webpack 5.90.0 compiled with 1 warning in 3012 ms
{"level":"warn","msg":"retry after error"}
"#;
const JAVASCRIPT_CALM: &str = r#"
added 120 packages, and audited 121 packages in 3s
found 0 vulnerabilities
added error-ex@1.3.2
es-errors@1.3.0
dist/assets/error-4f3a2b1c.js   1.20 kB │ gzip: 0.60 kB
✓ returns an error when the card is refused (12 ms)
    √ throws an exception without a token
PASS src/errors.test.js
ok 12 - fails with an error
Test Suites: 12 passed, 12 total; failed: 0
✔ No ESLint warnings or errors
{"level":"info","msg":"error page was built"}
info Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.
webpack 5.90.0 compiled successfully in 3012 ms
$ eslint --max-warnings=0 --no-error-on-unmatched-pattern .
"#;

const NGINX_ERRORS: &str = r#"
nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)
2026/11/22 14:00:01 [error] 1234#0: *1 open() "/srv/x" failed (2: No such file or directory)
2026/11/22 14:00:01 [crit] 1234#0: *3 SSL_do_handshake()
nginx: configuration file /etc/nginx/nginx.conf test failed
AH00526: Syntax error on line 3 of /etc/apache2/sites-enabled/x.conf:
"#;
const NGINX_WARNINGS: &str = r#"
nginx: [warn] conflicting server name "_" on 0.0.0.0:80, ignored
2026/11/22 14:00:01 [warn] 1234#0: *1 upstream failed once
"#;
const NGINX_CALM: &str = r#"
nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
nginx: configuration file /etc/nginx/nginx.conf test is successful
error_log on;
    error_log /var/log/nginx/error.log warn;
error_page 500 502 503 504 /50x.html;
    fail_timeout=10s max_fails=3
2026/11/22 14:00:01 [notice] 1234#0: signal process failed once
10.0.0.1 - - [22/Nov/2026:14:00:01 +0000] "GET /errors/404 HTTP/1.1" 200 512
"#;

const SYSTEMD_ERRORS: &str = r#"
Job for nginx.service failed because the control process exited with error code.
Failed to start nginx.service: Unit nginx.service not found.
nginx.service: Main process exited, code=exited, status=1/FAILURE
nginx.service: Main process exited, code=killed, status=9/KILL
nginx.service: Failed with result 'exit-code'.
     Active: failed (Result: exit-code) since Sun 2026-11-22 14:00:01 UTC
Nov 22 14:00:01 web1 systemd[1]: app.service: A process of this unit has been killed by the OOM killer: failed
Failed to connect to bus: No medium found
"#;
const SYSTEMD_CALM: &str = r#"
     Active: active (running) since Sun 2026-11-22 14:00:01 UTC; 3s ago
Nov 22 14:00:01 web1 systemd[1]: Started app.service - The shop.
Restart=on-failure
OnFailure=notify@%n.service
nginx.service: Deactivated successfully.
   Main PID: 4488 (code=exited, status=0/SUCCESS)
0 loaded units listed. 0 failed
"#;

const DATABASE_ERRORS: &str = r#"
psql: error: connection to server at "db1" (10.0.0.5), port 5432 failed: FATAL:  password authentication failed
psql:dump.sql:3: ERROR:  relation "users" already exists
ERROR:  deadlock detected
FATAL:  the database system is shutting down
PANIC:  could not write to file "pg_wal/xlogtemp.4488": No space left on device
pg_dump: error: query failed: server closed the connection
ERROR 1064 (42000) at line 3: You have an error in your SQL syntax
ERROR 1054 (42S22): Unknown column 'INFO' in 'field list'
ERROR 2002 (HY000): Can't connect to local MySQL server through socket
mysqldump: Got error: 1045: Access denied for user 'app'@'localhost'
2026-11-22T14:00:01.123456Z 0 [ERROR] [MY-010119] [Server] Aborting
Could not connect to Redis at 127.0.0.1:6379: Connection refused
(error) NOAUTH Authentication required.
"#;
const DATABASE_WARNINGS: &str = r#"
WARNING:  there is no transaction in progress
mysql: [Warning] Using a password on the command line interface can be insecure.
2026-11-22T14:00:01.123456Z 0 [Warning] [MY-010068] [Server] CA certificate ca.pem is self signed.
"#;
const DATABASE_CALM: &str = r#"
NOTICE:  table "errors" does not exist, skipping
psql:dump.sql:3: NOTICE:  relation "failed" already exists, skipping
SET
ALTER TABLE failed_jobs ADD COLUMN error_code int;
2026-11-22T14:00:01.123456Z 0 [Note] [MY-010949] [Server] Basedir set to /usr/. error
2026-11-22T14:00:01.123456Z 0 [System] [MY-010931] [Server] ready for connections. No error
Records: 3  Duplicates: 0  Warnings: 0
Query OK, 3 rows affected, 0 warnings (0.01 sec)
psql -v ON_ERROR_STOP=1 --on-error=stop -f dump.sql
"#;

const DOCKER_ERRORS: &str = r#"
docker: Error response from daemon: pull access denied for nothing, repository does not exist.
ERROR: failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
web-1 exited with code 137
Error: No such container: web
manifest unknown: error
#12 ERROR: process "/bin/sh -c make" did not complete successfully: exit code: 2
"#;
const DOCKER_WARNINGS: &str = r#"
WARN[0000] /srv/app/compose.yaml: `version` is obsolete
WARNING: image platform does not match the expected platform
 1 warning found (use docker --debug to expand):
"#;
const DOCKER_CALM: &str = r#"
web-1 exited with code 0
#12 DONE 3.2s
Successfully tagged shop:errors
 Container shop-web-1  Started
Status: Downloaded newer image for nginx:latest
docker run --restart on-failure shop
"#;

const PIP_ERRORS: &str = r#"
ERROR: Could not find a version that satisfies the requirement nothing==1.0
ERROR: No matching distribution found for nothing==1.0
error: subprocess-exited-with-error
  × pip subprocess to install build dependencies did not run successfully.
  error: command 'gcc' failed: No such file or directory
E: Unable to locate package nothing
E: Failed to fetch http://deb.debian.org/x  404  Not Found
Err:3 http://deb.debian.org/debian bookworm Release
dpkg: error processing package x (--configure):
"#;
const PIP_WARNINGS: &str = r#"
WARNING: Running pip as the 'root' user can result in broken permissions
DEPRECATION: x is being installed using the legacy 'setup.py install' method
W: Target Packages is configured multiple times
W: Some index files failed to download. They have been ignored, or old ones used instead.
"#;
const PIP_CALM: &str = r#"
Collecting exceptiongroup
  Downloading exceptiongroup-1.2.0-py3-none-any.whl (16 kB)
Successfully installed errors-1.2 failure-0.1
Requirement already satisfied: retry-on-error in /venv/lib/python3.12/site-packages (1.0)
Setting up libgpg-error0:amd64 (1.47-3) ...
Get:3 http://deb.debian.org/debian bookworm/main libgpg-error0 amd64 1.47-3 [78.0 kB]
Unpacking liberror-perl (0.17029-2) ...
"#;

const RUST_ERRORS: &str = r#"
error[E0308]: mismatched types
src/main.rs:10:5: error[E0308]: mismatched types
error: could not compile `x` (lib) due to 2 previous errors
thread 'main' panicked at src/main.rs:2:5:
test errors::tests::is_error ... FAILED
test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out
/usr/bin/ld: x.o: undefined reference to `main'
collect2: error: ld returned 1 exit status
"#;
const RUST_WARNINGS: &str = r#"
warning: unused variable: `error`
warning: `x` (lib) generated 3 warnings
x.c:3:5: warning: unused variable 'x' [-Wunused-variable]
"#;
const RUST_CALM: &str = r#"
   Compiling thiserror v1.0.50
   Compiling failure v0.1.8
   Compiling proc-macro-error v1.0.4
test errors::tests::is_error ... ok
test panic ... ok
test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out
gcc -Werror --fail-fast -c errors.c
panic = "abort"
    Finished `release` profile [optimized] target(s) in 3.21s
"#;

const JAVA_ERRORS: &str = r#"
Exception in thread "main" java.lang.NullPointerException: x is null
java.lang.IllegalStateException: pool is closed
Caused by: java.io.IOException: Connection reset by peer
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-compiler-plugin
FAILURE: Build failed with an exception.
> Task :test FAILED
Tests run: 3, Failures: 1, Errors: 0, Skipped: 0
14:00:01 SEVERE: pool
2026-11-22T14:00:01Z ERROR pool is empty
panic: runtime error: index out of range [3] with length 3
--- FAIL: TestPay (0.00s)
E1122 14:00:01.0 pod.go:12] gone
time=2026 level=error msg="gone"
fatal error: all goroutines are asleep - deadlock!
"#;
const JAVA_WARNINGS: &str = r#"
[WARNING] /srv/app/src/Main.java:[3,5] error is never thrown
time=2026 level=warning msg="no error yet"
2026-11-22 14:00:01 WARN  pool is almost empty
"#;
const JAVA_CALM: &str = r#"
	at com.shop.ErrorHandler.handleException(ErrorHandler.java:3)
[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0
Tests run: 3, Failures: 0, Errors: 0, Skipped: 0
[INFO] BUILD SUCCESS
time=2026 level=info msg="fatal attraction"
I1122 14:00:01.0 pod.go:12] retry after error
level=info err=<nil> error=nil
ok  	shop/errors	0.012s
14:00:01 DEBUG error was handled
"#;

const SHELL_ERRORS: &str = r#"
bash: line 3: composer: command not found
sh: 1: Syntax error: "(" unexpected
mv: cannot stat 'x': No such file or directory
mkdir: cannot create directory ‘x’: Permission denied
Permission denied (publickey).
Segmentation fault (core dumped)
Killed
make: *** [Makefile:3: migrate] Error 1
curl: (7) Failed to connect to 127.0.0.1 port 80: Connection refused
curl: (22) The requested URL returned error: 404
curl: (28) Connection timed out after 10001 milliseconds
ssh: connect to host db1 port 22: Connection refused
Host key verification failed.
fatal: not a git repository (or any of the parent directories): .git
error: pathspec 'x' did not match any file(s) known to git
 ! [rejected]        main -> main (non-fast-forward)
CONFLICT (content): Merge conflict in x
tar: Exiting with failure status due to previous errors
rsync error: some files could not be transferred (code 23) at main.c(1338) [sender=3.2.7]
cp: error writing 'x': No space left on device
./run: line 3: X: unbound variable
chown: changing ownership of 'x': Operation not permitted
ln: failed to create symbolic link 'x': File exists
3 passed, 1 failed, 0 errors
1 failed; 0 skipped
v2.0 build failed
ok=4 changed=1 unreachable=0 failed=3
"#;
const SHELL_WARNINGS: &str = r#"
warning: redirecting to https://example.com/x.git/
WARNING: failed to fetch, will retry
WARNING: no errors, but slow
"#;
const SHELL_CALM: &str = r#"
0 errors
0 errors, 0 warnings
no errors
no warnings
without any errors
Compiled without errors
12 passed, 0 failed, 0 warnings
ok=4 changed=1 unreachable=0 failed=0
failed: 0
ERROR: 0
errors=0 warnings=0
errors: []
"error": null,
batch 3 of 9
error.log rotated
rotating /var/log/app/error.log
terror and default_errors.css
set -o errexit
+ echo 'error: no'
++ grep -c failed
trap 'rm -f lock' ERR
retry on error
continue if failed
this is not an error
export LOG_LEVEL=ERROR
rsync -a --ignore-errors x y
all-failed.txt
"#;

const SERVICE_ERRORS: &str = r#"
web.1 | ValueError: no
14:00:01 ALERT disk is full
14:00:01 EMERG no memory
14:00:01 ERR pool is empty
level=err msg=gone
level=crit msg=gone
sidekiq: Error: INFO is missing
"#;
const SERVICE_WARNINGS: &str = r#"
puma[4488]: Warning: falling back to one worker
"#;
const SERVICE_CALM: &str = r#"
web.1 | listening
[4488] - Worker 0 (PID: 4490) booted in 1.2s, phase: 0
2026-11-22 14:00:01 NOTICE: fpm is running, pid 4488
"#;

#[test]
fn a_line_speaks_of_what_it_says_itself() {
    let mut wrong = String::new();
    for (tool, wanted, lines) in LINES {
        for line in lines.lines().filter(|line| !line.is_empty()) {
            let found = level(line);
            if found != *wanted {
                wrong.push_str(&format!("{tool}: {line:?} is {found:?}, not {wanted:?}\n"));
            }
            let candidate = CANDIDATE.as_ref().unwrap().is_match(line.as_bytes());
            if *wanted != Level::Calm && !candidate {
                wrong.push_str(&format!("{tool}: {line:?} is not looked at\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn all_rules_are_patterns() {
    for rule in [&CALM, &ENDS_WELL, &HARMLESS, &NAMED, &FORM, &ERROR, &WARNING, &CANDIDATE] {
        assert!(rule.is_some());
    }
}

/// Words that rules are made of.
fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "error",
        "Error",
        "ERROR",
        "failed",
        "fail",
        "FAIL",
        "exit code 1",
        "status=1/FAILURE",
        "not found",
        "cannot",
        "can't",
        "could not",
        "no",
        "0",
        "[warn]",
        "level=err",
        "Killed",
        "INFO",
        "warning",
        "deprecated",
        ":",
        "::",
        ".",
        "-",
        "/",
        "=",
        " ",
        "  ",
        "E1",
        "W: ",
        "ok",
        "✘",
        "×",
        "ä",
        "\u{212a}",
        "ſ",
        "SQLSTATE[",
        "! [rejected]",
        "CONFLICT (",
        "not ok 1",
        "Exit Status: 2",
        "Result: timeout",
        "signal: killed",
        "killed process",
        "no such x",
        "1",
        "err!",
        "Err:1",
        "x.errors.X:",
        "FooError",
        "FooWarning",
        "tracebacK",
        "critical:",
        "\t",
    ]);
    prop::collection::vec(word, 0..8).prop_map(|words| words.concat())
}

proptest! {
    /// A search for candidates passes over no line that speaks of something.
    #[test]
    fn no_line_is_passed_over(text in words()) {
        let candidate = CANDIDATE.as_ref().unwrap().is_match(text.as_bytes());
        prop_assert!(candidate || level(&text) == Level::Calm);
    }
}
