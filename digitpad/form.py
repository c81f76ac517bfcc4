"""What was read of a form: a reading a field."""

from dataclasses import dataclass
from typing import Any, Literal

from digitpad.geometry import Box
from digitpad.layout import Field
from digitpad.layout.cutting import Crop
from digitpad.reading import Reading


@dataclass(frozen=True, eq=False)
class FieldReading:
    """What was read in one field."""

    name: str
    box: Box  # of the field, around it in px of the picture
    reading: Reading  # whose boxes are in px of the picture, too

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON."""
        return {"name": self.name, "box": list(self.box), "reading": self.reading.to_dict()}


@dataclass(frozen=True, eq=False)
class FormReading:
    """What was read of a form; of one that was not found nothing is."""

    fields: tuple[FieldReading, ...]
    reason: str | None = None  # why there are no fields

    @property
    def status(self) -> Literal["read", "unsure"]:
        """Unsure when the form was not found, or a field is; a field may be blank."""
        unsure = any(field.reading.status == "unsure" for field in self.fields)
        return "unsure" if unsure or not self.fields else "read"

    def to_dict(self) -> dict[str, Any]:
        """Return it for JSON: the one form, of the command line and of the HTTP interface."""
        return {
            "status": self.status,
            "reason": self.reason,
            "fields": [field.to_dict() for field in self.fields],
        }


def in_picture(field: Field, crop: Crop, reading: Reading, factor: int) -> FieldReading:
    """Return what was read of a crop with its boxes in the picture that the form is on.

    `factor` is by how much the picture was averaged down before.
    """

    def place(box: Box) -> Box:
        return Box(*(factor * side for side in crop.place(box)))

    return FieldReading(field.name, place(crop.field), reading.moved(place))
