//! Where what is live is known from: a vendor that can be asked, or a snapshot of what it said.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Asked, Keys, Pairs, unread};
use crate::model::address::RemoteId;
use crate::model::answer::Marker;
use crate::model::error::VendorError;
use crate::model::kind::{Kind, NaturalKey, Row, Spec};
use crate::model::pictured::{KindPicture, Object, State, parts};
use crate::model::resource::{Content, Desired, Observed};

const NOT_KNOWN: &str = "the snapshot does not tell whether the vendor has one with its id";

/// Where one kind is read from.
pub(crate) enum Source<K: Kind> {
    Vendor(Arc<K::Client>),
    Snapshot(Arc<KindPicture>),
}

// Derived, it would ask of every kind that it can be cloned, and kinds are only names.
impl<K: Kind> Clone for Source<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Vendor(client) => Self::Vendor(Arc::clone(client)),
            Self::Snapshot(picture) => Self::Snapshot(Arc::clone(picture)),
        }
    }
}

impl<K: Kind> Source<K> {
    /// Whom to ask for changes, if anybody can be asked.
    pub(crate) fn client(&self) -> Option<Arc<K::Client>> {
        match self {
            Self::Vendor(client) => Some(Arc::clone(client)),
            Self::Snapshot(_) => None,
        }
    }

    pub(crate) fn picture(&self) -> Option<&KindPicture> {
        match self {
            Self::Vendor(_) => None,
            Self::Snapshot(picture) => Some(picture),
        }
    }

    /// What the vendor said last of when the secrets of an object were changed.
    pub(crate) fn markers(&self, id: &RemoteId) -> Vec<Marker> {
        match self {
            Self::Vendor(client) => K::markers(client, id),
            Self::Snapshot(_) => Vec::new(),
        }
    }

    /// Whether it is the account that the vendor is asked as.
    pub(crate) fn is_own(&self, id: &RemoteId) -> bool {
        match self {
            Self::Vendor(client) => K::is_own(client, id),
            Self::Snapshot(picture) => picture.object(id).is_some_and(|it| it.own),
        }
    }
}

impl KindPicture {
    pub(super) fn object(&self, id: &RemoteId) -> Option<&Object> {
        self.objects.iter().find(|it| it.id == id.0)
    }

    /// What the vendor listed.
    pub(super) fn rows<K: Kind>(&self) -> Result<Vec<Row<K>>, VendorError> {
        if let Some(why) = &self.unread {
            return Err(VendorError::unreachable(why.clone()));
        }
        let listed = self.objects.iter().filter(|it| it.listed);
        let rows = listed.map(|object| {
            let known = |name: &str| {
                let fields = K::Spec::FIELDS.iter().map(|field| field.name);
                let mut names = fields.chain(K::Spec::KEY_ONLY.iter().copied());
                names.find(|it| *it == name)
            };
            let parts = object.key.iter().map(|(name, value)| {
                let name = known(name).ok_or_else(|| {
                    VendorError::unreachable(format!(
                        "the snapshot knows its {} by `{name}`, which this trueup does not",
                        K::ID.name
                    ))
                })?;
                Ok((name, value.clone()))
            });
            Ok(Row {
                id: RemoteId(object.id.clone()),
                key: NaturalKey(parts.collect::<Result<_, _>>()?),
                label: object.label.clone(),
                spec: None,
                writable: object.writable,
            })
        });
        rows.collect()
    }
}

impl<K: Kind> Source<K> {
    /// What was listed, with all that is known of it without asking.
    pub(super) fn observed(&self, listed: Observed<K>) -> Observed<K> {
        let object = self.picture().and_then(|it| it.object(&listed.id));
        match object {
            Some(object) => Observed {
                content: match &object.state {
                    State::Read => Content::Pictured(Box::new(object.clone())),
                    State::Disabled => Content::Disabled,
                    State::Listed | State::Unread(_) => Content::NotRead,
                },
                ..listed
            },
            None => listed,
        }
    }
}

impl<K: Kind> Pairs<K> {
    /// What [`super::read`] asks the vendor for one by one, looked up in a snapshot.
    pub(super) fn look_up(
        &mut self,
        picture: &KindPicture,
        to_read: Vec<(Desired<K>, Asked<K>)>,
        keys: &Keys,
    ) {
        for (desired, asked) in to_read {
            let id = asked.id().clone();
            let (key, label, writable) = match &asked {
                Asked::Row(row) => (row.key.clone(), row.label.clone(), row.writable),
                Asked::Unlisted(_) => {
                    let key = desired.spec.key(&keys.links());
                    (key, desired.spec.label().to_owned(), true)
                }
            };
            let Some(object) = picture.object(&id) else {
                if picture.gone.contains(&id.0) {
                    self.gone(desired, &asked);
                } else {
                    self.unread(&desired, VendorError::unreachable(NOT_KNOWN));
                    self.unopened.push((desired, id, label));
                }
                continue;
            };
            let is_absent = desired.meta.presence.is_absent_on(self.today);
            let content = match &object.state {
                State::Unread(why) => {
                    self.unread(&desired, VendorError::unreachable(why.clone()));
                    self.unopened.push((desired, id, label));
                    continue;
                }
                State::Disabled if is_absent || !K::is_disabled(&desired.spec) => Content::Disabled,
                State::Listed | State::Read | State::Disabled => {
                    Content::Pictured(Box::new(object.clone()))
                }
            };
            let observed = Observed {
                id,
                key,
                label,
                writable,
                content,
            };
            self.matched.push((desired, observed));
        }
        self.doubt(picture, keys);
    }

    /// What could not be told of a declaration then cannot be told now, and neither can what no list tells apart.
    fn doubt(&mut self, picture: &KindPicture, keys: &Keys) {
        let matched = self.matched.iter().map(|(desired, _)| &desired.address);
        let missing = self.missing.iter().map(|desired| &desired.address);
        let doubts = matched.chain(missing).filter_map(|address| {
            let address = address.to_string();
            let why = picture.doubts.get(&address)?.clone();
            Some((address, why))
        });
        let mut doubts = doubts.collect::<BTreeMap<_, _>>();
        for desired in &self.missing {
            let NaturalKey(wanted) = desired.spec.key(&keys.links());
            let names = |parts: &[(&'static str, String)]| {
                parts.iter().map(|(name, _)| *name).collect::<Vec<_>>()
            };
            let mut others = self.strangers.iter().map(|it| names(&it.key.0));
            let is_known = || {
                picture
                    .missing
                    .contains(&parts(&NaturalKey(wanted.clone())))
            };
            if others.any(|it| it != names(&wanted)) && !is_known() {
                let why = format!(
                    "the snapshot does not tell which {} has this {}",
                    K::ID.name,
                    names(&wanted).join(" and ")
                );
                doubts.entry(desired.address.to_string()).or_insert(why);
            }
        }
        for (what, why) in doubts {
            if self.incomplete.iter().all(|it| it.what != what) {
                self.incomplete
                    .push(unread(what, VendorError::unreachable(why)));
            }
        }
    }
}
