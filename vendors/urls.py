"""Addresses of the vendor desk's own pages; other rooms put theirs below /desk/<slug>/."""

from django.urls import path

from vendors import views
from vendors.appeals import views as appeals
from vendors.care import views as care

app_name = "desk"
urlpatterns = [
    path("", views.index, name="index"),
    path("apply/", views.apply, name="apply"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path("<slug:vendor_slug>/", views.home, name="home"),
    path("<slug:vendor_slug>/people/", views.people, name="people"),
    path("<slug:vendor_slug>/people/invite/", views.invite, name="invite"),
    path("<slug:vendor_slug>/people/invitations/<int:invitation_id>/revoke/", views.revoke, name="revoke"),
    path("<slug:vendor_slug>/people/<int:membership_id>/role/", views.change_role, name="change_role"),
    path("<slug:vendor_slug>/people/<int:membership_id>/remove/", views.remove, name="remove"),
    path("<slug:vendor_slug>/decisions/", appeals.decisions, name="decisions"),
    path("<slug:vendor_slug>/decisions/<int:decision_id>/appeal/", appeals.appeal, name="appeal"),
    path("<slug:vendor_slug>/checklist/", appeals.points, name="checklist"),
    path("<slug:vendor_slug>/checklist/<slug:item>/", appeals.attest, name="attest"),
    path("<slug:vendor_slug>/holiday/", care.holiday, name="holiday"),
    path("<slug:vendor_slug>/visits/", care.visits, name="visits"),
    path("<slug:vendor_slug>/visits/end/", care.end_visit, name="end_visit"),
    path("<slug:vendor_slug>/settings/", views.settings, name="settings"),
]
