//! What is answered of secrets that nobody reads unasked: by what was applied last, and by what the vendor says of changes.

use trueup::Exit;

use crate::world::{Ran, World, folder, run_in};

fn settings(more: &str) -> String {
    format!(
        "workspace: case\nsecrets: {{ allow_plaintext: true }}\nsystems:\n  password_safe: {{ endpoint: emulator, seed: \
         live.yaml, retries: 0{more} }}\n"
    )
}

/// A safe that was there before us.
const LIVE: &str = "\
safes:
- id: 6f0f2c0e-0000-4000-8000-00000000a001
  name: Platform
  grants:
  - { user: trueup-app, flags: [Read, Create, Edit, Delete, Share, Manage] }
";

fn desired(password: &str, title: &str) -> String {
    format!(
        "password_safe:\n  secrets:\n    orders: {{ title: {title}, folder: {{ live: Platform, kind: safe }}, username: \
         orders, password: {password} }}\n"
    )
}

/// A world in which a secret has been applied.
fn applied(more: &str) -> World {
    let desired = desired("Blue-Kettle-71", "orders-db");
    let world = World::of(&[
        ("trueup.yaml", &settings(more)),
        ("live.yaml", LIVE),
        ("desired.yaml", &desired),
    ]);
    done(&world.run("apply --yes"));
    world.clear_journal();
    world
}

#[track_caller]
fn done(ran: &Ran) {
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
}

/// Has somebody else change the secret at the vendor: its value, or something else about it.
fn change_at_vendor(world: &World, value: Option<&str>) {
    let live = world.live();
    let later = "2031-01-01T00:00:00";
    let created = "    created_by: trueup-app\n";
    // What is created in an emulated world is so on its first day.
    let value_on = value.map_or("2030-01-01T00:00:00", |_| later);
    let value_on = format!("    value_modified_on: {value_on}\n");
    let changed = live.replace(
        created,
        &format!("{created}    modified_on: {later}\n{value_on}"),
    );
    assert_ne!(live, changed);
    world.set_live(&changed.replace("Blue-Kettle-71", value.unwrap_or("Blue-Kettle-71")));
}

/// What is said of the one secret: what became of it and its state in the plan, or that it is in sync, or cannot be
/// verified.
fn state(world: &World) -> String {
    let plan = world.run("plan --json").json();
    if let Some(change) = plan["resource_changes"].get(0) {
        return change["secret_state"]["password"]["state"]
            .as_str()
            .unwrap()
            .to_owned();
    }
    match plan["unverified"].get(0) {
        Some(field) => format!("cannot verify: {}", field["why"].as_str().unwrap()),
        None => "in sync".to_owned(),
    }
}

/// The paths under which single secrets were asked for.
fn read(world: &World) -> Vec<String> {
    let requests = world.requests().into_iter();
    let paths = requests.map(|it| it["path"].as_str().unwrap().to_owned());
    paths.filter(|path| path.contains("/Secrets/")).collect()
}

#[test]
fn what_was_applied_and_not_changed_since_is_in_sync_without_being_read() {
    let world = applied("");
    assert_eq!(state(&world), "in sync");
    assert_eq!(read(&world), Vec::<String>::new());
}

#[test]
fn another_value_that_is_wanted_is_written_without_reading_the_old_one() {
    let world = applied("");
    world.write_file("desired.yaml", &desired("Silver-Bridge-40", "orders-db"));
    assert_eq!(state(&world), "wanted_changed");
    assert_eq!(read(&world), Vec::<String>::new());
    done(&world.run("apply --yes"));
    assert!(world.live().contains("Silver-Bridge-40"));
    assert_eq!(state(&world), "in sync");
}

#[test]
fn a_value_that_somebody_changed_is_told_and_set_right() {
    let world = applied("");
    change_at_vendor(&world, Some("Amber-Wagon-33"));
    assert_eq!(state(&world), "changed_outside");
    assert_eq!(read(&world), Vec::<String>::new());
    done(&world.run("apply --yes"));
    assert!(world.live().contains("Blue-Kettle-71"));
    assert_eq!(state(&world), "in sync");
}

#[test]
fn a_server_that_marks_values_apart_tells_them_from_other_changes() {
    let world = applied("");
    change_at_vendor(&world, None);
    assert_eq!(state(&world), "in sync");
}

#[test]
fn an_older_server_leaves_open_what_of_an_object_was_changed() {
    let world = applied(", api_version: '3.1'");
    assert_eq!(state(&world), "in sync");
    change_at_vendor(&world, None);
    let said = state(&world);
    let why =
        "cannot verify: something of the object was changed at the vendor since it was applied";
    assert!(said.starts_with(why), "{said}");
    assert_eq!(read(&world), Vec::<String>::new());
}

#[test]
fn without_a_memory_nobody_can_tell() {
    let world = applied("");
    world.forget();
    let why = "cannot verify: without `verify: read` no value is read, for each reading leaves a trail at the vendor";
    assert_eq!(state(&world), why);
}

#[test]
fn what_nobody_verified_is_not_remembered_as_applied() {
    let world = applied("");
    world.forget();
    done(&world.run("apply --yes"));
    let said = state(&world);
    assert!(said.starts_with("cannot verify"), "{said}");
}

#[test]
fn what_is_read_once_can_be_verified_from_then_on() {
    let world = applied("");
    world.forget();
    world.write_file("trueup.yaml", &settings(", verify: read"));
    done(&world.run("apply --yes"));
    assert_eq!(read(&world).len(), 1);
    world.write_file("trueup.yaml", &settings(""));
    world.clear_journal();
    assert_eq!(state(&world), "in sync");
    assert_eq!(read(&world), Vec::<String>::new());
}

#[test]
fn a_value_that_is_read_is_compared_also_without_a_memory() {
    let world = applied("");
    world.forget();
    world.write_file("trueup.yaml", &settings(", verify: { secret: read }"));
    change_at_vendor(&world, Some("Amber-Wagon-33"));
    assert_eq!(state(&world), "wanted_changed");
}

/// What is said of a mistake in the settings or in the declaration.
fn refused(more: &str, desired: &str) -> String {
    let files = [("trueup.yaml", &*settings(more)), ("desired.yaml", desired)];
    let ran = run_in(folder(&files).path(), "validate", |_| {});
    assert_eq!(ran.exit, Exit::Invalid, "{ran:#?}");
    ran.out + &ran.err
}

#[test]
fn nobody_is_asked_to_read_what_no_vendor_shows() {
    let user = "password_safe:\n  users:\n    ana: { user_name: ana, first_name: Ana, email: a@example.org, password: { generate: \
                {}, verify: read } }\n";
    let said = refused("", user);
    assert!(said.contains("[nothing-to-read]"), "{said}");
    let said = refused(", verify: { folder: read }", "");
    assert!(
        said.contains("the vendor shows no secret of `folder`"),
        "{said}"
    );
}

#[test]
fn a_mistake_in_how_to_verify_is_told() {
    let said = refused(", verify: always", "");
    assert!(
        said.contains("`always` is not how a secret is compared"),
        "{said}"
    );
    let said = refused(", verify: { secrte: read }", "");
    assert!(said.contains("did you mean `secret`?"), "{said}");
}

/// A workspace with one credential that was there before us.
fn custody(verify: &str) -> World {
    let settings = format!(
        "workspace: case\nsecrets: {{ allow_plaintext: true }}\nsystems:\n  senhasegura: {{ endpoint: emulator, seed: \
         live.yaml, retries: 0{verify} }}\n"
    );
    let live = "devices:\n- { id: 1, hostname: db-01, ip: 192.0.2.14, model: Debian, type: Server, vendor: Debian, site: \
                Lab }\ncredentials:\n- { id: 5, identifier: db-01-root, username: root, device: db-01, content: \
                Amber-Wagon-33 }\n";
    let desired = "senhasegura:\n  credentials:\n    root: { identifier: db-01-root, username: root, device: { live: db-01 \
                   }, content: Silver-Bridge-40 }\n";
    World::of(&[
        ("trueup.yaml", &settings),
        ("live.yaml", live),
        ("desired.yaml", desired),
    ])
}

/// What was asked of single credentials.
fn asked(world: &World) -> Vec<String> {
    let requests = world.requests().into_iter();
    let lines = requests.map(|it| {
        let (method, path) = (it["method"].as_str(), it["path"].as_str());
        format!("{} {}", method.unwrap(), path.unwrap())
    });
    lines.filter(|it| it.contains("credential/")).collect()
}

#[test]
fn no_custody_is_taken_unasked() {
    let world = custody("");
    let plan = world.run("plan");
    let why = "without `verify: read` it is not read, for that takes custody of the credential";
    assert!(plan.out.contains(why), "{plan:#?}");
    assert_eq!(asked(&world), Vec::<String>::new());
}

#[test]
fn custody_that_was_taken_to_compare_is_given_back_at_once() {
    let world = custody(", verify: { credential: read }");
    let plan = world.run("plan --json").json();
    let state = &plan["resource_changes"][0]["secret_state"]["content"]["state"];
    assert_eq!(state, "wanted_changed", "{plan:#}");
    let asked = asked(&world);
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(
        asked[0].starts_with("GET ") && asked[0].ends_with("credential/5"),
        "{asked:?}"
    );
    assert!(
        asked[1].starts_with("DELETE ") && asked[1].ends_with("credential/custody/5"),
        "{asked:?}"
    );
    assert!(!world.live().contains("custody"), "{}", world.live());
}

#[test]
fn what_is_wanted_otherwise_than_it_was_applied_is_written_unread() {
    let world = custody(", verify: { credential: read }");
    done(&world.run("apply --yes"));
    world.write_file(
        "trueup.yaml",
        "workspace: case\nsecrets: { allow_plaintext: true }\nsystems:\n  senhasegura: { endpoint: emulator, seed: live.yaml, retries: 0 }\n",
    );
    let text = std::fs::read_to_string(world.directory.path().join("desired.yaml")).unwrap();
    world.write_file(
        "desired.yaml",
        &text.replace("Silver-Bridge-40", "Green-Ladder-20"),
    );
    world.clear_journal();
    done(&world.run("apply --yes"));
    assert!(world.live().contains("Green-Ladder-20"), "{}", world.live());
    assert!(
        asked(&world).iter().all(|it| !it.starts_with("GET ")),
        "{:?}",
        asked(&world)
    );
}

#[test]
fn a_value_whose_custody_stays_is_no_plan() {
    let world = custody(", verify: { credential: read }");
    world.set_faults(r#"[{"on":"write","nth":1,"do":{"fail":{"status":503}}}]"#);
    let plan = world.run("plan");
    world.clear_faults();
    assert_eq!(plan.exit, Exit::Error, "{plan:#?}");
    let why = "its custody could not be given back";
    assert!(plan.out.contains(why), "{plan:#?}");
}
