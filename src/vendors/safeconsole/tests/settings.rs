//! What `trueup.yaml` says of a SafeConsole, and what is seen of a token.

use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;

use super::Plain;
use crate::load::reader::Reader;
use crate::load::vars::Vars;
use crate::model::diagnostic::Diagnostics;
use crate::model::place::FileId;
use crate::model::secret::Secret;
use crate::vendors::Vendor;
use crate::vendors::safeconsole::SafeConsole;
use crate::vendors::safeconsole::token::Token;
use crate::yaml;

/// What is wrong with the settings.
fn settings(text: &str) -> String {
    let mut diagnostics = Diagnostics::default();
    let documents = yaml::parse(FileId(0), text, &mut diagnostics);
    let vars = Vars::default();
    let reader = Reader::new(&vars, &Plain);
    let mut map = reader.mapping(&documents[0], "the system").unwrap();
    let settings = SafeConsole::settings(&mut map);
    map.finish();
    let found = reader.into_diagnostics().sorted();
    assert_eq!(settings.is_some(), found.is_empty(), "{text}");
    let found = found.into_iter().map(|it| it.message);
    found.collect::<Vec<_>>().join("; ")
}

#[test]
fn who_we_are_is_a_token() {
    assert_eq!(settings("{}"), "");
    assert_eq!(settings("auth: { token: t0ken }"), "");
    assert_eq!(settings("auth: {}"), "auth needs `token`");
}

#[test]
fn a_token_that_is_missing_is_told_when_it_is_needed() {
    let error = Token::given(None).secret().unwrap_err();
    let told = "there is no API token for SafeConsole: `auth: { token: … }` is not written";
    assert_eq!(error.to_string(), told);
}

/// What is said of a token with these claims on the first of June 2026.
fn caution(claims: &str) -> Option<String> {
    let claims = BASE64URL_NOPAD.encode(claims.as_bytes());
    let token = Secret::new(format!("e30.{claims}.c2ln"));
    let now = "2026-06-01T12:00:00Z".parse::<Timestamp>().unwrap();
    Token::given(Some(token)).caution(now)
}

#[test]
fn a_token_that_runs_out_soon_or_has_run_out_is_told() {
    let exp = |time: &str| {
        let time = time.parse::<Timestamp>().unwrap();
        format!("{{ \"exp\": {} }}", time.as_second())
    };
    let soon = caution(&exp("2026-06-15T11:00:00Z")).unwrap();
    assert!(
        soon.starts_with("the API token of SafeConsole runs out on 2026-06-15: "),
        "{soon}"
    );
    let past = caution(&exp("2026-06-01T12:00:00Z")).unwrap();
    assert!(
        past.starts_with("the API token of SafeConsole ran out on 2026-06-01: "),
        "{past}"
    );
    assert_eq!(caution(&exp("2026-06-15T13:00:00Z")), None);
}

#[test]
fn a_token_of_another_form_is_used_as_it_is() {
    for claims in ["", "{}", "{ \"exp\": \"soon\" }", "no JSON"] {
        assert_eq!(caution(claims), None, "{claims}");
    }
    let now = Timestamp::UNIX_EPOCH;
    assert_eq!(
        Token::given(Some(Secret::new("opaque".to_owned()))).caution(now),
        None
    );
}
