//! The committed JSON Schemas are fresh, complete, and agree with what the program reads and prints.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value as Json;
use tempfile::TempDir;
use trueup::Exit;

use crate::acme;
use crate::run::{project, trueup};

const FILES: [&str; 5] = [
    "workspace.schema.json",
    "resources.schema.json",
    "plan.schema.json",
    "drift.schema.json",
    "events.schema.json",
];

fn committed(file: &str) -> String {
    fs::read_to_string(project().join("schemas").join(file)).unwrap_or_default()
}

pub(crate) fn validator(file: &str) -> Validator {
    let schema = serde_json::from_str::<Json>(&committed(file)).unwrap();
    jsonschema::draft7::meta::validate(&schema).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

/// What is wrong with a value, a line each.
pub(crate) fn problems(validator: &Validator, value: &Json) -> String {
    let line =
        |error: jsonschema::ValidationError<'_>| format!("{}: {error}\n", error.instance_path());
    validator.iter_errors(value).map(line).collect()
}

/// A text of YAML as its readers see it: those that resolve merge keys, and those that leave them standing.
fn parsed(yaml: &str) -> [Json; 2] {
    let standing = serde_yaml::from_str::<serde_yaml::Value>(yaml).unwrap();
    let mut merged = standing.clone();
    merged.apply_merge().unwrap();
    [merged, standing].map(|it| serde_json::to_value(it).unwrap())
}

#[test]
fn the_committed_schemas_are_fresh() {
    let folder = TempDir::new().unwrap();
    let ran = trueup(folder.path(), &["schema", "--into", "."]);
    assert_eq!(ran.exit, Exit::Fine, "{ran:?}");
    for file in FILES {
        let fresh = fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(
            fresh == committed(file),
            "schemas/{file} is stale; refresh it with `cargo run -- schema --into schemas`"
        );
        assert!(ran.stdout.contains(&format!("wrote ./{file}\n")), "{ran:?}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), FILES.len());
    let printed = trueup(folder.path(), &["schema", "plan"]).stdout;
    assert_eq!(printed, committed("plan.schema.json"));
}

#[test]
fn every_key_is_described() {
    fn look(schema: &Json, path: &str, found: &mut usize) {
        if let Json::Object(properties) = &schema["properties"] {
            for (name, property) in properties {
                let description = property["description"].as_str().unwrap_or_default();
                assert!(description.len() > 8, "{path}/{name}: `{description}`");
                *found += 1;
            }
        }
        let members = schema.as_object().into_iter().flatten();
        for (name, member) in members {
            look(member, &format!("{path}/{name}"), found);
        }
        let items = schema.as_array().into_iter().flatten();
        items.for_each(|item| look(item, path, found));
    }
    for file in FILES {
        let mut found = 0;
        look(
            &serde_json::from_str(&committed(file)).unwrap(),
            file,
            &mut found,
        );
        assert!(found > 20, "{file} describes {found} keys");
    }
}

#[test]
fn the_example_is_as_the_schemas_say() {
    let (workspace, resources) = (
        validator("workspace.schema.json"),
        validator("resources.schema.json"),
    );
    for file in acme::files() {
        let is = |name: &str| file.ends_with(name);
        // Seeds are the emulators' own.
        if file.parent().is_some_and(|it| it.ends_with("live")) {
            continue;
        }
        let schema = if is("trueup.yaml") {
            &workspace
        } else {
            &resources
        };
        let text = fs::read_to_string(&file).unwrap();
        let [merged, standing] = parsed(&text);
        assert_eq!(problems(schema, &merged), "", "{}", file.display());
        // A reader that leaves merge keys standing misses what they bring along, and nothing else.
        let others = problems(schema, &standing);
        let mut others = others
            .lines()
            .filter(|it| !it.ends_with("is a required property"));
        assert_eq!(others.next(), None, "{}", file.display());
        let modeline = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("# yaml-language-server: $schema="));
        let schema = file.parent().unwrap().join(modeline.unwrap());
        assert!(schema.is_file(), "{}", schema.display());
    }
}

#[test]
fn a_new_workspace_is_as_the_schemas_say() {
    let folder = TempDir::new().unwrap();
    assert_eq!(trueup(folder.path(), &["init"]).exit, Exit::Fine);
    for (file, schema) in [
        ("trueup.yaml", "workspace.schema.json"),
        ("vault/passwords.yaml", "resources.schema.json"),
    ] {
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        let [value, _] = parsed(&text);
        assert_eq!(problems(&validator(schema), &value), "", "{file}");
    }
}

#[test]
fn plans_are_as_their_schema_says() {
    let schema = validator("plan.schema.json");
    let acme = acme::copy();
    for args in [
        &["plan", "--json"][..],
        &["plan", "--json", "--max-deletes", "0"],
        &["plan", "--json", "--target", "senhasegura.user"],
    ] {
        let plan = trueup(acme.path(), args).stdout;
        let plan = serde_json::from_str(&plan).unwrap();
        assert_eq!(problems(&schema, &plan), "", "{args:?}");
    }
    // Nothing listens there, so nothing can be read.
    let lost = "workspace: lost\nsystems:\n  senhasegura:\n    endpoint: http://127.0.0.1:9\n    retries: 0\n";
    fs::write(acme.path().join("trueup.yaml"), lost).unwrap();
    for folder in ["vault", "drives", "network", "live"] {
        fs::remove_dir_all(acme.path().join(folder)).unwrap();
    }
    for file in ["people/users.yaml", "people/groups.yaml"] {
        let file = acme.path().join(file);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(file, text.replace("${var.domain}", "example.org")).unwrap();
    }
    let plan = trueup(acme.path(), &["plan", "--json"]).stdout;
    let plan = serde_json::from_str::<Json>(&plan).unwrap();
    assert_eq!(plan["complete"], false);
    assert_eq!(problems(&schema, &plan), "");
}

const SETTINGS: &str = "\
workspace: w
vars: { yes: true, word: view, count: 3, name: maria }
secrets: { allow_plaintext: true, env_allow: ['A_*'] }
systems: { senhasegura: { endpoint: emulator } }
";

/// Whether the program accepts a workspace, and what it says.
fn loads(files: &[(&str, &str)]) -> (bool, String) {
    let folder = TempDir::new().unwrap();
    for (file, text) in files {
        fs::write(folder.path().join(file), text).unwrap();
    }
    let ran = trueup(folder.path(), &["validate", "--format", "json"]);
    assert!(
        [Exit::Fine, Exit::Invalid].contains(&ran.exit),
        "{files:?}: {ran:?}"
    );
    (ran.exit == Exit::Fine, ran.stdout + &ran.stderr)
}

fn loads_settings(yaml: &str) -> (bool, String) {
    loads(&[("trueup.yaml", yaml)])
}

fn loads_resources(yaml: &str) -> (bool, String) {
    loads(&[("trueup.yaml", SETTINGS), ("resources.yaml", yaml)])
}

/// Holds loader and schema to one answer. `code` is the mistake that the loader must find; empty means none.
fn check(schema: &Validator, loads: fn(&str) -> (bool, String), code: &str, yaml: &str) {
    let (loaded, said) = loads(yaml);
    assert_eq!(loaded, code.is_empty(), "the loader, of\n{yaml}\n{said}");
    assert!(said.contains(code), "expected {code} of\n{yaml}\n{said}");
    let [value, _] = parsed(yaml);
    let problems = problems(schema, &value);
    assert_eq!(
        problems.is_empty(),
        code.is_empty(),
        "the schema, of\n{yaml}\n{problems}"
    );
}

#[test]
fn loader_and_schema_agree_on_trueup_yaml() {
    let schema = validator("workspace.schema.json");
    let check = |code, yaml: &str| check(&schema, loads_settings, code, yaml);
    check("", SETTINGS);
    check("", "workspace: w");
    check("", "workspace: 7\nvars: { a: 1, b: '${var.a}', c: false }");
    check("missing-key", "vars: { a: b }");
    check("no-value", "workspace:");
    check("wrong-type", "workspace: [w]");
    check("wrong-type", "[w]");
    check("unknown-key", "workspace: w\nguard: { max_deletes: 1 }");
    check("wrong-type", "workspace: w\nvars: { a: [1] }");
    check("wrong-type", "workspace: w\nvars: [a]");
    check("wrong-type", "workspace: w\ninclude: vault/*.yaml");
    check("", "workspace: w\ninclude: [vault/*.yaml]");

    let system = |keys: &str| format!("workspace: w\nsystems: {{ senhasegura: {{ {keys} }} }}");
    let check_system = |code, keys: &str| check(code, &system(keys));
    check_system(
        "",
        "endpoint: 'https://vault.example.org:8443/x', timeout: 1m 30s, retries: 0",
    );
    check_system(
        "",
        "endpoint: emulator, seed: a.yaml, ca_file: ca.pem, parallelism: 4, rate: 300/m",
    );
    check_system(
        "",
        "endpoint: emulator, manage: { password: exclusive, user: additive, group: marked }",
    );
    check_system(
        "",
        "endpoint: emulator, api_prefix: iso, encrypted_replies: true, auth: { tenant: t, \
         mysafe: { client_id: a, client_secret: { env: A } }, scim: { client_id: b, client_secret: { file: b } } }",
    );
    check(
        "",
        "workspace: w\nsecrets: { file_allow: [/run/secrets], command_timeout: 2m }",
    );
    check(
        "bad-duration",
        "workspace: w\nsecrets: { command_timeout: 2 }",
    );
    check("bad-folder", "workspace: w\nsecrets: { file_allow: [run] }");
    check_system("missing-key", "seed: a.yaml");
    check_system("bad-endpoint", "endpoint: vault.example.org");
    check_system("bad-endpoint", "endpoint: 'ftp://vault.example.org'");
    check_system("bad-duration", "endpoint: emulator, timeout: 30");
    check_system("bad-duration", "endpoint: emulator, timeout: soon");
    check_system("bad-rate", "endpoint: emulator, rate: 10/d");
    check_system("bad-rate", "endpoint: emulator, rate: 0/s");
    check_system("bad-rate", "endpoint: emulator, rate: 10");
    check_system("wrong-type", "endpoint: emulator, retries: -1");
    check_system("wrong-type", "endpoint: emulator, retries: '3'");
    check_system("wrong-type", "endpoint: emulator, parallelism: 1.5");
    check_system(
        "unknown-kind",
        "endpoint: emulator, manage: { passwords: marked }",
    );
    check_system(
        "unknown-word",
        "endpoint: emulator, manage: { password: ours }",
    );
    check_system("unknown-word", "endpoint: emulator, api_prefix: v2");
    check_system("unknown-word", "endpoint: emulator, encrypted_replies: yes");
    check_system("unknown-key", "endpoint: emulator, url: x");
    check_system(
        "missing-key",
        "endpoint: emulator, auth: { scim: { client_id: a } }",
    );
    check_system("unknown-key", "endpoint: emulator, auth: { dsm: {} }");
    check(
        "unknown-vendor",
        "workspace: w\nsystems: { vault: { endpoint: emulator } }",
    );

    let part = |part: &str| format!("workspace: w\nvars: {{ n: 3, t: true }}\n{part}");
    let check_part = |code, text: &str| check(code, &part(text));
    check_part(
        "",
        "guards:\n  max_deletes: ${var.n}\n  max_delete_percent: 0\n  protect: []",
    );
    check_part("", "guards: {}\nsecrets: {}");
    check_part("bad-percent", "guards: { max_delete_percent: 101 }");
    check_part("wrong-type", "guards: { max_deletes: many }");
    check_part("wrong-type", "guards: { protect: some }");
    check_part("unknown-key", "guards: { max: 3 }");
    check_part("unknown-key", "secrets: { env: ['A_*'] }");
    check_part("unknown-word", "secrets: { allow_plaintext: 'true' }");
    check_part("wrong-type", "secrets: { env_allow: A_* }");
}

#[test]
fn loader_and_schema_agree_on_resources() {
    let schema = validator("resources.schema.json");
    let check = |code, yaml: &str| check(&schema, loads_resources, code, yaml);
    check("", "x-anything: [1, { a: null }]\nsenhasegura: {}");
    check("", "senhasegura: { passwords: {} }");
    check("unknown-vendor", "senhasegurra: {}");
    check("unknown-table", "senhasegura: { password: {} }");
    check("wrong-type", "senhasegura: { passwords: [] }");
    check("wrong-type", "senhasegura:");

    let named = |name: &str| {
        format!("senhasegura: {{ passwords: {{ {name}: {{ name: a, username: b }} }} }}")
    };
    for name in ["a", "A.b_c-d@e", "9", &"x".repeat(128)] {
        check("", &named(name));
    }
    for name in ["'a b'", "-a", "'a/b'", "'@a'", "á", &"x".repeat(129)] {
        check("bad-name", &named(name));
    }

    let password = |keys: &str| {
        format!(
            "x-p: &p {{ name: a, username: b }}\nsenhasegura:\n  users:\n    maria: {{ user_name: m, full_name: m, \
             external_id: m, email: m }}\n  passwords:\n    p: {{ <<: *p, {keys} }}\n"
        )
    };
    let check_password = |code, keys: &str| check(code, &password(keys));
    check_password(
        "",
        "password: Blue-Kettle, url: https://a, notes: 12, tags: [a, 1, b c]",
    );
    check_password(
        "",
        "password: { env: A_B }, totp_seed: ABCDEFGH234567, tags: []",
    );
    check_password(
        "",
        "users_allowed: { user.maria: view, joao.p: '${var.word}' }, groups_allowed: {}",
    );
    check_password(
        "",
        "id: 41, was: [old, older], expires: 2999-12-31, state: present",
    );
    check_password("", "was: old, state: absent");
    check_password(
        "",
        "lifecycle: { prevent_delete: true, ignore: [notes, tags], manage: no_delete }",
    );
    check_password("unknown-word", "lifecycle: { prevent_delete: yes }");
    check_password("unknown-key", "pasword: x");
    check_password("no-value", "password:");
    check_password("no-value", "tags: ~");
    check_password("wrong-type", "password: [x]");
    check_password("masked-secret", "password: ''");
    check_password("unknown-key", "password: { vault: x }");
    check_password("bad-secret", "password: {}");
    check_password("bad-secret", "password: { env: A_B, file: b }");
    check_password("", "password: { age: { file: a.age } }");
    check_password("missing-key", "password: { age: {} }");
    check_password("bad-secret", "password: { command: [] }");
    check_password("wrong-type", "password: { command: op }");
    check_password("", "password: { generate: {}, output: { file: a.json } }");
    check_password(
        "",
        "password: { generate: { length: 8, classes: [lower], exclude: abc } }",
    );
    check_password("bad-generate", "password: { generate: { length: 7 } }");
    check_password("bad-generate", "password: { generate: { classes: [] } }");
    check_password(
        "unknown-word",
        "password: { generate: { classes: [letters] } }",
    );
    check_password("bad-secret", "password: { generate: {}, env: A_B }");
    check_password(
        "unknown-key",
        "password: { env: A_B, output: { file: a.json } }",
    );
    check_password("wrong-type", "tags: network");
    check_password("bad-tag", "tags: ['a,b']");
    check_password("bad-tag", "tags: [' ']");
    check_password("written-twice", "tags: [a, a]");
    check_password("wrong-type", "tags: [[a]]");
    check_password("unknown-word", "users_allowed: { user.maria: write }");
    check_password("wrong-type", "users_allowed: [user.maria]");
    check_password("wrong-type", "groups_allowed: { Network: ~ }");
    check_password("unknown-word", "state: gone");
    check_password("bad-date", "expires: 31.12.2026");
    check_password("bad-date", "expires: 2026-12");
    check_password("wrong-type", "was: { a: b }");
    check_password("wrong-type", "id: [41]");
    check_password("unknown-field", "lifecycle: { ignore: [note] }");
    check_password("wrong-type", "lifecycle: { ignore: notes }");
    check_password("unknown-word", "lifecycle: { manage: none }");
    check_password("unknown-key", "lifecycle: { prevent_destroy: true }");
    check_password("wrong-type", "lifecycle: true");
    check(
        "missing-key",
        "senhasegura: { passwords: { p: { name: a } } }",
    );

    let user = |keys: &str| {
        format!(
            "senhasegura: {{ users: {{ maria: {{ user_name: m, full_name: m, external_id: 9, {keys} }} }} }}"
        )
    };
    check("", &user("email: m, active: false, roles: [a]"));
    check(
        "",
        "senhasegura:\n  users:\n    maria:\n      user_name: m\n      full_name: m\n      external_id: m\n      \
                email: m\n      active: ${var.yes}\n",
    );
    check("unknown-word", &user("email: m, active: on"));
    check("unknown-word", &user("email: m, active: 1"));
    check("written-twice", &user("email: m, roles: [a, a]"));
    check("missing-key", &user("roles: []"));

    let group = |keys: &str| {
        format!(
            "senhasegura:\n  users: {{ maria: {{ user_name: m, full_name: m, external_id: m, email: m }} }}\n  \
             groups: {{ g: {{ {keys} }} }}\n"
        )
    };
    check(
        "",
        &group("display_name: g, members: [user.maria, { live: joao.p }]"),
    );
    check(
        "",
        &group("display_name: g, members: [senhasegura.user.maria]"),
    );
    check("", &group("display_name: g, members: ['user.${var.name}']"));
    check("", &group("display_name: g, members: []"));
    check("bad-reference", &group("display_name: g, members: [maria]"));
    check(
        "bad-reference",
        &group("display_name: g, members: [group.g]"),
    );
    check(
        "bad-reference",
        &group("display_name: g, members: ['user.']"),
    );
    check(
        "unknown-key",
        &group("display_name: g, members: [{ live: a, id: 3 }]"),
    );
    check("missing-key", &group("display_name: g, members: [{}]"));
    check("missing-key", &group("description: g"));
}

#[test]
fn loader_and_schema_agree_on_what_is_only_observed() {
    let settings = "workspace: w\nsystems: { password_safe: { endpoint: emulator } }";
    let with_settings = |yaml: &str| loads(&[("trueup.yaml", settings), ("vault.yaml", yaml)]);
    let schema = validator("resources.schema.json");
    let check_role = |code: &str, keys: &str| {
        let yaml = format!("password_safe: {{ roles: {{ r: {{ name: Auditor, {keys} }} }} }}");
        let (loaded, said) = with_settings(&yaml);
        assert!(loaded == code.is_empty() && said.contains(code), "{said}");
        let [value, _] = parsed(&yaml);
        assert_eq!(problems(&schema, &value).is_empty(), code.is_empty());
    };
    check_role("", "state: present, lifecycle: { manage: observe }");
    check_role("never-removed", "state: absent");
    check_role("never-removed", "expires: 2999-12-31");
    check_role("unknown-key", "allow_spend: true");

    let schema = validator("workspace.schema.json");
    let system = |keys: &str| {
        format!("workspace: w\nsystems: {{ password_safe: {{ endpoint: emulator, {keys} }} }}")
    };
    let check_system = |code, keys: &str| check(&schema, loads_settings, code, &system(keys));
    check_system("", "assumed_actions: true, manage: { role: additive }");
    check_system("never-removed", "manage: { role: exclusive }");
    check_system("unknown-word", "assumed_actions: all");
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("taken"), "").unwrap();
    let ran = trueup(folder.path(), &["schema", "--into", "taken"]);
    assert_eq!(ran.exit, Exit::Error);
    let file = Path::new("taken").join(FILES[0]);
    assert!(ran.stderr.contains(&file.display().to_string()), "{ran:?}");
}
