//! A vendor that keeps jars, and loses what it is told to lose.

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::model::address::{KindId, RemoteId};
use crate::model::applying::Applying;
use crate::model::error::{Cause, VendorError};
use crate::model::field::{Field, Fields, Form, SecretField};
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Removal, Row, Spec, Update};
use crate::model::reference::{Link, Links, Ref, Target};

pub(super) const JAR: KindId = KindId {
    vendor: "shelf",
    name: "jar",
};

const NAME: Field = Field::new("name");
const NOTE: Field = Field::new("note");
const SHAPE: Field = Field::fixed("shape");
const CODE: Field = Field::new("code").form(Form::Secret);
const BOX: Field = Field::new("box").form(Form::Reference);

/// A jar at a vendor that deletes, or at one that only ever disables.
pub(super) struct Jar<const DISABLES: bool>;

/// What is said of a jar. It may lie in another.
#[derive(Clone, Debug, Default)]
pub(super) struct JarSpec {
    pub name: String,
    pub note: String,
    pub shape: String,
    /// The vendor never tells it.
    pub code: Option<SecretField>,
    pub within: Option<Ref<Jar<false>>>,
}

impl Spec for JarSpec {
    const FIELDS: &'static [Field] = &[NAME, NOTE, SHAPE, CODE, BOX];

    fn key(&self, links: &Links) -> NaturalKey {
        let within = self.within.as_ref();
        key(&self.name, within.map(|it| links.identity(&it.link())))
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self {
            name,
            note,
            shape,
            code,
            within,
        } = self;
        fields.text(NAME, Some(name));
        fields.text(NOTE, Some(note));
        fields.text(SHAPE, Some(shape));
        fields.secret(CODE, code.as_ref());
        fields.reference(BOX, within.as_ref());
    }

    fn links(&self) -> Vec<(Field, Link)> {
        let within = self.within.iter();
        within.map(|it| (BOX, it.link().by_id())).collect()
    }
}

fn key(name: &str, within: Option<String>) -> NaturalKey {
    let mut parts = vec![("name", name.to_owned())];
    parts.extend(within.map(|it| ("box", it)));
    NaturalKey(parts)
}

/// A jar at the vendor.
#[derive(Clone, Debug, Default)]
pub(super) struct Stored {
    pub id: usize,
    pub name: String,
    pub note: String,
    pub shape: String,
    pub within: Option<String>,
    pub is_disabled: bool,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is done as it should be.
    Done,
    /// It is done, and the answer lost.
    AnswerLost,
    /// It is lost.
    RequestLost,
    /// It is lost, and done once somebody has listed.
    Late,
    /// The object is made and without its note, and the answer to that is lost.
    Half,
    /// As that, and no list shows the object.
    HalfHidden,
    /// Two objects are made of it, and the answer is lost.
    Twice,
    /// It is lost, and somebody else makes one of the same name.
    Others,
    /// The vendor says no.
    Refused,
}

/// A vendor that writes down what it is asked and does with it what it is told to.
#[derive(Default)]
pub(super) struct Shelf {
    pub jars: Mutex<Vec<Stored>>,
    pub late: Mutex<Vec<Stored>>,
    pub fates: Mutex<VecDeque<(&'static str, Fate)>>,
    pub asked: Mutex<Vec<String>>,
}

impl Shelf {
    /// Notes a request, and takes its fate if the next one is of its sort.
    fn fate(&self, sort: &str, what: &str) -> Fate {
        let line = format!("{sort} {what}").trim_end().to_owned();
        self.asked.lock().unwrap().push(line);
        let mut fates = self.fates.lock().unwrap();
        match fates.front() {
            Some((of, _)) if *of == sort => fates.pop_front().unwrap().1,
            Some(_) | None => Fate::Done,
        }
    }

    pub(super) fn make(&self, jar: Stored) -> RemoteId {
        let mut jars = self.jars.lock().unwrap();
        let id = jars.len() + 1;
        jars.push(Stored { id, ..jar });
        RemoteId(id.to_string())
    }

    /// Changes or removes one, as its fate is. Afterwards nobody knows unless it is done.
    fn change(&self, fate: Fate, id: &RemoteId, change: impl Fn(&mut Stored)) -> Lost<()> {
        match fate {
            Fate::Done | Fate::AnswerLost => {
                let mut jars = self.jars.lock().unwrap();
                let jars = jars.iter_mut().filter(|it| it.id.to_string() == id.0);
                jars.for_each(change);
            }
            Fate::RequestLost => {}
            Fate::Refused => return Err(VendorError::refused("no")),
            Fate::Late | Fate::Half | Fate::HalfHidden | Fate::Twice | Fate::Others => {
                panic!("{fate:?} is for creates")
            }
        }
        if fate == Fate::Done { Ok(()) } else { lost() }
    }
}

type Lost<T> = Result<T, VendorError>;

fn lost<T>() -> Lost<T> {
    Err(VendorError::new(Cause::Unknown, "the answer was lost"))
}

impl<const DISABLES: bool> Kind for Jar<DISABLES> {
    const ID: KindId = JAR;
    const TABLE: &'static str = "jars";
    const REMOVAL: Removal = if DISABLES {
        Removal::Disable
    } else {
        Removal::Delete
    };
    type Spec = JarSpec;
    type Client = Shelf;

    async fn list(shelf: &Shelf) -> Result<Listing<Self>, VendorError> {
        if shelf.fate("list", "") != Fate::Done {
            return Err(VendorError::unreachable("nobody answers"));
        }
        let jars = shelf.jars.lock().unwrap().clone().into_iter();
        let row = |jar: Stored| Row {
            id: RemoteId(jar.id.to_string()),
            key: key(&jar.name, jar.within),
            label: jar.name,
            spec: None,
            writable: true,
        };
        let shown = jars.filter(|it| !it.is_disabled && it.shape != "hidden");
        let rows = shown.map(row).collect();
        for jar in shelf.late.lock().unwrap().drain(..) {
            shelf.make(jar);
        }
        Ok(Listing {
            rows,
            incomplete: None,
        })
    }

    async fn read(shelf: &Shelf, id: &RemoteId) -> Result<Live<Self>, VendorError> {
        if shelf.fate("read", &id.0) != Fate::Done {
            return Err(VendorError::unreachable("nobody answers"));
        }
        let jars = shelf.jars.lock().unwrap();
        let jar = jars.iter().find(|it| it.id.to_string() == id.0);
        Ok(match jar.cloned() {
            None => Live::Gone,
            Some(jar) if jar.name.is_empty() => Live::Gone,
            Some(jar) if jar.is_disabled => Live::Disabled,
            Some(jar) => Live::Active(JarSpec {
                name: jar.name,
                note: jar.note,
                shape: jar.shape,
                code: Some(SecretField::Unknown {
                    why: "it is never told".to_owned(),
                    place: None,
                }),
                within: jar
                    .within
                    .map(|id| Ref::new(Target::Id(RemoteId(id)), None)),
            }),
        })
    }

    async fn create(
        shelf: &Shelf,
        want: &JarSpec,
        applying: &Applying<'_>,
    ) -> Result<RemoteId, VendorError> {
        let within = want.within.as_ref().map(|it| applying.id(it)).transpose()?;
        let jar = Stored {
            name: want.name.clone(),
            note: want.note.clone(),
            shape: want.shape.clone(),
            within: within.map(|it| it.0),
            ..Stored::default()
        };
        let fate = shelf.fate("create", &want.name);
        match fate {
            Fate::Done => return Ok(shelf.make(jar)),
            Fate::AnswerLost => drop(shelf.make(jar)),
            Fate::RequestLost => {}
            Fate::Late => shelf.late.lock().unwrap().push(jar),
            Fate::Half | Fate::HalfHidden => {
                shelf.make(Stored {
                    note: String::new(),
                    shape: match fate == Fate::HalfHidden {
                        true => "hidden".to_owned(),
                        false => jar.shape,
                    },
                    ..jar
                });
                let begun = "the jar is there, but the answer was lost";
                return Err(VendorError::new(Cause::Begun, begun));
            }
            Fate::Twice => drop([shelf.make(jar.clone()), shelf.make(jar)]),
            Fate::Others => drop(shelf.make(Stored {
                shape: "another".to_owned(),
                ..jar
            })),
            Fate::Refused => return Err(VendorError::refused("no")),
        }
        lost()
    }

    async fn update(
        shelf: &Shelf,
        id: &RemoteId,
        update: Update<'_, Self>,
        _: &Applying<'_>,
    ) -> Result<(), VendorError> {
        let fate = shelf.fate("update", &format!("{id} {}", update.changed.join("+")));
        shelf.change(fate, id, |jar| {
            if update.changes(NOTE) {
                jar.note.clone_from(&update.want.note);
            }
            if update.changes(NAME) {
                jar.name.clone_from(&update.want.name);
            }
            jar.is_disabled &= !update.enable;
        })
    }

    async fn delete(shelf: &Shelf, id: &RemoteId, _: &Applying<'_>) -> Result<(), VendorError> {
        let fate = shelf.fate("delete", &id.0);
        shelf.change(fate, id, |jar| {
            if DISABLES {
                jar.is_disabled = true;
            } else {
                jar.name.clear();
            }
        })
    }
}
