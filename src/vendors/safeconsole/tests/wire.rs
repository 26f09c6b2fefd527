//! The client against the recorded examples, to which the emulator is held, too.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path as FilePath;

use serde_json::{Value, json};

use super::{Recorded, create, delete, update};
use crate::model::error::{Cause, VendorError};
use crate::model::kind::Kind;
use crate::vendors::safeconsole::admin::Admin;
use crate::vendors::safeconsole::licence::Licence;
use crate::vendors::safeconsole::path::Path;
use crate::vendors::safeconsole::policy::Policy;
use crate::vendors::safeconsole::user::User;

struct Example {
    action: String,
    data: Value,
    status: u16,
    body: Value,
}

impl Example {
    fn of(name: &str) -> Self {
        let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("src/vendors/safeconsole/wire");
        let text = fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let example = serde_json::from_str::<Value>(&text).unwrap();
        let (request, response) = (&example["request"], &example["response"]);
        assert_eq!(request["method"], "POST");
        let path = request["path"].as_str().unwrap();
        let action = path.strip_prefix("/safeconsole/admin?action=").unwrap();
        Self {
            action: action.to_owned(),
            data: request["form"]["data"].clone(),
            status: u16::try_from(response["status"].as_u64().unwrap()).unwrap(),
            body: response["body"].clone(),
        }
    }

    async fn serve(&self) -> Recorded {
        let ous = Self::of("get-ous");
        let policy = Self::of("policy-get");
        let mut answers = vec![(self.action.as_str(), self.status, self.body.clone())];
        for other in [&ous, &policy] {
            if other.action != self.action {
                answers.push((&other.action, other.status, other.body.clone()));
            }
        }
        Recorded::of(&answers).await
    }

    /// Checks that the client asked for it as it is recorded.
    fn was_asked(&self, recorded: &Recorded) {
        let told = recorded.told();
        let mut told = told.iter().filter(|(action, _)| *action == self.action);
        assert_eq!(told.next().map(|(_, data)| data), Some(&self.data));
    }
}

#[tokio::test]
async fn lists_are_read() {
    let users = Example::of("find-users").serve().await;
    assert!(!User::list(&users.client).await.unwrap().rows.is_empty());
    let ous = Example::of("get-ous");
    let recorded = ous.serve().await;
    let paths = Path::list(&recorded.client).await.unwrap().rows;
    let paths = paths.iter().map(|it| it.label.as_str()).collect::<Vec<_>>();
    assert_eq!(paths, ["default", "field-staff", "field-staff/north"]);
    ous.was_asked(&recorded);
    let admins = Example::of("find-admins").serve().await;
    assert!(!Admin::list(&admins.client).await.unwrap().rows.is_empty());
    let licence = Example::of("license");
    let recorded = licence.serve().await;
    assert_eq!(Licence::list(&recorded.client).await.unwrap().rows.len(), 1);
    licence.was_asked(&recorded);
}

#[tokio::test]
async fn users_are_edited_added_and_deleted_as_recorded() {
    let edit = Example::of("user-edit");
    let recorded = edit.serve().await;
    let text = |name: &str| edit.data[name].as_str().unwrap();
    let want = json!({ "email": text("email"), "name": text("username"), "path": { "live": text("oupath") } });
    let id = edit.data["userid"].to_string();
    let done = update::<User>(&recorded, &id, &want.to_string(), &["email", "name"]).await;
    done.unwrap();
    edit.was_asked(&recorded);

    let add = Example::of("user-add");
    let recorded = add.serve().await;
    let text = |name: &str| add.data[name].as_str().unwrap();
    let want = json!({ "email": text("email"), "name": text("username"), "path": { "live": text("oupath") } });
    let id = create::<User>(&recorded, &want.to_string()).await.unwrap();
    assert_eq!(id.0, add.body["response"]["userid"].to_string());
    add.was_asked(&recorded);

    let gone = Example::of("user-delete");
    let recorded = gone.serve().await;
    delete::<User>(&recorded, &gone.data["userid"].to_string())
        .await
        .unwrap();
    gone.was_asked(&recorded);
}

#[tokio::test]
async fn paths_are_added_as_recorded() {
    let add = Example::of("ou-add");
    let recorded = add.serve().await;
    let want = json!({ "path": add.data["path"] }).to_string();
    let id = create::<Path>(&recorded, &want).await.unwrap();
    assert_eq!(id.0, add.body["response"]["ouid"].to_string());
    add.was_asked(&recorded);
}

#[tokio::test]
async fn policies_are_read_set_and_removed_as_recorded() {
    let get = Example::of("policy-get");
    let recorded = get.serve().await;
    let id = crate::model::address::RemoteId("12".to_owned());
    Policy::read(&recorded.client, &id).await.unwrap();
    get.was_asked(&recorded);

    let set = Example::of("policy-set");
    let recorded = set.serve().await;
    let want = "{ path: { live: field-staff/north }, write_protection: { mode: outside_zone } }";
    create::<Policy>(&recorded, want).await.ok();
    let told = recorded.told();
    let (_, told) = told
        .iter()
        .find(|(action, _)| action == "set_policy")
        .unwrap();
    assert_eq!(told["oupath"], set.data["oupath"]);
    let mode = "/settings/write_protection/mode";
    assert_eq!(told.pointer(mode), set.data.pointer(mode));

    let remove = Example::of("policy-remove");
    assert_eq!(remove.data["settings"], Value::Null);
    assert_eq!(remove.data.as_object().unwrap().len(), 2);
}

async fn refusal(name: &str, what: &str) -> VendorError {
    let example = Example::of(name);
    let recorded = example.serve().await;
    let id = &example.data["userid"].to_string();
    let want = "{ email: a@b.c, name: Ada, path: { live: field } }";
    match what {
        "list" => User::list(&recorded.client).await.err().unwrap(),
        "edit" => update::<User>(&recorded, id, want, &["name"])
            .await
            .unwrap_err(),
        "delete user" => delete::<User>(&recorded, id).await.unwrap_err(),
        _ => delete::<Path>(&recorded, "12").await.unwrap_err(),
    }
}

#[tokio::test]
async fn refusals_are_understood() {
    let mut said = BTreeSet::new();
    for (name, what, cause) in [
        ("bad-token", "list", Cause::Login),
        ("user-edit-unknown-id", "edit", Cause::Refused),
        ("user-edit-unknown-path", "edit", Cause::Refused),
        ("user-edit-duplicate-email", "edit", Cause::Refused),
        ("user-delete-with-drives", "delete user", Cause::Refused),
        ("ou-delete-with-users", "delete path", Cause::Refused),
    ] {
        let error = refusal(name, what).await;
        assert_eq!(error.cause, cause, "{name}: {error}");
        assert!(!error.to_string().contains("without a word"), "{error}");
        said.insert(error.to_string());
    }
    assert_eq!(said.len(), 6, "{said:?}");
}
