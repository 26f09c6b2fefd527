//! What follows a write whose answer was lost: a look at the vendor, and then only what is still to be done is sent.
//!
//! A create that is sent again without a look makes a second object. One that was made is known by its natural key, and by
//! an id that nobody knew before. What is found half done, since making it takes several requests, is finished.

use std::time::Duration;

use super::work::{Change, Done, exists};
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::error::{Cause, VendorError};
use crate::model::field::{Fields, Form, differ};
use crate::model::kind::{Kind, Live, Look, Removal, Row, Spec, side_by_side};

/// How long is waited before something is sent again, one pause for each time: a vendor that is slow may still be at it.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// Finds out what became of a change whose answer was `lost`, and sends again what is left of it, at most `repeats` times.
/// What cannot be found out stays [`Cause::Unknown`], or [`Cause::Begun`] of an object that is known to be there.
pub(super) async fn settle<K: Kind>(
    client: &K::Client,
    change: &Change<K>,
    lost: VendorError,
    applying: &Applying<'_>,
    repeats: u32,
) -> Result<Done, VendorError> {
    let mut doubt = Doubt {
        client,
        applying,
        is_answered: false,
        is_made: false,
        left: change.clone(),
    };
    let mut error = lost;
    let mut pauses = PAUSES.into_iter().take(repeats as usize);
    loop {
        doubt.is_answered |= error.cause == Cause::Begun;
        doubt.is_made |= doubt.is_answered;
        let seen = doubt.look().await;
        let unseen = match seen {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => None,
            Err(unseen) if unseen.cause == Cause::UnderWay => return Err(unseen),
            Err(unseen) => Some(unseen),
        };
        let may_pass =
            error.cause.may_pass() && unseen.as_ref().is_none_or(|it| it.cause.may_pass());
        let Some(pause) = pauses.next().filter(|_| may_pass) else {
            return Err(doubt.unsettled(error, unseen));
        };
        tokio::time::sleep(pause).await;
        match doubt.look().await {
            Ok(Some(done)) => return Ok(done),
            Ok(None) => match doubt.left.send(client, applying).await {
                Ok(done) => return Ok(done),
                Err(again) if again.cause == Cause::UnderWay => return Err(again),
                Err(again) => error = again,
            },
            Err(seen) if seen.cause == Cause::UnderWay => return Err(seen),
            // What is not known is not sent again.
            Err(_) => {}
        }
    }
}

/// A change of which nobody knows how far it came.
struct Doubt<'a, K: Kind> {
    client: &'a K::Client,
    applying: &'a Applying<'a>,
    /// Whether the request that makes an object was answered, so that what is shown but once was seen.
    is_answered: bool,
    /// Whether an object that was to be created is known to be there.
    is_made: bool,
    /// What is still to be done, as far as is known. A create that is found half done is an update from then on.
    left: Change<K>,
}

impl<K: Kind> Doubt<'_, K> {
    /// Looks at the vendor. Gives what was done if all is done, and otherwise keeps what is left.
    async fn look(&mut self) -> Result<Option<Done>, VendorError> {
        // Clients remember what lists say, so that what is read after a list is what is there by now.
        let wants = match &self.left {
            Change::Create { want } => vec![want],
            Change::Update { .. } | Change::Delete { .. } => Vec::new(),
        };
        let rows = K::list_for(self.client, &wants).await?.whole()?;
        match self.left.clone() {
            Change::Create { want } => self.look_for(rows, want).await,
            Change::Update {
                id,
                want,
                changed,
                enable,
            } => {
                let have = match self.live(rows, &id, Some(&want)).await? {
                    Live::Active(have) => have,
                    Live::Disabled if enable => return Ok(None),
                    Live::Disabled => {
                        return Err(VendorError::refused("it is disabled by now"));
                    }
                    Live::Gone => return Err(VendorError::refused("it is gone by now")),
                };
                let links = self.applying.links_by_now();
                let fields = side_by_side(Some(&have), &want, &links).into_iter();
                let fields = fields.filter(|(field, _, _)| changed.contains(&field.name));
                // What nobody can compare may not have been written.
                let left = fields
                    .filter(|(_, before, after)| differ(before.as_ref(), after).unwrap_or(true));
                let left = left.map(|(field, _, _)| field.name).collect();
                self.left_to_update(id, &have, want, left)
            }
            Change::Delete { id } => {
                let is_done = match self.live(rows, &id, None).await? {
                    Live::Gone => true,
                    Live::Disabled => K::REMOVAL == Removal::Disable,
                    Live::Active(_) => false,
                };
                Ok(is_done.then_some(Done::Gone))
            }
        }
    }

    /// Looks for an object that was to be created.
    async fn look_for(
        &mut self,
        mut rows: Vec<Row<K>>,
        want: K::Spec,
    ) -> Result<Option<Done>, VendorError> {
        let links = self.applying.links_by_now();
        let key = want.key(&links);
        let is_it = |row: &Row<K>| row.key == key && !links.knows(K::ID, &row.id);
        let ids = rows.iter().filter(|row| is_it(row)).map(|row| &row.id);
        let id = match ids.cloned().collect::<Vec<_>>().as_slice() {
            [] if self.is_made => return Err(VendorError::unreachable("no list shows it yet")),
            [] => return Ok(None),
            [id] => id.clone(),
            several => {
                let ids = several.iter().map(|id| format!("`id: \"{id}\"`"));
                let ids = ids.collect::<Vec<_>>();
                return Err(VendorError::refused(format!(
                    "{} objects that were not there before have {key}",
                    several.len()
                ))
                .help(format!(
                    "look at them, and say which one is meant: {}",
                    ids.join(" or ")
                )));
            }
        };
        rows.retain(|row| row.id == id);
        let Live::Active(have) = self.live(rows, &id, Some(&want)).await? else {
            return Err(VendorError::unreachable("it is listed and cannot be read"));
        };
        let mut listed = Fields::new(&links);
        want.list(&mut listed);
        let mut listed = listed.into_list().into_iter();
        if !self.is_answered && listed.any(|(field, _)| field.form == Form::Output) {
            self.is_made = true;
            return Err(VendorError::refused(
                "the secret that is shown once was lost with the answer",
            ));
        }
        // A secret that nobody can compare was sent by the request that made the object.
        let fields = side_by_side(Some(&have), &want, &links).into_iter();
        let fields = fields.filter(|(_, before, after)| differ(before.as_ref(), after) == Ok(true));
        let fields = fields.map(|(field, _, _)| field).collect::<Vec<_>>();
        if let Some(fixed) = fields.iter().find(|field| field.fixed) {
            return Err(VendorError::refused(format!(
                "one with {key} is there that was not there before, and its {} is another, which nobody can change",
                fixed.name
            ))
            .help("somebody else may have made it: look at it, and plan again"));
        }
        self.is_made = true;
        let left = fields.iter().map(|field| field.name).collect();
        self.left_to_update(id, &have, want, left)
    }

    /// Keeps the fields of an active object that are left to be written, if any are. What the vendor goes on with by
    /// itself is not done yet, though nothing is left to be sent.
    fn left_to_update(
        &mut self,
        id: RemoteId,
        have: &K::Spec,
        want: K::Spec,
        changed: Vec<&'static str>,
    ) -> Result<Option<Done>, VendorError> {
        if changed.is_empty() {
            return match have.under_way() {
                Some(what) => Err(VendorError::under_way(what)),
                None => Ok(Some(exists::<K>(self.client, id))),
            };
        }
        self.left = Change::Update {
            id,
            want,
            changed,
            enable: false,
        };
        Ok(None)
    }

    /// What is there, of which a list may have said all.
    async fn live(
        &self,
        rows: Vec<Row<K>>,
        id: &RemoteId,
        want: Option<&K::Spec>,
    ) -> Result<Live<K>, VendorError> {
        let row = rows.into_iter().find(|row| row.id == *id);
        match (row.and_then(|row| row.spec), want) {
            (Some(spec), _) => Ok(Live::Active(spec)),
            // Sending a secret again is better than a trail at the vendor.
            (None, Some(want)) => {
                let look = Look {
                    want,
                    values: false,
                };
                K::read_for(self.client, id, look).await
            }
            (None, None) => K::read(self.client, id).await,
        }
    }

    /// The error of a change that could not be brought to its end: what became of it as far as is known, and what to do.
    fn unsettled(&self, error: VendorError, unseen: Option<VendorError>) -> VendorError {
        let VendorError { cause, .. } = error;
        let begun = if self.is_made && cause != Cause::Begun {
            format!("it is there, but {error}")
        } else {
            error.to_string()
        };
        let known = match (&unseen, &self.left) {
            (Some(unseen), _) if unseen.cause.may_pass() => {
                format!("a look at the vendor did not tell more: {unseen}")
            }
            (Some(found), _) => found.to_string(),
            (None, Change::Create { .. }) => "it is not there so far".to_owned(),
            (None, Change::Update { changed, .. }) if changed.is_empty() => {
                "it is still disabled".to_owned()
            }
            (None, Change::Update { changed, .. }) => {
                format!("not as declared so far: {}", changed.join(", "))
            }
            (None, Change::Delete { .. }) => "it is still there".to_owned(),
        };
        let cause = match (self.is_made, cause.may_pass() || unseen.is_some()) {
            (true, true) => Cause::Begun,
            (true, false) => Cause::Partial,
            (false, true) => Cause::Unknown,
            (false, false) => cause,
        };
        let help = unseen.and_then(|it| it.help).or(error.help.clone());
        let help = help.or(cause.is_doubt().then(|| {
            "apply again a little later: what has been done by then is found, and is not done twice"
                .to_owned()
        }));
        let told = VendorError::new(cause, format!("{begun}; {known}")).source(error);
        match help {
            Some(help) => told.help(help),
            None => told,
        }
    }
}
