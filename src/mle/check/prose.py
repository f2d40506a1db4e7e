"""Hold the numbers in a lesson's text true."""

from __future__ import annotations

import re

from mle.check.failure import Failed


def read_number(text: str) -> tuple[float, float]:
    """The value of a number as prose writes it ("0.23", "23 %", "336,776"), and half of its last digit's unit.

    Raises ValueError where the text holds no number.
    """
    match = re.fullmatch(r"\s*([-−]?[\d,]*\.?\d+)\s*(%?)\s*", text)
    if not match:
        raise ValueError(f"{text!r} is no number as prose writes one, such as '0.23', '23 %' or '336,776'")
    digits = match[1].replace(",", "").replace("−", "-")
    scale = 0.01 if match[2] else 1.0
    decimals = len(digits.partition(".")[2])
    return float(digits) * scale, 0.5 * 10.0**-decimals * scale


def prose(text: str, actual: float, tolerance: float | None = None) -> None:
    """The number `text`, as the lesson's text writes it, is what was measured: `actual` within `tolerance`.

    "23 %" means 0.23. Without a tolerance it must be `actual` rounded to the digits written.
    Raises `Failed` where it is not.
    """
    value, half = read_number(text)
    allowed = half * (1 + 1e-9) if tolerance is None else tolerance
    if not abs(value - float(actual)) <= allowed:
        raise Failed(
            f"the text says {text}, which is not what was measured", seen=f"{float(actual):.6g}",
            expected=f"{value:g} within {allowed:g}",
        )  # fmt: skip
