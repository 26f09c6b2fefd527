//! Whether a field is as wanted, as far as anybody can tell.

/// What comparing one field gave. Of a secret one of the last four is said, of any other field one of the first two or
/// that nobody can verify it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is not as wanted.
    Differs,
    /// It is as wanted.
    InSync,
    /// Another value is wanted than the one that is there or was applied last.
    WantedChanged,
    /// The vendor has another value than the one that was applied last.
    ChangedOutside,
    /// Nobody can tell.
    CannotVerify,
}

impl Answer {
    /// Whether the field is to be written.
    pub(crate) fn is_change(self) -> bool {
        match self {
            Self::Differs | Self::WantedChanged | Self::ChangedOutside => true,
            Self::InSync | Self::CannotVerify => false,
        }
    }
}

/// What a vendor says of when a field was changed last, such as a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    pub field: &'static str,
    /// Compared, and never understood.
    pub text: String,
    /// Whether it tells of this field alone. Otherwise anything of the object may have changed when it differs.
    pub is_exact: bool,
}

/// What is known of a secret whose value is not read: what was applied last, and what the vendor says of changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traces<'a> {
    /// Whether the value that was applied last is the one that is wanted; none if nothing is remembered of it.
    pub is_last: Option<bool>,
    /// The vendor's mark as it was when that value had been applied.
    pub then: Option<&'a str>,
    /// The vendor's mark of today.
    pub now: Option<&'a Marker>,
}

impl Traces<'_> {
    /// What they prove, or why they prove nothing; `unread` says why the value is not at hand.
    pub(crate) fn answer(self, unread: &str) -> Result<Answer, String> {
        let Self { is_last, then, now } = self;
        match (is_last, then, now) {
            (Some(false), _, _) => Ok(Answer::WantedChanged),
            (Some(true), Some(then), Some(now)) if then == now.text => Ok(Answer::InSync),
            (Some(true), Some(_), Some(now)) if now.is_exact => Ok(Answer::ChangedOutside),
            (Some(true), Some(_), Some(_)) => Err(format!(
                "something of the object was changed at the vendor since it was applied, and {unread}"
            )),
            (Some(true), _, _) | (None, _, _) => Err(unread.to_owned()),
        }
    }
}
