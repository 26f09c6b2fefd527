//! What `validate` says of what people write for SafeConsole.

use super::check_all;

/// Validates one file of a workspace whose system may do what is assumed, or may not.
fn check(assumed_actions: bool, tables: &str) -> String {
    let settings = format!(
        "workspace: case\nsystems:\n  safeconsole: {{ endpoint: emulator, assumed_actions: {assumed_actions} }}\n"
    );
    let tables = format!("safeconsole:\n{tables}");
    check_all(&[("trueup.yaml", &settings), ("drives.yaml", &tables)])
}

#[test]
fn what_no_public_page_states_needs_leave() {
    let tables = "  \
  paths: { finance: { path: Finance } }
  policies: { finance: { path: path.finance, inactivity_lock: { minutes: 10 } } }
  users: { cy: { email: cy@example.org, state: absent } }
  admins: { root: { email: root@example.org, lifecycle: { manage: observe } } }
  licences: { ours: { seats: 20 } }
";
    assert_eq!(
        check(true, tables),
        "Success! 5 resources in 2 files are valid.\n"
    );
    insta::assert_snapshot!(check(false, tables), @r"
    --- stderr
    error[assumed-action]: no public page of safeconsole states how a path is created or changed
     --> drives.yaml:2:12
      |
    2 |   paths: { finance: { path: Finance } }
      |            ^^^^^^^
      |
      = help: to be told of differences only, say `lifecycle: { manage: observe }`; to have it done all the same, say `assumed_actions: true` for the system of safeconsole

    error[assumed-action]: no public page of safeconsole states how a policy is read
     --> drives.yaml:3:15
      |
    3 |   policies: { finance: { path: path.finance, inactivity_lock: { minutes: 10 } } }
      |               ^^^^^^^
      |
      = help: to have it read all the same, say `assumed_actions: true` for the system of safeconsole

    error[assumed-action]: no public page of safeconsole states how a user is removed
     --> drives.yaml:4:48
      |
    4 |   users: { cy: { email: cy@example.org, state: absent } }
      |                                                ^^^^^^
      |
      = help: to be told of differences only, say `lifecycle: { manage: observe }`; to have it done all the same, say `assumed_actions: true` for the system of safeconsole

    error[assumed-action]: no public page of safeconsole states how an admin is read
     --> drives.yaml:5:13
      |
    5 |   admins: { root: { email: root@example.org, lifecycle: { manage: observe } } }
      |             ^^^^
      |
      = help: to have it read all the same, say `assumed_actions: true` for the system of safeconsole

    error[assumed-action]: no public page of safeconsole states how a licence is read
     --> drives.yaml:6:15
      |
    6 |   licences: { ours: { seats: 20 } }
      |               ^^^^
      |
      = help: to have it read all the same, say `assumed_actions: true` for the system of safeconsole

    error: 5 mistakes in 1 file
    --- exit 8
    ");
}

#[test]
fn what_is_shown_needs_no_leave() {
    let tables = "  \
  paths: { finance: { path: Finance, lifecycle: { manage: observe } } }
  users: { cy: { email: cy@example.org, path: path.finance } }
  drives: { one: { serial: EX0000000000001, owner: user.cy, status: in_use } }
";
    assert_eq!(
        check(false, tables),
        "Success! 3 resources in 2 files are valid.\n"
    );
}

#[test]
fn a_drive_is_never_removed_and_waits_for_nothing() {
    let tables = "  \
  drives:
    one: { serial: EX0000000000001, state: absent }
    two: { serial: EX0000000000002, status: waiting_for_reset }
";
    insta::assert_snapshot!(check(false, tables), @r#"
    --- stderr
    error[never-removed]: this drive cannot be removed, since drives register themselves and are managed in the console
     --> drives.yaml:3:44
      |
    3 |     one: { serial: EX0000000000001, state: absent }
      |                                            ^^^^^^
      |
      = help: take this out: it can be compared with what is there, and no more

    error[unknown-word]: `waiting_for_reset` is not a state that a drive stays in: `in_use`, `lost`, `disabled`, `denied_access`, `factory_reset`, `audit_mode`, `detonated`, `registration_incomplete`
     --> drives.yaml:4:45
      |
    4 |     two: { serial: EX0000000000002, status: waiting_for_reset }
      |                                             ^^^^^^^^^^^^^^^^^

    error: 2 mistakes in 1 file
    --- exit 8
    "#);
}

#[test]
fn a_path_has_no_empty_part() {
    let tables = "  \
  paths: { one: { path: /finance }, two: { path: \"finance/ emea\" }, three: { path: finance/emea } }
";
    insta::assert_snapshot!(check(true, tables), @r#"
    --- stderr
    error[bad-path]: `/finance` is no path: a part of it is empty, or begins or ends with a space
     --> drives.yaml:2:25
      |
    2 |   paths: { one: { path: /finance }, two: { path: "finance/ emea" }, three: { path: finance/emea } }
      |                         ^^^^^^^^
      |
      = help: write the names of a path from the outermost on, such as `finance/emea`

    error[bad-path]: `finance/ emea` is no path: a part of it is empty, or begins or ends with a space
     --> drives.yaml:2:50
      |
    2 |   paths: { one: { path: /finance }, two: { path: "finance/ emea" }, three: { path: finance/emea } }
      |                                                  ^^^^^^^^^^^^^^^
      |
      = help: write the names of a path from the outermost on, such as `finance/emea`

    error: 2 mistakes in 1 file
    --- exit 8
    "#);
}

#[test]
fn a_setting_has_its_bounds_and_its_form() {
    let tables = "  \
  policies:
    finance:
      path: { live: Finance }
      password_policy: { min_length: 0, max_age_days: soon }
      inactivity_lock: { minutes: 2000, enabled: \"yes\" }
      portblocker: { access: readonly }
      file_restrictions: { extensions: [.exe] }
      geofence: { ip: { values: [192.0.2.0/33] }, iq: {} }
";
    insta::assert_snapshot!(check(true, tables), @r#"
    --- stderr
    error[out-of-range]: 0 characters is out of range
     --> drives.yaml:5:38
      |
    5 |       password_policy: { min_length: 0, max_age_days: soon }
      |                                      ^
      |
      = help: `password_policy.min_length` takes from 1 to 255 characters

    error[wrong-type]: expected a whole number from 0 on, without quotes, found `soon`
     --> drives.yaml:5:55
      |
    5 |       password_policy: { min_length: 0, max_age_days: soon }
      |                                                       ^^^^

    error[out-of-range]: 2000 minutes is out of range
     --> drives.yaml:6:35
      |
    6 |       inactivity_lock: { minutes: 2000, enabled: "yes" }
      |                                   ^^^^
      |
      = help: `inactivity_lock.minutes` takes from 1 to 1440 minutes

    error[unknown-word]: `yes` is not a truth value (without quotes): `true`, `false`
     --> drives.yaml:6:50
      |
    6 |       inactivity_lock: { minutes: 2000, enabled: "yes" }
      |                                                  ^^^^^

    error[unknown-word]: `readonly` is not one of the words for this: `blocked`, `read_only`, `full_access`
     --> drives.yaml:7:30
      |
    7 |       portblocker: { access: readonly }
      |                              ^^^^^^^^ did you mean `read_only`?

    error[bad-entry]: `.exe` is not an extension
     --> drives.yaml:8:41
      |
    8 |       file_restrictions: { extensions: [.exe] }
      |                                         ^^^^
      |
      = help: write one extension without the dot, such as `exe`

    error[bad-entry]: `192.0.2.0/33` is not an address
     --> drives.yaml:9:34
      |
    9 |       geofence: { ip: { values: [192.0.2.0/33] }, iq: {} }
      |                                  ^^^^^^^^^^^^
      |
      = help: write `198.51.100.7`, `198.51.100.*` or `198.51.100.0/24`

    error[unknown-key]: geofence has no key `iq`
     --> drives.yaml:9:51
      |
    9 |       geofence: { ip: { values: [192.0.2.0/33] }, iq: {} }
      |                                                   ^^
      |
      = help: its keys are: country, enabled, ip, isp, message

    error: 8 mistakes in 1 file
    --- exit 8
    "#);
}
