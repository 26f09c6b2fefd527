//! Why a vendor could not be read or written.

use std::error::Error;
use std::fmt;

/// Why a request to a vendor came to nothing: a message for people and a cause for the program.
#[derive(Debug)]
pub(crate) struct VendorError {
    pub cause: Cause,
    /// One sentence without a full stop. Holds no secret and no control character.
    pub message: String,
    pub help: Option<String>,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What kind of failure it is, as far as anything is decided by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// Who we are was not accepted: credentials, tokens, tenants.
    Login,
    /// The vendor understood and said no.
    Refused,
    /// The vendor did a part: the object exists, but not all of what was asked was taken.
    Partial,
    /// The object was made, and whether the rest of what was asked was done nobody knows.
    Begun,
    /// The vendor took it and has not finished: it goes on by itself, and nothing is wrong.
    UnderWay,
    /// The request may or may not have been carried out.
    Unknown,
    /// The vendor could not be reached, or did not answer in a form that we understand.
    Unreachable,
}

impl Cause {
    /// Whether only a look at the vendor can tell what was done.
    pub(crate) fn is_doubt(self) -> bool {
        match self {
            Self::Begun | Self::Unknown => true,
            Self::Login | Self::Refused | Self::Partial | Self::UnderWay | Self::Unreachable => {
                false
            }
        }
    }

    /// Whether the object is there, though not as it was asked for.
    pub(crate) fn is_partial(self) -> bool {
        match self {
            Self::Partial | Self::Begun => true,
            Self::Login | Self::Refused | Self::UnderWay | Self::Unknown | Self::Unreachable => {
                false
            }
        }
    }

    /// Whether the same may succeed a moment later.
    pub(crate) fn may_pass(self) -> bool {
        match self {
            Self::Begun | Self::Unknown | Self::Unreachable => true,
            Self::Login | Self::Refused | Self::Partial | Self::UnderWay => false,
        }
    }
}

impl VendorError {
    pub(crate) fn new(cause: Cause, message: impl Into<String>) -> Self {
        Self {
            cause,
            message: message.into(),
            help: None,
            source: None,
        }
    }

    pub(crate) fn login(message: impl Into<String>) -> Self {
        Self::new(Cause::Login, message)
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Cause::Refused, message)
    }

    pub(crate) fn unreachable(message: impl Into<String>) -> Self {
        Self::new(Cause::Unreachable, message)
    }

    /// `what` is read after what was begun, as a clause: `its order waits for the vendor`.
    pub(crate) fn under_way(what: impl Into<String>) -> Self {
        Self::new(Cause::UnderWay, what)
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Self {
            help: Some(help.into()),
            ..self
        }
    }

    pub(crate) fn source(self, source: impl Error + Send + Sync + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..self
        }
    }
}

impl fmt::Display for VendorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for VendorError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}
