//! How a secret is shown: a view for each kind and one for lists, with the members of each version.

use data_encoding::HEXUPPER;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::super::call::Version;
use super::super::row::{Content, Principal, Secret};
use super::super::site::Site;

/// Which members of a kind are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum View {
    Credential,
    Text,
    File,
    /// All of them, with the value if it is wanted.
    List {
        decrypt: bool,
    },
}

/// Shows a secret to a user.
pub(in super::super) fn show(
    site: &Site,
    secret: &Secret,
    path: &str,
    view: View,
    version: Version,
    me: u64,
) -> Value {
    let mut shown = json!({
        "Id": secret.id,
        "Title": secret.title,
        "Description": secret.description,
    });
    let mut set = |name: &str, value: Value| {
        shown[name] = value;
    };
    let (username, value, text) = match &secret.content {
        Content::Credential { username, password } => (Some(username), Some(password), None),
        // In lists, and in the view of credentials, a text is where the password is.
        Content::Text(text) => (None, Some(text), Some(text)),
        Content::File { .. } => (None, None, None),
    };
    let is_list = matches!(view, View::List { .. });
    let is_open = view != View::List { decrypt: false };
    if is_list || view == View::Credential {
        set("Username", json!(username));
        // Assumed: a value that is left out is null.
        set("Password", json!(value.filter(|_| is_open)));
    }
    if is_list || view == View::Text {
        set("Text", json!(text.filter(|_| is_open)));
    }
    if is_list || view == View::File {
        let (name, hash) = match &secret.content {
            Content::File { name, bytes } => (Some(name), Some(hash(&bytes.0))),
            Content::Credential { .. } | Content::Text(_) => (None, None),
        };
        set("FileName", json!(name));
        set("FileHash", json!(hash));
    }
    if is_list {
        set("SecretType", json!(secret.kind()));
    }
    let folder = site.tree.get(secret.folder).map(|node| &node.name);
    set("FolderId", json!(secret.folder));
    set("Folder", json!(folder));
    set("FolderPath", json!(path));
    set("CreatedOn", json!(secret.created.on));
    set("CreatedBy", json!(secret.created.by));
    set("ModifiedOn", json!(secret.modified.on));
    set("ModifiedBy", json!(secret.modified.by));
    let owners = secret.owners.iter();
    set(
        "Owners",
        owners.map(|it| owner(site, *it, version)).collect(),
    );
    if version == Version::V30 {
        // Assumed: of several owners the first is the one.
        let first = secret.owners.first().map(|owner| described(site, *owner));
        let kind = secret.owners.first().map(|owner| match owner {
            Principal::User(_) => "User",
            Principal::Group(_) => "Group",
        });
        set("OwnerId", json!(first.as_ref().map(|it| it.0)));
        set("Owner", json!(first.and_then(|it| it.1)));
        set("OwnerType", json!(kind));
    }
    let urls = secret.urls.iter();
    let urls = urls.map(|url| json!({ "Id": url.id, "CredentialId": secret.id, "Url": url.url }));
    set("Notes", json!(secret.notes));
    set("Urls", urls.collect());
    if version >= Version::V31 {
        set("IsFavorite", json!(secret.favorites.contains(&me)));
    }
    if version >= Version::V32 {
        set("SecretValueModifiedOn", json!(secret.value_modified_on));
    }
    shown
}

/// Assumed: the algorithm, which is not documented.
fn hash(bytes: &[u8]) -> String {
    HEXUPPER.encode(digest(&SHA256, bytes).as_ref())
}

/// Id, name and address of an owner. Of one who is gone only the id is left.
fn described(site: &Site, owner: Principal) -> (u64, Option<String>, Option<String>) {
    match owner {
        Principal::User(id) => {
            let user = site.users.get(id);
            let name = user.map(super::super::seed::User::display_name);
            (id, name, user.and_then(|user| user.email.clone()))
        }
        Principal::Group(id) => (id, site.groups.get(id).map(|it| it.name.clone()), None),
    }
}

fn owner(site: &Site, owner: Principal, version: Version) -> Value {
    let (id, name, email) = described(site, owner);
    if version == Version::V30 {
        return json!({ "OwnerId": id, "Owner": name, "Email": email });
    }
    let (user, group) = match owner {
        Principal::User(id) => (Some(id), None),
        Principal::Group(id) => (None, Some(id)),
    };
    json!({ "UserId": user, "GroupId": group, "Name": name, "Email": email })
}
