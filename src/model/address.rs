//! What a resource is called: `senhasegura.password.office-router`.

use std::fmt;
use std::sync::Arc;

/// A kind of resource of one vendor, such as `senhasegura.password`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct KindId {
    pub vendor: &'static str,
    pub name: &'static str,
}

impl KindId {
    /// The address of the resource that the YAML calls `name`.
    pub(crate) fn address(self, name: &str) -> Address {
        Address {
            kind: self,
            name: Arc::from(name),
        }
    }

    /// The address of a live object that the YAML does not declare, after the vendor's own id.
    pub(crate) fn stranger(self, id: &RemoteId) -> Address {
        Address {
            kind: self,
            name: Arc::from(format!("[{id}]")),
        }
    }
}

impl fmt::Display for KindId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.vendor, self.name)
    }
}

/// The one name of a resource within a workspace. Orders by vendor, kind and name, which is the order of all ties.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Address {
    pub kind: KindId,
    pub name: Arc<str>,
}

impl Address {
    /// The address as a reference within its own vendor is written: `group.dba`.
    pub(crate) fn short(&self) -> String {
        format!("{}.{}", self.kind.name, self.name)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.name)
    }
}

/// The id by which the vendor knows an object. Only what was read or created has one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RemoteId(pub String);

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
