"""How sure a share is: the kernel's, under the name that this chapter knows it by."""

from __future__ import annotations

from guanxi.kernel.intervals import wilson

__all__ = ["wilson"]
