//! Secrets like no other text, planted wherever one can stand: in every kind of reference, in the environment, in what
//! is live, in what a vendor says and sends. None of them is in anything that a run leaves behind, in any form.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use trueup::{Exit, Stderr};

use crate::secrets::assert_hidden;
use crate::world::{World, folder, run_in, set_mode};

const SETTINGS: &str = "\
workspace: case
systems: { senhasegura: { endpoint: emulator, seed: live.yaml, retries: 0 } }
include: [vault.yaml]
secrets: { env_allow: [CANARY_*], command_allow: [cat] }
";

const LIVE: &str = "\
passwords:
- { id: 41, name: A, username: a, password: canary-Live-Teal-4413, secret_key: CANARYLIVESEEDQQ, notes: canary live notes 77 }
- { id: 42, name: B, username: b, password: canary-File-Plum-9921 }
- { id: 43, name: G, username: g, password: canary-Live-Rust-1178 }
devices: [{ id: 1, hostname: db, ip: 192.0.2.1, model: m, type: t, vendor: v, site: s }]
";

/// An identity made for this test, and what `age` encrypted to it.
const IDENTITY: &str = "AGE-SECRET-KEY-15Z9H2RJMJ2UFHP7TDSAES2NZZ4U4FM4X3LA0CX4QP6W9R3282GCQ6H745A";

const NEXT_KEY: &str = "canary-next-key-of-the-workspace-0123";

fn vault() -> String {
    let recipient = IDENTITY
        .parse::<age::x25519::Identity>()
        .unwrap()
        .to_public();
    let sealed = age::encrypt_and_armor(&recipient, b"canary-Age-Jade-5527").unwrap();
    let sealed = sealed.lines().map(|line| format!("          {line}\n"));
    let sealed = sealed.collect::<String>();
    format!(
        "\
senhasegura:
  passwords:
    a: {{ name: A, username: a, password: {{ env: CANARY_A }}, notes: canary wanted notes 31 }}
    b: {{ name: B, username: b, password: {{ file: vault/b }} }}
    c:
      name: C
      username: c
      password:
        age: |
{sealed}    d: {{ name: D, username: d, password: {{ command: [cat, vault/d] }} }}
    e: {{ name: E, username: e, password: {{ generate: {{ length: 32 }} }} }}
    f: {{ name: F, username: f, password: {{ generate: {{}}, output: {{ file: out/f.json }} }} }}
    g: {{ name: G, username: g, password: {{ command: [cat, vault/none] }} }}
  credentials:
    h:
      identifier: h
      username: h
      device: {{ live: db }}
      content: {{ env: CANARY_H }}
      totp_seed: {{ env: CANARY_SEED }}
"
    )
}

/// Every secret that is planted, but for those that are made up.
fn planted() -> BTreeSet<String> {
    [
        "canary-Live-Teal-4413",
        "CANARYLIVESEEDQQ",
        "canary live notes 77",
        "canary wanted notes 31",
        "canary-File-Plum-9921",
        "canary-Live-Rust-1178",
        "canary-Env-Moss-6620",
        "canary-Age-Jade-5527",
        "canary-Command-Ruby-3305",
        "canary-Unused-Gray-2218",
        "canary-Content-Onyx-8130",
        "CANARYTOTPSEEDQQ",
        "canary-key-of-the-workspace-0123456789",
        NEXT_KEY,
        IDENTITY,
    ]
    .map(str::to_owned)
    .into()
}

fn world() -> World {
    let files = [
        ("trueup.yaml", SETTINGS),
        ("live.yaml", LIVE),
        ("vault.yaml", &vault()),
        ("vault/b", "canary-File-Plum-9921\n"),
        ("vault/d", "canary-Command-Ruby-3305\n"),
        ("next.key", NEXT_KEY),
    ];
    let mut world = World::of(&files);
    set_mode(&world.directory.path().join("next.key"), 0o600);
    let variables = [
        ("CANARY_A", "canary-Env-Moss-6620"),
        ("CANARY_H", "canary-Content-Onyx-8130"),
        ("CANARY_SEED", "CANARYTOTPSEEDQQ"),
        ("CANARY_UNUSED", "canary-Unused-Gray-2218"),
        ("TRUEUP_AGE_IDENTITY", IDENTITY),
        ("TRUEUP_KEY", "canary-key-of-the-workspace-0123456789"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    world.environment = BTreeMap::from(variables);
    world
}

/// The passwords that the vendor has.
fn at_vendor(world: &World) -> BTreeSet<String> {
    let live = serde_yaml::from_str::<serde_yaml::Value>(&world.live()).unwrap();
    let passwords = live["passwords"].as_sequence().unwrap().iter();
    let text = |it: &serde_yaml::Value| it["password"].as_str().map(str::to_owned);
    passwords.filter_map(text).collect()
}

/// Every file below a folder, hidden ones too, by its path in it.
pub(crate) fn everything(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inner = everything(&path).into_iter();
            files.extend(inner.map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
    files
}

#[cfg(unix)]
#[test]
fn no_reference_shows_its_value_in_anything_that_is_left_behind() {
    let world = world();
    let folder = world.directory.path();
    let before = everything(folder);
    let ran = [
        "validate --log trace",
        "validate --format json --log trace",
        "validate --format sarif --log trace",
        "validate --format github --log trace",
        "plan --log trace",
        "plan --json --json-into plan.json --log trace",
        "plan --target senhasegura.password.c --out saved.json --log trace",
        "apply --yes --log trace",
        "plan --json --log trace",
        "apply --yes --json --log trace",
        "plan --as-of 2030-01-01 --log trace",
        "plan --out saved.json --log trace",
        "plan --format markdown --log trace",
        "plan --format html --log trace",
        "show saved.json --log trace",
        "show saved.json --format json --log trace",
        "show saved.json --format markdown --log trace",
        "show saved.json --format html --log trace",
        "drift --format text --log trace",
        "drift --unmanaged --format json --log trace",
        "drift --format sarif --log trace",
        "drift --format junit --log trace",
        "drift --format csv --log trace",
        "drift --format markdown --log trace",
        "drift --format html --log trace",
        "adopt --json --log trace",
        "journal show --json --log trace",
        "journal verify --log trace",
        "key rotate --to next.key --log trace",
        "capabilities --json --log trace",
        "plan --json-stream --log trace",
        "graph --log trace",
        "graph --format mermaid --log trace",
        "fmt --check --log trace",
        "snapshot --out live.json --log trace",
        "plan --against live.json --log trace",
        "plan --against live.json --json --log trace",
        "plan --against live.json --format markdown --log trace",
        "plan --against live.json --format html --log trace",
        "plan --against live.json --json-stream --log trace",
    ]
    .map(|line| (line, world.run(line)));
    let mut secrets = planted();
    secrets.extend(at_vendor(&world));
    assert!(secrets.contains("canary-Command-Ruby-3305"));
    for (line, ran) in &ran {
        assert_eq!(ran.exit, Exit::Fine, "{line}: {ran:#?}");
        assert_hidden(&secrets, &ran.transcript(), line);
    }
    // Everything is there at last, and nothing but what cannot be verified is left to say.
    assert!(ran[4].1.out.contains("Plan: 5 to add"), "{:#?}", ran[4]);
    assert_eq!(ran[8].1.json()["resource_changes"], json!([]));
    for (path, bytes) in everything(folder) {
        let is_ours = before.get(&path) == Some(&bytes);
        let is_meant = path.starts_with(".trueup/emulator/") || path == "out/f.json";
        if !is_ours && !is_meant {
            assert_hidden(&secrets, &String::from_utf8_lossy(&bytes), &path);
        }
    }
    assert!(folder.join("plan.json").exists() && folder.join("saved.json").exists());
}

#[test]
fn a_mistake_beside_a_secret_shows_none() {
    let world = world();
    let broken = vault()
        .replace("name: B,", "nam: B,")
        .replace("notes:", "nots:");
    world.write_file("vault.yaml", &broken);
    for line in [
        "validate --log trace",
        "plan --log trace",
        "apply --yes --log trace",
    ] {
        let ran = world.run(line);
        assert_eq!(ran.exit, Exit::Invalid, "{ran:#?}");
        let mut secrets = planted();
        // What is written as a remark is no secret where it is not known for one.
        secrets.remove("canary wanted notes 31");
        assert_hidden(&secrets, &ran.transcript(), line);
    }
}

/// A vendor that gives back whatever it is sent, in what it says and in its headers. Lists are empty; logins succeed if
/// `lets_in`.
fn mirror(lets_in: bool) -> SocketAddr {
    let (sender, address) = mpsc::channel();
    let answer = move |uri: Uri, headers: HeaderMap, body: Bytes| async move {
        let path = uri.path();
        if lets_in && path.ends_with("oauth2/token") {
            return json!({ "access_token": "canary-Token-Coral-8846" })
                .to_string()
                .into_response();
        }
        if path.ends_with("/mysafe/password") && body.is_empty() {
            let list =
                json!({ "response": { "status": 200, "error": false }, "password_on_list": [] });
            return list.to_string().into_response();
        }
        give_back(&headers, &body)
    };
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            sender.send(listener.local_addr().unwrap()).unwrap();
            axum::serve(listener, Router::new().fallback(answer))
                .await
                .unwrap();
        });
    });
    address.recv().unwrap()
}

fn give_back(headers: &HeaderMap, body: &Bytes) -> Response {
    let authorization = headers.get("authorization").cloned();
    let authorization = authorization.unwrap_or("none".parse().unwrap());
    let said = format!("no: {authorization:?} {}", String::from_utf8_lossy(body));
    let answer = json!({
        "response": { "status": 400, "message": said, "error": true },
        "error": "invalid", "error_description": said, "message": said,
    });
    let headers = [
        ("set-cookie", "canary-Cookie-Onyx-7714"),
        ("x-debug", "canary-Header-Ivory-1902"),
    ];
    (StatusCode::BAD_REQUEST, headers, answer.to_string()).into_response()
}

/// Applies at a vendor that gives back what it is sent.
fn apply_at_mirror(lets_in: bool, vendor: &str, rest: &str) -> crate::world::Ran {
    let address = mirror(lets_in);
    let settings = format!(
        "workspace: case\nsystems:\n  {vendor}:\n    endpoint: http://{address}\n    retries: 0\n{rest}secrets: {{ env_allow: [CANARY_*] }}\n"
    );
    let vault = match vendor {
        "senhasegura" => {
            "senhasegura: { passwords: { a: { name: A, username: a, password: { env: CANARY_A } } } }"
        }
        _ => "password_safe: { safes: { a: { name: A } } }",
    };
    let directory = folder(&[("trueup.yaml", &settings), ("vault.yaml", vault)]);
    run_in(directory.path(), "apply --yes --log trace", |host| {
        let variables = [
            ("CANARY_A", "canary \"Env\" Moss/6620"),
            ("CANARY_CLIENT", "canary-Client-Pearl-5568"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        host.environment.extend(variables);
    })
}

#[test]
fn a_vendor_that_gives_secrets_back_shows_none_of_them() {
    let mysafe = "    auth: { mysafe: { client_id: id, client_secret: { env: CANARY_CLIENT } } }\n";
    let oauth = "    auth: { client_id: id, client_secret: { env: CANARY_CLIENT } }\n";
    let planted = [
        "canary \"Env\" Moss/6620",
        "canary-Client-Pearl-5568",
        "canary-Token-Coral-8846",
        "canary-Cookie-Onyx-7714",
        "canary-Header-Ivory-1902",
    ];
    let planted = BTreeSet::from(planted.map(str::to_owned));
    for (lets_in, vendor, auth) in [
        (true, "senhasegura", mysafe),
        (false, "senhasegura", mysafe),
        (false, "password_safe", oauth),
    ] {
        let ran = apply_at_mirror(lets_in, vendor, auth);
        assert_ne!(ran.exit, Exit::Fine, "{ran:#?}");
        let text = ran.transcript();
        assert_hidden(&planted, &text, vendor);
        let instead = "(words that hold a secret of the request)";
        assert!(text.contains(instead), "{vendor}: {text}");
        assert!(text.contains("sending method=POST"), "{vendor}: {text}");
    }
}

/// An error stream that breaks when a secret is on its way.
struct Breaks;

impl Write for Breaks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let is_on_its_way = text.contains("sending method=POST") && !text.contains("oauth2");
        assert!(!is_on_its_way, "broken on purpose");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const CHILD: &str = "TRUEUP_TEST_PANICS";

/// Runs itself as a process of its own, in which steps panic, since only there everything is seen that a panic prints.
#[cfg(unix)]
#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the test asks which of its two processes it is in"
)]
fn a_panic_with_secrets_in_hand_shows_none() {
    if std::env::var_os(CHILD).is_some() {
        let world = world();
        let ran = world.run_with("apply --yes --log trace", |host| {
            host.stderr = Stderr::new(Box::new(Breaks));
        });
        assert!(ran.out.contains("ended in a defect of trueup"), "{ran:#?}");
        return;
    }
    let name = "canary::a_panic_with_secrets_in_hand_shows_none";
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(CHILD, "1")
        .env("RUST_BACKTRACE", "full")
        .output()
        .unwrap();
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&ended.stdout),
        String::from_utf8_lossy(&ended.stderr)
    );
    assert!(ended.status.success(), "{text}");
    assert!(text.contains("broken on purpose"), "{text}");
    assert!(text.contains("stack backtrace"), "{text}");
    assert_hidden(&planted(), &text, "what a panic prints");
}
