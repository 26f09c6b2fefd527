//! What can be done with a kind beside reading it: how sure that is, and what of it costs money.

/// What can be done with the objects of a kind. What a verb cannot do is told and never tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verbs {
    pub create: Verb,
    pub update: Verb,
    pub delete: Verb,
}

impl Verbs {
    /// All of it, as the vendor's pages or public code show.
    pub(crate) const SHOWN: Self = Self {
        create: Verb::SHOWN,
        update: Verb::SHOWN,
        delete: Verb::SHOWN,
    };

    /// None of it: what is declared is compared with what is there, and differences are told. `why` follows `since`.
    pub(crate) const fn observed(why: &'static str) -> Self {
        Self {
            create: Verb::Never(why),
            update: Verb::Never(why),
            delete: Verb::Never(why),
        }
    }

    /// Whether any of it may cost money.
    pub(crate) fn may_spend(self) -> bool {
        let Self {
            create,
            update,
            delete,
        } = self;
        let mut all = [create, update, delete].into_iter();
        all.any(|verb| verb.spends().is_some())
    }
}

/// Whether and on what terms one thing can be done with the objects of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Can {
        evidence: Evidence,
        /// What costs money, as a clause, if it does: `a port is billed by the month`.
        spends: Option<&'static str>,
    },
    /// Nobody can. Why not, as a clause that follows `since`: `no request makes a role`.
    Never(&'static str),
}

impl Verb {
    pub(crate) const SHOWN: Self = Self::Can {
        evidence: Evidence::Shown,
        spends: None,
    };

    /// Done only where the system says `assumed_actions: true`.
    pub(crate) const ASSUMED: Self = Self::Can {
        evidence: Evidence::Assumed,
        spends: None,
    };

    /// The same, and it costs money. Of updates [`super::kind::Kind::spends`] tells which ones do.
    pub(crate) const fn spending(self, what: &'static str) -> Self {
        match self {
            Self::Can {
                evidence,
                spends: _,
            } => Self::Can {
                evidence,
                spends: Some(what),
            },
            Self::Never(why) => Self::Never(why),
        }
    }

    /// Why nobody can, if nobody can.
    pub(crate) fn never(self) -> Option<&'static str> {
        match self {
            Self::Can { .. } => None,
            Self::Never(why) => Some(why),
        }
    }

    pub(crate) fn is_assumed(self) -> bool {
        match self {
            Self::Can {
                evidence,
                spends: _,
            } => evidence == Evidence::Assumed,
            Self::Never(_) => false,
        }
    }

    /// What of it costs money.
    pub(crate) fn spends(self) -> Option<&'static str> {
        match self {
            Self::Can {
                evidence: _,
                spends,
            } => spends,
            Self::Never(_) => None,
        }
    }
}

/// How sure we are that something is done the way we do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// The vendor's pages or public code show it.
    Shown,
    /// No public page states how.
    Assumed,
}

/// What a step asks of its user beside their yes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Whether it rests on what no public page states.
    pub assumed: bool,
    /// What of it costs money.
    pub spends: Option<Spending>,
}

/// A step that costs money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spending {
    /// What costs, as a clause.
    pub what: &'static str,
    /// Whether the declaration allows it.
    pub is_allowed: bool,
}
