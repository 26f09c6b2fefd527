//! The calls of MySafe passwords: list, read, create, update, disable, enable. There is no deletion.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post, put};
use serde_json::{Map, Value};

use super::Senhasegura;
use super::body;
use super::envelope::{self, Refusal};
use super::oauth::Family;
use super::password::{self, Draft};
use super::seed::{Level, Password};
use super::vault::{Change, Vault};

/// Serves MySafe to bearers of its own tokens. Assumed: a token of SCIM is no better than none.
pub(crate) fn router(vault: Arc<Senhasegura>) -> Router<Arc<Senhasegura>> {
    Router::new()
        .route("/password", get(list).post(create))
        .route("/password/{identifier}", get(read))
        .route("/password/update/{identifier}", put(update))
        .route("/password/inactive/{identifier}", post(disable))
        .route("/password/active/{identifier}", post(enable))
        .fallback(async || envelope::unknown_path())
        .method_not_allowed_fallback(async || envelope::unknown_path())
        .layer(from_fn_with_state(vault, admit))
}

async fn admit(State(vault): State<Arc<Senhasegura>>, request: Request, next: Next) -> Response {
    match vault.sessions.bearer(request.headers()) {
        Some(Family::Mysafe) => next.run(request).await,
        Some(Family::Scim) | None => envelope::no_route(),
    }
}

/// Lists what the caller owns or shares, in the order of identifiers. Assumed: disabled passwords are left out, for
/// rows carry no status; filters compare for equality and combine with "and"; an empty filter is none.
async fn list(
    State(vault): State<Arc<Senhasegura>>,
    Query(filters): Query<HashMap<String, String>>,
) -> Response {
    let store = vault.store();
    let world = store.world();
    let wanted = |name: &str| filters.get(name).filter(|value| !value.is_empty());
    let equal = |name, value: &String| wanted(name).is_none_or(|wanted| wanted == value);
    let rows = world
        .passwords
        .values()
        .filter(|password| !password.disabled)
        .filter(|password| equal("name", &password.name))
        .filter(|password| equal("username", &password.username))
        .filter(|password| equal("url", &password.url))
        .filter(|password| wanted("tag").is_none_or(|tag| has_tag(password, tag)))
        .filter_map(|password| {
            let level = password::access(world, password)?;
            Some(password::row(password, level))
        })
        .collect();
    envelope::show(StatusCode::OK, "", "password_on_list", rows)
}

fn has_tag(password: &Password, tag: &str) -> bool {
    password.tags.split(',').any(|one| one.trim() == tag.trim())
}

async fn read(
    State(vault): State<Arc<Senhasegura>>,
    Path(identifier): Path<String>,
) -> Result<Response, Refusal> {
    if !is_number(&identifier) {
        return Err(Refusal::BadIdentifier);
    }
    let store = vault.store();
    let (password, _) = find(store.world(), &identifier)?;
    if password.disabled {
        return Err(Refusal::Inactive);
    }
    let whole = password::whole(password, seconds());
    Ok(envelope::show(
        StatusCode::OK,
        "Success",
        "password_entity",
        whole,
    ))
}

async fn create(
    State(vault): State<Arc<Senhasegura>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let draft = Draft::read(&members(&headers, &body)?)?;
    let mut store = vault.store();
    let (password, shared_error) = draft.create(store.world())?;
    let written = password::written(&password, &shared_error);
    store.commit(Change::Password(password))?;
    let message = "Password successfully registered";
    Ok(envelope::show(
        StatusCode::CREATED,
        message,
        "password_entity",
        written,
    ))
}

async fn update(
    State(vault): State<Arc<Senhasegura>>,
    Path(identifier): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut store = vault.store();
    let world = store.world();
    let password = find_writable(world, &identifier)?;
    // Assumed: a disabled password must be enabled before it is changed, as in the web interface.
    if password.disabled {
        return Err(Refusal::Inactive);
    }
    let draft = Draft::read(&members(&headers, &body)?)?;
    let (password, shared_error) = draft.update(password.clone(), world)?;
    let written = password::written(&password, &shared_error);
    store.commit(Change::Password(password))?;
    let message = "Password successfully updated";
    Ok(envelope::show(
        StatusCode::OK,
        message,
        "password_entity",
        written,
    ))
}

async fn disable(
    State(vault): State<Arc<Senhasegura>>,
    Path(identifier): Path<String>,
) -> Result<Response, Refusal> {
    switch(&vault, &identifier, true)
}

async fn enable(
    State(vault): State<Arc<Senhasegura>>,
    Path(identifier): Path<String>,
) -> Result<Response, Refusal> {
    switch(&vault, &identifier, false)
}

/// Disables or enables; to repeat it is no error. Assumed: the sharing is kept meanwhile.
fn switch(vault: &Senhasegura, identifier: &str, disabled: bool) -> Result<Response, Refusal> {
    let mut store = vault.store();
    let password = find_writable(store.world(), identifier)?;
    let word = if disabled { "deactivated" } else { "activated" };
    if password.disabled == disabled {
        return Ok(envelope::done(&format!("Password has already been {word}")));
    }
    let password = Password {
        disabled,
        ..password.clone()
    };
    store.commit(Change::Password(password))?;
    Ok(envelope::done(&format!("Password successfully {word}")))
}

/// Assumed: a body that cannot be read is short of its first field.
fn members(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    body::members(headers, body).ok_or(Refusal::Missing("name"))
}

/// Finds a password that the caller may see. Assumed: outside of reads an identifier that is not a number is simply
/// not found, for the other calls list no error of its own.
fn find<'a>(world: &'a Vault, identifier: &str) -> Result<(&'a Password, Level), Refusal> {
    if !is_number(identifier) {
        return Err(Refusal::NotFound);
    }
    let id: u64 = identifier.parse().map_err(|_| Refusal::NotFound)?;
    let password = world.passwords.get(&id).ok_or(Refusal::NotFound)?;
    let level = password::access(world, password).ok_or(Refusal::NoAccess)?;
    Ok((password, level))
}

fn is_number(identifier: &str) -> bool {
    !identifier.is_empty() && identifier.bytes().all(|byte| byte.is_ascii_digit())
}

fn find_writable<'a>(world: &'a Vault, identifier: &str) -> Result<&'a Password, Refusal> {
    match find(world, identifier)? {
        (password, Level::Edit) => Ok(password),
        (_, Level::View) => Err(Refusal::NoAccess),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the vendor's one-time codes follow its own clock, not the program's"
)]
fn seconds() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::{Value, json};

    use super::super::testing::Asker;
    use crate::emulate::Emulator;

    const PASSWORDS: &str = "/api/mysafe/password";

    /// Of the passwords of others, the caller may edit 2 by name, view 3 by group, and not see 4.
    const WORLD: &str = "
users: [{ id: 1, user_name: trueup }, { id: 2, user_name: ines }]
groups: [{ id: 6, display_name: Crew, members: [1] }]
private_groups: [Night]
passwords:
  - { id: 1, name: own, username: a, password: p, url: x.org, tags: 'core, lab' }
  - { id: 2, name: by name, username: a, password: p, owner: ines, users_allowed: { trueup: edit } }
  - { id: 3, name: by group, username: b, password: p, owner: ines, groups_allowed: { Crew: view } }
  - { id: 4, name: hidden, username: a, password: p, owner: ines }
  - { id: 5, name: off, username: a, password: p, disabled: true, users_allowed: { ines: view } }
";

    fn identifiers(body: &Value) -> Vec<&str> {
        let rows = body["password_on_list"].as_array().unwrap().iter();
        rows.map(|row| row["identifier"].as_str().unwrap())
            .collect()
    }

    fn exception(answer: &(u16, Value)) -> (u16, Option<u64>) {
        (answer.0, answer.1["exception"]["code"].as_u64())
    }

    async fn create(asker: &Asker, members: Value) -> (u16, Value) {
        let mut body = json!({ "name": "n", "username": "u", "password": "p" });
        body.as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        asker.json("POST", PASSWORDS, &body).await
    }

    async fn update(asker: &Asker, id: u64, body: Value) -> (u16, Value) {
        asker
            .json("PUT", &format!("{PASSWORDS}/update/{id}"), &body)
            .await
    }

    async fn read(asker: &Asker, id: u64) -> (u16, Value) {
        asker.get(&format!("{PASSWORDS}/{id}")).await
    }

    #[tokio::test]
    async fn a_list_holds_what_is_owned_or_shared_and_enabled() {
        let asker = Asker::new(WORLD);
        let (_, body) = asker.get(PASSWORDS).await;
        assert_eq!(identifiers(&body), ["1", "2", "3"]);
        assert_eq!(body["password_on_list"][1]["can_write"], true);
        assert_eq!(body["password_on_list"][2]["can_write"], false);
        let (_, older) = asker.get("/iso/mysafe/password").await;
        assert_eq!(older, body);
    }

    #[tokio::test]
    async fn filters_compare_for_equality_and_combine() {
        let asker = Asker::new(WORLD);
        let cases: [(&str, &[&str]); 7] = [
            ("tag=lab", &["1"]),
            ("tag=la", &[]),
            ("name=own", &["1"]),
            ("username=a", &["1", "2"]),
            ("username=a&name=by%20name", &["2"]),
            ("url=x.org", &["1"]),
            ("url=", &["1", "2", "3"]),
        ];
        for (query, found) in cases {
            let (_, body) = asker.get(&format!("{PASSWORDS}?{query}")).await;
            assert_eq!(identifiers(&body), found, "{query}");
        }
    }

    #[tokio::test]
    async fn a_disabled_password_leaves_the_list_and_returns_with_its_sharing() {
        let asker = Asker::new(WORLD);
        assert_eq!(exception(&read(&asker, 5).await), (400, Some(1009)));
        assert_eq!(
            exception(&update(&asker, 5, json!({})).await),
            (400, Some(1009))
        );
        let (status, _) = asker.post(&format!("{PASSWORDS}/active/5")).await;
        assert_eq!(status, 200);
        let (_, body) = read(&asker, 5).await;
        let shared = &body["password_entity"]["users_allowed"];
        assert_eq!(*shared, json!([{ "username": "ines", "can_edit": false }]));
        asker.post(&format!("{PASSWORDS}/inactive/5")).await;
        let (_, body) = asker.get(PASSWORDS).await;
        assert_eq!(identifiers(&body), ["1", "2", "3"]);
    }

    #[tokio::test]
    async fn rights_of_others_passwords_are_kept() {
        let asker = Asker::new(WORLD);
        let body = json!({ "notes": "x" });
        assert_eq!(
            exception(&update(&asker, 2, body.clone()).await),
            (200, None)
        );
        assert_eq!(exception(&read(&asker, 3).await), (200, None));
        assert_eq!(
            exception(&update(&asker, 3, body.clone()).await),
            (400, Some(1006))
        );
        assert_eq!(exception(&read(&asker, 4).await), (400, Some(1006)));
        let path = format!("{PASSWORDS}/inactive/3");
        assert_eq!(exception(&asker.post(&path).await), (400, Some(1006)));
        assert_eq!(
            exception(&update(&asker, 99, body).await),
            (400, Some(1005))
        );
        let path = format!("{PASSWORDS}/update/+1");
        assert_eq!(
            exception(&asker.json("PUT", &path, &json!({})).await),
            (400, Some(1005))
        );
    }

    #[tokio::test]
    async fn what_an_update_leaves_out_stays_and_an_empty_text_clears() {
        let asker = Asker::new("{}");
        let all = json!({ "url": "x.org", "notes": "n", "tags": "a,b", "secret_key": "MFRGG" });
        create(&asker, all).await;
        update(
            &asker,
            1,
            json!({ "notes": "", "url": null, "secret_key": "" }),
        )
        .await;
        let (_, body) = read(&asker, 1).await;
        let entity = &body["password_entity"];
        assert_eq!(entity["notes"], "");
        assert_eq!(entity["url"], "x.org");
        assert_eq!(entity["tags"], "a,b");
        assert_eq!(entity["secret_key"], Value::Null);
        assert_eq!(entity["token"], Value::Null);
        let refused = update(&asker, 1, json!({ "password": "" })).await;
        assert_eq!(exception(&refused), (400, Some(1001)));
    }

    #[tokio::test]
    async fn sharing_is_replaced_list_by_list_and_emptied_by_an_empty_list() {
        let asker = Asker::new(WORLD);
        let users = json!([{ "username": "ines", "can_edit": true }]);
        let both = json!({ "users_allowed": users, "groups_allowed": [{ "name": "Night" }, { "name": "Crew" }] });
        update(&asker, 1, both).await;
        update(
            &asker,
            1,
            json!({ "groups_allowed": [{ "name": "Crew", "can_edit": true }] }),
        )
        .await;
        let (_, body) = read(&asker, 1).await;
        let entity = &body["password_entity"];
        assert_eq!(entity["users_allowed"], users);
        assert_eq!(
            entity["groups_allowed"],
            json!([{ "name": "Crew", "can_edit": true }])
        );
        let (_, body) = update(&asker, 1, json!({ "users_allowed": [] })).await;
        assert_eq!(body["password_entity"]["users_allowed"], json!([]));
        assert_eq!(
            body["password_entity"]["groups_allowed"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
    }

    #[tokio::test]
    async fn strangers_and_oneself_are_told_in_shared_error() {
        let asker = Asker::new(WORLD);
        let sent = json!({
            "users_allowed": [{ "username": "trueup" }, { "username": "nobody" }, { "username": "ines" }],
            "groups_allowed": [{ "name": "None" }],
        });
        let (status, body) = create(&asker, sent).await;
        assert_eq!(status, 201);
        let told = json!([{ "username": "nobody" }, { "username": "trueup" }, { "name": "None" }]);
        assert_eq!(body["password_entity"]["shared_error"], told);
        let kept = json!([{ "username": "ines", "can_edit": false }]);
        assert_eq!(body["password_entity"]["users_allowed"], kept);
    }

    #[tokio::test]
    async fn a_bad_parameter_is_1001_and_changes_nothing() {
        let asker = Asker::new("{}");
        let bad = [
            json!({ "secret_key": "not base32" }),
            json!({ "users_allowed": "ines" }),
            json!({ "users_allowed": [{ "name": "ines" }] }),
            json!({ "groups_allowed": [{ "name": "x", "can_edit": "yes" }] }),
            json!({ "name": "" }),
            json!({ "username": null }),
            json!({ "password": true }),
        ];
        for members in bad {
            let answer = create(&asker, members.clone()).await;
            assert_eq!(exception(&answer), (400, Some(1001)), "{members}");
        }
        assert_eq!(asker.emulator.world_yaml(), "{}\n");
    }

    #[tokio::test]
    async fn a_form_creates_as_json_does() {
        let asker = Asker::new("{}");
        let bearer = format!("Bearer {}", asker.token("mysafe").await);
        let form = "name=a+b&username=u&password=p&surplus=1";
        let (status, body) = asker.form(PASSWORDS, form, Some(&bearer)).await;
        assert_eq!(status, 201);
        assert_eq!(body["password_entity"]["name"], "a b");
        assert_eq!(
            exception(&asker.form(PASSWORDS, "junk", Some(&bearer)).await),
            (400, Some(1001))
        );
    }

    #[tokio::test]
    async fn names_are_not_unique_and_identifiers_are() {
        let asker = Asker::new("{}");
        let (_, first) = create(&asker, json!({})).await;
        let (_, second) = create(&asker, json!({})).await;
        assert_eq!(first["password_entity"]["identifier"], "1");
        assert_eq!(second["password_entity"]["identifier"], "2");
    }

    #[tokio::test]
    async fn without_a_good_token_of_mysafe_there_is_no_route() {
        let asker = Asker::new(WORLD);
        let mysafe = asker.token("mysafe").await;
        let scim = asker.token("scim").await;
        let ask = async |token: &str| {
            let request =
                Request::get(PASSWORDS).header("authorization", format!("Bearer {token}"));
            asker
                .send(request.body(String::new().into()).unwrap())
                .await
        };
        assert_eq!(ask(&mysafe).await.0, 200);
        let gateway = json!({ "message": "no Route matched with those values" });
        for token in [&scim, "unknown"] {
            assert_eq!(ask(token).await, (404, gateway.clone()));
        }
        asker.emulator.expire_sessions();
        assert_eq!(ask(&mysafe).await, (404, gateway));
    }
}
