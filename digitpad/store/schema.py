"""The tables. A change here needs a migration in `migrations/versions`; a test compares them."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Time(TypeDecorator[datetime]):
    """A time in UTC; SQLite forgets the zone, so it is put back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time with its zone."""
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """All tables."""


class Key(Base):
    """A secret of this installation, by name."""

    __tablename__ = "keys"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(100))


class ApiKey(Base):
    """A program that may send more than a stranger."""

    __tablename__ = "api_keys"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[datetime] = mapped_column(Time, default=now)
    revoked: Mapped[datetime | None] = mapped_column(Time)


class Writer(Base):
    """A person or a program: a browser with a signed cookie, or the holder of a token."""

    __tablename__ = "writers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)  # None: a browser
    revision: Mapped[int] = mapped_column(default=0)  # raised when the corrections change
    created: Mapped[datetime] = mapped_column(Time, default=now)


class CorrectionRow(Base):
    """A drawing, and what its writer says that it is."""

    __tablename__ = "corrections"
    __table_args__ = (
        CheckConstraint("(ink IS NULL) <> (raster IS NULL)", name="one_drawing"),
        CheckConstraint("state IN ('pending', 'accepted', 'rejected')", name="known_state"),
        Index("ix_corrections_writer", "writer_id", "number"),
        {"sqlite_autoincrement": True},  # else the number of a deleted last row comes again
    )

    number: Mapped[int] = mapped_column(primary_key=True)  # in the order they came
    id: Mapped[UUID] = mapped_column(unique=True)  # made by the client
    writer_id: Mapped[UUID] = mapped_column(ForeignKey("writers.id", ondelete="CASCADE"))
    ink: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # strokes of points
    raster: Mapped[bytes | None] = mapped_column(LargeBinary)  # 28 × 28 greys, row by row
    label: Mapped[str | None] = mapped_column(String(1))  # None: not a digit
    predicted: Mapped[str] = mapped_column(String(1))
    model: Mapped[str] = mapped_column(String(64))  # SHA-256 of the network that predicted
    expect: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))  # what was asked for
    state: Mapped[str] = mapped_column(String(8), default="pending", index=True)
    created: Mapped[datetime] = mapped_column(Time, default=now, index=True)


class VersionRow(Base):
    """A model: what `digits.onnx` and `manifest.json` hold in a folder."""

    __tablename__ = "model_versions"

    version: Mapped[str] = mapped_column(String(100), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))  # of the network
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON)
    network: Mapped[bytes] = mapped_column(LargeBinary)
    data_sha256: Mapped[str] = mapped_column(String(64))  # of the training data
    created: Mapped[datetime] = mapped_column(Time, default=now)


class Promotion(Base):
    """A time when a version was made the one that is served, until it was taken back."""

    __tablename__ = "promotions"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("model_versions.version"))
    created: Mapped[datetime] = mapped_column(Time, default=now)
    undone: Mapped[datetime | None] = mapped_column(Time)  # when it was taken back


class CountRow(Base):
    """How often something was seen in an hour: no drawing, and nobody's."""

    __tablename__ = "counts"

    hour: Mapped[datetime] = mapped_column(Time, primary_key=True)  # when it began
    mix: Mapped[str] = mapped_column(String(20), primary_key=True)  # of `drift.MIXES`
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int]
