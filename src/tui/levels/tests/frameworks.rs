//! What frameworks of applications print.

use super::{Level, Lines};

/// The lines, by what they speak of.
pub(super) const LINES: Lines = &[
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
