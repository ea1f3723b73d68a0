"""ASGI entry point."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
_site = get_asgi_application()

from buyer_requests.auctioning.streaming import LiveEdge  # noqa: E402 - apps are loaded by the line before

application = LiveEdge(_site)
