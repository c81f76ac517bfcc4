"""The errors that Digitpad raises on purpose. Their text is one line a person can act on."""


class DigitpadError(Exception):
    """Base of the family: catch this to catch them all."""


class InvalidInput(DigitpadError):
    """Ink or an array whose values are not what is expected (HTTP 422)."""


class TooLarge(DigitpadError):
    """More points, bytes or pixels than the stated limit (HTTP 413)."""


class UnsupportedPicture(DigitpadError):
    """Bytes that are not a whole PNG, JPEG or WebP picture (HTTP 415)."""


class ModelError(DigitpadError):
    """A model file or manifest that is missing, damaged or not the expected one."""


class DataError(DigitpadError):
    """Training data that is missing, damaged or cannot be fetched."""


class RunError(DigitpadError):
    """A training run that cannot start, resume or be exported."""


class Conflict(DigitpadError):
    """What was asked for contradicts what is stored already (HTTP 409)."""


class Full(DigitpadError):
    """More than is kept, of one writer or in all (HTTP 507)."""


class StoreUnavailable(DigitpadError):
    """The database cannot be reached, is locked or full; later it may work again (HTTP 503)."""


class StoreError(DigitpadError):
    """A database that is not as this version of Digitpad needs it."""
