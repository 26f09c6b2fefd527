//! What is remembered: whose an object is, under which id it is known, who changed it, and what follows when the memory
//! is lost.

use serde_json::Value;
use trueup::Exit;

use crate::world::{Ran, World};

const SETTINGS: &str = "\
workspace: case
secrets: { allow_plaintext: true }
systems: { senhasegura: { endpoint: emulator, seed: live.yaml, retries: 0 } }
";

/// Two users who were there before us.
const LIVE: &str = "\
users:
  - { id: '1', userName: ana, displayName: Ana Reis, externalId: hr-1, active: true, email: ana@example.org }
  - { id: '2', userName: rui, displayName: Rui Paz, externalId: hr-2, active: true, email: rui@example.org }
";

const ANA: &str =
    "    ana: { user_name: ana, full_name: Ana Reis, external_id: hr-1, email: ana@example.org }\n";

const INES: &str = "    ines: { user_name: ines, full_name: Ines Prado, external_id: hr-9, email: ines@example.org }\n";

const WIFI: &str = "    wifi: { name: Wifi, username: guest, password: Coral-Saddle-58 }\n";

const NO_LIMITS: &str = "--max-delete-percent 100";

fn users(users: &[&str]) -> String {
    format!("senhasegura:\n  users:\n{}", users.concat())
}

fn passwords(passwords: &[&str]) -> String {
    format!("senhasegura:\n  passwords:\n{}", passwords.concat())
}

fn world(desired: &str) -> World {
    World::of(&[
        ("trueup.yaml", SETTINGS),
        ("live.yaml", LIVE),
        ("desired.yaml", desired),
    ])
}

/// A world in which this has been applied.
fn applied(desired: &str) -> World {
    let world = world(desired);
    done(&world.run("apply --yes"));
    world
}

#[track_caller]
fn done(ran: &Ran) {
    assert_eq!(ran.exit, Exit::Fine, "{ran:#?}");
}

/// What would be done: the action and the address of each step.
#[track_caller]
fn planned(world: &World) -> Vec<String> {
    let plan = world.run("plan --json").json();
    let changes = plan["resource_changes"].as_array().unwrap().iter();
    let text = |it: &Value| {
        let action = it["change"]["actions"][0].as_str().unwrap();
        let address = it["address"].as_str().unwrap();
        format!("{action} {}", address.trim_start_matches("senhasegura."))
    };
    changes.map(text).collect()
}

#[test]
fn what_is_ours_is_deleted_once_nothing_declares_it() {
    let world = applied(&users(&[ANA, INES]));
    world.write_file("desired.yaml", &users(&[ANA]));
    assert_eq!(planned(&world), ["delete user.ines"]);
    done(&world.run(&format!("apply --yes {NO_LIMITS}")));
    assert!(!world.live().contains("ines"), "{}", world.live());
    assert_eq!(planned(&world), Vec::<String>::new());
}

#[test]
fn what_was_there_before_us_stays_once_nothing_declares_it() {
    let world = applied(&users(&[ANA, INES]));
    world.write_file("desired.yaml", &users(&[INES]));
    assert_eq!(planned(&world), Vec::<String>::new());
}

#[test]
fn what_was_there_before_us_and_was_changed_by_us_stays_too() {
    let changed = ANA.replace("Ana Reis", "Ana M. Reis");
    let world = applied(&users(&[&changed]));
    assert!(world.live().contains("Ana M. Reis"));
    world.write_file("desired.yaml", &users(&[INES]));
    assert_eq!(planned(&world), ["create user.ines"]);
}

#[test]
fn what_is_adopted_is_ours() {
    let world = world(&users(&[ANA]));
    let adopted = world.run("adopt");
    done(&adopted);
    assert_eq!(
        adopted.out,
        "adopted senhasegura.user.ana\n\n1 adopted, 0 ours already.\n"
    );
    assert_eq!(world.writes(), Vec::<Value>::new());
    world.write_file("desired.yaml", &users(&[INES]));
    assert_eq!(planned(&world), ["create user.ines", "delete user.ana"]);
}

#[test]
fn what_is_not_as_declared_is_not_adopted() {
    let changed = ANA.replace("Ana Reis", "Ana M. Reis");
    let world = world(&users(&[&changed]));
    let adopted = world.run("adopt --json").json();
    assert_eq!(adopted["adopted"], serde_json::json!([]));
    assert_eq!(adopted["left"], serde_json::json!(["senhasegura.user.ana"]));
}

#[test]
fn without_its_store_a_workspace_deletes_nothing_and_makes_nothing_twice() {
    let world = applied(&users(&[ANA, INES]));
    world.forget();
    assert_eq!(planned(&world), Vec::<String>::new());
    world.write_file("desired.yaml", &users(&[ANA]));
    assert_eq!(planned(&world), Vec::<String>::new());
}

#[test]
fn adopting_makes_a_lost_ledger_again() {
    let world = applied(&users(&[ANA, INES]));
    world.forget();
    done(&world.run("adopt"));
    world.write_file("desired.yaml", &users(&[ANA]));
    assert_eq!(planned(&world), ["delete user.ines"]);
}

#[test]
fn a_plan_makes_no_store() {
    let world = world(&users(&[ANA]));
    done(&world.run("plan"));
    assert!(!world.directory.path().join(".trueup/trueup.db").exists());
}

#[test]
fn what_is_remembered_keeps_its_object_whatever_it_is_called() {
    let world = applied(&passwords(&[WIFI]));
    let renamed = WIFI
        .replace("name: Wifi", "name: Lobby")
        .replace("guest", "visitor");
    world.write_file("desired.yaml", &passwords(&[&renamed]));
    assert_eq!(planned(&world), ["update password.wifi"]);
    done(&world.run("apply --yes"));
    assert_eq!(world.live().matches("Coral-Saddle-58").count(), 1);
}

#[test]
fn a_declaration_under_another_name_keeps_its_object() {
    let world = applied(&passwords(&[WIFI]));
    let renamed = WIFI
        .replace("wifi: {", "lobby: { was: wifi,")
        .replace("name: Wifi", "name: Lobby");
    world.write_file("desired.yaml", &passwords(&[&renamed]));
    assert_eq!(planned(&world), ["update password.lobby"]);
    done(&world.run("apply --yes"));
    // From now on it is remembered by its new name.
    let present = renamed.replace(" was: wifi,", "");
    world.write_file("desired.yaml", &passwords(&[&present]));
    assert_eq!(planned(&world), Vec::<String>::new());
}

#[test]
fn two_users_may_change_their_names_with_each_other() {
    let world = applied(&users(&[ANA, INES]));
    let swapped = [
        ANA.replace("full_name: Ana Reis", "full_name: Ines Prado"),
        INES.replace("full_name: Ines Prado", "full_name: Ana Reis"),
    ];
    world.write_file("desired.yaml", &users(&[&swapped[0], &swapped[1]]));
    assert_eq!(planned(&world), ["update user.ana", "update user.ines"]);
    done(&world.run("apply --yes"));
    assert_eq!(planned(&world), Vec::<String>::new());
}

#[test]
fn what_its_lifecycle_protected_is_protected_after_its_declaration_is_gone() {
    let protected = INES.replace("ines: {", "ines: { lifecycle: { prevent_delete: true },");
    let world = applied(&users(&[ANA, &protected]));
    world.write_file("desired.yaml", &users(&[ANA]));
    let refused = world.run(&format!("apply --yes {NO_LIMITS}"));
    assert_eq!(refused.exit, Exit::Refused, "{refused:#?}");
    assert!(
        refused
            .err
            .contains("senhasegura.user.ines, which is protected"),
        "{refused:#?}"
    );
    assert!(world.live().contains("ines"));
}

#[test]
fn what_its_lifecycle_kept_stays_after_its_declaration_is_gone_and_is_forgotten() {
    let kept = INES.replace("ines: {", "ines: { lifecycle: { manage: no_delete },");
    let world = applied(&users(&[ANA, &kept]));
    world.write_file("desired.yaml", &users(&[ANA]));
    let plan = world.run("plan");
    assert!(plan.out.contains("No changes."), "{plan:#?}");
    let note = "senhasegura.user.ines is no longer declared and stays: its lifecycle said that it is not to be removed";
    assert!(plan.out.contains(note), "{plan:#?}");
    done(&world.run("apply --yes"));
    let again = world.run("plan");
    assert!(!again.out.contains("ines"), "{again:#?}");
}

#[test]
fn a_disabled_password_is_enabled_again_without_its_id() {
    let world = applied(&passwords(&[WIFI]));
    let absent = WIFI.replace("wifi: {", "wifi: { state: absent,");
    world.write_file("desired.yaml", &passwords(&[&absent]));
    done(&world.run(&format!("apply --yes {NO_LIMITS}")));
    assert_eq!(planned(&world), Vec::<String>::new());
    world.write_file("desired.yaml", &passwords(&[WIFI]));
    assert_eq!(planned(&world), ["update password.wifi"]);
    done(&world.run("apply --yes"));
    assert_eq!(planned(&world), Vec::<String>::new());
    assert_eq!(world.live().matches("Coral-Saddle-58").count(), 1);
}

/// The fields of the one step of a plan, each with who changed it.
fn origins(world: &World) -> Value {
    let plan = world.run("plan --json").json();
    let changes = plan["resource_changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{plan:#}");
    changes[0]["origin"].clone()
}

#[test]
fn a_plan_says_who_changed_what() {
    let world = applied(&users(&[INES]));
    let live = world.live();
    let drifted = live
        .replace("Ines Prado", "Ines P.")
        .replace("ines@example.org", "i@example.org");
    world.set_live(&drifted);
    let edited = INES
        .replace("ines@example.org", "prado@example.org")
        .replace("hr-9", "hr-10");
    world.write_file("desired.yaml", &users(&[&edited]));
    assert_eq!(
        origins(&world),
        serde_json::json!({ "full_name": "drifted", "external_id": "edited", "email": "both" })
    );
    let text = world.run("plan").out;
    assert!(
        text.contains("# (changed at the vendor since 2026-06-15: full_name)"),
        "{text}"
    );
    assert!(
        text.contains("# (changed here and at the vendor since 2026-06-15: email)"),
        "{text}"
    );
}

#[test]
fn nobody_is_said_to_have_changed_what_nothing_is_remembered_of() {
    let changed = ANA.replace("Ana Reis", "Ana M. Reis");
    let world = world(&users(&[&changed]));
    assert_eq!(origins(&world), Value::Null);
}

#[test]
fn a_list_that_lost_most_of_what_is_remembered_makes_nothing_anew() {
    let others = ["eva", "leo", "mia"].map(|name| INES.replace("ines", name).replace("hr-9", name));
    let [eva, leo, mia] = others.each_ref().map(String::as_str);
    let world = applied(&users(&[INES, eva, leo, mia]));
    world.set_live(LIVE);
    let refused = world.run("apply --yes");
    assert_eq!(refused.exit, Exit::Refused, "{refused:#?}");
    let why = "4 of 4 senhasegura.user that are remembered are not there any more; the limit is half of them";
    assert!(refused.err.contains(why), "{refused:#?}");
    assert!(refused.err.contains("[shrunken-kind]"), "{refused:#?}");
    done(&world.run("apply --yes --allow shrunken-kind"));
}

#[test]
fn a_kind_is_emptied_only_on_purpose() {
    let world = applied(&users(&[INES]));
    let absent = [
        ANA.replace("ana: {", "ana: { state: absent,"),
        INES.replace("ines: {", "ines: { state: absent,"),
    ];
    let rui = "    rui: { state: absent, user_name: rui, full_name: Rui Paz, external_id: hr-2, email: rui@example.org }\n";
    world.write_file("desired.yaml", &users(&[&absent[0], &absent[1], rui]));
    let refused = world.run(&format!("apply --yes {NO_LIMITS}"));
    assert_eq!(refused.exit, Exit::Refused, "{refused:#?}");
    assert!(refused.err.contains("[emptied-kind]"), "{refused:#?}");
    done(&world.run(&format!("apply --yes {NO_LIMITS} --allow emptied-kind")));
}
