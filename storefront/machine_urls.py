"""Addresses that machines ask for: the same in every language."""

from django.urls import path

from storefront import machine_views

urlpatterns = [
    path("robots.txt", machine_views.robots, name="robots"),
    path("sitemap.xml", machine_views.sitemap, name="sitemap"),
    path("sitemap-<slug:kind>-<int:number>.xml", machine_views.sitemap_file, name="sitemap_file"),
]
