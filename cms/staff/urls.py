"""The address of invitations to the operators' desk."""

from django.urls import path

from cms.staff import views

urlpatterns = [path("<str:token>/", views.invitation, name="staff_invitation")]
