"""Prometheus' figures of this process. No label holds an id, a name or anything else of a person."""

from prometheus_client import Counter, Gauge, Histogram

APPENDED = Counter("jiujin_appended_events", "Events appended to the store", ["service"])
TAKEN_IN = Counter("jiujin_taken_in_events", "Events that had their effect in a consumer", ["consumer"])
FAILED = Counter("jiujin_failed_events", "Times that an event failed in a consumer", ["consumer"])
SENT = Counter("jiujin_sent_events", "Events that a relay has sent to the topic", ["service"])
REQUESTS = Histogram(
    "jiujin_http_seconds",
    "Time of an HTTP request until its answer was sent",
    ["service", "method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

LAG = Gauge("jiujin_lag_events", "Events of a source not taken in by a consumer", ["consumer", "source"])
LAG_SECONDS = Gauge(
    "jiujin_lag_seconds",
    "Seconds since the newest event that a consumer has taken in was recorded; 0 without lag",
    ["consumer", "source"],
)
VIEW_LAG = Gauge("jiujin_view_lag_events", "Events that a view does not show yet", ["service", "view"])
WAITING = Gauge("jiujin_waiting_events", "Events that failed, or wait behind one that did", ["service"])
PARKED = Gauge("jiujin_parked_events", "Events that failed for good and wait for a person", ["service"])
RETRYING = Gauge("jiujin_retrying_events", "Events that will be tried again by themselves", ["service"])
TIMERS = Gauge("jiujin_timers", "Timers set", ["service"])
TIMERS_LATE = Gauge("jiujin_timers_late_seconds", "How long the oldest timer is overdue", ["service"])
UNSENT = Gauge("jiujin_unsent_events", "Events recorded and not sent by the relay", ["service"])
UNSENT_SECONDS = Gauge("jiujin_unsent_seconds", "Age of the oldest event not sent by the relay", ["service"])
LEADER_SILENT = Gauge("jiujin_relay_leader_silent_seconds", "Since the leader's last word", ["service"])
VIEW_BUILT = Gauge(
    "jiujin_view_built_seconds", "When a view was last built, seconds since 1970", ["service", "view"]
)
DATABASE = Gauge("jiujin_database_answers", "Whether the database answered for these figures", ["service"])
PART = Gauge("jiujin_part", "1: a part of the system that this process is", ["part", "version"])
LEADS = Gauge("jiujin_relay_leads", "Whether this process leads the relay of a service", ["service"])
STALL = Gauge(
    "jiujin_stall_transactions", "Transactions between the newest and the oldest still running", ["service"]
)
COUNTS = {
    "requests": Gauge("jiujin_requests", "Requests by state", ["state"]),
    "offers": Gauge("jiujin_offers", "Offers by state", ["state"]),
}
"""What services count of their own; the names are those of a definition's `counts`."""
