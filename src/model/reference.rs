//! References between resources, and the index that says who is who.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::marker::PhantomData;

use super::address::{Address, KindId, RemoteId};
use super::kind::Kind;
use super::pictured::PicturedName;
use super::place::Place;

/// A reference to a resource of kind `K`: naming one of another kind does not compile.
pub(crate) struct Ref<K> {
    pub target: Target,
    /// Where the YAML says it; none for what a vendor reported.
    pub place: Option<Place>,
    kind: PhantomData<fn() -> K>,
}

/// How a reference says whom it means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// A resource that the workspace declares, by its name in the YAML.
    Declared(String),
    /// A live object, by the label its vendor shows: a user name, a group name.
    Live(String),
    /// A live object by remote id, as answers of some vendors refer to it.
    Id(RemoteId),
}

impl<K: Kind> Ref<K> {
    pub(crate) fn new(target: Target, place: impl Into<Option<Place>>) -> Self {
        Self {
            target,
            place: place.into(),
            kind: PhantomData,
        }
    }

    /// A reference as a vendor reports it.
    pub(crate) fn live(label: impl Into<String>) -> Self {
        Self::new(Target::Live(label.into()), None)
    }

    /// Forgets the kind in the type and keeps it as a value.
    pub(crate) fn link(&self) -> Link {
        let target = match &self.target {
            Target::Live(label) => Target::Live(K::fold(label)),
            Target::Declared(_) | Target::Id(_) => self.target.clone(),
        };
        Link {
            kind: K::ID,
            target,
            place: self.place,
            by_id: false,
        }
    }
}

/// What refers to one resource, whether its kind is known beforehand or not.
pub(crate) trait Refers {
    /// Forgets the kind in the type and keeps it as a value.
    fn link(&self) -> Link;

    /// Whom it means, the same for every way of saying it.
    fn name(&self, links: &Links) -> Name;
}

impl<K: Kind> Refers for Ref<K> {
    fn link(&self) -> Link {
        self.link()
    }

    fn name(&self, links: &Links) -> Name {
        links.name(self)
    }
}

impl<K> Clone for Ref<K> {
    fn clone(&self) -> Self {
        Self {
            target: self.target.clone(),
            place: self.place,
            kind: PhantomData,
        }
    }
}

impl<K> fmt::Debug for Ref<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.target.fmt(f)
    }
}

impl<K> PartialEq for Ref<K> {
    fn eq(&self, other: &Self) -> bool {
        self.target == other.target
    }
}

impl<K> Eq for Ref<K> {}

impl<K> PartialOrd for Ref<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Ref<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.target.cmp(&other.target)
    }
}

/// A reference whose kind is a value: what resolving, ordering and showing need of it.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub kind: KindId,
    /// A live label stands here in its folded form.
    pub target: Target,
    pub place: Option<Place>,
    /// Whether the vendor refers to the target by its id, so that its kind must be listed to know whom it means.
    pub by_id: bool,
}

impl Link {
    /// The same link, for a field in which the vendor speaks of its targets by id.
    pub(crate) fn by_id(self) -> Self {
        Self {
            by_id: true,
            ..self
        }
    }

    /// The address it names, if it names a declared resource.
    pub(crate) fn declared(&self) -> Option<Address> {
        match &self.target {
            Target::Declared(name) => Some(self.kind.address(name)),
            Target::Live(_) | Target::Id(_) => None,
        }
    }
}

/// Whom a reference means once both sides are known, so that what the YAML says and what the vendor says compare equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    Declared(Address),
    Live(String),
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(address) => f.write_str(&address.short()),
            Self::Live(label) => f.write_str(label),
        }
    }
}

/// Who is who: for every declared resource and every live object that was read, its address, label and remote id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Links {
    entries: Vec<Linked>,
    by_address: HashMap<Address, usize>,
    by_id: HashMap<(KindId, RemoteId), usize>,
    /// By the labels that live objects bear today.
    by_live_label: HashMap<(KindId, String), usize>,
    /// By the labels that they are to have.
    by_label: HashMap<(KindId, String), usize>,
    /// The kinds of which everything is in here that the vendor shows us.
    listed: HashSet<KindId>,
    /// The kinds of which anything is in here.
    kinds: BTreeSet<KindId>,
}

/// One line of [`Links`].
#[derive(Clone, Debug)]
pub(crate) struct Linked {
    pub kind: KindId,
    /// None for a live object that nothing declares.
    pub address: Option<Address>,
    pub label: String,
    /// None for what does not exist yet.
    pub id: Option<RemoteId>,
}

impl Links {
    /// Adds one. `folded` is its label, and `live` the one that it bears today if there is one already, in the form in
    /// which the vendor compares labels.
    pub(crate) fn add(&mut self, linked: Linked, folded: String, live: Option<String>) {
        let at = self.entries.len();
        if let Some(address) = &linked.address {
            self.by_address.insert(address.clone(), at);
        }
        if let Some(id) = &linked.id {
            self.by_id.insert((linked.kind, id.clone()), at);
        }
        // Of several with one label the first stands: a declared one, since they are added first.
        if let Some(live) = live {
            self.by_live_label.entry((linked.kind, live)).or_insert(at);
        }
        self.by_label.entry((linked.kind, folded)).or_insert(at);
        self.kinds.insert(linked.kind);
        self.entries.push(linked);
    }

    /// The kind of this name, if anything of it is in here.
    pub(crate) fn kind(&self, name: &str) -> Option<KindId> {
        let (vendor, name) = name.split_once('.')?;
        let mut kinds = self.kinds.iter();
        kinds
            .find(|it| it.vendor == vendor && it.name == name)
            .copied()
    }

    /// Whom a name means, as plain data. `speaks_of` is by what the vendor speaks of those who are named.
    pub(crate) fn pictured<'l>(
        &self,
        name: &Name,
        speaks_of: impl Iterator<Item = &'l Link>,
    ) -> PicturedName {
        let mut picture = PicturedName {
            label: match name {
                Name::Declared(address) => address.name.to_string(),
                Name::Live(label) => label.clone(),
            },
            kind: None,
            id: None,
            folded: None,
            declared: None,
        };
        if let Name::Declared(address) = name {
            picture.kind = Some(address.kind.to_string());
            picture.declared = Some(address.name.to_string());
            if let Some(at) = self.by_address.get(address) {
                picture.label.clone_from(&self.entries[*at].label);
                picture.id = self.entries[*at].id.as_ref().map(ToString::to_string);
            }
        }
        let means = |link: &Link| match (self.linked(link), name, &link.target) {
            (Some(linked), Name::Declared(address), _) => linked.address.as_ref() == Some(address),
            (Some(linked), Name::Live(label), _) => {
                linked.address.is_none() && linked.label == *label
            }
            // Labels are folded in a link, which at most changes their case.
            (None, Name::Live(label), Target::Live(folded)) => {
                folded.to_lowercase() == label.to_lowercase()
            }
            (None, Name::Live(label), Target::Id(id)) => *label == unknown(id),
            (None, Name::Live(_), Target::Declared(_)) | (None, Name::Declared(_), _) => false,
        };
        let mut speaks_of = speaks_of;
        if let Some(link) = speaks_of.find(|link| means(link)) {
            picture.kind = Some(link.kind.to_string());
            let known = self.linked(link).and_then(|it| it.id.as_ref());
            match &link.target {
                Target::Id(id) => picture.id = Some(id.to_string()),
                Target::Live(label) => picture.folded = Some(label.clone()),
                Target::Declared(_) => {}
            }
            picture.id = picture.id.or_else(|| known.map(ToString::to_string));
        }
        picture
    }

    /// Whom plain data means by now.
    pub(crate) fn named(&self, picture: &PicturedName) -> Name {
        let PicturedName {
            label,
            kind,
            id,
            folded,
            declared,
        } = picture;
        let live = || Name::Live(label.clone());
        let Some(kind) = kind.as_ref().and_then(|kind| self.kind(kind)) else {
            return live();
        };
        let id = id.clone().map(RemoteId);
        let by_id = id.and_then(|id| self.by_id.get(&(kind, id)));
        let at = by_id.or_else(|| self.labelled(kind, folded.clone()?));
        let at = at.or_else(|| {
            let address = kind.address(declared.as_ref()?);
            self.by_address.get(&address)
        });
        let Some(at) = at else { return live() };
        let Linked { address, label, .. } = &self.entries[*at];
        let declared = address.clone().map(Name::Declared);
        declared.unwrap_or_else(|| Name::Live(label.clone()))
    }

    fn linked(&self, link: &Link) -> Option<&Linked> {
        let at = match &link.target {
            Target::Declared(name) => self.by_address.get(&link.kind.address(name)),
            Target::Live(label) => self.labelled(link.kind, label.clone()),
            Target::Id(id) => self.by_id.get(&(link.kind, id.clone())),
        };
        at.map(|at| &self.entries[*at])
    }

    /// Adds the remote id of what has been created since.
    pub(crate) fn learn(&mut self, address: &Address, id: RemoteId) {
        if let Some(at) = self.by_address.get(address) {
            self.by_id.insert((address.kind, id.clone()), *at);
            self.entries[*at].id = Some(id);
        }
    }

    /// Whether any of a kind has this remote id.
    pub(crate) fn knows(&self, kind: KindId, id: &RemoteId) -> bool {
        self.by_id.contains_key(&(kind, id.clone()))
    }

    /// Says that everything of a kind was added that the vendor shows us.
    pub(crate) fn is_whole(&mut self, kind: KindId) {
        self.listed.insert(kind);
    }

    /// The vendor's name for the target, if it is one that the vendor shows us nobody of.
    pub(crate) fn nobody<'l>(&self, link: &'l Link) -> Option<&'l str> {
        match &link.target {
            Target::Live(label) if self.listed.contains(&link.kind) => {
                let known = self.labelled(link.kind, label.clone());
                known.is_none().then_some(label)
            }
            Target::Live(_) | Target::Declared(_) | Target::Id(_) => None,
        }
    }

    /// Who bears a folded label, or else who is to have it: what a vendor says of others is about those of today.
    fn labelled(&self, kind: KindId, folded: String) -> Option<&usize> {
        let key = (kind, folded);
        self.by_live_label
            .get(&key)
            .or_else(|| self.by_label.get(&key))
    }

    fn find<K: Kind>(&self, reference: &Ref<K>) -> Option<&Linked> {
        let at = match &reference.target {
            Target::Declared(name) => self.by_address.get(&K::ID.address(name)),
            Target::Live(label) => self.labelled(K::ID, K::fold(label)),
            Target::Id(id) => self.by_id.get(&(K::ID, id.clone())),
        };
        at.map(|at| &self.entries[*at])
    }

    /// Whom the reference means, the same for every way of saying it.
    pub(crate) fn name<K: Kind>(&self, reference: &Ref<K>) -> Name {
        match (self.find(reference), &reference.target) {
            (
                Some(Linked {
                    address: Some(address),
                    ..
                }),
                _,
            ) => Name::Declared(address.clone()),
            (Some(Linked { label, .. }), _) | (None, Target::Live(label)) => {
                Name::Live(label.clone())
            }
            (None, Target::Declared(name)) => Name::Declared(K::ID.address(name)),
            (None, Target::Id(id)) => Name::Live(unknown(id)),
        }
    }

    /// What the resource at an address is called by others: by the address, unless nothing declares it.
    pub(crate) fn itself(&self, address: &Address, label: &str) -> Name {
        if self.by_address.contains_key(address) {
            Name::Declared(address.clone())
        } else {
            Name::Live(label.to_owned())
        }
    }

    /// The label by which the vendor knows the target, which is what its requests want.
    pub(crate) fn label<K: Kind>(&self, reference: &Ref<K>) -> Option<String> {
        match (self.find(reference), &reference.target) {
            (Some(linked), _) => Some(linked.label.clone()),
            (None, Target::Live(label)) => Some(label.clone()),
            (None, Target::Declared(_) | Target::Id(_)) => None,
        }
    }

    /// The remote id of the target as far as it was known when the plan was made.
    pub(crate) fn id<K: Kind>(&self, reference: &Ref<K>) -> Option<RemoteId> {
        match (self.find(reference), &reference.target) {
            (Some(linked), _) => linked.id.clone(),
            (None, Target::Id(id)) => Some(id.clone()),
            (None, Target::Declared(_) | Target::Live(_)) => None,
        }
    }

    /// What a natural key says in place of a reference: the remote id of the target as far as it is known. What is yet
    /// to be created is in no listing, so that any text serves that no id equals and that tells it from its like.
    pub(crate) fn identity(&self, link: &Link) -> String {
        let at = match &link.target {
            Target::Declared(name) => self.by_address.get(&link.kind.address(name)),
            Target::Live(label) => self.labelled(link.kind, label.clone()),
            Target::Id(id) => return id.to_string(),
        };
        let id = at.and_then(|at| self.entries[*at].id.clone());
        match (id, &link.target) {
            (Some(id), _) => id.0,
            (None, Target::Id(id)) => id.to_string(),
            (None, Target::Declared(name)) => link.kind.address(name).short(),
            (None, Target::Live(label)) => format!("{} {label}", link.kind.name),
        }
    }

    /// The address that a step on the target has, however the reference says it: that of its declaration, or the one that
    /// a live object goes by which nothing declares.
    pub(crate) fn address(&self, link: &Link) -> Option<Address> {
        let at = match &link.target {
            Target::Declared(name) => return Some(link.kind.address(name)),
            Target::Live(label) => self.labelled(link.kind, label.clone()),
            Target::Id(id) => self.by_id.get(&(link.kind, id.clone())),
        };
        let Linked { address, id, .. } = &self.entries[*at?];
        let stranger = || id.as_ref().map(|id| link.kind.stranger(id));
        address.clone().or_else(stranger)
    }
}

/// What an object is called of which nothing is known but its id.
fn unknown(id: &RemoteId) -> String {
    format!("id {id}")
}
