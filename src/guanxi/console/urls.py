from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from guanxi.console import brand, exports, helping, home, logo
from guanxi.platform.access import public


@public
def alive(request: HttpRequest) -> HttpResponse:
    """For load balancers: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("alive", alive, name="alive"),
    path("", home.home, name="home"),
    path("palette", home.palette, name="palette"),
    path("help", helping.contents, name="help"),
    path("help/<slug:name>", helping.chapter, name="help-chapter"),
    path("settings/brand", brand.brand, name="brand"),
    path("exports", exports.listed, name="exports"),
    path("exports/new", exports.new, name="exports-new"),
    path("exports/<int:export_id>/file", exports.download, name="export-file"),
    path("exports/<int:export_id>/again", exports.again, name="export-again"),
    path("exports/<int:export_id>/cancel", exports.cancel, name="export-cancel"),
    path("settings/brand/save", brand.save, name="brand-save"),
    path("settings/brand/basis", brand.change_basis, name="brand-basis"),
    path("settings/brand/logo", brand.keep_logo, name="brand-logo"),
    path("settings/brand/logo/remove", brand.remove_logo, name="brand-logo-remove"),
    path("logo/<str:name>", logo.logo, name="logo"),
    path("", include("guanxi.console.people_urls")),
    path("", include("guanxi.console.settings_urls")),
    path("", include("guanxi.console.api_urls")),
    path("", include("guanxi.customers.console.urls")),
    path("", include("guanxi.touchpoints.console.urls")),
    path("", include("guanxi.segments.console.urls")),
    path("", include("guanxi.loops.console.urls")),
    path("", include("guanxi.economics.console.urls")),
    path("", include("guanxi.messaging.console.urls")),
    path("", include("guanxi.community.console.urls")),
    path("", include("guanxi.loyalty.console.urls")),
    path("", include("guanxi.loyalty.console.rules_urls")),
    path("", include("guanxi.loyalty.draws.console.urls")),
    path("", include("guanxi.loyalty.draws.urls")),
    path("", include("guanxi.loyalty.moments.console.urls")),
    path("", include("guanxi.loyalty.booking.console.urls")),
    path("", include("guanxi.loyalty.booking.urls")),
    path("", include("guanxi.loyalty.perks.console.urls")),
    path("", include("guanxi.loyalty.perks.urls")),
    path("", include("guanxi.loyalty.member.urls")),
    path("", include("guanxi.loyalty.tiers.urls")),
    path("", include("guanxi.loyalty.coupons.urls")),
    path("", include("guanxi.loyalty.rewards.urls")),
    path("", include("guanxi.loyalty.rewards.console.urls")),
    path("", include("guanxi.loyalty.till.urls")),
    path("api/v1/", include("guanxi.rest.urls")),
]
