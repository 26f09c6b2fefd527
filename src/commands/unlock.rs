//! `unlock`: takes the lease of a workspace from a run that is gone.

use super::ci::Started;
use super::{Streams, complain, load, records};
use crate::cli::Unlock;
use crate::exit::Exit;
use crate::host::Host;
use crate::store::LeaseId;

pub(super) async fn run(args: &Unlock, host: &mut Host, streams: Streams) -> Exit {
    let Ok(id) = args.id.parse::<LeaseId>() else {
        let help = "this is not the id of a lease; whoever is kept waiting is told it";
        complain(host, streams, help);
        return Exit::Error;
    };
    let workspace = match load(&args.place.directory, &[], host, streams) {
        Ok(workspace) => workspace,
        Err(exit) => return exit,
    };
    let store = match records::open(&workspace.settings, host, streams).await {
        Ok(Some(store)) => store,
        Ok(None) => {
            complain(
                host,
                streams,
                "nothing was applied here yet, so nobody holds the workspace",
            );
            return Exit::Error;
        }
        Err(exit) => return exit,
    };
    match store.unlock(id, Started::of(host).actor).await {
        Ok(Some(_)) => {
            host.print("The lease was taken back. Whoever held it can write no more.\n");
            Exit::Fine
        }
        Ok(None) => {
            let holder = store.holder().await.ok().flatten();
            let held = match holder {
                Some(holder) => format!("the lease that is held is {}, by {holder}", holder.id),
                None => "nobody holds the workspace".to_owned(),
            };
            complain(host, streams, &format!("there is no such lease: {held}"));
            Exit::Error
        }
        Err(error) => records::fail(host, streams, &error),
    }
}
