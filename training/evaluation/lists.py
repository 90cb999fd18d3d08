"""The committed lists: what is held out of training."""

import json
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Voice:
    """A held-out voice; `synthesiser` is flite, festival or espeak, `voice` its own name there."""

    id: str
    synthesiser: str
    voice: str
    languages: tuple[str, ...]


def voices() -> list[Voice]:
    """All held-out voices."""
    rows = _read("voices.json")["voices"]
    return [Voice(row["id"], row["synthesiser"], row["voice"], tuple(row["languages"])) for row in rows]


def sentences(language: str) -> list[tuple[str, str]]:
    """(id, text) of a language's held-out sentences; ru, kk or en."""
    return [(row["id"], row["text"]) for row in _read("sentences.json")[language]]


def identities() -> dict:
    """`identities.json` as it is: seeds, poses, which heads speak which sentences."""
    return _read("identities.json")


def _read(name: str) -> dict:
    return json.loads((_FOLDER / name).read_text("utf-8"))
