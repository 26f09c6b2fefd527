//! The traffic with one system: how fast it may be, when it may go on, and how much there was.
//!
//! The rate is exact: in no span of time do more requests leave than it says. A token bucket would let nearly twice as
//! many leave, since it fills again while it is emptied, and ready-made ones read a clock that tests cannot set.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::error::Problem;
use super::retry::LONGEST_WAIT;
use crate::model::rate::Rate;

/// Pauses are kept no longer than this, so that no clock runs over. No run lasts that long.
const FAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The traffic of all clients that were made with it.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    rate: Option<Rate>,
    /// When the latest requests left, as many as the rate speaks of. Held while one waits, so that all leave in the
    /// order in which they came.
    left: tokio::sync::Mutex<VecDeque<Instant>>,
    pause: Mutex<Option<Pause>>,
    amount: Mutex<Amount>,
}

/// A pause that the system asked for.
#[derive(Clone, Copy, Debug)]
struct Pause {
    until: Instant,
    /// With which status it was asked for, and for how long.
    status: u16,
    asked: Duration,
}

/// How much traffic there was.
#[derive(Clone, Copy, Debug, Default)]
struct Amount {
    reads: usize,
    answers: u32,
    took: Duration,
}

impl Traffic {
    pub(crate) fn new(rate: Option<Rate>) -> Self {
        Self {
            rate,
            ..Self::default()
        }
    }

    /// How many reads have succeeded. Repeats and renewed logins do not count, so that it depends on nothing but what was
    /// asked.
    pub(crate) fn reads(&self) -> usize {
        lock(&self.amount).reads
    }

    /// How long an answer takes in the mean; none if there was none.
    pub(crate) fn mean_answer(&self) -> Option<Duration> {
        let Amount {
            reads: _,
            answers,
            took,
        } = *lock(&self.amount);
        took.checked_div(answers)
    }

    /// Waits until the next request may leave, and counts it as left. An error if the system asked for a pause that is
    /// longer than anybody waits.
    pub(super) async fn turn(&self) -> Result<(), Problem> {
        let mut left = self.left.lock().await;
        loop {
            let now = Instant::now();
            let until = match *lock(&self.pause) {
                Some(pause) if pause.until > now + LONGEST_WAIT => {
                    return Err(Problem::Wait {
                        status: pause.status,
                        asked: pause.asked,
                        limit: LONGEST_WAIT,
                    });
                }
                Some(pause) => self.free(&left, now).max(pause.until),
                None => self.free(&left, now),
            };
            if until <= now {
                break;
            }
            let milliseconds = (until - now).as_millis();
            tracing::debug!(milliseconds, "waiting for the rate or for a pause");
            tokio::time::sleep_until(until).await;
        }
        if let Some(rate) = self.rate {
            if left.len() == rate.requests.get() as usize {
                left.pop_front();
            }
            left.push_back(Instant::now());
        }
        Ok(())
    }

    /// When the rate lets the next one leave.
    fn free(&self, left: &VecDeque<Instant>, now: Instant) -> Instant {
        match (self.rate, left.front()) {
            (Some(rate), Some(first)) if left.len() == rate.requests.get() as usize => {
                *first + rate.per.length()
            }
            (Some(_) | None, Some(_) | None) => now,
        }
    }

    /// Lets nothing leave for so long, whoever was asked.
    pub(super) fn pause(&self, status: u16, asked: Duration) {
        let until = Instant::now() + asked.min(FAR);
        let mut pause = lock(&self.pause);
        if pause.is_none_or(|present| present.until < until) {
            *pause = Some(Pause {
                until,
                status,
                asked,
            });
        }
    }

    /// Counts an answer, whatever it says.
    pub(super) fn answered(&self, after: Duration) {
        let mut amount = lock(&self.amount);
        amount.answers += 1;
        amount.took += after;
    }

    /// Counts a read that succeeded.
    pub(super) fn read(&self) {
        lock(&self.amount).reads += 1;
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use futures_util::future::join_all;
    use tokio::time::Instant;

    use super::Traffic;
    use crate::http::error::Problem;

    fn at(rate: &str) -> Traffic {
        Traffic::new(Some(rate.parse().unwrap()))
    }

    /// When each of so many requests leaves that all come at once, in milliseconds.
    async fn turns(traffic: &Traffic, count: usize) -> Vec<u128> {
        let began = Instant::now();
        let turn = async || {
            traffic.turn().await.unwrap();
            began.elapsed().as_millis()
        };
        join_all((0..count).map(|_| turn())).await
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_rate_nothing_waits() {
        assert_eq!(turns(&Traffic::default(), 4).await, [0, 0, 0, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_span_sees_more_requests_than_the_rate_says() {
        let traffic = at("2/s");
        assert_eq!(turns(&traffic, 5).await, [0, 0, 1000, 1000, 2000]);
        // The one that left last is still within the span.
        assert_eq!(turns(&traffic, 2).await, [0, 1000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_that_was_not_used_up_does_not_add_up() {
        let traffic = at("2/s");
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(turns(&traffic, 3).await, [0, 0, 1000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_for_every_request() {
        let traffic = Traffic::default();
        traffic.pause(429, Duration::from_secs(7));
        assert_eq!(turns(&traffic, 3).await, [7000, 7000, 7000]);
        assert_eq!(turns(&traffic, 1).await, [0]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_also_for_those_who_wait_already() {
        let traffic = Arc::new(at("1/s"));
        let waiting = Arc::clone(&traffic);
        let waiting = tokio::spawn(async move { turns(&waiting, 3).await });
        tokio::time::sleep(Duration::from_millis(500)).await;
        traffic.pause(503, Duration::from_secs(4));
        assert_eq!(waiting.await.unwrap(), [0, 4500, 5500]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_shorter_pause_does_not_end_a_longer_one() {
        let traffic = Traffic::default();
        traffic.pause(429, Duration::from_secs(7));
        traffic.pause(429, Duration::from_secs(1));
        assert_eq!(turns(&traffic, 1).await, [7000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_is_too_long_is_named_to_everybody_and_waited_for_once_it_is_shorter() {
        let traffic = Traffic::default();
        traffic.pause(429, Duration::from_secs(u64::MAX));
        assert!(matches!(traffic.turn().await, Err(Problem::Wait { .. })));
        let traffic = Traffic::default();
        traffic.pause(429, Duration::from_secs(90));
        assert_eq!(
            traffic.turn().await,
            Err(Problem::Wait {
                status: 429,
                asked: Duration::from_secs(90),
                limit: Duration::from_secs(60)
            })
        );
        tokio::time::sleep(Duration::from_secs(40)).await;
        assert_eq!(turns(&traffic, 1).await, [50_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_gives_up_waiting_takes_no_turn() {
        let traffic = at("1/s");
        traffic.turn().await.unwrap();
        let given_up = tokio::time::timeout(Duration::from_millis(300), traffic.turn()).await;
        assert!(given_up.is_err());
        assert_eq!(turns(&traffic, 2).await, [700, 1700]);
    }

    #[test]
    fn the_mean_is_over_all_answers_and_there_is_none_without_one() {
        let traffic = Traffic::default();
        assert_eq!(traffic.mean_answer(), None);
        traffic.answered(Duration::from_millis(10));
        traffic.answered(Duration::from_millis(30));
        traffic.read();
        assert_eq!(traffic.mean_answer(), Some(Duration::from_millis(20)));
        assert_eq!(traffic.reads(), 1);
    }
}
