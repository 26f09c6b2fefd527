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
    assert_eq!(check(true, tables), "Success! 5 resources in 1 file.\n");
    insta::assert_snapshot!(check(false, tables), @"");
}

#[test]
fn what_is_shown_needs_no_leave() {
    let tables = "  \
  paths: { finance: { path: Finance, lifecycle: { manage: observe } } }
  users: { cy: { email: cy@example.org, path: path.finance } }
  drives: { one: { serial: EX0000000000001, owner: user.cy, status: in_use } }
";
    assert_eq!(check(false, tables), "Success! 3 resources in 1 file.\n");
}

#[test]
fn a_drive_is_never_removed_and_waits_for_nothing() {
    let tables = "  \
  drives:
    one: { serial: EX0000000000001, state: absent }
    two: { serial: EX0000000000002, status: waiting_for_reset }
";
    insta::assert_snapshot!(check(false, tables), @"");
}

#[test]
fn a_path_has_no_empty_part() {
    let tables = "  \
  paths: { one: { path: /finance }, two: { path: \"finance/ emea\" }, three: { path: finance/emea } }
";
    insta::assert_snapshot!(check(true, tables), @"");
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
    insta::assert_snapshot!(check(true, tables), @"");
}
