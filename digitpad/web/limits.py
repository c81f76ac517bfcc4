"""How much one client may ask for: by address, or by the API key that it shows.

Counted in Redis where there is one, for all processes at once; else each process counts for itself,
so that a client may send up to as many times as much as there are processes.
"""

import ipaddress
import time

from flask import current_app, request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests, Unauthorized

from digitpad.store import Database, keys

LIMITS = "digitpad.limits"  # its place in app.extensions
KEY = "X-API-Key"
KEYED = 100  # times as much as others may send who shows a key
READINGS = "3000/minute"  # from one address: a pad asks some times a second
LARGE = 20_000  # bytes of a body for which it counts as one reading more
WRITERS = 6  # corrections that go with a new writer
A_DAY = 30  # times what a client may send in a minute, in a day
KNOWN = 300.0  # s in which a key is not asked about again where the database may be what is wrong
HERE = "this machine"
LONGEST = 60  # characters of what is no address
PATIENCE = 0.2  # s that Redis has to answer


class Limits:
    """What clients may still ask for."""

    def __init__(self, rate: int, most: int, redis: str | None) -> None:
        """Count up to `rate` corrections a minute, in Redis at this address or in this process.

        `most` is how many corrections the database keeps.
        """
        self.most = most
        self._shown: dict[str, float] = {}  # the key that was shown last, and when
        self._rates = {"readings": [parse(READINGS)]}
        for what, count in (("corrections", rate), ("writers", max(1, rate // WRITERS))):
            self._rates[what] = [parse(f"{count}/minute"), parse(f"{A_DAY * count}/day")]
        self._here = FixedWindowRateLimiter(MemoryStorage())
        self._shared = _in_redis(redis) if redis else self._here

    def spend(self, what: str, database: Database | None = None, cost: int | None = None) -> None:
        """Count a request of whoever calls; raises TooManyRequests when there were too many.

        It counts as `cost`; a reading without one by the size of its body.

        Who shows a key that the database has may send KEYED times as many; raises Unauthorized when
        it has none like it. Readings are counted in this process alone, and wait for nobody.
        """
        who, times = _address(), 1
        if database is not None and (key := request.headers.get(KEY)) is not None:
            who, times = _holder(database, key), KEYED
        elif what == "readings" and who == HERE:
            return  # whoever is on this machine can do more than ask
        cost = _cost(what) if cost is None else cost
        for rate in self._rates[what]:
            item = type(rate)(rate.amount * times, rate.multiples)
            if (reset := self._hit(item, what, who, cost)) is not None:
                raise TooManyRequests(
                    f"one client may send {item.amount:,} {what} a {item.GRANULARITY.name}"
                    + (", large ones and batches count as several" if what == "readings" else ""),
                    retry_after=max(1, round(reset - time.time())),
                )

    def need_key(self, database: Database | None, key: str) -> None:
        """Raise Unauthorized unless this is a key, or was one in the last KNOWN seconds."""
        now = time.monotonic()
        if self._shown.get(key, -KNOWN) + KNOWN < now:
            if database is None:
                raise Unauthorized("this site has no database, and no keys in it")
            _holder(database, key)
            self._shown = {key: now}

    def _hit(self, item: RateLimitItem, what: str, who: str, cost: int) -> float | None:
        """Count a request; return when there may be more, if this was too much."""
        for limiter in (self._here,) if what == "readings" else (self._shared, self._here):
            try:
                if limiter.hit(item, what, who, cost=cost):
                    return None
                return limiter.get_window_stats(item, what, who).reset_time
            except StorageError:
                continue  # Redis is gone: each process counts for itself
        return None


def limits() -> Limits:
    """Return this site's."""
    found: Limits = current_app.extensions[LIMITS]
    return found


def _in_redis(address: str) -> FixedWindowRateLimiter:
    """Return a limiter that counts in Redis, and raises StorageError when that does not answer."""
    from redis import ConnectionPool  # noqa: PLC0415  6 MB that most sites have no use for

    pool = ConnectionPool.from_url(
        address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    storage = RedisStorage(address, connection_pool=pool, wrap_exceptions=True)
    return FixedWindowRateLimiter(storage)


def _holder(database: Database, key: str) -> str:
    name = keys.find(database, key)
    if name is None:
        raise Unauthorized(f"the {KEY} header must be a key that `digitpad keys create` made")
    return f"key {name}"


def _cost(what: str) -> int:
    """Return how many requests this one is as much as: of readings, the time follows the size."""
    return 1 + (request.content_length or 0) // LARGE if what == "readings" else 1


def _address() -> str:
    """Return the caller's address: of IPv6 the network of a household, which has many.

    What a proxy passes on as one may be none.
    """
    said = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said[:LONGEST]
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback:
        return HERE
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)
