"""What is counted of webhooks."""

from typing import Final

from core import metrics

ATTEMPTS: Final = metrics.counter(
    "ryad_webhook_attempts", "Attempts to deliver a webhook, by what became of them.", ["outcome"]
)
SECONDS: Final = metrics.histogram(
    "ryad_webhook_seconds",
    "How long receivers of webhooks take.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0),
)
