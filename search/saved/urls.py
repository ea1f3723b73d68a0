"""Addresses of what a person watches."""

from django.urls import path

from search.saved import views

app_name = "watching"
urlpatterns = [
    path("", views.home, name="list"),
    path("searches/save/", views.save, name="save"),
    path("searches/<int:pk>/", views.search, name="search"),
    path("searches/<int:pk>/open/", views.open_search, name="open"),
    path("searches/<int:pk>/rename/", views.rename, name="rename"),
    path("searches/<int:pk>/pause/", views.pause_search, name="pause_search"),
    path("searches/<int:pk>/resume/", views.resume_search, name="resume_search"),
    path("searches/<int:pk>/delete/", views.delete_search, name="delete_search"),
    path("prices/watch/", views.watch, name="watch"),
    path("prices/<int:pk>/", views.price, name="price"),
    path("prices/<int:pk>/pause/", views.pause_watch, name="pause_watch"),
    path("prices/<int:pk>/resume/", views.resume_watch, name="resume_watch"),
    path("prices/<int:pk>/delete/", views.delete_watch, name="delete_watch"),
    path("stop/<str:token>/", views.stop, name="stop"),
]
