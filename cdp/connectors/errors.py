"""What a person can mend, as one line."""


class ConnectorError(ValueError):
    """A connector that cannot be written or checked; the message says what to do."""
