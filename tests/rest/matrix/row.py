"""One row of the matrix: asked as a caller, about a customer of the brand."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from tests.rest.conftest import Caller

Ask = Callable[[Caller, int], HttpResponse]
