//! What the client sends, held against what the vendor's samples send.

use serde_json::{Value, json};

use super::{Recorded, recorded_request};
use crate::apply::Permit;
use crate::load::reader::{Mapping, Reader};
use crate::load::secret::SecretSources;
use crate::load::section::DecodeSpec;
use crate::load::vars::Vars;
use crate::model::address::RemoteId;
use crate::model::applying::{Applying, Created};
use crate::model::delivery::Shelf;
use crate::model::diagnostic::Diagnostics;
use crate::model::error::VendorError;
use crate::model::kind::{Kind, Update};
use crate::model::place::FileId;
use crate::model::reference::Links;
use crate::model::secret::{Secret, SecretBytes};
use crate::vendors::senhasegura::group::Group;
use crate::vendors::senhasegura::password::Password;
use crate::vendors::senhasegura::user::User;
use crate::yaml;

/// Plain text is allowed; there is no environment.
struct Plain;

impl SecretSources for Plain {
    fn allows_env(&self, _: &str) -> bool {
        false
    }

    fn allows_plaintext(&self) -> bool {
        true
    }

    fn allows_command(&self, _: &str) -> bool {
        false
    }

    fn env(&self, _: &str) -> Result<Secret, String> {
        Err(String::new())
    }

    fn file(&self, _: &str) -> Result<SecretBytes, String> {
        Err(String::new())
    }
}

pub(super) fn spec<S: DecodeSpec>(text: &str) -> S {
    let mut diagnostics = Diagnostics::default();
    let documents = yaml::parse(FileId(0), text, &mut diagnostics);
    let vars = Vars::default();
    let reader = Reader::new(&vars, &Plain);
    let mut map: Mapping<'_, '_> = reader.mapping(&documents[0], "it").unwrap();
    S::decode(&mut map).unwrap_or_else(|| panic!("not a spec: {text}"))
}

const BUILD_MIRROR: &str = "
name: Build mirror
username: ci-bot
password: Blue-Kettle-71
url: mirror.example.org
totp_seed: MFRGGZDFMZTWQ2LK
notes: Rotated in spring
tags: [mirror, ci]
users_allowed: { ines: view }
groups_allowed: { Release crew: edit }
";

pub(super) async fn create<K: Kind<Client = super::Client>>(
    recorded: &Recorded,
    want: &K::Spec,
) -> Result<RemoteId, VendorError> {
    let (links, created, permit) = (Links::default(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    K::create(&recorded.client, want, &applying).await
}

async fn update<K: Kind<Client = super::Client>>(
    recorded: &Recorded,
    want: &K::Spec,
    changed: &[&'static str],
    enable: bool,
) {
    let id = "40";
    let updated = try_update::<K>(recorded, id, want, changed, enable).await;
    updated.unwrap();
}

pub(super) async fn try_update<K: Kind<Client = super::Client>>(
    recorded: &Recorded,
    id: &str,
    want: &K::Spec,
    changed: &[&'static str],
    enable: bool,
) -> Result<(), VendorError> {
    let (links, created, permit) = (Links::default(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    let update = Update {
        want,
        changed,
        enable,
    };
    K::update(
        &recorded.client,
        &RemoteId(id.to_owned()),
        update,
        &applying,
    )
    .await
}

pub(super) async fn delete<K: Kind<Client = super::Client>>(
    recorded: &Recorded,
    id: &str,
) -> Result<(), VendorError> {
    let (links, created, permit) = (Links::default(), Created::default(), Permit::for_test());
    let applying = Applying {
        links: &links,
        created: &created,
        permit: &permit,
        door: &Shelf::default(),
    };
    K::delete(&recorded.client, &RemoteId(id.to_owned()), &applying).await
}

/// `can_edit: false` may be said or left out (pages 1 and 2); we say it.
pub(super) fn with_levels(mut body: Value) -> Value {
    for list in ["users_allowed", "groups_allowed"] {
        let entries = body.get_mut(list).and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            entry
                .as_object_mut()
                .unwrap()
                .entry("can_edit")
                .or_insert(Value::Bool(false));
        }
    }
    body
}

#[tokio::test]
async fn a_password_is_created_as_the_sample_does() {
    let recorded = Recorded::of("password-create").await;
    let id = create::<Password>(&recorded, &spec(BUILD_MIRROR))
        .await
        .unwrap();
    let (line, body) = recorded_request("password-create");
    assert_eq!(id, RemoteId("41".to_owned()));
    assert_eq!(recorded.asked(), [(line, with_levels(body))]);
}

#[tokio::test]
async fn whoever_could_not_be_shared_with_is_named() {
    let recorded = Recorded::of("password-create-shared-in-vain").await;
    let error = create::<Password>(&recorded, &spec(BUILD_MIRROR))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "stored, but senhasegura did not share it with `nobody`, `No crew`"
    );
}

#[tokio::test]
async fn an_update_sends_what_changed_and_nothing_else() {
    let recorded = Recorded::of("password-update").await;
    let want =
        spec("{ name: X, username: y, notes: Moved to the lab, users_allowed: {}, tags: [a] }");
    update::<Password>(&recorded, &want, &["notes", "users_allowed"], false).await;
    assert_eq!(recorded.asked(), [recorded_request("password-update")]);
}

#[tokio::test]
async fn a_disabled_password_is_enabled_before_it_is_updated() {
    let recorded = Recorded::of("password-update").await;
    update::<Password>(
        &recorded,
        &spec("{ name: X, username: y }"),
        &["name"],
        true,
    )
    .await;
    let lines = recorded
        .asked()
        .into_iter()
        .map(|(line, _)| line)
        .collect::<Vec<_>>();
    assert_eq!(
        lines,
        [
            "POST /api/mysafe/password/active/40",
            "PUT /api/mysafe/password/update/40"
        ]
    );
}

#[tokio::test]
async fn a_user_is_created_as_the_sample_does() {
    let recorded = Recorded::of("scim-user-create").await;
    let (line, body) = recorded_request("scim-user-create");
    let want = json!({
        "user_name": body["userName"],
        "full_name": body["name"]["formatted"],
        "external_id": body["externalId"],
        "email": body["emails"][0]["value"],
    });
    create::<User>(&recorded, &spec(&want.to_string()))
        .await
        .unwrap();
    let (asked, sent) = recorded.asked().remove(0);
    assert_eq!(asked, line);
    for member in ["schemas", "userName", "externalId", "name"] {
        assert_eq!(sent[member], body[member], "{member}");
    }
    assert_eq!(sent["emails"][0]["value"], body["emails"][0]["value"]);
}

#[tokio::test]
async fn members_are_replaced_by_a_standard_patch() {
    let recorded = Recorded::of("scim-group-patch").await;
    let want = spec("{ display_name: Release crew, members: [] }");
    update::<Group>(&recorded, &want, &["members"], false).await;
    let (line, body) = recorded.asked().remove(0);
    let (recorded_line, recorded_body) = recorded_request("scim-group-patch");
    assert_eq!(line.replace("40", "6"), recorded_line);
    assert_eq!(body["schemas"], recorded_body["schemas"]);
    let replace = json!([{ "op": "replace", "path": "members", "value": [] }]);
    assert_eq!(body["Operations"], replace);
}

#[tokio::test]
async fn a_conflict_of_names_says_what_to_do() {
    let recorded = Recorded::of("scim-group-conflict").await;
    let error = create::<Group>(&recorded, &spec("display_name: Release crew"))
        .await
        .unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"senhasegura has one of that name already (displayName 'Release crew' already exists)");
    assert!(error.help.is_some_and(|help| help.contains("plan again")));
}
