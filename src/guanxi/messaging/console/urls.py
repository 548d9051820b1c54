from django.urls import path

from guanxi.messaging.pages.inbox import inbox, inbox_message
from guanxi.messaging.pages.unsubscribe import unsubscribe

urlpatterns = [
    path("u/<str:token>", unsubscribe, name="unsubscribe"),
    path("i/<str:token>", inbox, name="inbox"),
    path("i/<str:token>/<int:message_id>", inbox_message, name="inbox-message"),
]
