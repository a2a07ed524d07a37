//! What builds and scripts print.

use super::{Level, Lines};

/// The lines, by what they speak of.
pub(super) const LINES: Lines = &[
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
];

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
