//! What `trueup.yaml` says of a Password Safe.

use super::Plain;
use crate::load::reader::Reader;
use crate::load::vars::Vars;
use crate::model::diagnostic::Diagnostics;
use crate::model::place::FileId;
use crate::vendors::Vendor;
use crate::vendors::password_safe::PasswordSafe;
use crate::vendors::password_safe::session::Credentials;
use crate::yaml;

/// Who we are by what the settings say, or what is wrong with them.
fn settings(text: &str) -> String {
    let mut diagnostics = Diagnostics::default();
    let documents = yaml::parse(FileId(0), text, &mut diagnostics);
    let vars = Vars::default();
    let reader = Reader::new(&vars, &Plain);
    let mut map = reader.mapping(&documents[0], "the system").unwrap();
    let settings = PasswordSafe::settings(&mut map);
    map.finish();
    let found = reader.into_diagnostics().sorted();
    match settings {
        Some(settings) if found.is_empty() => {
            let given = |_: &str| None;
            match settings.auth.credentials(&given) {
                Credentials::ApiKey {
                    runas, password, ..
                } => format!("key as {runas}, password {}", password.is_some()),
                Credentials::Client { id, .. } => format!("client {id}"),
                Credentials::Unknown(why) => why,
            }
        }
        _ => found
            .into_iter()
            .map(|it| it.message)
            .collect::<Vec<_>>()
            .join("; "),
    }
}

#[test]
fn there_is_one_way_to_log_in_and_it_is_said_whole() {
    let wrong = "`auth` says one way to log in, whole";
    for (auth, wanted) in [
        ("{ api_key: k, runas: ci }", "key as ci, password false"),
        (
            "{ api_key: k, runas: ci, runas_password: p }",
            "key as ci, password true",
        ),
        ("{ client_id: abc, client_secret: s }", "client abc"),
        ("{ api_key: k }", wrong),
        ("{ client_id: abc }", wrong),
        (
            "{ api_key: k, runas: ci, client_id: abc, client_secret: s }",
            wrong,
        ),
        (
            "{ client_id: abc, client_secret: s, runas_password: p }",
            wrong,
        ),
        ("{}", wrong),
    ] {
        assert_eq!(settings(&format!("auth: {auth}")), wanted, "{auth}");
    }
    assert_eq!(settings("{}"), "`auth` is not written");
}

#[test]
fn the_versions_of_the_models_are_known() {
    let auth = "auth: { client_id: abc, client_secret: s }";
    for version in ["3.0", "\"3.1\"", "3.2"] {
        let text = format!("{{ {auth}, api_version: {version} }}");
        assert_eq!(settings(&text), "client abc", "{version}");
    }
    assert_eq!(
        settings(&format!("{{ {auth}, api_version: 3.5 }}")),
        "`3.5` is not a version of the API's models: `3.0`, `3.1`, `3.2`"
    );
}
