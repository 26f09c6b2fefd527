//! Asks whoever sits at the terminal.

use std::io;

use super::observe::stopped;
use crate::host::Host;

/// What was answered.
pub(super) enum Answer {
    Yes,
    No,
    Stopped,
}

/// Asks whether to go on. Only `yes` is a yes.
pub(super) async fn confirm(host: &mut Host) -> Answer {
    host.warn("\nDo you want to perform these actions? Only `yes` is accepted: ");
    // Waiting for an answer must not keep a signal waiting.
    let mut stdin = std::mem::replace(&mut host.stdin, Box::new(io::empty()));
    let asked = tokio::task::spawn_blocking(move || {
        let mut answer = String::new();
        stdin.read_line(&mut answer).map(|_| answer)
    });
    tokio::select! {
        answer = asked => match answer {
            Ok(Ok(answer)) if answer.trim() == "yes" => Answer::Yes,
            Ok(_) | Err(_) => Answer::No,
        },
        () = stopped(host.stop.clone()) => Answer::Stopped,
    }
}
