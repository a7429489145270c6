//! Processor time of this thread.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// What a measurement may take altogether.
const BUDGET: Duration = Duration::from_millis(700);

/// The fewest and the most runs.
const RUNS: std::ops::RangeInclusive<u32> = 5..=2_000;

/// The shortest time that counts: shorter work is repeated within one run.
const SHORTEST: Duration = Duration::from_micros(500);

/// The best time of several runs of `work`.
pub(crate) fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let mut timed = |repeats: u32| {
        let started = Clock::now();
        for _ in 0..repeats {
            black_box(work());
        }
        started.elapsed() / repeats
    };
    let first = timed(1);
    let repeats = (SHORTEST.as_nanos() / first.as_nanos().max(1)).clamp(1, 1_000) as u32;
    let started = Instant::now();
    let mut fastest = first;
    let mut runs = 0;
    while runs < *RUNS.start() || (started.elapsed() < BUDGET && runs < *RUNS.end()) {
        fastest = fastest.min(timed(repeats));
        runs += 1;
    }
    fastest
}

pub(crate) fn megabytes_per_second(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

/// A reading of the thread's processor time.
struct Clock(Duration);

impl Clock {
    fn now() -> Self {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        let (seconds, nanoseconds) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
        Self(Duration::from_secs(seconds) + Duration::from_nanos(nanoseconds))
    }

    fn elapsed(self) -> Duration {
        Self::now().0.saturating_sub(self.0)
    }
}
