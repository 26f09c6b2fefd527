//! trueup makes access and secrets systems agree with a Git repository: it loads what people declared in YAML, reads
//! what the vendors really hold, shows the difference as a plan, and applies it.
//!
//! This page is the map. Read it first, then the modules in the order in which it names them.
//!
//! # The one path
//!
//! ```text
//! *.yaml
//!  │ load      what people wrote, typed, every node with its place      or all mistakes at once
//!  │ resolve   references, cycles, former names, shared keys           or all mistakes at once
//!  │ read      lists, then one by one what is declared                 vendors, kinds and pages side by side
//!  │   pair    who is who: explicit id, the ledger's id, natural key   pure
//!  │ compare   typed specs, field by field                             pure
//!  │ plan      steps: a view to show, with the work sealed behind it   pure
//!  │   order   two rules and a topological sort                        pure
//!  │   select  --target and --exclude                                  pure
//!  │ forecast  how many requests and waits, for how long               pure
//!  │ guard     how much may be deleted, was everything read            pure
//!  │ saved     is it still what was approved                           pure
//!  │ apply     the only writer, under a lease, each write on record    side by side where nothing waits
//!  ▼ report    text, JSON, Markdown or a page of a plan; what was done
//! ```
//!
//! Each command is a prefix of this path: `validate` ends after resolve, `plan` after guard, `apply` goes to the end.
//!
//! # The code
//!
//! - [`model`]: the nouns. An address, a kind and its spec, fields and values, references, diagnostics, a secret.
//! - [`yaml`]: what people write, as a tree in which every node knows its place. The one module that knows a parser.
//! - [`suggest`]: "did you mean".
//! - [`format`](mod@format): the normal form of a file. It moves bytes, and never what they say.
//! - [`load`]: a workspace's files, and from them what every system should look like.
//! - [`resolve`]: what the declarations say of each other.
//! - [`read`]: live state, with as few requests as will do.
//! - [`ledger`]: what is remembered of what was applied. Advice, never the truth.
//! - [`pair`]: declared and live objects that are the same thing. What a natural key speaks of (a folder, of what it lies
//!   in) is paired before it.
//! - [`compare`]: the diff engine; one generic function for every kind of every vendor.
//! - [`plan`]: steps, what is known beside them, and who gains and who loses what by them.
//! - [`order`]: a step waits for what it needs; a deletion waits for whoever releases the thing.
//! - [`select`]: a plan narrowed to a part.
//! - [`forecast`]: what applying a plan asks of each vendor at least.
//! - [`guard`]: the last look before anything is written.
//! - [`saved`]: a plan in a file, bound to the objects it was made from.
//! - [`snapshot`]: what was there, without its secrets, in a file against which others plan who may ask no vendor.
//! - [`drift`]: what a plan would make good, as whose doing it is and how grave, with what somebody answers for.
//! - [`apply`]: runs the steps. A failure skips what waits for it and nothing else.
//! - [`store`]: what is remembered between runs: ledger, journal, who may write. In a file or in PostgreSQL.
//! - [`report`]: plans, what was done, and diagnostics, for people and programs. A plan is first made into a picture of
//!   plain data, from which it is drawn as text, as Markdown and as a page. Returns text; prints nothing.
//! - [`schema`]: JSON Schemas of what people write and of what programs read.
//! - [`http`]: requests under one set of rules: what may be sent again, how long to wait, whom to trust.
//! - [`vendors`]: a folder each: settings, client, kinds, emulator, recorded examples.
//! - [`emulate`]: the server around the vendors' emulators, with faults, a journal and worlds that survive a kill.
//! - [`commands`]: what the user asked for, put together from the stages above.
//! - [`cli`], [`host`], [`exit`]: flags, the world around a run, and how it ended.
//!
//! # What never happens
//!
//! - Nothing but [`apply`] can write: a write needs an [`apply::Permit`], and only that module can make one. Without one go
//!   logins, and giving back what a read took because its declaration says `verify: read`.
//! - Nothing is applied that [`guard`] has not approved: [`apply::apply`] takes nothing else.
//! - Nothing between [`load`] and [`report`] prints, reads a clock or sees the environment; [`host`] is the only door.
//! - No secret leaves a [`model::secret::Secret`] but into a request body, or through the one door of
//!   [`model::delivery`] to where a declaration says; the type cannot be printed or serialized.
//! - No client knows its emulator. They share no type and no constant, only the recorded examples beside them.
//! - No mistake in the YAML stops the search for the next one.
//! - No object that could not be read is created, changed or deleted.
//! - No write whose answer was lost is sent again before [`plan`]'s work has looked at the vendor for what it did, but for
//!   those of which twice is once.
//! - Nothing is written whose intent does not stand in the journal, and nothing without the lease of the workspace.
//! - Nothing is deleted because of what the ledger has forgotten; what it remembers is never taken for what is there.
//! - No session stays open: [`commands`] closes every system it connected to, also after an error or an interrupt.
//!
//! # One password, from YAML to report
//!
//! `vault/network.yaml` says `senhasegura: { passwords: { office-router: { … } } }`. [`load`] finds the file, [`yaml`]
//! parses it, and the table of [`vendors`]`::senhasegura::password` decodes the entry into a `Desired<Password>`: the
//! spec, the place of its name, and what any resource may say (`id`, `lifecycle`, `expires`). [`resolve`] checks that
//! whoever it is shared with is declared. [`read`] asks the vendor for the list of all passwords, [`pair`] finds the
//! row with the same name and user name, and since the list does not show sharing, the one password is read. What
//! comes back becomes the same type as what the YAML said. [`compare`] lists the fields of both and finds that a tag is
//! missing: an update, which [`plan`] turns into a step. Here the types are forgotten: from now on the step is a view
//! (address, fields, what it waits for) and a sealed piece of work. [`order`] puts it behind the group that it is to be
//! shared with, [`guard`] has nothing against it, the user says yes, and [`apply`] runs it with a permit: one PUT that
//! sends the tags and nothing else. [`report`] says `ok`.
//!
//! # A vendor being added
//!
//! A folder in [`vendors`] and a line in its list. In the folder: the settings, a client that turns requests into specs
//! and decides nothing, a file for each kind (the spec, its fields, how it is decoded, listed, created, updated and
//! removed), an emulator written from the vendor's pages without a look at the client, and recorded examples that both
//! must agree with. Then cases in `tests/cases`, on which the laws run by themselves. No stage, report or command
//! changes.

mod apply;
mod cli;
mod commands;
mod compare;
mod drift;
mod emulate;
mod exit;
mod forecast;
mod format;
mod guard;
mod host;
mod http;
mod ledger;
mod load;
mod model;
mod order;
mod pair;
mod plan;
mod read;
mod report;
mod resolve;
mod saved;
mod schema;
mod select;
mod snapshot;
mod store;
mod suggest;
mod vendors;
mod yaml;

use std::ffi::OsString;

pub use exit::Exit;
pub use host::{Host, Stderr, Terminal, forbid_dumps};

/// Runs a command line in a given world. `args` begins with the program's name, as the process has it.
pub fn run(args: impl IntoIterator<Item = OsString>, host: &mut Host) -> Exit {
    commands::run(args.into_iter().collect(), host)
}
