//! The secret values of a case, and the forms in which a careless program would print them.

use std::collections::BTreeSet;

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use serde_yaml::Value;

use crate::case::Case;
use crate::world::World;

/// Members of seeds and declarations whose text nobody may see.
const SECRET_MEMBERS: [&str; 14] = [
    "password",
    "secret_key",
    "totp_seed",
    "notes",
    "secret",
    "text",
    "content",
    "base64",
    "client_secret",
    "note",
    "private_key",
    "passphrase",
    "api_key",
    "keys",
];

/// How the names of those variables of an emulator end that hold a secret.
const SECRET_VARIABLES: [&str; 3] = ["_SECRET", "_API_KEY", "_PASSWORD"];

/// Every secret of a case: seed, what the vendor made since, declarations, environment, and the emulator's credentials.
pub(crate) fn of(case: &Case, world: &World) -> BTreeSet<String> {
    let mut secrets = BTreeSet::new();
    for live in [case.file("live.yaml").unwrap(), world.live()] {
        collect(&serde_yaml::from_str(&live).unwrap(), false, &mut secrets);
    }
    collect(&case.desired(), false, &mut secrets);
    secrets.extend(case.environment().into_values());
    let files = case.files().into_iter();
    secrets.extend(files.map(|(_, bytes)| match String::from_utf8(bytes) {
        Ok(text) => text.trim_end().to_owned(),
        Err(error) => BASE64_NOPAD.encode(error.as_bytes()),
    }));
    let variables = world.variables().into_iter();
    secrets.extend(
        variables
            .filter(|(name, _)| SECRET_VARIABLES.iter().any(|end| name.ends_with(end)))
            .map(|(_, value)| value),
    );
    secrets
}

fn collect(value: &Value, secret: bool, secrets: &mut BTreeSet<String>) {
    if let (Some(text), true) = (value.as_str(), secret) {
        secrets.insert(text.to_owned());
    }
    for item in value.as_sequence().into_iter().flatten() {
        collect(item, secret, secrets);
    }
    for (key, value) in value.as_mapping().into_iter().flatten() {
        let key = key.as_str().unwrap_or_default();
        // `{ env: NAME }` names a secret and is none.
        let secret = SECRET_MEMBERS.contains(&key) && !value.is_mapping();
        collect(value, secret, secrets);
    }
}

/// Fails if a text holds one of the secrets in any form.
pub(crate) fn assert_hidden(secrets: &BTreeSet<String>, text: &str, what: &str) {
    for secret in secrets {
        for form in forms(secret) {
            assert!(!text.contains(&form), "{what} holds {form:?}:\n{text}");
        }
    }
}

/// A secret as it is and as it would look encoded, whole and line by line.
fn forms(secret: &str) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    for text in std::iter::once(secret).chain(secret.lines()) {
        let json = serde_json::to_string(text).unwrap();
        let debug = format!("{text:?}");
        let unquoted = |quoted: &str| quoted[1..quoted.len() - 1].to_owned();
        let form = url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        forms.extend([
            text.to_owned(),
            unquoted(&json),
            unquoted(&debug),
            form.replace('+', "%20"),
            form,
            HEXLOWER.encode(text.as_bytes()),
            HEXUPPER.encode(text.as_bytes()),
        ]);
        // In the middle of a longer text, as after `id:` in a header, the same bytes fall on other digits.
        for offset in 0..3 {
            let mut bytes = vec![0; offset];
            bytes.extend(text.as_bytes());
            let whole = bytes.len() / 3 * 4;
            for encoding in [BASE64_NOPAD, BASE64URL_NOPAD] {
                let begin = if offset == 0 { 0 } else { 4 };
                forms.extend(encoding.encode(&bytes).get(begin..whole).map(str::to_owned));
            }
        }
    }
    // What is shorter proves nothing: it stands in ordinary words.
    forms.retain(|form| form.len() >= 6);
    forms
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secrets = BTreeSet::from(["Blue \"Kettle\" 71".to_owned()]);
    let header = data_encoding::BASE64.encode(b"id:Blue \"Kettle\" 71");
    for text in [
        "x Blue \"Kettle\" 71 x",
        r#"{"a":"Blue \"Kettle\" 71"}"#,
        "a=Blue+%22Kettle%22+71",
        "a=Blue%20%22Kettle%22%2071",
        "426c756520224b6574746c6522203731",
        "426C756520224B6574746C6522203731",
        r#"Some("Blue \"Kettle\" 71")"#,
        &header,
        &data_encoding::BASE64URL.encode(b"{\"a\":\"Blue \"Kettle\" 71\"}"),
    ] {
        let found = std::panic::catch_unwind(|| assert_hidden(&secrets, text, "this"));
        assert!(found.is_err(), "{text}");
    }
    assert_hidden(&secrets, "Blue Kettle 71", "this");
}
