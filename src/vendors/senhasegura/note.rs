//! MySafe notes (vendor page, section 4.2): a short text that only some may read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::NOTE;
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

const NOTE_TOO_LONG: Code = Code("note-too-long");

/// The most characters that the vendor takes; what is longer it could not decrypt again (pages 19 and 37).
const LONGEST: usize = 900;

/// A note of MySafe.
pub(crate) type Note = Kept<NoteItem>;

/// What is particular to it.
pub(crate) enum NoteItem {}

const NAME: Field = Field::new("name");
const TEXT: Field = Field::new("note").form(Form::Secret).never_generated();

/// A note of MySafe: a text that is kept like a password. What is left out is not ours: it stays as it is.
#[derive(Clone, Debug, JsonSchema)]
pub(crate) struct NoteSpec {
    /// The title that MySafe shows. Several notes may have the same; `id:` then tells which live one is meant.
    #[schemars(example = &"Door codes")]
    name: String,
    /// The text itself, as a reference to where it is: at most 900 characters. Needed to create one; left out, the text
    /// that is there is kept.
    note: Option<SecretField>,
    #[schemars(flatten)]
    common: Common,
}

impl DecodeSpec for NoteSpec {
    fn decode(map: &mut Mapping<'_, '_>) -> Option<Self> {
        let name = map.required("name");
        let note = map.optional("note");
        let common = Common::decode(map);
        if let (Some(SecretField::Known(text)), Some(node)) = (&note, map.node("note")) {
            check_length(text, node, map.reader());
        }
        Some(Self {
            name: name?,
            note,
            common,
        })
    }
}

fn check_length(text: &Secret, node: &Node, reader: &Reader<'_>) {
    let length = text.reveal().chars().count();
    if length > LONGEST {
        reader.push(
            Diagnostic::error(
                NOTE_TOO_LONG,
                node.place(),
                format!("the note has {length} characters, and the vendor takes {LONGEST}"),
            )
            .help("shorten it, or make two notes of it"),
        );
    }
}

impl Spec for NoteSpec {
    const FIELDS: &'static [Field] = &[NAME, TEXT, TAGS, USERS_ALLOWED, GROUPS_ALLOWED];
    const GIVES: bool = true;

    /// Names are not unique at the vendor, but there is nothing else.
    fn key(&self, _: &Links) -> NaturalKey {
        key(&self.name)
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn lacks(&self) -> Vec<Field> {
        if self.note.is_none() {
            vec![TEXT]
        } else {
            Vec::new()
        }
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self { name, note, common } = self;
        fields.text(NAME, Some(name));
        fields.secret(TEXT, note.as_ref());
        common.list(fields);
    }

    fn access(&self, _: Option<&Self>, seen: &Seen<'_>) -> Access {
        self.common.access(seen)
    }

    fn links(&self) -> Vec<(Field, Link)> {
        self.common.links()
    }
}

fn key(name: &str) -> NaturalKey {
    NaturalKey(vec![("name", name.to_owned())])
}

/// What creating and updating send.
#[derive(Serialize)]
pub(crate) struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<Revealed<'a>>,
    #[serde(flatten)]
    common: CommonBody,
}

/// A note as it is read. What creating and updating answer lacks its text.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entity {
    name: Loose,
    #[serde(alias = "notes")]
    note: Option<Secret>,
    #[serde(flatten)]
    common: CommonEntity,
}

impl Item for NoteItem {
    const ID: KindId = NOTE;
    const TABLE: &'static str = "notes";
    const PATH: &'static str = "note";
    type Spec = NoteSpec;
    type Entity = Entity;
    type Body<'a> = Body<'a>;

    fn row_key(row: &ListRow) -> NaturalKey {
        key(&row.name.0)
    }

    fn spec(entity: Entity, encrypted: bool) -> NoteSpec {
        let Entity { name, note, common } = entity;
        NoteSpec {
            name: name.0,
            note: as_read(note, encrypted),
            common: common.into(),
        }
    }

    fn body<'a>(
        spec: &'a NoteSpec,
        applying: &Applying<'_>,
        sends: &dyn Fn(Field) -> bool,
    ) -> Result<Body<'a>, VendorError> {
        let NoteSpec { name, note, common } = spec;
        Ok(Body {
            name: sends(NAME).then_some(name),
            note: revealed(note.as_ref().filter(|_| sends(TEXT))),
            common: common.body(applying, sends)?,
        })
    }
}
