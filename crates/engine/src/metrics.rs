//! Prometheus metrics.

use prometheus::{
    HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// The metrics of the engine.
pub struct Metrics {
    registry: Registry,
    /// events stored, by kind
    pub events: IntCounterVec,
    /// duplicates of stored events
    pub repeats: IntCounter,
    /// deliveries created, by integration and whether they are skipped
    pub matched: IntCounterVec,
    /// attempts, by integration and outcome
    pub attempts: IntCounterVec,
    /// seconds per attempt, by integration
    pub attempt_seconds: HistogramVec,
    /// pending deliveries, as of the last count
    pub pending: IntGauge,
    /// running attempts
    pub in_flight: IntGauge,
    /// open circuit breakers
    pub open_breakers: IntGauge,
}

impl Metrics {
    /// New metrics, all zero.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new();
        let counters = |name: &str, help: &str, labels: &[&str]| {
            let counters = IntCounterVec::new(Opts::new(name, help), labels)?;
            registry.register(Box::new(counters.clone()))?;
            Ok::<_, prometheus::Error>(counters)
        };
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let events = counters(
            "crosstie_events_total",
            "Events stored, by kind.",
            &["kind"],
        )?;
        let matched = counters(
            "crosstie_deliveries_total",
            "Deliveries created, by integration and status.",
            &["integration", "status"],
        )?;
        let attempts = counters(
            "crosstie_attempts_total",
            "Attempts, by integration and outcome.",
            &["integration", "outcome"],
        )?;
        let repeats = IntCounter::new(
            "crosstie_repeated_events_total",
            "Duplicates of stored events.",
        )?;
        registry.register(Box::new(repeats.clone()))?;
        let attempt_seconds = HistogramVec::new(
            HistogramOpts::new(
                "crosstie_attempt_seconds",
                "Duration of attempts in seconds, by integration.",
            ),
            &["integration"],
        )?;
        registry.register(Box::new(attempt_seconds.clone()))?;
        let pending = gauge("crosstie_pending_deliveries", "Pending deliveries.")?;
        let in_flight = gauge("crosstie_attempts_in_flight", "Running attempts.")?;
        let open_breakers = gauge("crosstie_open_breakers", "Open circuit breakers.")?;
        Ok(Self {
            registry,
            events,
            repeats,
            matched,
            attempts,
            attempt_seconds,
            pending,
            in_flight,
            open_breakers,
        })
    }

    /// All metrics in Prometheus' text format.
    pub fn render(&self) -> String {
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .unwrap_or_default()
    }
}
