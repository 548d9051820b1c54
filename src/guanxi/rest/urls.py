"""Addresses below /api/v1/."""

from django.urls import path

from guanxi.rest import docs
from guanxi.rest.api import api

urlpatterns = [
    path("docs", docs.page, name="api-docs"),
    path("", api.urls),
]
