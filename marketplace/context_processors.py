"""What every page knows of the installation."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "site_name": settings.SITE_NAME,
        "is_demo": settings.DEMO,
        "url_check_list": reverse("price_lists_public:check"),  # lower rooms cannot name it
    }
