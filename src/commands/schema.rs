//! `schema`: the JSON Schemas of what people write and of what trueup prints.

use std::fs;
use std::io;
use std::path::Path;

use super::Streams;
use super::connect::complain;
use crate::cli::{Schema, SchemaName};
use crate::exit::Exit;
use crate::host::Host;
use crate::schema;

pub(super) fn run(args: &Schema, host: &mut Host, streams: Streams) -> Exit {
    if let Some(name) = args.schema {
        host.print(&text(name));
    }
    let Some(folder) = &args.into else {
        return Exit::Fine;
    };
    for (name, file) in [
        (SchemaName::Workspace, "workspace.schema.json"),
        (SchemaName::Resources, "resources.schema.json"),
        (SchemaName::Plan, "plan.schema.json"),
        (SchemaName::Drift, "drift.schema.json"),
        (SchemaName::Events, "events.schema.json"),
    ] {
        let shown = folder.join(file);
        match write(&super::in_directory(host, folder), file, &text(name)) {
            Ok(()) => host.print(&format!("wrote {}\n", shown.display())),
            Err(error) => {
                let problem = format!("{} cannot be written: {error}", shown.display());
                complain(host, streams, &problem);
                return Exit::Error;
            }
        }
    }
    Exit::Fine
}

fn text(name: SchemaName) -> String {
    match name {
        SchemaName::Workspace => schema::workspace(),
        SchemaName::Resources => schema::resources(),
        SchemaName::Plan => schema::plan(),
        SchemaName::Drift => schema::drift(),
        SchemaName::Events => schema::events(),
    }
}

/// Writes a file whole or not at all, so that no editor ever reads half a schema.
fn write(folder: &Path, file: &str, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!(".{file}.unfinished"));
    fs::write(&unfinished, text)?;
    fs::rename(&unfinished, folder.join(file))
}
