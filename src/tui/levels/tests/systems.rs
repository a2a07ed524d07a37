//! What servers and the system print.

use super::{Level, Lines};

/// The lines, by what they speak of.
pub(super) const LINES: Lines = &[
    ("nginx", Level::Error, NGINX_ERRORS),
    ("nginx", Level::Warning, NGINX_WARNINGS),
    ("nginx", Level::Calm, NGINX_CALM),
    ("systemd", Level::Error, SYSTEMD_ERRORS),
    ("systemd", Level::Calm, SYSTEMD_CALM),
    ("databases", Level::Error, DATABASE_ERRORS),
    ("databases", Level::Warning, DATABASE_WARNINGS),
    ("databases", Level::Calm, DATABASE_CALM),
    ("services", Level::Error, SERVICE_ERRORS),
    ("services", Level::Warning, SERVICE_WARNINGS),
    ("services", Level::Calm, SERVICE_CALM),
];

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
