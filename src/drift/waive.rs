//! Lets pass what somebody answers for.

use jiff::civil::Date;

use super::Finding;
use crate::model::waiver::Waiver;
use crate::select::covers;

/// What became of the waivers that let nothing pass.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Idle {
    /// Those whose last day is over.
    pub expired: Vec<Waiver>,
    /// Those to which nothing is that differs.
    pub unused: Vec<Waiver>,
}

/// Puts to each finding the first waiver that lets it pass.
pub(crate) fn waive(findings: &mut [Finding], waivers: Vec<Waiver>, today: Date) -> Idle {
    let mut idle = Idle::default();
    let mut good = Vec::new();
    for waiver in waivers {
        if today > waiver.until {
            idle.expired.push(waiver);
        } else {
            good.push((waiver, false));
        }
    }
    for finding in findings {
        let found = good.iter_mut().find(|(waiver, _)| applies(waiver, finding));
        if let Some((waiver, is_used)) = found {
            *is_used = true;
            finding.waiver = Some(waiver.clone());
        }
    }
    let unused = good.into_iter().filter(|(_, is_used)| !is_used);
    idle.unused = unused.map(|(waiver, _)| waiver).collect();
    idle
}

fn applies(waiver: &Waiver, finding: &Finding) -> bool {
    let of_field = waiver.field.as_deref();
    covers(&waiver.pattern, &finding.address)
        && of_field.is_none_or(|field| finding.field == Some(field))
}
