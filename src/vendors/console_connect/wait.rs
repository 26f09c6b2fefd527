//! Waiting for what the vendor does by itself once it has taken a request: orders, activation, changes of speed.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::error::VendorError;

/// The pause before the second look; each later one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// What a look found.
pub(super) enum Seen<T> {
    Settled(T),
    /// Not yet. What it waits for, as a clause.
    Waits(String),
}

/// Looks until all is settled. What is not by the end of the time goes on without us: [`Cause::UnderWay`].
///
/// [`Cause::UnderWay`]: crate::model::error::Cause::UnderWay
pub(super) async fn until<T, L>(
    limit: Duration,
    mut look: impl FnMut() -> L,
) -> Result<T, VendorError>
where
    L: Future<Output = Result<Seen<T>, VendorError>>,
{
    let end = Instant::now() + limit;
    let mut pause = FIRST_PAUSE;
    loop {
        let waits = match look().await? {
            Seen::Settled(what) => return Ok(what),
            Seen::Waits(what) => what,
        };
        let now = Instant::now();
        if now >= end {
            return Err(VendorError::under_way(waits));
        }
        tokio::time::sleep_until(end.min(now + pause)).await;
        pause = LONGEST_PAUSE.min(pause * 2);
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Seen, until};
    use crate::model::error::{Cause, VendorError};

    /// Looks for so long at what settles at the n-th look: what came of it, how many looks, and how many seconds.
    async fn looks(limit: u64, settles_at: usize) -> (Result<usize, Cause>, usize, u64) {
        let start = Instant::now();
        let mut looks = 0;
        let limit = Duration::from_secs(limit);
        let seen = until(limit, || {
            looks += 1;
            ready(Ok(if looks == settles_at {
                Seen::Settled(looks)
            } else {
                Seen::Waits("waits".to_owned())
            }))
        })
        .await;
        let seen = seen.map_err(|error| error.cause);
        (seen, looks, start.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_settled_is_not_waited_for() {
        assert_eq!(looks(60, 1).await, (Ok(1), 1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow() {
        // A tenth of a second, two, four, eight, 1.6 and 3.2 seconds.
        assert_eq!(looks(60, 7).await, (Ok(7), 7, 6));
    }

    #[tokio::test(start_paused = true)]
    async fn when_the_time_is_over_it_is_under_way() {
        assert_eq!(looks(20, 99).await, (Err(Cause::UnderWay), 9, 20));
    }

    #[tokio::test(start_paused = true)]
    async fn a_look_that_fails_ends_the_waiting() {
        let seen = until(Duration::from_secs(60), || {
            ready(Err::<Seen<()>, _>(VendorError::refused("no")))
        });
        assert_eq!(seen.await.map_err(|it| it.cause), Err(Cause::Refused));
    }
}
