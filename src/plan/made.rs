//! The secrets that a step makes up: made before anything is sent, and handed to where the declaration says.

use super::work::{Change, Done};
use crate::model::applying::Applying;
use crate::model::error::{Cause, VendorError};
use crate::model::field::{Field, Fields, Value};
use crate::model::generate::Generated;
use crate::model::kind::{Kind, Spec};
use crate::model::reference::Links;

/// Makes up what is to be made up for an object that is created, or made up anew for one that is there. Made again, it is the same, so that what is sent again is, too.
pub(super) fn make<K: Kind>(
    change: &Change<K>,
    links: &Links,
) -> Result<Vec<(Field, Generated)>, VendorError> {
    let (want, changed) = match change {
        Change::Create { want } => (want, None),
        Change::Update { want, changed, .. } => (want, Some(changed)),
        Change::Delete { id: _ } => return Ok(Vec::new()),
    };
    let mut fields = Fields::new(links);
    want.list(&mut fields);
    let generated = fields.into_list().into_iter();
    let generated = generated.filter_map(|(field, value)| {
        let is_due = changed.is_none_or(|it| it.contains(&field.name));
        let Value::Generated(generated) = value else {
            return None;
        };
        is_due.then_some((field, generated))
    });
    let generated = generated.collect::<Vec<_>>();
    for (field, it) in &generated {
        it.make().map_err(|why| {
            VendorError::refused(format!("its {} cannot be made: {why}", field.name))
        })?;
    }
    Ok(generated)
}

/// Hands what was made up to where the declaration says, unless the vendor surely has it not.
pub(super) async fn deliver(
    made: &[(Field, Generated)],
    done: Result<Done, VendorError>,
    applying: &Applying<'_>,
) -> Result<Done, VendorError> {
    if let Err(error) = &done
        && !error.cause.is_partial()
        && !error.cause.is_doubt()
    {
        return done;
    }
    for (field, generated) in made {
        let (Some(output), Some(secret)) = (&generated.output, generated.made()) else {
            continue;
        };
        let delivered = applying.deliver(output, &[(field.name, secret)]).await;
        if let Err(why) = delivered {
            let name = field.name;
            let message = format!("it is there, but its {name} was not delivered: {why}");
            let lost = VendorError::new(Cause::Partial, message);
            return Err(lost.help(format!(
                "nobody knows the {name}: set another at the vendor, or delete it there and apply again"
            )));
        }
    }
    done
}
