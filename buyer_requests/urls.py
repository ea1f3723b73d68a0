"""Addresses of requests for buyers. Ids in addresses are random, so that none can be guessed or counted."""

from django.urls import path

from buyer_requests.views import buyer, decision

app_name = "requests"
urlpatterns = [
    path("", buyer.home, name="list"),
    path("new/", buyer.new, name="new"),
    path("<uuid:public_id>/", decision.detail, name="detail"),
    path("<uuid:public_id>/edit/", buyer.edit, name="edit"),
    path("<uuid:public_id>/check/", buyer.check, name="check"),
    path("<uuid:public_id>/estimate/", buyer.estimate, name="estimate"),
    path("<uuid:public_id>/publish/", buyer.publish, name="publish"),
    path("<uuid:public_id>/delete/", buyer.delete, name="delete"),
    path("<uuid:public_id>/cancel/", buyer.cancel, name="cancel"),
    path("<uuid:public_id>/deadline/", buyer.prolong, name="deadline"),
    path("<uuid:public_id>/award/", decision.award, name="award"),
    path("<uuid:public_id>/export/", decision.export, name="export"),
    path("<uuid:public_id>/questions/<int:question_id>/", decision.answer, name="answer"),
]
