from django.urls import path

from guanxi.loyalty.booking import member

urlpatterns = [
    path("m/<slug:slug>/services", member.listed, name="member-services"),
    path("m/<slug:slug>/services/<int:service_id>", member.choose, name="member-service"),
    path("m/<slug:slug>/services/<int:service_id>/book", member.book, name="member-book"),
    path("m/<slug:slug>/bookings", member.bookings, name="member-bookings"),
    path("m/<slug:slug>/bookings/<int:booking_id>/cancel", member.cancel, name="member-booking-cancel"),
]
