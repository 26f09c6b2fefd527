//! `store:` of `trueup.yaml`: where the ledger and the journal of the workspace are.

use std::path::Path;

use super::reader::{Decode, Reader};
use super::secret::Written;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::field::SecretField;
use crate::store::{Location, LocationError};
use crate::yaml::{Node, View};

const BAD_STORE: Code = Code("bad-store");
const PASSWORD_IN_STORE: Code = Code("password-in-store");

/// Where the store is, or why that is not known. None if what is written is no store at all.
pub(super) fn read_store(
    node: &Node,
    reader: &Reader<'_>,
    directory: &Path,
) -> Option<Result<Location, String>> {
    let is_written = matches!(node.view(), View::Scalar(_));
    let Written(store) = Written::decode(node, reader)?;
    let text = match store {
        SecretField::Known(text) => text,
        SecretField::Unknown { why, place: _ } => return Some(Err(why)),
    };
    let location = match Location::parse(&text, directory) {
        Ok(location) => location,
        Err(LocationError { message, help }) => {
            reader.push(Diagnostic::error(BAD_STORE, node.place(), message).help(help));
            return None;
        }
    };
    if is_written && location.has_password() {
        let message = "a password stands in the URL of the store";
        reader.push(
            Diagnostic::error(PASSWORD_IN_STORE, node.place(), message).help(
                "refer to the whole URL, as in `store: { env: TRUEUP_STORE_URL }`, or leave the password to PGPASSWORD",
            ),
        );
        return None;
    }
    Some(Ok(location))
}
