//! `show`: a saved plan, in any form in which `plan` prints one. It is read like a stranger's file, and no vendor is asked.

use std::fs;
use std::path::Path;

use super::{Streams, complain, in_directory, key};
use crate::cli::{PlanFormat, Show};
use crate::exit::Exit;
use crate::host::Host;
use crate::report::picture::Picture;
use crate::report::style::clean;
use crate::report::{html, json, markdown, text};
use crate::saved::{BadPlan, Saved};

/// Why nothing is shown: what is wrong, and what to do.
struct Refused {
    exit: Exit,
    why: String,
    help: &'static str,
}

const ANEW: &str = "make the plan anew with `plan --out FILE`";

pub(super) fn run(args: &Show, host: &mut Host, streams: Streams) -> Exit {
    let name = clean(&args.file.display().to_string());
    match show(args, &name, host, streams) {
        Ok(text) => {
            host.print(&text);
            Exit::Fine
        }
        Err(Refused { exit, why, help }) => {
            let why = clean(&why);
            complain(
                host,
                streams,
                &format!("{name} is not shown: {why}\n  {help}"),
            );
            exit
        }
    }
}

fn show(args: &Show, name: &str, host: &mut Host, streams: Streams) -> Result<String, Refused> {
    let text = fs::read_to_string(in_directory(host, &args.file)).map_err(|error| Refused {
        exit: Exit::Error,
        why: format!("it cannot be read: {error}"),
        help: "name the file that `plan --out FILE` wrote",
    })?;
    let (saved, unchecked) = checked(&text, host)?;
    if let Some(why) = &unchecked {
        let mark = streams.err.yellow("Warning:");
        host.warn(&format!("{mark} {name}: {}\n", clean(why)));
    }
    let text = match args.format {
        PlanFormat::Json => json::saved(&saved.plan),
        PlanFormat::Text => text::plan(&picture(saved, unchecked)?, streams.sheet()),
        PlanFormat::Markdown => {
            let whole = format!("trueup show {name}");
            let most = args.budget.max_bytes as usize;
            markdown::plan(&picture(saved, unchecked)?, most, &whole)
        }
        PlanFormat::Html => html::plan(&picture(saved, unchecked)?),
    };
    Ok(text)
}

/// What the plan's reports are drawn from. Who reads one may not see the error stream, so it says again what is there.
fn picture(saved: Saved, unchecked: Option<String>) -> Result<Picture, Refused> {
    let refused = |why: String| Refused {
        exit: Exit::Error,
        why,
        help: ANEW,
    };
    if saved.picture.is_null() {
        let why = "it was saved by a trueup that could not show it; it has the plan as JSON alone";
        return Err(refused(why.to_owned()));
    }
    let picture = serde_json::from_value::<Picture>(saved.picture);
    let mut picture = picture.map_err(|error| refused(format!("it is damaged: {error}")))?;
    picture.caution = unchecked;
    Ok(picture)
}

/// The plan of a file, and why its signature was not checked if it was not. What the workspace's key did not sign is no
/// plan.
fn checked(text: &str, host: &Host) -> Result<(Saved, Option<String>), Refused> {
    let refused = |error: BadPlan| match error {
        BadPlan::NotAPlan(_) | BadPlan::OtherFormat(_) => Refused {
            exit: Exit::Error,
            why: error.to_string(),
            help: ANEW,
        },
        BadPlan::Edited => Refused {
            exit: Exit::Stale,
            why: error.to_string(),
            help: ANEW,
        },
        BadPlan::OtherKey { .. } => Refused {
            exit: Exit::Stale,
            why: error.to_string(),
            help: "show it with the key that it was made with (`TRUEUP_KEY`, `TRUEUP_KEY_FILE` or the workspace's own)",
        },
    };
    let peeked = Saved::peek(text).map_err(refused)?;
    let workspace = in_directory(host, Path::new(&peeked.request.directory));
    let key = key::find(&workspace, host).map_err(|why| Refused {
        exit: Exit::Error,
        why,
        help: "mend the key, or take it away to see the plan unchecked",
    })?;
    match key {
        Some(key) => {
            let saved = Saved::from_file(text, &key).map_err(refused)?;
            Ok((saved, None))
        }
        None => {
            let why = "its signature was not checked, since there is no key of its workspace here: it may say anything"
                .to_owned();
            Ok((peeked, Some(why)))
        }
    }
}
