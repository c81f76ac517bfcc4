"""Versions of the model: registered, promoted and rolled back. They are small, so they are here.

The newest promotion that was not taken back says which is served; without one, the shipped model.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from digitpad.errors import Conflict, InvalidInput, ModelError
from digitpad.network.manifest import MANIFEST, NETWORK, SHIPPED
from digitpad.reader import Reader
from digitpad.store.database import Database
from digitpad.store.schema import Promotion, VersionRow, now


@dataclass(frozen=True)
class Version:
    """A model in the database."""

    version: str
    sha256: str  # of the network
    manifest: Mapping[str, Any]
    data_sha256: str  # of the training data
    created: datetime  # UTC
    is_current: bool


def register(
    database: Database, manifest: Mapping[str, Any], network: bytes, data_sha256: str
) -> None:
    """Keep a model under its manifest's `version`; the same one again changes nothing.

    Raises ModelError unless the network has the manifest's hash, and Conflict when there is
    another model of that version.
    """
    found = hashlib.sha256(network).hexdigest()
    if found != manifest["sha256"]:
        raise ModelError(
            f"the network has SHA-256 {found}, its manifest expects {manifest['sha256']}"
        )
    row = VersionRow(
        version=manifest["version"],
        sha256=found,
        manifest=dict(manifest),
        network=network,
        data_sha256=data_sha256,
    )
    try:
        with database.writing() as session:
            session.add(row)
    except IntegrityError as error:
        with database.reading() as session:
            before = session.get(VersionRow, manifest["version"])
            if before is None or (_described(before.manifest), before.data_sha256) != (
                _described(manifest),
                data_sha256,
            ):
                raise Conflict(f"there is another version {manifest['version']}") from error


def _described(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest without what `record` adds to it."""
    return {name: value for name, value in manifest.items() if name != "training"}


def registered(database: Database) -> list[Version]:
    """Return all versions, newest first."""
    with database.reading() as session:
        current = next(iter(_promoted(session)), None)
        rows = session.scalars(
            select(VersionRow)
            .options(defer(VersionRow.network))
            .order_by(VersionRow.created.desc(), VersionRow.version)
        )
        return [
            Version(
                row.version,
                row.sha256,
                row.manifest,
                row.data_sha256,
                row.created,
                row.version == current,
            )
            for row in rows
        ]


def promoted(database: Database) -> tuple[str, ...]:
    """Return the version to serve, and those served before it, newest first; () for none."""
    with database.reading() as session:
        return _promoted(session)


def current(database: Database) -> str | None:
    """Return the version to serve; None: the shipped model."""
    return next(iter(promoted(database)), None)


def find(database: Database, version: str) -> Version:
    """Return a version; raises InvalidInput when there is none."""
    for found in registered(database):
        if found.version == version:
            return found
    raise InvalidInput(f"there is no version {version}")


def record(database: Database, version: str, name: str, figures: Mapping[str, Any]) -> None:
    """Keep figures with a version, instead of those of that name before; raises InvalidInput.

    They stand in the manifest's `training`, which the site does not publish.
    """
    with database.writing() as session:
        row = session.get(VersionRow, version)
        if row is None:
            raise InvalidInput(f"there is no version {version}")
        training = {**row.manifest["training"], name: dict(figures)}
        row.manifest = {**row.manifest, "training": training}


def promote(database: Database, version: str, instead_of: str | None) -> None:
    """Serve a version from now on, instead of the one that it was compared with (None: shipped).

    Raises InvalidInput when there is no such version, and Conflict when another is served by now.
    """
    with database.exclusive() as session:
        if session.scalar(select(VersionRow.version).where(VersionRow.version == version)) is None:
            raise InvalidInput(f"there is no version {version}")
        current = next(iter(_promoted(session)), None)
        if current != instead_of:
            raise Conflict(
                f"{version} was compared with {instead_of or 'the shipped model'}, "
                f"but {current or 'the shipped model'} is served by now"
            )
        if current == version:
            raise Conflict(f"{version} is served already")
        session.add(Promotion(version=version))


def rollback(database: Database) -> str | None:
    """Take the newest promotion back; return the version served from now on (None: shipped).

    Raises Conflict when nothing is promoted.
    """
    with database.exclusive() as session:
        newest = session.scalar(_standing().limit(1))
        if newest is None:
            raise Conflict("the shipped model is served: there is no promotion to take back")
        newest.undone = now()
        session.flush()
        return next(iter(_promoted(session)), None)


def write(database: Database, version: str, folder: Path) -> None:
    """Write a version as a model folder, unchecked. Raises InvalidInput when there is none."""
    with database.reading() as session:
        row = session.get(VersionRow, version)
        if row is None:
            raise InvalidInput(f"there is no version {version}")
        manifest, network = row.manifest, row.network
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    (folder / NETWORK).write_bytes(network)


def load(database: Database, version: str | None) -> Reader:
    """Return the reader of a version, None for the shipped model.

    Raises ModelError when it is damaged, InvalidInput when there is none.
    """
    if version is None:
        return Reader(SHIPPED)
    with TemporaryDirectory(prefix="digitpad-") as folder:
        write(database, version, Path(folder))
        return Reader(folder)


def _standing() -> Any:
    return select(Promotion).where(Promotion.undone.is_(None)).order_by(Promotion.number.desc())


def _promoted(session: Session) -> tuple[str, ...]:
    return tuple(promotion.version for promotion in session.scalars(_standing()))
