//! Whether a plan may be applied: what stands in its way, and what the guards say.

use super::Streams;
use super::connect::complain;
use super::stream;
use crate::exit::Exit;
use crate::guard::{Approved, Limits, approve};
use crate::host::Host;
use crate::model::address::Address;
use crate::model::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::place::Sources;
use crate::plan::{Obstacle, Plan, Problem};

const SECRET_MISSING: Code = Code("secret-missing");
const SECRET_LOST: Code = Code("secret-lost");

/// Approves the plan, or says what stands against it.
pub(super) fn judge(
    plan: Plan,
    limits: &Limits,
    sources: &Sources,
    host: &mut Host,
    streams: Streams,
) -> Result<Approved, Exit> {
    let mut obstacles = Diagnostics::default();
    for view in plan.views() {
        for it in &view.obstacles {
            obstacles.push(obstacle(&view.address, it));
        }
    }
    if obstacles.has_errors() {
        stream::mistakes(host, streams, &obstacles.sorted(), sources);
        return Err(Exit::Invalid);
    }
    approve(plan, limits).map_err(|refusals| {
        for refusal in refusals {
            let text = format!("{refusal} [{}]\n  {}", refusal.code(), refusal.help());
            complain(host, streams, &text);
        }
        Exit::Refused
    })
}

/// An obstacle as a mistake in the declaration.
fn obstacle(address: &Address, obstacle: &Obstacle) -> Diagnostic {
    let Obstacle {
        field,
        problem,
        why,
        place,
    } = obstacle;
    match problem {
        Problem::NoValue => {
            let message = format!("{address} cannot be created without its {field}: {why}");
            Diagnostic::error(SECRET_MISSING, *place, message)
        }
        Problem::NoDelivery => {
            let message = format!("the secret of {address} would be lost: {why}");
            let help = format!(
                "it is shown once, when {address} is created: say with `{field}` where it can go"
            );
            Diagnostic::error(SECRET_LOST, *place, message).help(help)
        }
    }
}
