from django.urls import path

from guanxi.loyalty.booking.console import editing, views

urlpatterns = [
    path("loyalty/services", views.listed, name="services"),
    path("loyalty/services/week", views.week, name="services-week"),
    path("loyalty/services/new", editing.new, name="service-new"),
    path("loyalty/services/create", editing.create, name="service-create"),
    path("loyalty/services/<int:service_id>/edit", editing.edit, name="service-edit"),
    path("loyalty/services/<int:service_id>/save", editing.save, name="service-save"),
    path("loyalty/bookings/<int:booking_id>/met", views.met, name="booking-met"),
    path("loyalty/bookings/<int:booking_id>/cancel", views.cancel, name="booking-cancel"),
]
