"""The voices' own phone names → IPA, from `phonesets.json`."""

import json
from pathlib import Path

PHONESETS: dict[str, dict[str, str]] = json.loads((Path(__file__).parent / "phonesets.json").read_text("utf-8"))


def to_ipa(phoneset: str, name: str) -> str:
    """IPA of one phone, empty for silence. KeyError names a phone that the set lacks."""
    try:
        return PHONESETS[phoneset][name]
    except KeyError:
        raise KeyError(f"phone set {phoneset} has no phone {name}") from None
