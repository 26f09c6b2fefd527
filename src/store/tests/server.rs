//! A real PostgreSQL for the tests: one server for the whole process, a database for each test.
//!
//! A shell starts it and waits for the end of its own input, which comes when this process is gone, however it went;
//! then it stops the server and removes its files.

use std::ffi::OsString;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::world::block_on;

/// The password in the tests' URLs, which no message may show. The server asks everybody for it but its owner, since
/// proving it takes long in a program that is not optimized.
pub(super) const PASSWORD: &str = "Blue-Kettle-71";

/// Where Debian keeps its servers, by version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// What the shell does. The key is made by the server's own user, for no other may own it.
const SCRIPT: &str = r#"
set -eu
trap '' INT TERM HUP
umask 077
dir=$(mktemp -d)
finish() {
  pg_ctl -D "$dir/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap finish EXIT
printf '%s\n' "$PASSWORD" >"$dir/password"
initdb -D "$dir/data" -U trueup -E UTF8 --locale=C --no-sync -A scram-sha-256 --pwfile "$dir/password" >"$dir/log" 2>&1 ||
  { cat "$dir/log" >&2; exit 1; }
echo 'host all trueup 127.0.0.1/32 trust' | cat - "$dir/data/pg_hba.conf" >"$dir/pg_hba.conf"
mv "$dir/pg_hba.conf" "$dir/data/pg_hba.conf"
printf '%s' "$CERTIFICATE" >"$dir/data/server.crt"
printf '%s' "$KEY" >"$dir/data/server.key"
pg_ctl -D "$dir/data" -l "$dir/log" -w -o "-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories='' \
  -c fsync=off -c ssl=on -c max_connections=500" start >/dev/null || { cat "$dir/log" >&2; exit 1; }
echo ready
cat >/dev/null
"#;

/// The server that is running.
pub(super) struct Server {
    pub(super) port: u16,
    /// The certificate of the authority that signed the server's.
    pub(super) authority: String,
    databases: AtomicU32,
    /// The databases that no test uses.
    free: Mutex<Vec<String>>,
    /// Its input is held open for as long as this process lives.
    _shell: Mutex<Child>,
}

/// The server of this process, or nothing where there is none on the machine.
pub(super) fn shared() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(start).as_ref()
}

fn start() -> Option<Server> {
    let Some(path) = programs() else {
        assert!(
            !is_required(),
            "no PostgreSQL server is on this machine, and TRUEUP_TEST_POSTGRES asks for one"
        );
        let said = "the half of the store's tests that needs a PostgreSQL server DID NOT RUN: there is none here";
        writeln!(io::stderr(), "{said}").ok();
        return None;
    };
    // The port may be taken between being found and being used.
    let server = (0..5).find_map(|_| start_on(free_port(), &path));
    Some(server.expect("PostgreSQL can be started"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the variable is for the tests, which have no Host"
)]
fn is_required() -> bool {
    std::env::var_os("TRUEUP_TEST_POSTGRES").is_some_and(|it| it == "required")
}

/// The search path under which the server's programs are found.
#[expect(
    clippy::disallowed_methods,
    reason = "the search path of the tests' own programs"
)]
fn programs() -> Option<OsString> {
    let mut folders = std::env::split_paths(&std::env::var_os("PATH")?).collect::<Vec<_>>();
    let version = |path: &PathBuf| {
        let number = path
            .file_name()
            .and_then(|name| name.to_str()?.parse().ok());
        number.unwrap_or(0_u32)
    };
    let debian = fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let newest = debian.map(|entry| entry.path()).max_by_key(version);
    folders.extend(newest.map(|it| it.join("bin")));
    let has = |name: &str| folders.iter().any(|it: &PathBuf| it.join(name).is_file());
    let is_there = ["initdb", "pg_ctl", "postgres", "sh"].into_iter().all(has);
    is_there.then(|| std::env::join_paths(&folders).expect("they come from such a path"))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    listener.local_addr().expect("it is bound").port()
}

fn start_on(port: u16, path: &OsString) -> Option<Server> {
    let (authority, certificate, key) = certify();
    // PostgreSQL refuses to run as root.
    let mut command = match is_root() {
        true => {
            let mut command = Command::new("runuser");
            command.args(["-u", user(), "--", "sh", "-c", SCRIPT]);
            command
        }
        false => {
            let mut command = Command::new("sh");
            command.args(["-c", SCRIPT]);
            command
        }
    };
    command
        .env("PATH", path)
        .env("PORT", port.to_string())
        .env("PASSWORD", PASSWORD)
        .env("CERTIFICATE", certificate)
        .env("KEY", key)
        .env_remove("TMPDIR")
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut shell = command.spawn().expect("a shell can be started");
    let mut said = String::new();
    let output = shell.stdout.take().expect("its output is ours");
    BufReader::new(output).read_line(&mut said).ok();
    if said != "ready\n" {
        drop(shell.stdin.take());
        shell.wait().ok();
        return None;
    }
    Some(Server {
        port,
        authority,
        databases: AtomicU32::new(0),
        free: Mutex::default(),
        _shell: Mutex::new(shell),
    })
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout == b"0\n")
}

/// Somebody who is not root.
fn user() -> &'static str {
    let postgres = Command::new("id").arg("postgres").output();
    match postgres.is_ok_and(|output| output.status.success()) {
        true => "postgres",
        false => "nobody",
    }
}

/// An authority's certificate, and one that it signed for `localhost` with its key.
fn certify() -> (String, String, String) {
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let ca_key = KeyPair::generate().unwrap();
    let authority = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    (authority, leaf.pem(), key.serialize_pem())
}

impl Server {
    /// The URL of a database as the server's owner.
    pub(super) fn url(&self, database: &str) -> String {
        let port = self.port;
        format!("postgres://trueup:{PASSWORD}@127.0.0.1:{port}/{database}")
    }

    /// Makes a database.
    pub(super) fn make(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.run(&format!("CREATE DATABASE {name}"), "postgres");
        name
    }

    /// A database without a store, which is taken back when the test is over.
    pub(super) fn database(&'static self) -> Database {
        let free = self.free.lock().unwrap().pop();
        let name = free.unwrap_or_else(|| self.make());
        Database { server: self, name }
    }

    /// Runs a statement as the server's owner.
    pub(super) fn run(&self, sql: &str, database: &str) {
        let url = self.url(database);
        block_on(async {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            let run = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection);
            run.await.unwrap();
            connection.close().await.unwrap();
        });
    }

    /// Makes a role that has no rights of its own, and the password of all.
    pub(super) fn make_role(&self, name: &str) {
        let make = format!("CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'");
        self.run(&make, "postgres");
    }

    /// Writes the authority's certificate into a folder.
    pub(super) fn write_authority(&self, folder: &Path) {
        fs::write(folder.join("root.pem"), &self.authority).unwrap();
    }
}

/// A database that a test uses.
pub(super) struct Database {
    server: &'static Server,
    name: String,
}

impl Database {
    pub(super) fn url(&self) -> String {
        self.server.url(&self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // That of a test that failed may be anything.
        if !std::thread::panicking() {
            let clear = "DROP SCHEMA IF EXISTS trueup CASCADE";
            self.server.run(clear, &self.name);
            self.server.free.lock().unwrap().push(self.name.clone());
        }
    }
}
