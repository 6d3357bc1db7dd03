//! What machines ask the server about itself: its counts in Prometheus's text format, whether it lives, and whether it
//! takes requests.

use super::site::{Site, says};
use crate::hub::desk::Query;
use crate::hub::gauges::Totals;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use tide::{Request, Response, StatusCode};

/// The format of the answer, as OpenMetrics 1.0 names it.
const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers with all counts.
pub(super) async fn metrics(request: Request<Site>) -> tide::Result {
    let Some(totals) = request.state().desk.ask(Query::Totals).await else {
        return Ok(says(StatusCode::ServiceUnavailable, "The server is stopping."));
    };
    Ok(Response::builder(StatusCode::Ok).body(text(totals)).content_type(KIND).build())
}

/// Answers that the server lives.
pub(super) async fn health(_: Request<Site>) -> tide::Result {
    Ok(says(StatusCode::Ok, "ok"))
}

/// Answers whether the server takes requests: it does not while nothing can be kept, or once it stops.
pub(super) async fn ready(request: Request<Site>) -> tide::Result {
    let ready = request.state().desk.ask(Query::Ready).await.unwrap_or(false);
    Ok(if ready {
        says(StatusCode::Ok, "ready")
    } else {
        says(StatusCode::ServiceUnavailable, "The server takes no requests at present.")
    })
}

fn text(totals: Totals) -> String {
    let mut registry = Registry::with_prefix("hobnob");
    registry.register_collector(Box::new(Counts(totals)));
    let mut text = String::new();
    prometheus_client::encoding::text::encode(&mut text, &registry).expect("a string takes all text");
    text
}

#[derive(Debug)]
struct Counts(Totals);

impl Collector for Counts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Totals {
            since,
            clients,
            clients_peak,
            messages,
            deliveries,
            mutes,
            warnings,
            bytes_in,
            bytes_out,
            lag,
            memory,
            p50_us,
            p99_us,
            refusals,
        } = &self.0;
        for (name, help, value) in [
            ("start_time_milliseconds", "When the server started, since the beginning of 1970", *since),
            ("clients", "How many connections there are", *clients),
            ("clients_peak", "How many connections there were at most", *clients_peak),
            ("journal_lag_records", "How many records are not durable yet", *lag),
            ("memory_bytes", "How much memory the process has", *memory),
        ] {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        for (name, help, value) in [
            ("messages", "Messages and files that were taken", *messages),
            ("deliveries", "Messages and news that were handed to connections", *deliveries),
            ("mutes", "Mutes, for talking too fast or by an operator", *mutes),
            ("warnings", "Warnings that a mute is near", *warnings),
            ("received_bytes", "Bytes that came over connections", *bytes_in),
            ("sent_bytes", "Bytes that were handed to connections", *bytes_out),
        ] {
            let counter = ConstCounter::new(value);
            counter.encode(encoder.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        let help = "How long deliveries took, from when the server took up what caused them until they were handed on, in microseconds";
        let kind = ConstGauge::new(0i64).metric_type();
        let mut family = encoder.encode_descriptor("delivery_microseconds", help, None, kind)?;
        for (quantile, value) in [("0.5", p50_us), ("0.99", p99_us)] {
            let gauge = ConstGauge::new(i64::try_from(*value).unwrap_or(i64::MAX));
            gauge.encode(family.encode_family(&[("quantile", quantile)])?)?;
        }
        let kind = ConstCounter::new(0u64).metric_type();
        let mut family = encoder.encode_descriptor("refusals", "Refusals, by their reason", None, kind)?;
        for (no, count) in refusals {
            ConstCounter::new(*count).encode(family.encode_family(&[("reason", *no)])?)?;
        }
        Ok(())
    }
}
