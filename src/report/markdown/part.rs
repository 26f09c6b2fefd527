//! The parts of a report, each in the forms that it can have, and the room that they take.

use std::collections::BTreeMap;

use super::escape::{code, fenced, prose};
use crate::plan::Action;
use crate::report::access::{self, AccessChange, AccessSection};
use crate::report::forecast;
use crate::report::picture::{Note, Picture, Refusal, Step, groups};
use crate::report::style::{Sheet, clean, quoted};
use crate::report::text;
use crate::report::words::{counted, obstacle, position, risk, whereabouts};

/// How much is said of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Full,
    /// A line for each step.
    Line,
    /// The address of each step, and the codes of its risks.
    Address,
    /// How many there are.
    Counted,
}

/// A text that may become so long and no longer.
pub(super) struct Room {
    text: String,
    limit: usize,
}

/// There is no room for it.
#[derive(Debug)]
pub(super) struct TooLong;

impl Room {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            limit,
        }
    }

    pub(super) fn add(&mut self, text: &str) -> Result<(), TooLong> {
        if text.len() > self.left() {
            return Err(TooLong);
        }
        self.text.push_str(text);
        Ok(())
    }

    fn left(&self) -> usize {
        self.limit - self.text.len()
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// Steps in one block.
pub(super) fn steps(steps: &[&Step], form: Form, room: &mut Room) -> Result<(), TooLong> {
    let mut lines = String::new();
    // Nothing is drawn any more once it is too long, however many steps there are.
    let check = |lines: &String| match lines.len() > room.left() {
        true => Err(TooLong),
        false => Ok(()),
    };
    if form == Form::Full {
        for group in groups(steps) {
            if !lines.is_empty() {
                lines.push('\n');
            }
            for line in text::step(&group, Sheet::PLAIN) {
                line.draw_as_difference(&mut lines);
            }
            check(&lines)?;
        }
    } else {
        for step in steps {
            lines.push_str(&line(step, form));
            check(&lines)?;
        }
    }
    room.add(&fenced(&lines))?;
    room.add("\n")
}

/// A step as one line.
pub(super) fn line(step: &Step, form: Form) -> String {
    let sign = match step.action {
        Action::Create => '+',
        Action::Update => '!',
        Action::Delete => '-',
    };
    let address = clean(&step.address);
    if form == Form::Address {
        let codes = step.risks.iter().map(|it| clean(&it.code));
        let codes = codes.collect::<Vec<_>>().join(", ");
        let codes = if codes.is_empty() {
            codes
        } else {
            format!(" ({codes})")
        };
        return format!("{sign} {address}{codes}\n");
    }
    let mut line = format!("{sign} {address} {}", quoted(&step.label));
    let place = whereabouts(step);
    if !place.is_empty() {
        line.push_str(&format!(" ({place})"));
    }
    let fields = step.fields.iter().map(|it| clean(&it.name));
    let fields = fields.filter(|_| step.action == Action::Update);
    let fields = fields.collect::<Vec<_>>();
    if !fields.is_empty() {
        line.push_str(&format!(": {}", fields.join(", ")));
    }
    let obstacles = step.obstacles.iter().map(obstacle);
    for clause in step.risks.iter().map(risk).chain(obstacles) {
        line.push_str(&format!("; {clause}"));
    }
    line.push('\n');
    line
}

/// Who gains and who loses what; where there is no room for all of it, how many do. The steps themselves are never left
/// out by which somebody gains something.
pub(super) fn access(picture: &Picture, form: Form, room: &mut Room) -> Result<(), TooLong> {
    let sections = &picture.access;
    if sections.is_empty() {
        return Ok(());
    }
    let gains = |it: &&AccessSection| it.changes.iter().any(AccessChange::is_rise);
    let gaining = sections.iter().filter(gains).count();
    let count = format!(
        "{}: {gaining} can do more, {} less or something else",
        access::HEADING,
        sections.len() - gaining
    );
    if form != Form::Full {
        return room.add(&format!("**{count}.**\n\n"));
    }
    room.add(&format!("<details><summary>{count}</summary>\n\n"))?;
    let mut lines = String::new();
    for section in sections {
        lines.push_str(&format!("{}\n", section.title()));
        for change in &section.changes {
            lines.push_str(&format!("{}   {}\n", change.sign(), change.told()));
        }
        if lines.len() > room.left() {
            return Err(TooLong);
        }
    }
    room.add(&fenced(&lines))?;
    room.add("\n</details>\n\n")
}

/// What was warned of, what was not read, and why the plan would be refused.
pub(super) fn objections(picture: &Picture, form: Form, room: &mut Room) -> Result<(), TooLong> {
    let Picture {
        warnings,
        incomplete,
        refusals,
        ..
    } = picture;
    let warnings = warnings.iter().map(|it| {
        let place = it.declared_at.as_ref();
        let place = place.map(|place| format!(" ({})", code(&position(place))));
        format!("{}{}", prose(&it.message), place.unwrap_or_default())
    });
    let unread = incomplete.iter().map(|it| {
        let help = it.help.as_ref().map(|help| format!("; {}", prose(help)));
        let help = help.unwrap_or_default();
        format!("{}: {}{help}", code(&it.what), prose(&it.why))
    });
    let (warned, read) = (picture.warnings.len(), incomplete.len());
    list(&counted(warned, "warning"), warnings, form, room)?;
    list(&format!("{read} not read"), unread, form, room)?;
    let title = format!("Refused by {}", counted(refusals.len(), "guard"));
    if form == Form::Full {
        let refusals = refusals.iter().map(|it| {
            let Refusal {
                code: word,
                message,
                help,
            } = it;
            format!("{}: {}; {}", code(word), prose(message), prose(help))
        });
        return list(&title, refusals, form, room);
    }
    let mut codes = BTreeMap::<&str, usize>::new();
    for refusal in refusals {
        *codes.entry(&refusal.code).or_default() += 1;
    }
    let codes = codes.into_iter();
    let codes = codes.map(|(word, count)| format!("{}, {}", code(word), counted(count, "time")));
    list(&title, codes, Form::Full, room)
}

/// A list under a title, or the title alone. Nothing, if there is nothing in it.
fn list(
    title: &str,
    items: impl ExactSizeIterator<Item = String>,
    form: Form,
    room: &mut Room,
) -> Result<(), TooLong> {
    if items.len() == 0 {
        return Ok(());
    }
    room.add(&format!("#### {title}\n\n"))?;
    if form != Form::Full {
        return room.add("Left out here.\n\n");
    }
    for item in items {
        room.add(&format!("- {item}\n"))?;
    }
    room.add("\n")
}

/// Notes, and what nobody can verify.
pub(super) fn beside(picture: &Picture, form: Form, room: &mut Room) -> Result<(), TooLong> {
    let Picture {
        notes, unverified, ..
    } = picture;
    let noted = counted(notes.len(), "note");
    let fields = format!(
        "{} that cannot be verified",
        counted(unverified.len(), "field")
    );
    let notes = notes.iter().map(|it| {
        let Note {
            address,
            message,
            declared_at,
        } = it;
        let place = declared_at.as_ref();
        let place = place.map(|place| format!(" ({})", code(&position(place))));
        let place = place.unwrap_or_default();
        format!("{} {}{place}", code(address), prose(message))
    });
    let reasons = text::by_reason(unverified).into_iter();
    let reasons = reasons.map(|(why, fields)| {
        let names = text::unverified_names(&fields).into_iter();
        let names = names.map(|it| code(&it)).collect::<Vec<_>>();
        format!("{}: {}", prose(&why), names.join("; "))
    });
    folded(&noted, notes, form, room)?;
    folded(&fields, reasons, form, room)
}

/// A list that is folded, or how long it would be.
fn folded(
    title: &str,
    items: impl ExactSizeIterator<Item = String>,
    form: Form,
    room: &mut Room,
) -> Result<(), TooLong> {
    if items.len() == 0 {
        return Ok(());
    }
    if form != Form::Full {
        return room.add(&format!("Left out here: {title}.\n\n"));
    }
    room.add(&format!("<details><summary>{title}</summary>\n\n"))?;
    for item in items {
        room.add(&format!("- {item}\n"))?;
    }
    room.add("\n</details>\n\n")
}

/// What the steps will ask of the vendors.
pub(super) fn forecasts(picture: &Picture) -> String {
    let asked = picture.forecasts.iter().filter(|it| it.writes > 0);
    let lines = asked.map(|it| format!("- {}\n", prose(&forecast::text(it))));
    lines.collect()
}
