//! The typed work behind a step: what is sent, and what follows when the answer is lost.

use std::sync::Arc;

use super::{BoxFuture, doubt, made};
use crate::model::address::RemoteId;
use crate::model::answer::Marker;
use crate::model::applying::Applying;
use crate::model::error::VendorError;
use crate::model::kind::{Kind, Update};
use crate::model::reference::Links;

/// What became of a step that succeeded.
#[derive(Debug)]
pub(crate) enum Done {
    Exists {
        id: RemoteId,
        /// What the vendor says since of when its secrets were changed.
        markers: Vec<Marker>,
    },
    Gone,
}

/// A difference to be made good. "Nothing to do" is not a change.
pub(crate) enum Change<K: Kind> {
    Create {
        want: K::Spec,
    },
    Update {
        id: RemoteId,
        want: K::Spec,
        changed: Vec<&'static str>,
        enable: bool,
    },
    Delete {
        id: RemoteId,
    },
}

// Derived, it would ask of every kind that it can be cloned, and kinds are only names.
impl<K: Kind> Clone for Change<K> {
    fn clone(&self) -> Self {
        match self {
            Self::Create { want } => Self::Create { want: want.clone() },
            Self::Update {
                id,
                want,
                changed,
                enable,
            } => Self::Update {
                id: id.clone(),
                want: want.clone(),
                changed: changed.clone(),
                enable: *enable,
            },
            Self::Delete { id } => Self::Delete { id: id.clone() },
        }
    }
}

impl<K: Kind> Change<K> {
    /// How many requests it needs at least that write.
    pub(super) fn writes(&self) -> usize {
        match self {
            Self::Create { want } => K::create_writes(want),
            Self::Update {
                id: _,
                want,
                changed,
                enable,
            } => K::update_writes(&Update {
                want,
                changed,
                enable: *enable,
            }),
            Self::Delete { id: _ } => 1,
        }
    }

    /// Asks the vendor for it, once.
    pub(super) async fn send(
        &self,
        client: &K::Client,
        applying: &Applying<'_>,
    ) -> Result<Done, VendorError> {
        match self {
            Self::Create { want } => {
                let id = K::create(client, want, applying).await?;
                Ok(exists::<K>(client, id))
            }
            Self::Update {
                id,
                want,
                changed,
                enable,
            } => {
                let update = Update {
                    want,
                    changed,
                    enable: *enable,
                };
                K::update(client, id, update, applying).await?;
                Ok(exists::<K>(client, id.clone()))
            }
            Self::Delete { id } => {
                K::delete(client, id, applying).await?;
                Ok(Done::Gone)
            }
        }
    }
}

/// What is said of an object that was just written.
pub(super) fn exists<K: Kind>(client: &K::Client, id: RemoteId) -> Done {
    let markers = K::markers(client, &id);
    Done::Exists { id, markers }
}

/// Work of a kind that is forgotten.
pub(super) trait Work: Send + Sync {
    /// Asks what it costs.
    fn price<'a>(&'a self, links: &'a Links) -> BoxFuture<'a, Option<String>>;

    /// Does it, and repeats what may have been lost at most so often.
    fn run<'a>(
        &'a self,
        applying: &'a Applying<'a>,
        repeats: u32,
    ) -> BoxFuture<'a, Result<Done, VendorError>>;
}

/// A change and whom to ask for it.
pub(super) struct TypedWork<K: Kind> {
    pub client: Arc<K::Client>,
    pub change: Change<K>,
}

impl<K: Kind> Work for TypedWork<K> {
    fn price<'a>(&'a self, links: &'a Links) -> BoxFuture<'a, Option<String>> {
        match &self.change {
            Change::Create { want } | Change::Update { want, .. } => {
                Box::pin(K::price(&self.client, want, links))
            }
            Change::Delete { id: _ } => Box::pin(std::future::ready(None)),
        }
    }

    fn run<'a>(
        &'a self,
        applying: &'a Applying<'a>,
        repeats: u32,
    ) -> BoxFuture<'a, Result<Done, VendorError>> {
        Box::pin(async move {
            let Self { client, change } = self;
            let made = made::make(change, applying.links)?;
            let done = match change.send(client, applying).await {
                Err(error) if error.cause.is_doubt() => {
                    doubt::settle(&**client, change, error, applying, repeats).await
                }
                known => known,
            };
            made::deliver(&made, done, applying).await
        })
    }
}

/// What nobody can do, since no vendor was asked when it was planned.
pub(super) struct NoWork;

impl Work for NoWork {
    fn price<'a>(&'a self, _links: &'a Links) -> BoxFuture<'a, Option<String>> {
        Box::pin(std::future::ready(None))
    }

    fn run<'a>(
        &'a self,
        _applying: &'a Applying<'a>,
        _repeats: u32,
    ) -> BoxFuture<'a, Result<Done, VendorError>> {
        let why = "it was planned against a snapshot, from which nothing can be done";
        Box::pin(std::future::ready(Err(VendorError::refused(why))))
    }
}
