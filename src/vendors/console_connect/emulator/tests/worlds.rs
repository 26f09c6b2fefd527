//! Seeds, the worlds that are written after them, and what is kept of them.

use serde_json::{Value, json};

use super::super::testing::{Asker, WORLD, port};
use super::super::{NAME, open};
use crate::emulate::faults::Sort;
use crate::emulate::{Emulator, Mounted, Options, Running, start};

#[test]
fn a_world_is_written_as_it_is_read() {
    let more = format!(
        "settles_after: 3
approval: automatic
sessions: {{ idle_minutes: 5 }}
quirks: {{ odd_codes: true }}
prices: {{ ports: {{ 1000: 1.5 }} }}
roles: [{{ name: X, display: Ex, flags: [ports-read] }}]
orders: [{{ company: exampleco, facility: example-dc1, port_name: p, speed: 1000, status: loa_sent }}]
connections: [{{ company: exampleco, other_company: otherco, name: c, speed: 10, port: {}, status: PENDING, request: {{ speed: 10 }} }}]
",
        port(1)
    );
    let asker = Asker::with(&more);
    let written = asker.emulator.world_yaml();
    for part in [
        "idle_minutes: 5",
        "status: loa_sent",
        "status: PENDING",
        "odd_codes: true",
    ] {
        assert!(written.contains(part), "{part} is not in\n{written}");
    }
    assert_eq!(Asker::on(&written).emulator.world_yaml(), written);
}

#[test]
fn the_seed_of_the_example_is_a_world() {
    let seed = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/acme/live/console_connect.yaml"
    );
    let seed = std::fs::read_to_string(seed).unwrap();
    let told = open(Some(&seed), None).unwrap().credentials();
    assert_eq!(told[0].1, "demo-key-of-acme-trueup");
}

#[test]
fn a_world_of_which_nothing_is_said_has_somebody_with_a_key() {
    let emulator = open(None, None).unwrap();
    let key = "emulator-console-connect-key".to_owned();
    assert_eq!(emulator.credentials(), [("API_KEY".to_owned(), key)]);
}

#[test]
fn clients_are_told_of_the_user_who_may_do_most() {
    let told = Asker::new().emulator.credentials();
    let told: Vec<_> = told
        .iter()
        .map(|(name, it)| format!("{name}={it}"))
        .collect();
    let expected = [
        "API_KEY=key-of-ops",
        "EMAIL=ops@example.org",
        "PASSWORD=not-a-real-one",
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_seed_that_contradicts_itself_is_refused_with_the_reason() {
    let refused = |more: &str| {
        let seed = format!("{WORLD}{more}");
        open(Some(&seed), None).err().unwrap().to_string()
    };
    let port = port(1);
    for (more, reason) in [
        (
            "orders: [{ company: exampleco, facility: nowhere, port_name: p, speed: 1 }]"
                .to_owned(),
            "no facility `nowhere`",
        ),
        ("metros: []".to_owned(), "no metro `EXC`"),
        (
            format!("connections: [{{ company: otherco, name: c, speed: 1, port: {port} }}]"),
            "another company's",
        ),
        (
            format!(
                "connections: [{{ company: exampleco, other_company: nobody, name: c, speed: 1, port: {port} }}]"
            ),
            "no company `nobody`",
        ),
        ("colour: red".to_owned(), "colour"),
    ] {
        let said = refused(&more);
        assert!(said.contains(reason), "{more}: {said}");
    }
    let two = "companies: [{ username: a, name: A }]\nusers: [{ username: a, name: B, email: b@example.org }]";
    let said = open(Some(two), None).err().unwrap().to_string();
    assert!(said.contains("two records `a`"), "{said}");
}

#[test]
fn a_command_that_is_unknown_or_says_too_little_is_told() {
    let asker = Asker::new();
    let unknown = asker.command("dance", json!({})).unwrap_err();
    assert!(
        unknown.contains("`dance`") && unknown.contains("approve_order"),
        "{unknown}"
    );
    let little = asker.command("advance", json!({})).unwrap_err();
    assert!(little.contains("`id`"), "{little}");
    assert!(asker.command("advance", json!({ "id": "x" })).is_err());
}

#[test]
fn a_log_in_is_a_login_and_a_question_for_a_price_is_no_write() {
    let emulator = open(None, None).unwrap();
    let sort = |method: &str, path: &str| emulator.sort(&method.parse().unwrap(), path, None);
    assert_eq!(sort("PUT", "/api/auth/token"), Sort::Login);
    assert_eq!(sort("GET", "/api/auth/token"), Sort::Read);
    assert_eq!(sort("DELETE", "/api/auth/token"), Sort::Read);
    assert_eq!(sort("POST", "/api/pricing/calculate"), Sort::Read);
    assert_eq!(sort("PUT", "/api/company/c/asns/1"), Sort::Write);
}

/// Serves a world that is kept in a folder.
async fn serve(dir: &std::path::Path) -> Running {
    let emulator = open(Some(WORLD), Some(dir)).unwrap();
    let listen = ([127, 0, 0, 1], 0).into();
    let mounted = vec![Mounted {
        name: NAME,
        emulator,
    }];
    start(mounted, Options { listen, tls: None }).await.unwrap()
}

/// Asks the server, with the key of the user who may do most.
async fn ask(running: &Running, method: &str, path: &str, body: &Value) -> u16 {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}{path}", running.base_url());
    let request = client.request(method.parse().unwrap(), url).json(body);
    let response = request.bearer_auth("key-of-ops").send().await.unwrap();
    response.status().as_u16()
}

#[tokio::test]
async fn what_was_acknowledged_outlives_the_server_commands_too() {
    let dir = tempfile::tempdir().unwrap();
    let running = serve(dir.path()).await;
    let path = format!("/{NAME}/api/company/exampleco/asns/64500");
    assert_eq!(ask(&running, "PUT", &path, &Value::Null).await, 200);
    let command = format!("/_world/{NAME}/verify_asn");
    let body = json!({ "company": "exampleco", "asn": 64500 });
    assert_eq!(ask(&running, "POST", &command, &body).await, 200);
    running.kill().await;
    let running = serve(dir.path()).await;
    let port = format!("/{NAME}/api/company/exampleco/ports/{}", port(1));
    let taken = ask(&running, "POST", &port, &json!({ "asn": "64500" })).await;
    assert_eq!(taken, 200);
    running.stop().await.unwrap();
}
