//! What `trueup.yaml` says of a Console Connect.

use super::{Plain, secret};
use crate::load::reader::Reader;
use crate::load::vars::Vars;
use crate::model::diagnostic::Diagnostics;
use crate::model::place::FileId;
use crate::vendors::Vendor;
use crate::vendors::console_connect::ConsoleConnect;
use crate::vendors::console_connect::session::Credentials;
use crate::yaml;

/// Who we are by what the settings say, and what is remarked on them.
fn settings(text: &str) -> String {
    let mut diagnostics = Diagnostics::default();
    let documents = yaml::parse(FileId(0), text, &mut diagnostics);
    let vars = Vars::default();
    let reader = Reader::new(&vars, &Plain);
    let mut map = reader.mapping(&documents[0], "the system").unwrap();
    let settings = ConsoleConnect::settings(&mut map);
    map.finish();
    let said = settings.map(|settings| {
        let given = |name: &str| (name == "API_KEY").then(|| secret("given"));
        match settings.auth.credentials(&given) {
            Credentials::ApiKey(key) => format!("key {} {:?}", key.reveal(), settings.wait),
            Credentials::Password { email, .. } => format!("{email} {:?}", settings.wait),
            Credentials::Unknown(why) => why,
        }
    });
    let found = reader.into_diagnostics().sorted();
    let found = found
        .into_iter()
        .map(|it| format!("{}: {}", it.code.0, it.message));
    said.into_iter().chain(found).collect::<Vec<_>>().join("; ")
}

#[test]
fn there_is_one_way_to_log_in_and_it_is_said_whole() {
    let wrong = "bad-auth: `auth` says one way to log in, whole";
    for (auth, wanted) in [
        ("{ api_key: k }", "key k 120s"),
        ("{}", wrong),
        ("{ email: ops@example.org }", wrong),
        ("{ password: p }", wrong),
        ("{ api_key: k, email: ops@example.org, password: p }", wrong),
    ] {
        assert_eq!(settings(&format!("auth: {auth}")), wanted, "{auth}");
    }
}

#[test]
fn the_login_that_the_vendor_is_retiring_is_warned_of() {
    assert_eq!(
        settings("auth: { email: ops@example.org, password: p }"),
        "ops@example.org 120s; deprecated-login: the vendor is retiring the login with e-mail and password"
    );
}

#[test]
fn an_emulator_gives_the_key() {
    assert_eq!(settings("company: exampleco"), "key given 120s");
}

#[test]
fn how_long_is_waited_can_be_said() {
    assert_eq!(settings("wait: 5m"), "key given 300s");
    assert_eq!(
        settings("wait: soon"),
        "bad-duration: `soon` is not a duration like 30s or 2m"
    );
}
