"""Every address of the site. Ukrainian has no prefix; Russian and English stand under /ru/ and /en/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from marketplace import metrics
from notifications.push.views import worker as push_worker

# Wagtail brings sign-in forms of its own, which know neither second factors nor our limits: they lead to ours.
_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)

handler500 = "core.outages.server_error"

urlpatterns = [
    path("health/", include("marketplace.health")),
    path("metrics", metrics.page, name="metrics"),
    path("push-worker.js", push_worker, name="push_worker"),
    path("", include("storefront.machine_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("operators/login/", _sign_in),
    path("operators/", include(wagtailadmin_urls)),
    path("desk-api/price-lists/", include("price_lists.api_urls")),
    path("desk-api/requests/", include("buyer_requests.api_urls")),
    path("documents/", include(wagtaildocs_urls)),
    # Pictures that operators upload: few and small, so the site serves them itself. Documents keep to their own view.
    path(
        "media/images/<path:path>",
        serve,
        {"document_root": settings.MEDIA_ROOT / "images"},
        name="media_images",
    ),
    *i18n_patterns(
        path("accounts/", include("allauth.urls")),
        path("profile/webhooks/", include("api.urls")),
        path("profile/", include("accounts.urls")),
        path("inbox/", include("notifications.urls")),
        path("jobs/", include("core.jobs.urls")),
        path("desk/<slug:vendor_slug>/webhooks/", include("api.desk_urls")),
        path("desk/<slug:vendor_slug>/price-lists/", include("price_lists.urls")),
        path("desk/<slug:vendor_slug>/requests/", include("buyer_requests.desk_urls")),
        path("desk/<slug:vendor_slug>/reviews/", include("reviews.desk_urls")),
        path("desk/<slug:vendor_slug>/buyers/", include("storefront.desk_urls")),
        path("desk/", include("vendors.urls")),
        path("operators-invitation/", include("cms.staff.urls")),
        path("requests/", include("buyer_requests.urls")),
        path("", include("reviews.urls")),
        path("watching/", include("search.saved.urls")),
        path("", include("price_lists.public_urls")),
        path("", include("storefront.urls")),
        path("_util/login/", _sign_in),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
