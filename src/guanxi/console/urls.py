from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from guanxi.platform.access import public


@public
def alive(request: HttpRequest) -> HttpResponse:
    """For load balancers: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("alive", alive, name="alive"),
    path("", include("guanxi.console.people_urls")),
]
