from django.http import HttpRequest, HttpResponse
from django.urls import path


def alive(request: HttpRequest) -> HttpResponse:
    """For load balancers: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [path("alive", alive, name="alive")]
