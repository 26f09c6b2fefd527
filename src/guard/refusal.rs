//! Why a plan is refused, in words: a number, its limit, and what lifts it.

use std::fmt;

use crate::model::address::{Address, KindId};
use crate::model::power::{Account, Power};
use crate::model::verb::Spending;
use crate::plan::Action;

/// Why a plan is not applied: a number, its limit, and what lifts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    TooManyDeletes {
        kind: KindId,
        deletes: usize,
        limit: usize,
    },
    TooLargeAShare {
        kind: KindId,
        deletes: usize,
        live: usize,
        limit: usize,
    },
    Protected {
        address: Address,
    },
    /// No public page states how it is done, and nobody said that it may be done all the same.
    Assumed {
        address: Address,
        action: Action,
    },
    /// It costs money, and not both of those who must allow that have.
    Spends {
        address: Address,
        action: Action,
        spending: Spending,
        by_command: bool,
    },
    /// It makes the account less that the run acts as.
    OwnAccount {
        address: Address,
        account: Account,
    },
    /// Nobody who is an administrator would stay one.
    LastAdministrator {
        kind: KindId,
        administrators: usize,
    },
    /// Nothing of the kind would be left.
    EmptiedKind {
        kind: KindId,
        live: usize,
    },
    /// Most of what is remembered of the kind is not there, and the plan would make it anew.
    ShrunkenKind {
        kind: KindId,
        remembered: usize,
        lost: usize,
    },
    /// A vendor, or a part of it, could not be read whole.
    Incomplete {
        what: String,
        why: String,
    },
}

impl Refusal {
    /// The stable word for this refusal.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::TooManyDeletes { .. } => "max-deletes",
            Self::TooLargeAShare { .. } => "max-delete-percent",
            Self::Protected { .. } => "protected",
            Self::Assumed { .. } => "assumed-action",
            Self::Spends { .. } => "spends",
            Self::OwnAccount { .. } => "own-account",
            Self::LastAdministrator { .. } => "last-administrator",
            Self::EmptiedKind { .. } => "emptied-kind",
            Self::ShrunkenKind { .. } => "shrunken-kind",
            Self::Incomplete { .. } => "incomplete-read",
        }
    }

    /// What the user can do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::TooManyDeletes { deletes, .. } => {
                format!("if all of them are meant, pass `--max-deletes {deletes}`")
            }
            Self::TooLargeAShare { deletes, live, .. } => {
                let share = (deletes * 100).div_ceil(*live);
                format!("if all of them are meant, pass `--max-delete-percent {share}`")
            }
            Self::Protected { address } => {
                format!(
                    "if it may go, take `{address}` out of `guards: {{ protect: … }}`, or `prevent_delete` out of \
                     its lifecycle"
                )
            }
            Self::Assumed { address, .. } => format!(
                "to have it done all the same, say `assumed_actions: true` for the system of {}; to be told of \
                 differences only, say `lifecycle: {{ manage: observe }}`",
                address.kind.vendor
            ),
            Self::Spends {
                spending,
                by_command,
                ..
            } => {
                let words = match (spending.is_allowed, by_command) {
                    (false, false) => "say `allow_spend: true` there and pass `--allow-spend`",
                    (false, true) => "say `allow_spend: true` there",
                    (true, _) => "pass `--allow-spend`",
                };
                format!("if that is meant, {words}")
            }
            Self::OwnAccount { .. } => {
                "let somebody else's account do it; if trueup is to lock itself out, pass `--allow own-account`"
                    .to_owned()
            }
            Self::LastAdministrator { .. } => {
                "make another one an administrator first, in an apply of its own; if there is to be none, pass \
                 `--allow last-administrator`"
                    .to_owned()
            }
            Self::EmptiedKind { .. } => {
                "if nothing of it is to be left, pass `--allow emptied-kind`".to_owned()
            }
            Self::ShrunkenKind { kind, .. } => format!(
                "look whether {} shows us all there is; if what is missing is to be made anew, pass `--allow \
                 shrunken-kind`",
                kind.vendor
            ),
            Self::Incomplete { what, .. } => {
                format!("mend the reading, or leave it out on purpose with `--exclude {what}`")
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyDeletes {
                kind,
                deletes,
                limit,
            } => {
                write!(
                    f,
                    "the plan deletes {deletes} of {kind}; the limit is {limit}"
                )
            }
            Self::TooLargeAShare {
                kind,
                deletes,
                live,
                limit,
            } => write!(
                f,
                "the plan deletes {deletes} of {live} live {kind}; the limit is {limit} percent"
            ),
            Self::Protected { address } => {
                write!(f, "the plan deletes {address}, which is protected")
            }
            Self::Assumed { address, action } => write!(
                f,
                "the plan {} {address}, and no public page of {} states how",
                verb(*action),
                address.kind.vendor
            ),
            Self::Spends {
                address,
                action,
                spending,
                by_command: _,
            } => write!(
                f,
                "the plan {} {address}, which costs money: {}",
                verb(*action),
                spending.what
            ),
            Self::OwnAccount { address, account } => {
                let loss = match account.after {
                    Power::Shut => "could not get in any more",
                    Power::Plain | Power::Administrator => "would no longer be an administrator",
                };
                write!(
                    f,
                    "the plan changes {address}, which is our own account: it {loss}"
                )
            }
            Self::LastAdministrator {
                kind,
                administrators,
            } => write!(
                f,
                "the plan takes away {administrators} of {administrators} administrators among the live {kind}; at least 1 must \
                 stay"
            ),
            Self::EmptiedKind { kind, live } => {
                write!(
                    f,
                    "the plan deletes all {live} live {kind}; at least 1 must stay"
                )
            }
            Self::ShrunkenKind {
                kind,
                remembered,
                lost,
            } => write!(
                f,
                "{lost} of {remembered} {kind} that are remembered are not there any more; the limit is half of them"
            ),
            Self::Incomplete { what, why } => write!(f, "{what} was not read whole: {why}"),
        }
    }
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "creates",
        Action::Update => "updates",
        Action::Delete => "deletes",
    }
}
