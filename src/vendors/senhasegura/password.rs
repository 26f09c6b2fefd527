//! MySafe passwords (vendor page, section 4.1). Never deleted: removing one disables it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PASSWORD;
use super::answer::Loose;
use super::mysafe::{
    Common, CommonBody, CommonEntity, GROUPS_ALLOWED, Item, Kept, ListRow, TAGS, USERS_ALLOWED,
    as_read, revealed,
};
use crate::http::Revealed;
use crate::load::reader::{Mapping, Reader};
use crate::load::section::DecodeSpec;
use crate::model::access::{Access, Seen};
use crate::model::address::KindId;
use crate::model::applying::Applying;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::error::VendorError;
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{NaturalKey, Spec};
use crate::model::reference::{Link, Links};
use crate::model::secret::Secret;
use crate::yaml::Node;

const BAD_TOTP_SEED: Code = Code("bad-totp-seed");

/// A password of MySafe.
pub(crate) type Password = Kept<PasswordItem>;

/// What is particular to it.
pub(crate) enum PasswordItem {}

const NAME: Field = Field::new("name");
const USERNAME: Field = Field::new("username");
const VALUE: Field = Field::new("password").form(Form::Secret);
const URL: Field = Field::new("url");
const TOTP_SEED: Field = Field::new("totp_seed").form(Form::Secret).never_generated();
const NOTES: Field = Field::new("notes").form(Form::Sensitive);

/// A password of MySafe. What is left out is not ours: it stays as it is.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct PasswordSpec {
    /// The title that MySafe shows. Several passwords may have the same; together with `username` it tells which live
    /// one is meant.
    #[schemars(example = &"Office router")]
    name: String,
    /// The name of the account that the password belongs to.
    #[schemars(example = &"admin")]
    username: String,
    /// The password itself, as a reference to where its value is. Needed to create one; left out, the password that is
    /// there is kept.
    password: Option<SecretField>,
    /// Where the account logs in.
    #[schemars(example = &"https://router.example.org")]
    url: Option<String>,
    /// The seed of one-time codes, as a reference to where its value is: at least 10 characters of base32 (A-Z and
    /// 2-7). The vendor calls it `secret_key`.
    totp_seed: Option<SecretField>,
    /// Remarks for whoever opens it. Compared, but never shown in a plan.
    notes: Option<String>,
    #[schemars(flatten)]
    common: Common,
}

impl DecodeSpec for PasswordSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let username = map.required("username");
        let password = map.optional("password");
        let url = map.optional("url");
        let totp_seed = map.optional("totp_seed");
        let notes = map.optional("notes");
        let common = Common::decode(map);
        if let (Some(SecretField::Known(seed)), Some(node)) = (&totp_seed, map.node("totp_seed")) {
            check_seed(seed, node, map.reader());
        }
        Some(Self {
            name: name?,
            username: username?,
            password,
            url,
            totp_seed,
            notes,
            common,
        })
    }
}

/// The web interface wants at least ten characters of base32 (page 34).
fn check_seed(seed: &Secret, node: &Node, reader: &Reader<'_>) {
    let seed = seed.reveal().trim_end_matches('=');
    let base32 = |c: char| matches!(c, 'A'..='Z' | '2'..='7');
    if seed.len() < 10 || !seed.chars().all(base32) {
        reader.push(
            Diagnostic::error(
                BAD_TOTP_SEED,
                node.place(),
                "this is not a seed of one-time codes",
            )
            .help("a seed has at least 10 characters out of A-Z and 2-7 (base32), without spaces"),
        );
    }
}

impl Spec for PasswordSpec {
    const FIELDS: &'static [Field] = &[
        NAME,
        USERNAME,
        VALUE,
        URL,
        TOTP_SEED,
        NOTES,
        TAGS,
        USERS_ALLOWED,
        GROUPS_ALLOWED,
    ];
    const GIVES: bool = true;

    /// Names are not unique at the vendor; with the user name they mostly are.
    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.name, &self.username)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn lacks(&self) -> Vec<Field> {
        if self.password.is_none() {
            vec![VALUE]
        } else {
            Vec::new()
        }
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            username,
            password,
            url,
            totp_seed,
            notes,
            common,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(USERNAME, Some(username));
        fields.secret(VALUE, password.as_ref());
        fields.text(URL, url.as_ref());
        fields.secret(TOTP_SEED, totp_seed.as_ref());
        fields.sensitive(NOTES, notes.as_ref());
        common.list(fields);
    }

    fn access(&self, _: Option<&Self>, seen: &Seen<'_>) -> Access {
        self.common.access(seen)
    }

    fn links(&self) -> Vec<(Field, Link)> {
        self.common.links()
    }
}

fn key(name: &str, username: &str) -> NaturalKey {
    NaturalKey(vec![
        ("name", name.to_owned()),
        ("username", username.to_owned()),
    ])
}

/// What creating and updating send.
#[derive(Serialize)]
pub(crate) struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<Revealed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_key: Option<Revealed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<&'a str>,
    #[serde(flatten)]
    common: CommonBody,
}

/// A password as it is read. `token` changes every 30 seconds and is left unread.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entity {
    name: Loose,
    username: Loose,
    password: Option<Secret>,
    #[serde(alias = "name_or_url")]
    url: Loose,
    secret_key: Option<Secret>,
    #[serde(alias = "note")]
    notes: Loose,
    #[serde(flatten)]
    common: CommonEntity,
}

impl Item for PasswordItem {
    const ID: KindId = PASSWORD;
    const TABLE: &'static str = "passwords";
    const PATH: &'static str = "password";
    type Spec = PasswordSpec;
    type Entity = Entity;
    type Body<'a> = Body<'a>;

    fn row_key(row: &ListRow) -> NaturalKey {
        key(&row.name.0, &row.username.0)
    }

    fn spec(entity: Entity, encrypted: bool) -> PasswordSpec {
        let Entity {
            name,
            username,
            password,
            url,
            secret_key,
            notes,
            common,
        } = entity;
        PasswordSpec {
            name: name.0,
            username: username.0,
            password: as_read(password, encrypted),
            url: Some(url.0),
            totp_seed: as_read(secret_key, encrypted),
            notes: Some(notes.0),
            common: common.into(),
        }
    }

    fn body<'a>(
        spec: &'a PasswordSpec,
        applying: &Applying<'_>,
        sends: &dyn Fn(Field) -> bool,
    ) -> Result<Body<'a>, VendorError> {
        let PasswordSpec {
            name,
            username,
            password,
            url,
            totp_seed,
            notes,
            common,
        } = spec;
        Ok(Body {
            name: sends(NAME).then_some(name),
            username: sends(USERNAME).then_some(username),
            password: revealed(password.as_ref().filter(|_| sends(VALUE))),
            url: url.as_deref().filter(|_| sends(URL)),
            secret_key: revealed(totp_seed.as_ref().filter(|_| sends(TOTP_SEED))),
            notes: notes.as_deref().filter(|_| sends(NOTES)),
            common: common.body(applying, sends)?,
        })
    }
}
