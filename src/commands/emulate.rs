//! `emulate`: serves the emulators of the workspace's vendors until interrupted.

use super::connect::{WORLDS, complain, mount};
use super::observe::stopped;
use super::{Streams, load_quietly};
use crate::cli::Emulate;
use crate::emulate::{self, Options};
use crate::exit::Exit;
use crate::host::Host;
use crate::load::system::Endpoint;

pub(super) async fn run(args: &Emulate, host: &mut Host, streams: Streams) -> Exit {
    let workspace = match load_quietly(&args.place.directory, host, streams) {
        Ok(workspace) => workspace,
        Err(exit) => return exit,
    };
    let systems = &workspace.settings.systems;
    let systems = systems.iter().map(AsRef::as_ref);
    let emulated = systems.filter(|it| it.system().endpoint == Endpoint::Emulator);
    let emulated = emulated.collect::<Vec<_>>();
    if emulated.is_empty() {
        complain(
            host,
            streams,
            "no system of this workspace has `endpoint: emulator`",
        );
        return Exit::Error;
    }
    let tls = args.tls.then(|| workspace.directory.join(WORLDS));
    let started = match mount(&workspace.directory, &emulated) {
        Ok(mounted) => {
            let options = Options {
                listen: args.listen,
                tls,
            };
            emulate::start(mounted, options)
                .await
                .map_err(|error| error.to_string())
        }
        Err(problem) => Err(problem),
    };
    let running = match started {
        Ok(running) => running,
        Err(problem) => {
            complain(host, streams, &problem);
            return Exit::Error;
        }
    };
    for (name, value) in running.exports() {
        host.print(&format!("export {name}={}\n", shell_quoted(&value)));
    }
    let base = running.base_url();
    host.warn(&format!(
        "Serving at {base} until interrupted; {base}/_world, /_journal and /_faults show and set what happens.\n"
    ));
    stopped(host.stop.clone()).await;
    match running.stop().await {
        Ok(()) => Exit::Fine,
        Err(error) => {
            complain(host, streams, &error.to_string());
            Exit::Error
        }
    }
}

/// A value as a shell takes it literally.
fn shell_quoted(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}
