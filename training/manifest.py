"""Writes the files' digests into models/manifest.json after an export: `python3 -m training.manifest`.

The server refuses a model file whose sha256 is not the manifest's.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

MODELS = Path("models")


def digest(name: str) -> str:
    return hashlib.sha256((MODELS / name).read_bytes()).hexdigest()


def main() -> None:
    manifest = MODELS / "manifest.json"
    listed = json.loads(manifest.read_text())
    for model in listed["models"]:
        if model["kind"] == "soyle":
            model["sha256"] = {part: digest(model[part]) for part in ("face", "mouth", "mouthStream") if part in model}
        elif (MODELS / model["file"]).exists():
            model["sha256"] = digest(model["file"])
    manifest.write_text(json.dumps(listed, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
