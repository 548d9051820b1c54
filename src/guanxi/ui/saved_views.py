"""Saved views for any list: one decorator on the list's view gives it the menu, the default and the palette.

    @permission_required(Permission.CUSTOMERS_VIEW)
    @listed("customers", _("Customers"), Permission.CUSTOMERS_VIEW, lambda words: Query(…words…).url())
    def customers(request): …

`address` turns the words of a query into the list's own address, leaving out what it does not understand and
where the page begins. Whatever was saved goes through it again each time, so a hostile or outdated query is
harmless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.utils.functional import Promise

from guanxi.kernel.registries import Registry
from guanxi.platform import saved_views
from guanxi.platform.access import BrandRequest
from guanxi.platform.saved_views import View
from guanxi.ui.palette import Hit

P = ParamSpec("P")
Address = Callable[[Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list whose views are kept. Who may not see the list sees none of its views."""

    name: str
    label: Promise | str
    permission: str
    address: Address

    def url(self, query: str) -> str:
        """The list's address for a query, whoever wrote it."""
        return self.address(QueryDict(query[: saved_views.QUERY_CHARS]).dict())


listings: Registry[Listing] = Registry("list", lambda listing: listing.name)


@dataclass(frozen=True, slots=True)
class ViewLink:
    view: View
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """What the list's header shows. `query` is what saving keeps; it is empty for the list as it is."""

    listing: Listing
    links: Sequence[ViewLink]
    query: str
    here: str

    @property
    def current(self) -> ViewLink | None:
        return next((link for link in self.links if link.is_current), None)


View_ = Callable[Concatenate[BrandRequest, P], HttpResponseBase]


def listed(
    name: str, label: Promise | str, permission: str, address: Address
) -> Callable[[View_[P]], View_[P]]:
    """Keep views of this list. Whoever comes from elsewhere to its bare address gets their default view."""
    listing = listings.register(Listing(name, label, str(permission), address))

    def decorate(view: View_[P]) -> View_[P]:
        @wraps(view)
        def opened(request: BrandRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            menu = _menu(request, listing)
            default = next((link for link in menu.links if link.view.is_default), None)
            if default and not default.is_current and not request.GET and _from_elsewhere(request):
                return HttpResponseRedirect(default.url)
            request.__dict__["saved_views"] = menu
            return view(request, *args, **kwargs)

        return opened

    return decorate


def menu_of(request: HttpRequest | None) -> Menu | None:
    """The menu of the list that is being shown, for base.html."""
    return getattr(request, "saved_views", None)


def find_saved_views(request: BrandRequest, text: str) -> list[Hit]:
    """For the command palette."""
    found = saved_views.find_views(request.brand.pk, request.person.pk, text)
    return [
        Hit(view.name, listing.url(view.query), str(listing.label))
        for view in found
        if (listing := listings.get(view.listing)) and request.actor.may(listing.permission)
    ]


def _menu(request: BrandRequest, listing: Listing) -> Menu:
    here = listing.address(request.GET.dict())
    links = []
    for view in saved_views.views_of(request.brand.pk, request.person.pk, listing.name):
        url = listing.url(view.query)
        links.append(ViewLink(view, url, url == here))
    return Menu(listing, links, urlsplit(here).query, here)


def _from_elsewhere(request: BrandRequest) -> bool:
    """Not by a link of the list itself, which means everything by its bare address."""
    return urlsplit(request.headers.get("Referer", "")).path != request.path
