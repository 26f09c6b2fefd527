//! The command line: what each flag does, what goes to which stream, and how a run ends.

use std::fs;
use std::io::Cursor;

use rusqlite::Connection;
use serde_json::Value;
use tokio::sync::watch;
use trueup::{Exit, Terminal};

use crate::world::{Ran, World, folder, run_in};

const SETTINGS: &str = "workspace: case\nsecrets: { allow_plaintext: true }\nsystems: { senhasegura: { endpoint: emulator, retries: 0, seed: live.txt } }\n";

/// A user, a group of it, a password shared with both; one of each stands alone.
const CHAIN: &str = "\
senhasegura:
  users:
    ines: { user_name: ines, full_name: Ines Prado, external_id: hr-9, email: ines@example.org }
    rui: { user_name: rui, full_name: Rui Prado, external_id: hr-8, email: rui@example.org }
  groups:
    crew: { display_name: Crew, members: [user.ines] }
  passwords:
    mirror: { name: Mirror, username: ci, password: Coral-Saddle-58, groups_allowed: { group.crew: view } }
    wifi: { name: \"Wifi ${var.site}\", username: guest, password: Amber-Wagon-33 }
";

fn chain() -> World {
    let settings = format!("{SETTINGS}vars: {{ site: lisbon }}\n");
    World::of(&[
        ("trueup.yaml", &settings),
        ("live.txt", "{}"),
        ("vault.yaml", CHAIN),
    ])
}

fn with_passwords(passwords: &str, live: &str) -> World {
    let vault = format!("senhasegura: {{ passwords: {{ {passwords} }} }}");
    World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.txt", live),
        ("vault.yaml", &vault),
    ])
}

/// The addresses of a plan's steps, in order.
fn steps(world: &World, line: &str) -> Vec<String> {
    let plan = world.run(line).json();
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    let addresses = changes.map(|it| it["address"].as_str().unwrap());
    addresses
        .map(|it| it.trim_start_matches("senhasegura.").to_owned())
        .collect()
}

#[test]
fn every_published_exit_code_is_reached() {
    let router = "a: { name: Router, username: admin, password: Blue-Kettle-71 }";
    let fresh = || with_passwords(router, "{}");
    let live = "passwords: [{ id: 1, name: Router, username: admin, password: Blue-Kettle-71 }]";
    let absent = "a: { name: Router, username: admin, state: absent }";
    let shared = "a: { name: Router, username: admin, users_allowed: { nobody: view } }";
    let login = fresh();
    login.set_faults(r#"[{"on":"login","do":{"fail":{"status":401}}}]"#);
    let (_sender, stopped) = watch::channel(true);
    let stale = fresh();
    stale.write_file("plan.json", "{}");
    let held = fresh();
    held.run("apply --yes");
    let store = Connection::open(held.directory.path().join(".trueup/trueup.db")).unwrap();
    let hold =
        "UPDATE workspace SET owner = 'maria', lease = '01a213ed-068c-75e8-bb78-327398b3c3b6',
        acquired = '2026-06-15T11:59:00Z', expires = '2026-06-15T12:59:00Z'";
    store.execute(hold, []).unwrap();
    let reached = [
        fresh().run("plan"),
        fresh().run("plan --no-such-flag"),
        fresh().run("plan --detailed-exitcode"),
        with_passwords(absent, live).run("apply --yes"),
        with_passwords(shared, live).run("apply --yes"),
        stale.run("apply plan.json"),
        held.run("apply --yes"),
        login.run("apply --yes"),
        run_in(folder(&[]).path(), "plan", |_| {}),
        fresh().run_with("apply --yes", |host| host.stop = stopped),
    ];
    let reached = reached.map(|ran| ran.exit.code().to_string());

    let help = run_in(folder(&[]).path(), "--help", |_| {}).out;
    let (_, published) = help.split_once("Exit codes:\n").unwrap();
    let published = published
        .lines()
        .filter_map(|it| it.split_whitespace().next());
    assert_eq!(reached.to_vec(), published.collect::<Vec<_>>());
}

#[test]
fn a_run_that_is_told_to_stop_while_it_reads_changes_nothing() {
    let world = chain();
    let (_sender, stopped) = watch::channel(true);
    let ran = world.run_with("apply --yes --json", |host| host.stop = stopped);
    assert_eq!((ran.exit, ran.out.as_str()), (Exit::Interrupted, ""));
    assert_eq!(ran.err, "Interrupted while reading; nothing was changed.\n");
    assert!(world.writes().is_empty());
}

#[test]
fn an_apply_that_nobody_can_be_asked_about_fails_at_once() {
    let world = chain();
    let ran = world.run("apply");
    assert_eq!(ran.exit, Exit::Error);
    assert!(ran.err.contains("--yes"), "{ran:#?}");
    assert_eq!(ran.out, "");
    assert_eq!(world.requests(), Vec::<Value>::new());
}

/// Applies with somebody at the terminal who types this.
fn answer(world: &World, typed: &'static str) -> Ran {
    world.run_with("apply", |host| {
        host.terminal.stdin = true;
        host.stdin = Box::new(Cursor::new(typed));
    })
}

#[test]
fn only_a_whole_yes_is_a_yes() {
    let world = chain();
    for typed in ["", "\n", "y\n", "no\n", "YES\n", "yes please\n"] {
        let ran = answer(&world, typed);
        assert_eq!(ran.exit, Exit::Error, "{typed:?}");
        assert!(ran.err.ends_with("Apply cancelled.\n"), "{ran:#?}");
        assert!(ran.out.contains("Plan: 5 to add"), "{ran:#?}");
    }
    assert!(world.writes().is_empty());
    assert_eq!(answer(&world, "yes\n").exit, Exit::Fine);
    assert_eq!(world.writes().len(), 5);
    let ran = answer(&world, "");
    assert_eq!(
        ran.exit,
        Exit::Fine,
        "nothing to do is nothing to ask: {ran:#?}"
    );
}

#[test]
fn a_target_comes_with_what_it_needs_and_no_more() {
    let world = chain();
    let table: [(&str, &[&str]); 5] = [
        ("senhasegura.group.crew", &["user.ines", "group.crew"]),
        (
            "senhasegura.password.mirror",
            &["user.ines", "group.crew", "password.mirror"],
        ),
        ("senhasegura.user", &["user.ines", "user.rui"]),
        (
            "senhasegura.user.rui,senhasegura.password.wifi",
            &["password.wifi", "user.rui"],
        ),
        ("senhasegura.nothing", &[]),
    ];
    for (target, wanted) in table {
        assert_eq!(
            steps(&world, &format!("plan --json --target {target}")),
            wanted,
            "{target}"
        );
    }
    let warned = world.run("plan --target senhasegura.nothing").err;
    assert!(warned.contains("`senhasegura.nothing`"), "{warned}");
}

#[test]
fn what_needs_the_excluded_is_left_out_with_it() {
    let world = chain();
    let table: [(&str, &[&str]); 3] = [
        (
            "--exclude senhasegura.user.ines",
            &["password.wifi", "user.rui"],
        ),
        (
            "--exclude senhasegura.password",
            &["user.ines", "group.crew", "user.rui"],
        ),
        (
            "--target senhasegura.password --exclude senhasegura.group",
            &["password.wifi", "user.ines"],
        ),
    ];
    for (flags, wanted) in table {
        assert_eq!(
            steps(&world, &format!("plan --json {flags}")),
            wanted,
            "{flags}"
        );
    }
}

#[test]
fn a_targeted_apply_does_only_that() {
    let world = chain();
    let ran = world.run("apply --yes --target senhasegura.group.crew");
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
    assert_eq!(world.writes().len(), 2);
    assert_eq!(
        steps(&world, "plan --json"),
        ["password.mirror", "password.wifi", "user.rui"]
    );
}

#[test]
fn a_variable_of_the_command_line_wins() {
    let world = chain();
    let name = |line: &str| {
        let plan = world.run(line).json();
        let changes = plan["resource_changes"].as_array().unwrap().clone();
        let wifi = changes.into_iter().find(|it| it["name"] == "wifi").unwrap();
        wifi["change"]["after"]["name"].clone()
    };
    assert_eq!(name("plan --json"), "Wifi lisbon");
    assert_eq!(
        name("plan --json --var site=porto --var other=x=y"),
        "Wifi porto"
    );
    for bad in ["site", "=porto"] {
        let ran = world.run(&format!("plan --var {bad}"));
        assert_eq!(ran.exit, Exit::Error, "{ran:#?}");
        assert!(ran.err.contains(bad) && ran.out.is_empty(), "{ran:#?}");
    }
}

#[test]
fn json_goes_to_the_output_or_into_a_file() {
    let world = chain();
    let json = world.run("plan --json").out;
    assert_eq!(world.run("plan --format json").out, json);
    let text = world.run("plan --json-into plan.json");
    assert!(text.out.contains("Plan: 5 to add"), "{text:#?}");
    let file = world.directory.path().join("plan.json");
    assert_eq!(fs::read_to_string(file).unwrap(), json);
    let nowhere = world.run("plan --json-into no/such.json").exit;
    assert_eq!(nowhere, Exit::Error);
}

#[test]
fn with_json_the_output_is_json_or_empty() {
    let world = chain();
    let applied = world.run("apply --yes --json");
    let report = applied.json();
    assert_eq!(report["summary"]["created"], 5);
    assert_eq!(report["outcomes"][4]["outcome"], "done");
    assert!(applied.err.contains("Plan: 5 to add"), "{applied:#?}");
    world.write_file("bad.yaml", "senhasegura: { user: {} }");
    for line in ["plan --json", "apply --yes --json"] {
        let ran = world.run(line);
        assert_eq!(
            (ran.exit, ran.out.as_str()),
            (Exit::Invalid, ""),
            "{ran:#?}"
        );
        assert!(ran.err.contains("unknown-table"), "{ran:#?}");
    }
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let world = chain();
    let colored = |line: &str, variable: &str, stdout: bool| {
        let ran = world.run_with(line, |host| {
            host.terminal = Terminal {
                stdout,
                ..Terminal::default()
            };
            if let Some((name, value)) = variable.split_once('=') {
                host.environment.insert(name.to_owned(), value.to_owned());
            }
        });
        assert!(!ran.err.contains('\u{1b}'), "{ran:?}");
        ran.out.contains('\u{1b}')
    };
    assert!(colored("plan", "", true));
    // An empty NO_COLOR says nothing.
    assert!(colored("plan", "NO_COLOR=", true));
    assert!(!colored("plan", "", false));
    assert!(!colored("plan", "NO_COLOR=1", true));
    assert!(!colored("plan", "TERM=dumb", true));
    assert!(!colored("plan --no-color", "", true));
    assert!(!colored("plan --json", "", true));
}

#[test]
fn lists_are_broken_where_the_terminal_ends_and_nowhere_else() {
    let world = chain();
    let widest = |stdout: bool| {
        let ran = world.run_with("plan --no-color", |host| {
            (host.terminal.stdout, host.terminal.width) = (stdout, Some(50));
        });
        let lists = ran.out.lines().filter(|it| !it.contains('"'));
        lists.map(str::len).max().unwrap()
    };
    assert!(widest(true) <= 50 && widest(false) > 50);
}

#[test]
fn what_is_unknown_is_refused_with_a_way_out() {
    let world = chain();
    for (line, named) in [
        ("plan --detailed", "--detailed-exitcode"),
        ("plann", "plan"),
        ("plan --parallelism 0", "1..=64"),
        ("plan --max-delete-percent 101", "0..=100"),
        ("plan --format yaml", "json"),
        ("validate a b", "'b'"),
        ("", "Usage"),
    ] {
        let ran = world.run(line);
        assert_eq!(
            (ran.exit, ran.out.as_str()),
            (Exit::Error, ""),
            "{line}: {ran:#?}"
        );
        assert!(ran.err.contains(named), "{line}: {ran:#?}");
    }
}

#[test]
fn a_workspace_may_be_named_by_its_folder() {
    let world = chain();
    let path = world.directory.path().display().to_string();
    let elsewhere = folder(&[]);
    let ran = run_in(elsewhere.path(), &format!("validate {path}"), |_| {});
    assert_eq!(ran.out, "Success! 5 resources in 2 files are valid.\n");
}

#[test]
fn validate_speaks_to_people_scripts_scanners_and_github() {
    let files = [
        ("trueup.yaml", SETTINGS),
        ("vault.yaml", "senhasegura: { user: {} }"),
    ];
    let folder = folder(&files);
    let run = |line: &str| run_in(folder.path(), line, |_| {});
    let text = run("check");
    assert_eq!((text.exit, text.out.as_str()), (Exit::Invalid, ""));
    assert!(text.err.contains("did you mean `users`?"), "{text:#?}");
    let json = run("validate --format json");
    assert_eq!((json.exit, json.err.as_str()), (Exit::Invalid, ""));
    assert!(
        json.json().to_string().contains("unknown-table"),
        "{json:#?}"
    );
    let sarif = run("validate --format sarif").json();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "unknown-table", "{sarif:#}");
    let github = run("validate --format github");
    assert!(
        github.out.starts_with("::error file=vault.yaml,line=1,"),
        "{github:#?}"
    );
}

#[test]
fn a_new_workspace_can_be_planned_and_applied_at_once() {
    let directory = folder(&[]);
    let run = |line: &str| {
        run_in(directory.path(), line, |host| {
            let secret = (
                "VAULT_OFFICE_ROUTER".to_owned(),
                "Blue-Kettle-71".to_owned(),
            );
            host.environment.extend([secret]);
        })
    };
    let init = run("init acme");
    assert_eq!(init.exit, Exit::Fine, "{init:#?}");
    assert_eq!(run("plan acme --detailed-exitcode").exit, Exit::Changes);
    let applied = run("apply acme --yes");
    assert_eq!(applied.exit, Exit::Fine, "{applied:#?}");
    let again = run("plan acme --detailed-exitcode");
    assert_eq!(again.exit, Exit::Fine, "{again:#?}");
}

#[test]
fn init_writes_over_nothing() {
    let directory = folder(&[
        (".gitignore", "mine\n"),
        ("vault/passwords.yaml", "# mine\n"),
    ]);
    let first = run_in(directory.path(), "init", |_| {});
    assert_eq!(first.exit, Exit::Fine, "{first:#?}");
    let read = |path: &str| fs::read_to_string(directory.path().join(path)).unwrap();
    assert_eq!(read(".gitignore"), "mine\n");
    assert_eq!(read("vault/passwords.yaml"), "# mine\n");
    let settings = read("trueup.yaml");
    let second = run_in(directory.path(), "init", |_| {});
    assert_eq!(second.exit, Exit::Error, "{second:#?}");
    assert_eq!(read("trueup.yaml"), settings);
}

#[test]
fn the_emulator_speaks_tls_when_asked() {
    let files = [
        ("trueup.yaml", SETTINGS),
        ("live.txt", "{}"),
        ("vault.yaml", ""),
    ];
    let world = World::over_tls(&files);
    assert!(world.variables()["TRUEUP_SENHASEGURA_ENDPOINT"].starts_with("https://"));
    world.write_file(
        "vault.yaml",
        "senhasegura: { passwords: { a: { name: A, username: a, password: Blue-Kettle-71 } } }",
    );
    let ran = world.run("apply --yes");
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
    let trusting_nobody = world.run_with("plan", |host| {
        host.environment.remove("TRUEUP_CA_FILE");
    });
    assert_eq!(trusting_nobody.exit, Exit::Error, "{trusting_nobody:#?}");
}

#[test]
fn an_emulator_needs_something_to_emulate() {
    let real =
        "workspace: x\nsystems: { senhasegura: { endpoint: \"https://vault.example.org\" } }";
    let ran = run_in(
        folder(&[("trueup.yaml", real)]).path(),
        "emulate --listen 127.0.0.1:0",
        |_| {},
    );
    assert_eq!(ran.exit, Exit::Error);
    assert!(ran.err.contains("endpoint: emulator"), "{ran:#?}");
    let seedless = [("trueup.yaml", SETTINGS)];
    let ran = run_in(
        folder(&seedless).path(),
        "emulate --listen 127.0.0.1:0",
        |_| {},
    );
    assert_eq!(ran.exit, Exit::Error);
    assert!(ran.err.contains("live.txt"), "{ran:#?}");
}

#[test]
fn no_variable_leads_the_credentials_of_a_real_system_elsewhere() {
    let world = chain();
    let real =
        "workspace: x\nsystems: { senhasegura: { endpoint: \"http://127.0.0.1:9\", retries: 0 } }";
    world.write_file("trueup.yaml", real);
    world.write_file("vault.yaml", "senhasegura: { users: { a: { user_name: a, full_name: A, external_id: a, email: a@example.org } } }");
    let ran = world.run("plan");
    assert_eq!(ran.exit, Exit::Login, "{ran:#?}");
    assert_eq!(world.requests(), Vec::<Value>::new());
}

#[test]
fn versions_and_completions_are_printed() {
    let run = |line: &str| run_in(folder(&[]).path(), line, |_| {});
    let version = format!("trueup {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(run("version").out, version);
    assert_eq!(run("--version").out, version);
    for shell in ["bash", "zsh", "fish"] {
        let script = run(&format!("completion {shell}"));
        assert!(script.out.contains("detailed-exitcode"), "{shell}");
    }
}

#[test]
fn what_can_be_done_with_each_field_is_told() {
    let run = |line: &str| run_in(folder(&[]).path(), line, |_| {});
    let told = run("capabilities").out;
    assert!(told.contains("senhasegura.password  (table `passwords`; removing one disables it)"));
    assert!(
        told.contains("  description   text        yes   no      yes\n"),
        "{told}"
    );
    let listing = run("capabilities --json").json();
    let kinds = listing["kinds"].as_array().unwrap();
    let password = kinds.iter().find(|it| it["kind"] == "password").unwrap();
    let seed = password["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "totp_seed");
    assert_eq!(seed.unwrap()["secret"], true);
    assert!(
        password["assumed"]
            .as_array()
            .is_some_and(|it| !it.is_empty())
    );
}
