//! A plan as Markdown, for a comment on a pull request: deletions first, then what deserves a second look, and the rest
//! folded. Where it would be too long it says less of the rest, and never leaves out a deletion, a risk or a count.

mod cut;
mod escape;
mod part;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::picture::{Picture, Step};
use super::words;
use crate::plan::Action;
use escape::{code, prose};
use part::{Form, Room, TooLong};

/// How much is said of what.
#[derive(Clone, Copy)]
struct Detail {
    /// The steps that delete.
    deletes: Form,
    /// The steps that deserve a second look.
    watched: Form,
    rest: Form,
    /// Why the plan would be refused, and what was not read.
    objections: Form,
    /// Notes, and what nobody can verify.
    beside: Form,
    /// What is missing then, in words.
    left_out: &'static str,
}

/// From all there is to the least that may be said: each line gives up one thing more.
const LADDER: [Detail; 8] = {
    let all = Detail {
        deletes: Form::Full,
        watched: Form::Full,
        rest: Form::Full,
        objections: Form::Full,
        beside: Form::Full,
        left_out: "",
    };
    let rest_lines = Detail {
        rest: Form::Line,
        left_out: "the fields of what is added or changed are left out",
        ..all
    };
    let rest_counted = Detail {
        rest: Form::Counted,
        left_out: "of what is added or changed only the counts are here",
        ..all
    };
    let beside = Detail {
        beside: Form::Counted,
        left_out: "of what is added or changed only the counts are here, and no notes",
        ..rest_counted
    };
    let watched = Detail {
        watched: Form::Line,
        left_out: "of what is added or changed without a risk only the counts are here, and no notes and no fields",
        ..beside
    };
    let deletes = Detail {
        deletes: Form::Line,
        ..watched
    };
    let objections = Detail {
        objections: Form::Counted,
        ..deletes
    };
    let addresses = Detail {
        deletes: Form::Address,
        watched: Form::Address,
        ..objections
    };
    [
        all,
        rest_lines,
        rest_counted,
        beside,
        watched,
        deletes,
        objections,
        addresses,
    ]
};

/// What of a plan goes where.
struct Report<'p> {
    picture: &'p Picture,
    max_bytes: usize,
    /// The command that shows the whole plan.
    whole: &'p str,
    /// The steps that are never left out, under their titles, the deletions first.
    kept: Vec<(&'static str, Vec<&'p Step>)>,
    rest: Vec<&'p Step>,
}

/// The titles of the steps that are never left out.
const DELETES: &str = "to destroy";
const KEPT: [&str; 5] = [
    DELETES,
    "with a risk",
    "letting somebody do more",
    "that cannot be done as declared",
    "costing money",
];

/// Draws a plan in at most so many bytes. `whole` is the command that shows all of it.
pub(crate) fn plan(picture: &Picture, max_bytes: usize, whole: &str) -> String {
    let report = Report::new(picture, max_bytes, whole);
    let drawn = LADDER.iter().find_map(|it| report.draw(it).ok());
    drawn.unwrap_or_else(|| report.cut())
}

/// Which of the titles of [`KEPT`] fit a step. It stands under the first of them.
fn fitting(step: &Step) -> [bool; KEPT.len()] {
    [
        step.action == Action::Delete,
        !step.risks.is_empty(),
        step.raises,
        !step.obstacles.is_empty(),
        step.spends.is_some(),
    ]
}

impl<'p> Report<'p> {
    fn new(picture: &'p Picture, max_bytes: usize, whole: &'p str) -> Self {
        let mut kept = KEPT.map(|title| (title, Vec::new()));
        let mut rest = Vec::new();
        for step in &picture.steps {
            match fitting(step).into_iter().position(|it| it) {
                Some(at) => kept[at].1.push(step),
                None => rest.push(step),
            }
        }
        Self {
            picture,
            max_bytes,
            whole,
            kept: kept.into_iter().filter(|(_, it)| !it.is_empty()).collect(),
            rest,
        }
    }

    /// Draws it in some detail, if there is room for that.
    fn draw(&self, detail: &Detail) -> Result<String, TooLong> {
        let mut room = Room::new(self.max_bytes);
        room.add(&self.head(detail))?;
        part::objections(self.picture, detail.objections, &mut room)?;
        part::access(self.picture, detail.beside, &mut room)?;
        for (title, steps) in &self.kept {
            let form = if *title == DELETES {
                detail.deletes
            } else {
                detail.watched
            };
            room.add(&format!("#### {} {title}\n\n", steps.len()))?;
            part::steps(steps, form, &mut room)?;
        }
        if detail.rest == Form::Counted {
            room.add(&self.kinds())?;
        } else {
            for action in [Action::Create, Action::Update] {
                self.folded(action, detail.rest, &mut room)?;
            }
        }
        part::beside(self.picture, detail.beside, &mut room)?;
        room.add(&part::forecasts(self.picture))?;
        Ok(room.into_text())
    }

    /// The counts, and what is left out if anything is.
    fn head(&self, detail: &Detail) -> String {
        let headline = words::headline(self.picture);
        let workspace = code(&self.picture.workspace);
        let untouched = words::untouched(self.picture);
        let mut head = format!("### {headline}\n\nWorkspace {workspace}: {untouched}\n\n");
        if let Some(caution) = &self.picture.caution {
            head.push_str(&format!("**Warning:** {}.\n\n", prose(caution)));
        }
        if !detail.left_out.is_empty() {
            let (bytes, left_out, whole) = (self.max_bytes, detail.left_out, code(self.whole));
            head.push_str(&format!(
                "Shortened to {bytes} bytes: {left_out}. {whole} shows the whole plan.\n\n"
            ));
        }
        head
    }

    /// The steps of one action that are not shown above, folded.
    fn folded(&self, action: Action, form: Form, room: &mut Room) -> Result<(), TooLong> {
        let steps = self.rest.iter().copied().filter(|it| it.action == action);
        let steps = steps.collect::<Vec<_>>();
        if steps.is_empty() {
            return Ok(());
        }
        let more = if steps.len() < self.picture.count(action) {
            "more "
        } else {
            ""
        };
        let (count, what) = (steps.len(), words::infinitive(action));
        room.add(&format!(
            "<details><summary>{count} {more}{what}</summary>\n\n"
        ))?;
        part::steps(&steps, form, room)?;
        room.add("</details>\n\n")
    }

    /// How many steps there are of each kind.
    fn kinds(&self) -> String {
        let mut kinds = BTreeMap::<&str, [usize; 2 + KEPT.len()]>::new();
        for step in &self.picture.steps {
            let [deletes, risk, raises, blocked, costs] = fitting(step);
            let is_counted = [
                step.action == Action::Create,
                step.action == Action::Update,
                deletes,
                risk,
                raises,
                blocked,
                costs,
            ];
            let counts = kinds.entry(&step.kind).or_default();
            for (count, is_one) in counts.iter_mut().zip(is_counted) {
                *count += usize::from(is_one);
            }
        }
        let what = ["to add", "to change"].into_iter().chain(KEPT);
        let what = what.collect::<Vec<_>>();
        let line = |(kind, counts): (&str, [usize; 2 + KEPT.len()])| {
            let counts = counts.iter().zip(&what).filter(|(count, _)| **count > 0);
            let counts = counts.map(|(count, what)| format!("{count} {what}"));
            let counts = counts.collect::<Vec<_>>().join(", ");
            format!("- {}: {counts}\n", code(kind))
        };
        let lines = kinds.into_iter().map(line).collect::<String>();
        format!("#### All steps, by kind\n\n{lines}\n")
    }

    /// The least there is: as many addresses of what is never left out as there is room for, and how many are missing.
    fn cut(&self) -> String {
        let [.., least] = LADDER;
        let mut objections = Room::new(usize::MAX);
        let told = part::objections(self.picture, least.objections, &mut objections);
        let objections = told.map_or(String::new(), |()| objections.into_text());
        let end = format!("{}{}", self.kinds(), part::forecasts(self.picture));
        let fixed = format!("{}{objections}{end}", self.head(&least));
        let kept = self.kept.iter();
        let lists = kept.map(|(title, steps)| cut::List::new(title, steps, self.whole));
        let lists = lists.collect::<Vec<_>>();
        let frames = lists.iter().map(cut::List::frame).sum::<usize>();
        match self.max_bytes.checked_sub(fixed.len() + frames) {
            Some(room) => {
                let lists = cut::share(lists, room);
                format!("{}{objections}{lists}{end}", self.head(&least))
            }
            None => self.headline_alone(),
        }
    }

    /// What is left where names are longer than all of the room.
    fn headline_alone(&self) -> String {
        let headline = words::headline(self.picture);
        let caution = self.picture.caution.as_ref();
        let caution = caution.map(|it| format!("**Warning:** {}.\n\n", prose(it)));
        let caution = caution.unwrap_or_default();
        format!(
            "### {headline}\n\n{caution}**NOTHING ELSE FITS HERE.** The command `show`, or `plan`, shows the whole plan.\n"
        )
    }
}
