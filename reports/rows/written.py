"""A number as it is read."""


def written(value: float, digits: int, sign: str = "") -> str:
    """With so many digits, commas between thousands and a true minus; `sign` "+" has one before all.

    >>> written(0.9712, 3), written(-0.0123, 3, "+"), written(1234.5, 1, "+")
    ('0.971', '−0.012', '+1,234.5')
    """
    return f"{value:{sign},.{digits}f}".replace("-", "−")
