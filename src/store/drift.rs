//! The history of drift: since when it is known that a field differs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::backend::Access;
use super::{Store, StoreError, lease};

/// A field that differs from what was declared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    /// As `vendor.kind.name`.
    pub address: String,
    pub field: String,
}

impl Store {
    /// Takes what differs now and says since when each is known to. If that `is_all` that differs, the rest is forgotten,
    /// so that it counts from anew if it ever differs again. Needs no lease.
    pub(crate) async fn differing_since(
        &self,
        differences: &BTreeSet<Difference>,
        is_all: bool,
    ) -> Result<BTreeMap<Difference, Timestamp>, StoreError> {
        const KNOWN: &str = "SELECT address, field, since FROM drift WHERE workspace = $1";
        const FORGET: &str =
            "DELETE FROM drift WHERE workspace = $1 AND address = $2 AND field = $3";
        const NOTE: &str =
            "INSERT INTO drift (workspace, address, field, since) VALUES ($1, $2, $3, $4)";
        let mut transaction = self.begin(Access::Write).await?;
        lease::lock(&mut transaction, self).await?;
        let rows = transaction.query(KNOWN, vec![self.name()]).await?;
        let mut since = BTreeMap::new();
        for row in rows {
            let difference = Difference {
                address: row.text(0)?,
                field: row.text(1)?,
            };
            since.insert(difference, row.time(2)?);
        }
        let cells = |it: &Difference| {
            let Difference { address, field } = it;
            vec![self.name(), address.as_str().into(), field.as_str().into()]
        };
        let gone = since
            .keys()
            .filter(|it| is_all && !differences.contains(it));
        for gone in gone {
            transaction.execute(FORGET, cells(gone)).await?;
        }
        since.retain(|it, _| differences.contains(it));
        let now = (self.clock)();
        for difference in differences {
            if !since.contains_key(difference) {
                let mut cells = cells(difference);
                cells.push(now.into());
                transaction.execute(NOTE, cells).await?;
                since.insert(difference.clone(), now);
            }
        }
        transaction.commit().await?;
        Ok(since)
    }
}
