//! The states of a drive and the ways between them. A command that disables or destroys is done in two steps: the
//! server waits until the drive has reported in [7, derived]. Assumed: every spelling but `DISABLED`.

use serde::{Deserialize, Serialize};

/// The state of a drive, as `safeStickStatus` spells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    InUse,
    Lost,
    WaitingForDisable,
    Disabled,
    DeniedAccess,
    WaitingForReset,
    FactoryReset,
    PendingAuditMode,
    AuditMode,
    WaitingForApproval,
    Approved,
    PendingDetonate,
    Detonated,
    RegistrationIncomplete,
    /// One that no page knows, for clients must carry what they do not know.
    #[serde(untagged)]
    Other(String),
}

/// A command that moves a drive to another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Restore,
    Approve,
    Audit,
    Lost,
    Disable,
    Deny,
    FactoryReset,
    Detonate,
}

impl Status {
    /// Whether a drive in this state uses a seat of the licence \[7\]. Assumed: one whose registration is incomplete, or
    /// whose state is unknown, does not.
    pub(crate) fn uses_seat(&self) -> bool {
        match self {
            Self::InUse
            | Self::Lost
            | Self::WaitingForDisable
            | Self::Disabled
            | Self::DeniedAccess => true,
            Self::WaitingForReset
            | Self::FactoryReset
            | Self::PendingAuditMode
            | Self::AuditMode
            | Self::WaitingForApproval
            | Self::Approved
            | Self::PendingDetonate
            | Self::Detonated
            | Self::RegistrationIncomplete
            | Self::Other(_) => false,
        }
    }

    /// Whether nothing leads out of this state but a fresh registration.
    pub(crate) fn is_final(&self) -> bool {
        matches!(self, Self::FactoryReset | Self::Detonated)
    }

    /// The state that a command leads to, if it is allowed in this one. Assumed, but that only a factory reset leads out
    /// of audit mode \[8\]: restoring ends what waits to be done, not the wait for an approval.
    pub(crate) fn after(&self, command: Command) -> Option<Self> {
        let is_held = matches!(self, Self::InUse | Self::Lost | Self::DeniedAccess);
        let (allowed, next) = match command {
            Command::Approve => (*self == Self::WaitingForApproval, Self::Approved),
            Command::Lost => (matches!(self, Self::InUse | Self::DeniedAccess), Self::Lost),
            Command::Deny => (matches!(self, Self::InUse | Self::Lost), Self::DeniedAccess),
            Command::Disable => (is_held, Self::WaitingForDisable),
            Command::Audit => (is_held, Self::PendingAuditMode),
            Command::FactoryReset => (!self.is_final(), Self::WaitingForReset),
            Command::Detonate => (
                !self.is_final() && *self != Self::AuditMode,
                Self::PendingDetonate,
            ),
            Command::Restore => (
                matches!(
                    self,
                    Self::Lost
                        | Self::DeniedAccess
                        | Self::Disabled
                        | Self::WaitingForDisable
                        | Self::WaitingForReset
                        | Self::PendingAuditMode
                        | Self::PendingDetonate
                ),
                Self::InUse,
            ),
        };
        allowed.then_some(next)
    }

    /// The state after the drive has reported in.
    pub(crate) fn checked_in(self) -> Self {
        match self {
            Self::WaitingForDisable => Self::Disabled,
            Self::WaitingForReset => Self::FactoryReset,
            Self::PendingAuditMode => Self::AuditMode,
            Self::PendingDetonate => Self::Detonated,
            Self::Approved => Self::InUse,
            Self::InUse
            | Self::Lost
            | Self::Disabled
            | Self::DeniedAccess
            | Self::FactoryReset
            | Self::AuditMode
            | Self::WaitingForApproval
            | Self::Detonated
            | Self::RegistrationIncomplete
            | Self::Other(_) => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, Status};

    fn status(text: &str) -> Status {
        serde_yaml::from_str(text).unwrap()
    }

    fn after(from: &str, command: Command) -> String {
        let next = status(from).after(command);
        let next = next.map(|next| serde_json::to_value(next).unwrap());
        next.map_or_else(String::new, |next| next.as_str().unwrap().to_owned())
    }

    #[test]
    fn what_cannot_be_undone_waits_for_the_drive() {
        let cases = [
            (Command::Disable, "WAITING_FOR_DISABLE", "DISABLED"),
            (Command::Audit, "PENDING_AUDIT_MODE", "AUDIT_MODE"),
            (Command::FactoryReset, "WAITING_FOR_RESET", "FACTORY_RESET"),
            (Command::Detonate, "PENDING_DETONATE", "DETONATED"),
        ];
        for (command, waiting, done) in cases {
            assert_eq!(after("IN_USE", command), waiting);
            assert_eq!(status(waiting).checked_in(), status(done));
            assert_eq!(after(waiting, Command::Restore), "IN_USE");
        }
    }

    #[test]
    fn only_a_factory_reset_leads_out_of_audit_mode() {
        let commands = [
            Command::Restore,
            Command::Approve,
            Command::Audit,
            Command::Lost,
            Command::Disable,
            Command::Deny,
            Command::Detonate,
        ];
        for command in commands {
            assert_eq!(after("AUDIT_MODE", command), "", "{command:?}");
            assert_eq!(after("FACTORY_RESET", command), "", "{command:?}");
        }
        assert_eq!(
            after("AUDIT_MODE", Command::FactoryReset),
            "WAITING_FOR_RESET"
        );
        assert_eq!(after("FACTORY_RESET", Command::FactoryReset), "");
    }

    #[test]
    fn an_approval_is_waited_for_and_nothing_else_ends_the_wait() {
        assert_eq!(after("WAITING_FOR_APPROVAL", Command::Restore), "");
        assert_eq!(after("WAITING_FOR_APPROVAL", Command::Approve), "APPROVED");
        assert_eq!(status("APPROVED").checked_in(), Status::InUse);
    }

    #[test]
    fn a_state_that_no_page_knows_is_kept() {
        assert_eq!(
            status("QUARANTINED"),
            Status::Other("QUARANTINED".to_owned())
        );
        assert_eq!(after("QUARANTINED", Command::Lost), "");
    }

    #[test]
    fn a_seat_is_used_by_what_is_held_and_not_by_what_is_gone() {
        for held in [
            "IN_USE",
            "LOST",
            "WAITING_FOR_DISABLE",
            "DISABLED",
            "DENIED_ACCESS",
        ] {
            assert!(status(held).uses_seat(), "{held}");
        }
        for gone in ["WAITING_FOR_RESET", "AUDIT_MODE", "APPROVED", "DETONATED"] {
            assert!(!status(gone).uses_seat(), "{gone}");
        }
    }
}
