//! Kinds and specs: what a vendor's author writes for one kind of resource.

use std::fmt;
use std::future::Future;

use serde::{Deserialize, Serialize};

use super::access::{Access, Seen};
use super::address::{KindId, RemoteId};
use super::answer::Marker;
use super::applying::Applying;
use super::diagnostic::Diagnostic;
use super::error::VendorError;
use super::field::{Field, Fields, Value};
use super::power::Power;
use super::reference::{Link, Links};
use super::risk::Risk;
use super::verb::{Evidence, Verbs};

/// One kind of thing that a vendor manages: a shared password, a user, a group.
pub(crate) trait Kind: Sized + Send + Sync + 'static {
    const ID: KindId;
    /// The key of its table in the YAML, in the plural.
    const TABLE: &'static str;
    const REMOVAL: Removal;
    /// What can be done with it beside reading: all of it, unless the kind says otherwise. The methods of what can never
    /// be done are left out.
    const VERBS: Verbs = Verbs::SHOWN;
    /// How sure we are of how it is read. What is assumed is read only where the system says `assumed_actions: true`.
    const READ: Evidence = Evidence::Shown;
    /// What no public page of the vendor states and we go by all the same, a sentence each.
    const ASSUMED: &'static [&'static str] = &[];
    /// The kinds that its natural keys speak of, itself among them if objects of it can lie in one another: a folder is
    /// known by its name and by what it lies in. They are paired first, so kinds must not form a circle by this.
    const KEYED_BY: &'static [KindId] = &[];
    /// What can be said of one. The same type is what the YAML wants and what the vendor reports.
    type Spec: Spec;
    type Client: Send + Sync + 'static;

    /// Lists all that the caller can see.
    fn list(
        client: &Self::Client,
    ) -> impl Future<Output = Result<Listing<Self>, VendorError>> + Send;

    /// Lists all that the caller can see, so that each of those that are wanted is known by its natural key. What no list
    /// tells of a key is asked for them.
    fn list_for(
        client: &Self::Client,
        _wants: &[&Self::Spec],
    ) -> impl Future<Output = Result<Listing<Self>, VendorError>> + Send {
        Self::list(client)
    }

    /// Reads one whole. Asked only for rows whose listing did not say everything, and for ids that no listing shows.
    fn read(
        client: &Self::Client,
        id: &RemoteId,
    ) -> impl Future<Output = Result<Live<Self>, VendorError>> + Send;

    /// Reads one whole to compare it with a declaration. What costs requests of its own is read as far as that says it.
    fn read_for(
        client: &Self::Client,
        id: &RemoteId,
        _look: Look<'_, Self>,
    ) -> impl Future<Output = Result<Live<Self>, VendorError>> + Send {
        Self::read(client, id)
    }

    /// What the vendor said last of when the secrets of an object were changed. Asks for nothing.
    fn markers(_client: &Self::Client, _id: &RemoteId) -> Vec<Marker> {
        Vec::new()
    }

    /// What a declaration names that its vendor has not, beside other resources: a feature of the product, a role. Asked
    /// of everything that should be there, also of what is yet to be created.
    fn check(
        _client: &Self::Client,
        _want: &Self::Spec,
    ) -> impl Future<Output = Result<Vec<Diagnostic>, VendorError>> + Send {
        std::future::ready(Ok(Vec::new()))
    }

    /// What one that is created starts as, where its vendor makes it of something that is there: a copy of what held in
    /// its place so far. `links` knows whom its natural key speaks of.
    fn origin(
        _client: &Self::Client,
        _want: &Self::Spec,
        _links: &Links,
    ) -> impl Future<Output = Result<Option<Self::Spec>, VendorError>> + Send {
        std::future::ready(Ok(None))
    }

    fn create(
        _client: &Self::Client,
        _want: &Self::Spec,
        _applying: &Applying<'_>,
    ) -> impl Future<Output = Result<RemoteId, VendorError>> + Send {
        std::future::ready(Err(never::<Self>("creates")))
    }

    fn update(
        _client: &Self::Client,
        _id: &RemoteId,
        _update: Update<'_, Self>,
        _applying: &Applying<'_>,
    ) -> impl Future<Output = Result<(), VendorError>> + Send {
        std::future::ready(Err(never::<Self>("updates")))
    }

    /// Removes it, in the way that [`Kind::REMOVAL`] says. What is already gone counts as removed.
    fn delete(
        _client: &Self::Client,
        _id: &RemoteId,
        _applying: &Applying<'_>,
    ) -> impl Future<Output = Result<(), VendorError>> + Send {
        std::future::ready(Err(never::<Self>("removes")))
    }

    /// What can be done with one such as this, where that is less than with others of the kind.
    fn verbs(_spec: &Self::Spec) -> Verbs {
        Self::VERBS
    }

    /// Whether one such as this is as it is wanted while it is disabled.
    fn is_disabled(_want: &Self::Spec) -> bool {
        false
    }

    /// Whether an update costs what [`Kind::VERBS`] says that updates may cost. `have` is what is there, if it could be
    /// read.
    fn spends(_have: Option<&Self::Spec>, _update: &Update<'_, Self>) -> bool {
        true
    }

    /// What the vendor says that it costs to have one as is wanted, in its own words. Asked where that costs money; what
    /// the vendor does not tell is none.
    fn price(
        _client: &Self::Client,
        _want: &Self::Spec,
        _links: &Links,
    ) -> impl Future<Output = Option<String>> + Send {
        std::future::ready(None)
    }

    /// How many requests creating it takes at least, reads left out.
    fn create_writes(_want: &Self::Spec) -> usize {
        1
    }

    /// How many requests an update takes at least, reads left out. What only a look at the vendor can tell, such as how
    /// many members leave, counts as one.
    fn update_writes(_update: &Update<'_, Self>) -> usize {
        1
    }

    /// Whether it is the account that the client acts as. Known once the kind was listed.
    fn is_own(_client: &Self::Client, _id: &RemoteId) -> bool {
        false
    }

    /// The form in which the vendor compares labels of this kind; many ignore case.
    fn fold(label: &str) -> String {
        label.to_owned()
    }
}

/// What a declaration is to be compared with.
#[derive(Debug)]
pub(crate) struct Look<'a, K: Kind> {
    pub want: &'a K::Spec,
    /// Whether to read secrets, too, of which each reading leaves a trail at the vendor.
    pub values: bool,
}

/// What is never asked for, since [`Kind::VERBS`] says that nobody can do it.
fn never<K: Kind>(does: &str) -> VendorError {
    VendorError::refused(format!("no request {does} a {}", K::ID.name))
}

/// What a spec must tell the engine. Each method takes the spec apart field by field, so that a new field that nobody
/// compares does not compile.
pub(crate) trait Spec: Clone + fmt::Debug + Send + Sync + 'static {
    const FIELDS: &'static [Field];
    /// Whether one gives others access that only reading it whole tells.
    const GIVES: bool = false;

    /// What tells two of them apart at the vendor, as far as anything the user writes does. A reference in it stands as
    /// its [`Links::identity`], and its kind in [`Kind::KEYED_BY`].
    fn key(&self, links: &Links) -> NaturalKey;

    /// The name that people and other resources know it by at the vendor.
    fn label(&self) -> &str;

    /// The names in its natural keys that are none of its fields.
    const KEY_ONLY: &'static [&'static str] = &[];

    /// The names of the fields of which [`Spec::as_told`] or [`Spec::untold`] make something else, by what is wanted, than
    /// the vendor says in them. Nobody can compare them who has no spec of what is there.
    const BESIDE_WANT: &'static [&'static str] = &[];

    /// The fields that the declaration leaves out and without which none can be created.
    fn lacks(&self) -> Vec<Field> {
        Vec::new()
    }

    /// Lists every field that has a value. One that is left out is not ours.
    fn list<'a>(&'a self, fields: &mut Fields<'a>);

    /// What is there, in the words of what is wanted where the vendor does not tell whether the two differ.
    fn as_told(&self, _want: &Self) -> Self {
        self.clone()
    }

    /// What of the fields that are wanted nobody can compare with what is there, beside secrets, and why.
    fn untold(&self, _want: &Self) -> Vec<(Field, String)> {
        Vec::new()
    }

    /// What is going on with it at the vendor without us, or is wrong with it there, as a clause that follows its
    /// address: `waits for the vendor to make it`. It is no difference.
    fn under_way(&self) -> Option<String> {
        None
    }

    /// What an account may do that is as this says, and as it `was` in what this leaves out.
    fn power(&self, _was: Option<&Self>) -> Power {
        Power::default()
    }

    /// Which access it gives to whom that is as this says, and as it `was` in what this leaves out.
    fn access(&self, _was: Option<&Self>, _seen: &Seen<'_>) -> Access {
        Access::default()
    }

    /// What the vendor would show once, on creating it, and the declaration does not say where to put. In the words that
    /// follow "its", with the field that would say it.
    fn unkept(&self) -> Option<(&'static str, Field)> {
        None
    }

    /// What of a step takes protection away or gives power. `have` is what is there, or what one that is created starts
    /// as; `want` is none of what is removed.
    fn risks(_have: Option<&Self>, _want: Option<&Self>) -> Vec<Risk> {
        Vec::new()
    }

    /// What the reader of a step should know of what it touches and no field says, a clause each; as for
    /// [`Spec::risks`].
    fn remarks(_have: Option<&Self>, _want: Option<&Self>) -> Vec<String> {
        Vec::new()
    }

    /// The resources it speaks of, each with the field that does.
    fn links(&self) -> Vec<(Field, Link)>;
}

/// Lists the fields that are wanted, each with what is there in its place and what should be, but for those that are for
/// the moment of creation.
pub(crate) fn side_by_side<S: Spec>(
    have: Option<&S>,
    want: &S,
    links: &Links,
) -> Vec<(Field, Option<Value>, Value)> {
    let list = |spec: &S| {
        let mut fields = Fields::new(links);
        spec.list(&mut fields);
        fields.into_list()
    };
    let told = have.map(|have| have.as_told(want));
    let mut had = told.as_ref().map(list).unwrap_or_default();
    let wanted = list(want).into_iter();
    let wanted = wanted.filter(|(_, value)| !value.is_for_creation());
    let wanted = wanted.map(|(field, after)| {
        let at = had.iter().position(|(other, _)| other.name == field.name);
        let before = at.map(|at| had.swap_remove(at).1);
        (field, before, after)
    });
    wanted.collect()
}

/// What can be done with a kind, as values: the one table behind the diff, the schema and `trueup capabilities`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Capabilities {
    pub id: KindId,
    /// The key of its table in the YAML.
    pub table: &'static str,
    pub removal: Removal,
    pub read: Evidence,
    pub verbs: Verbs,
    pub fields: &'static [Field],
    pub assumed: &'static [&'static str],
}

impl Capabilities {
    pub(crate) const fn of<K: Kind>() -> Self {
        Self {
            id: K::ID,
            table: K::TABLE,
            removal: K::REMOVAL,
            read: K::READ,
            verbs: K::VERBS,
            fields: K::Spec::FIELDS,
            assumed: K::ASSUMED,
        }
    }
}

/// What removing means for a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Removal {
    Delete,
    /// The vendor deletes nothing: the object is disabled, stays there and can be enabled again.
    Disable,
}

/// Field names and values that together identify an object at its vendor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NaturalKey(pub Vec<(&'static str, String)>);

impl fmt::Display for NaturalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (field, value)) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{field} `{value}`")?;
        }
        Ok(())
    }
}

/// What a vendor listed.
pub(crate) struct Listing<K: Kind> {
    pub rows: Vec<Row<K>>,
    /// Why the list cannot be trusted to hold everything, if it cannot.
    pub incomplete: Option<String>,
}

impl<K: Kind> Listing<K> {
    /// All rows, or why they are not all.
    pub(crate) fn whole(self) -> Result<Vec<Row<K>>, VendorError> {
        let Self { rows, incomplete } = self;
        match incomplete {
            Some(why) => Err(VendorError::unreachable(why)),
            None => Ok(rows),
        }
    }
}

/// One object of a listing.
pub(crate) struct Row<K: Kind> {
    pub id: RemoteId,
    /// References in it stand as the remote ids of their targets.
    pub key: NaturalKey,
    pub label: String,
    /// All of it, if the listing said all of it; otherwise the object is read on its own when it is needed.
    pub spec: Option<K::Spec>,
    /// Whether the vendor says that we may change it.
    pub writable: bool,
}

/// What reading one object found.
pub(crate) enum Live<K: Kind> {
    Active(K::Spec),
    /// It is there and switched off; what it holds cannot be read until it is enabled.
    Disabled,
    Gone,
}

/// A change to make to an object that exists.
pub(crate) struct Update<'a, K: Kind> {
    pub want: &'a K::Spec,
    /// The names of the fields that differ. The others are already as wanted.
    pub changed: &'a [&'static str],
    /// Whether the object is disabled and must be enabled first.
    pub enable: bool,
}

impl<K: Kind> Update<'_, K> {
    pub(crate) fn changes(&self, field: Field) -> bool {
        self.changed.contains(&field.name)
    }
}
