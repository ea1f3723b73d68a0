"""Addresses of reviews on the vendor's desk."""

from django.urls import path

from reviews import views

app_name = "reviews_desk"
urlpatterns = [
    path("", views.desk_list, name="list"),
    path("deal/<uuid:public_id>/", views.rate_buyer, name="rate"),
    path("<uuid:public_id>/answer/", views.answer, name="answer"),
    path("<uuid:public_id>/report/", views.report, name="report"),
]
