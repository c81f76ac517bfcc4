"""Forms: where their fields are on the page, and where the page is in a picture."""

from digitpad.layout.layout import Field, Layout

__all__ = ["Field", "Layout"]
