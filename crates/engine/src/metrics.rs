//! What is counted, in Prometheus' terms.

use prometheus::{
    HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};

/// The counters of the engine.
pub struct Metrics {
    registry: Registry,
    /// events kept, by kind
    pub events: IntCounterVec,
    /// repeats of deliveries that were kept before
    pub repeats: IntCounter,
    /// deliveries made at matching, by integration and whether they are skipped
    pub matched: IntCounterVec,
    /// attempts, by integration and outcome
    pub attempts: IntCounterVec,
    /// seconds of an attempt, by integration
    pub attempt_seconds: HistogramVec,
    /// deliveries that wait, as of the last look
    pub pending: IntGauge,
    /// attempts under way
    pub in_flight: IntGauge,
    /// destinations left alone for now
    pub open_breakers: IntGauge,
}

impl Metrics {
    /// New counters, all zero.
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
        let events = counters("crosstie_events_total", "Events kept, by kind.", &["kind"])?;
        let matched = counters(
            "crosstie_deliveries_total",
            "Deliveries made when events were matched, by integration and status.",
            &["integration", "status"],
        )?;
        let attempts = counters(
            "crosstie_attempts_total",
            "Attempts, by integration and outcome.",
            &["integration", "outcome"],
        )?;
        let repeats = IntCounter::new(
            "crosstie_repeated_events_total",
            "Repeats of events that were kept before.",
        )?;
        registry.register(Box::new(repeats.clone()))?;
        let attempt_seconds = HistogramVec::new(
            HistogramOpts::new(
                "crosstie_attempt_seconds",
                "Seconds of an attempt, by integration.",
            ),
            &["integration"],
        )?;
        registry.register(Box::new(attempt_seconds.clone()))?;
        let pending = gauge(
            "crosstie_pending_deliveries",
            "Deliveries that wait for an attempt.",
        )?;
        let in_flight = gauge("crosstie_attempts_in_flight", "Attempts under way.")?;
        let open_breakers = gauge(
            "crosstie_open_breakers",
            "Destinations that are left alone for now.",
        )?;
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

    /// All counters in Prometheus' text form.
    pub fn render(&self) -> String {
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .unwrap_or_default()
    }
}
