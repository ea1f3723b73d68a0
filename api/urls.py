"""Webhooks of a person, below the profile."""

from api.webhooks import views
from api.webhooks.addresses import patterns

app_name = "webhooks"
urlpatterns = patterns(views.of_person)
