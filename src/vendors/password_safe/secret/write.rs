//! Writes secrets. An update replaces the whole model, so that it is read, changed and sent, value included.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::super::client::{Version, payload};
use super::super::number;
use super::super::safe::Created;
use super::payload::Known;
use super::{
    Client, Container, DESCRIPTION, FILE_NAME, NOTES, OWNERS, Owner, Payload, Repeat, Secret,
    SecretSpec, TITLE, Type, URLS, USERNAME, Write, accepted, download, path,
};
use crate::http::{Part, Response, Revealed, segment};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::error::{Cause, VendorError};
use crate::model::field::Field;
use crate::model::kind::Update;
use crate::model::secret::{self, SecretBytes};

/// A secret as it is read to be written: its values under protection, and whatever else it says.
#[derive(Deserialize)]
struct Whole {
    #[serde(rename = "Password")]
    password: Option<secret::Secret>,
    #[serde(rename = "Text")]
    text: Option<secret::Secret>,
    #[serde(flatten)]
    rest: Map<String, Json>,
}

/// A secret that is no file, as it is written.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    rest: &'a Map<String, Json>,
    #[serde(rename = "Password", skip_serializing_if = "Option::is_none")]
    password: Option<Revealed<'a>>,
    #[serde(rename = "Text", skip_serializing_if = "Option::is_none")]
    text: Option<Revealed<'a>>,
}

/// What answers say beside what requests take. Anything else that we do not know is sent as it came.
const ANSWERS_ONLY: [&str; 12] = [
    "Id",
    "Folder",
    "FolderPath",
    "SecretType",
    "FileHash",
    "IsFavorite",
    "CreatedOn",
    "CreatedBy",
    "ModifiedOn",
    "ModifiedBy",
    "SecretValueModifiedOn",
    "Owner",
];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct MoveBody {
    secret_ids: [String; 1],
    share_ids: [String; 0],
    destination_folder_id: String,
    /// `Stop`: a title that is taken there is a conflict, and nothing moves.
    duplicate_name_action: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Moved {
    secrets_moved_count: Option<u64>,
}

/// What creating answers: sources differ in whether it is the secret or a list of it alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrList {
    One(Created),
    List(Vec<Created>),
}

pub(super) async fn create(
    client: &Client,
    want: &SecretSpec,
    applying: &Applying<'_>,
) -> Result<RemoteId, VendorError> {
    let mut rest = Map::new();
    say(&mut rest, want, |_| true, client.version, applying)?;
    if want.owners.is_none() && client.version == Version::V3_0 {
        // Later versions make the caller the owner (assumed); 3.0 demands one.
        if let Some(user) = client.user_id().await? {
            rest.extend(own(client.version, &[], &[user])?);
        }
    }
    let kind = want.payload.kind();
    let value = want.payload.known();
    match want.payload.password_rule() {
        Some(rule) if value.is_none() => {
            rest.insert(
                "PasswordRuleID".to_owned(),
                number(&applying.id(rule)?)?.into(),
            );
        }
        Some(_) | None if value.is_some() => {}
        Some(_) | None => {
            let name = kind.value().name;
            return Err(VendorError::refused(format!(
                "there is no value of `{name}`"
            )));
        }
    }
    let folder = want.folder.id(applying)?;
    let path = format!(
        "Secrets-Safe/Folders/{}/secrets{}",
        segment(&folder.0),
        kind.suffix()
    );
    let response = send(
        client,
        (Write::Post, Repeat::Never),
        &path,
        &rest,
        value,
        applying,
    )
    .await?;
    let created = match payload(&response)? {
        OneOrList::One(created) => Some(created),
        OneOrList::List(list) => list.into_iter().next(),
    };
    match created {
        Some(Created { id }) => Ok(RemoteId(id)),
        None => Err(VendorError::new(
            Cause::Unknown,
            "Password Safe answered with an empty list where the new secret was looked for",
        )),
    }
}

/// Reads what is there, changes what differs, and writes all of it. The vendor takes nothing without the value, which is
/// sent as it is where it does not change.
pub(super) async fn update(
    client: &Client,
    id: &RemoteId,
    update: Update<'_, Secret>,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let (want, kind) = (update.want, update.want.payload.kind());
    let path = path(id, kind.suffix());
    let query = [("version", client.version.as_str())];
    let Whole {
        password,
        text,
        mut rest,
    } = client.get(&path, &query).await?;
    rest.retain(|name, _| !ANSWERS_ONLY.contains(&name.as_str()));
    say(
        &mut rest,
        want,
        |field| update.changes(field),
        client.version,
        applying,
    )?;
    let field = kind.value();
    let content;
    let present = match kind {
        _ if update.changes(field) => None,
        Type::Credential => password.as_ref().map(Known::Password),
        Type::Text => text.as_ref().or(password.as_ref()).map(Known::Text),
        Type::File => {
            content = download(client, id).await?;
            content.as_ref().map(Known::Content)
        }
    };
    let value = present.or(want.payload.known()).ok_or_else(|| {
        VendorError::refused(format!(
            "Password Safe takes a change only together with the {}, and does not show us the one that is there",
            field.name
        ))
        .help(format!("declare `{}`, or make the change at the vendor", field.name))
    })?;
    let response = send(
        client,
        (Write::Put, Repeat::Safe),
        &path,
        &rest,
        Some(value),
        applying,
    )
    .await?;
    accepted(&response)
}

/// Sends a secret: as JSON, or as a file with what is said of it.
async fn send(
    client: &Client,
    (write, repeat): (Write, Repeat),
    path: &str,
    rest: &Map<String, Json>,
    value: Option<Known<'_>>,
    applying: &Applying<'_>,
) -> Result<Response, VendorError> {
    let permit = applying.permit;
    let (password, text) = match value {
        Some(Known::Password(password)) => (Some(Revealed(password)), None),
        Some(Known::Text(text)) => (None, Some(Revealed(text))),
        // A rule makes it.
        None => (None, None),
        Some(Known::Content(content)) => {
            let parts = parts(rest, content);
            return client.upload(write, path, &parts, repeat, permit).await;
        }
    };
    let body = Body {
        rest,
        password,
        text,
    };
    client.send(write, path, Some(&body), repeat, permit).await
}

pub(super) async fn move_to(
    client: &Client,
    id: &RemoteId,
    folder: &Container,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let body = MoveBody {
        secret_ids: [id.0.clone()],
        share_ids: [],
        destination_folder_id: folder.id(applying)?.0,
        duplicate_name_action: "Stop",
    };
    let response = client
        .send(
            Write::Put,
            "Secrets-Safe/Secrets/move",
            Some(&body),
            Repeat::Never,
            applying.permit,
        )
        .await?;
    let Moved {
        secrets_moved_count,
    } = payload(&response)?;
    if secrets_moved_count == Some(0) {
        return Err(
            VendorError::refused("Password Safe did not move the secret")
                .help("its title may be taken in the folder where it should go"),
        );
    }
    Ok(())
}

/// The two parts of a file: what is said of it, and what it holds. Vendor clients call the second `file` or `files`.
fn parts<'a>(rest: &'a Map<String, Json>, content: &'a SecretBytes) -> [Part<'a>; 2] {
    let file_name = rest.get("FileName").and_then(Json::as_str);
    [
        Part::Json("secretmetadata", rest),
        Part::File("file", file_name.unwrap_or("file"), content),
    ]
}

/// Puts those declared fields that `says` chooses into a model. Values of secrets are never in it.
fn say(
    model: &mut Map<String, Json>,
    want: &SecretSpec,
    says: impl Fn(Field) -> bool,
    version: Version,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let (username, file_name) = match &want.payload {
        Payload::Credential {
            username,
            password: _,
            password_rule: _,
        } => (username.as_ref(), None),
        Payload::Text { text: _ } => (None, None),
        Payload::File {
            file_name,
            content: _,
        } => (None, file_name.as_ref()),
    };
    let texts = [
        (TITLE, "Title", Some(&want.title)),
        (USERNAME, "Username", username),
        (FILE_NAME, "FileName", file_name),
        (DESCRIPTION, "Description", want.description.as_ref()),
        (NOTES, "Notes", want.notes.as_ref()),
    ];
    for (field, member, value) in texts {
        if let Some(value) = value.filter(|_| says(field)) {
            model.insert(member.to_owned(), Json::from(value.clone()));
        }
    }
    if let Some(urls) = want.urls.as_ref().filter(|_| says(URLS)) {
        let urls = urls.iter().map(|url| json!({ "Url": url })).collect();
        model.insert("Urls".to_owned(), Json::Array(urls));
    }
    if let Some(owners) = want.owners.as_ref().filter(|_| says(OWNERS)) {
        let (mut groups, mut users) = (Vec::new(), Vec::new());
        for owner in owners {
            let id = number(&owner.id(applying)?)?;
            match owner {
                Owner::First(_) => users.push(id),
                Owner::Second(_) => groups.push(id),
            }
        }
        for member in ["OwnerId", "OwnerType", "Owners"] {
            model.remove(member);
        }
        model.extend(own(version, &groups, &users)?);
    }
    Ok(())
}

/// Owners in the form of a version. Sending that of another may be refused.
fn own(version: Version, groups: &[i64], users: &[i64]) -> Result<Map<String, Json>, VendorError> {
    let all = |member: &str, ids: &[i64]| {
        let entries = ids.iter().map(|id| json!({ member: id }));
        entries.collect::<Vec<_>>()
    };
    let model = match (version, groups, users) {
        (Version::V3_0, [], users) => {
            json!({ "OwnerType": "User", "Owners": all("OwnerId", users) })
        }
        (Version::V3_0, [group], []) => json!({ "OwnerType": "Group", "OwnerId": group }),
        (Version::V3_0, _, _) => {
            return Err(VendorError::refused(
                "version 3.0 of the models knows as owners either users or one group",
            )
            .help("set `api_version: \"3.1\"` or later in trueup.yaml, if the server knows it"));
        }
        (Version::V3_1 | Version::V3_2, groups, users) => {
            let owners = [all("GroupId", groups), all("UserId", users)].concat();
            json!({ "Owners": owners })
        }
    };
    Ok(model.as_object().cloned().unwrap_or_default())
}
