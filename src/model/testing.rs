//! A kind for tests of the stages: a thing that has a size, of which each vendor lets something else be done.

use std::future::ready;

use super::address::{KindId, RemoteId};
use super::error::VendorError;
use super::field::{Field, Fields};
use super::kind::{Kind, Listing, Live, NaturalKey, Removal, Spec, Update};
use super::power::Power;
use super::reference::{Link, Links};
use super::verb::{Verb, Verbs};

/// A thing of which can be done what a number stands for.
#[derive(Clone, Debug)]
pub(crate) struct Thing<const VERBS: u8> {
    pub name: String,
    pub size: Option<String>,
    pub lock: Option<String>,
}

/// Everything.
pub(crate) const SHOWN: u8 = 0;
/// Nothing.
pub(crate) const OBSERVED: u8 = 1;
/// Everything, as nobody states.
pub(crate) const ASSUMED: u8 = 2;
/// Updates, as nobody states.
pub(crate) const ASSERTED: u8 = 3;
/// Everything; to create one and to let it grow costs money.
pub(crate) const COSTLY: u8 = 4;

/// The id of the account that we are.
pub(crate) const OWN: &str = "1";

const NAME: Field = Field::new("name");
const SIZE: Field = Field::new("size");
/// Locking a thing is a guess.
const LOCK: Field = Field::new("lock").gated();

impl<const VERBS: u8> Spec for Thing<VERBS> {
    const FIELDS: &'static [Field] = &[NAME, SIZE, LOCK];

    fn key(&self, _: &Links) -> NaturalKey {
        NaturalKey(vec![("name", self.name.clone())])
    }

    fn label(&self) -> &str {
        &self.name
    }

    fn list<'a>(&'a self, fields: &mut Fields<'a>) {
        let Self { name, size, lock } = self;
        fields.text(NAME, Some(name));
        fields.text(SIZE, size.as_ref());
        fields.text(LOCK, lock.as_ref());
    }

    fn under_way(&self) -> Option<String> {
        let is_growing = self.size.as_deref() == Some("GROWING");
        is_growing.then(|| "is growing by itself".to_owned())
    }

    fn power(&self, was: Option<&Self>) -> Power {
        let was = was.and_then(|was| was.size.as_deref());
        match self.size.as_deref().or(was) {
            Some("ROOT") => Power::Administrator,
            Some("NONE") => Power::Shut,
            Some(_) | None => Power::Plain,
        }
    }

    fn links(&self) -> Vec<(Field, Link)> {
        Vec::new()
    }
}

impl<const VERBS: u8> Kind for Thing<VERBS> {
    const ID: KindId = KindId {
        vendor: "toy",
        name: "thing",
    };
    const TABLE: &'static str = "things";
    const REMOVAL: Removal = Removal::Delete;
    const VERBS: Verbs = match VERBS {
        OBSERVED => Verbs::observed("no request makes or removes a thing"),
        ASSUMED => Verbs {
            create: Verb::ASSUMED,
            update: Verb::ASSUMED,
            delete: Verb::ASSUMED,
        },
        ASSERTED => Verbs {
            create: Verb::Never("things are made by hand"),
            update: Verb::ASSUMED,
            delete: Verb::Never("things last"),
        },
        COSTLY => Verbs {
            create: Verb::SHOWN.spending("a thing is billed by the month"),
            update: Verb::SHOWN.spending("a larger thing costs more"),
            delete: Verb::SHOWN,
        },
        _ => Verbs::SHOWN,
    };
    type Spec = Self;
    type Client = ();

    fn list((): &()) -> impl Future<Output = Result<Listing<Self>, VendorError>> + Send {
        ready(Ok(Listing {
            rows: Vec::new(),
            incomplete: None,
        }))
    }

    fn read((): &(), _: &RemoteId) -> impl Future<Output = Result<Live<Self>, VendorError>> + Send {
        ready(Ok(Live::Gone))
    }

    fn is_own((): &(), id: &RemoteId) -> bool {
        id.0 == OWN
    }

    fn spends(have: Option<&Self>, update: &Update<'_, Self>) -> bool {
        let grows = |have: &Self| have.size < update.want.size;
        update.changes(SIZE) && have.is_none_or(grows)
    }
}
