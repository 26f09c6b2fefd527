//! What `validate` says of what people write: every mistake at once, each with its place and a way out.

mod fields;
mod files;
mod observed;
mod rare;
mod safeconsole;
mod secrets;
mod sources;

use crate::world::{folder, run_in};

const SETTINGS: &str = "workspace: case\nsystems: { senhasegura: { endpoint: emulator } }\nsecrets: { env_allow: [\"CASE_*\"] }\n";

/// Validates a workspace of these files beside a sound `trueup.yaml`.
fn check(files: &[(&str, &str)]) -> String {
    let with_settings = [&[("trueup.yaml", SETTINGS)], files].concat();
    check_all(&with_settings)
}

fn check_all(files: &[(&str, &str)]) -> String {
    run_in(folder(files).path(), "validate", |_| {}).transcript()
}

/// Validates one file of passwords.
fn check_passwords(passwords: &str) -> String {
    let text = format!("senhasegura:\n  passwords:\n{passwords}");
    check(&[("vault.yaml", &text)])
}
