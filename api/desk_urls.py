"""Webhooks of a vendor, below its desk."""

from api.webhooks import views
from api.webhooks.addresses import patterns

app_name = "webhooks_desk"
urlpatterns = patterns(views.of_vendor)
