"""Addresses of the inbox."""

from django.urls import path

from notifications import views
from notifications.push import views as push

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:pk>/open/", views.open_message, name="open"),
    path("read/", views.read, name="read"),
    path("letters/", views.choices, name="choices"),
    path("letters/stop/<str:token>/", views.stop, name="stop"),
    path("push/on/", push.subscribe, name="push_on"),
    path("push/off/", push.unsubscribe, name="push_off"),
]
