"""Every row lock of searching."""

from __future__ import annotations

from search.models import IndexBuild

#: The one row of `IndexBuild`.
SLOT = 1


def lock_build() -> IndexBuild | None:
    """The rebuild's row, locked until the transaction ends; None where there never was one."""
    return IndexBuild.objects.select_for_update().filter(pk=SLOT).first()
