"""Makes avatars from nothing to avatars/<id>/: still, blinks, denoising, loop. What exists is kept, so it can resume.

    python3 -m training.avatars.make kofi aigul            # into training/runs/avatars/<id>/
    python3 -m training.avatars.make kofi --install        # and copies loop, poster and manifest to avatars/kofi/
    python3 -m training.avatars.make --draft               # all, small and rough, for a look
"""
from __future__ import annotations

import argparse
import json
import os
import subprocess
from pathlib import Path

import cv2

from . import video
from .denoise import clean
from .loop import BLINK, FPS, Camera, make_frames
from .people import PEOPLE, Person

ROOT = Path(__file__).resolve().parents[2]
RUNS = ROOT / "training/runs/avatars"


def render(person: Person, stem: Path, options: argparse.Namespace, *more: str) -> None:
    """Renders and denoises one picture unless it is there already."""
    if Path(f"{stem}_clean.png").exists():
        return
    script = str(Path(__file__).with_name("render.py"))
    size, samples, threshold = (400, 16, 0.03) if options.draft else (options.size, options.samples, options.threshold)
    settings = ["--person", person.id, "--size", str(size), "--samples", str(samples), "--threshold", str(threshold), "--threads", str(options.threads)]
    command = [options.blender, "-b", "--factory-startup", "--python-exit-code", "1", "--python", script, "--", "--out", str(stem), *settings, *more]
    with open(f"{stem}.log", "w") as log:
        subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
    clean(stem, 0.0 if options.draft else options.grain)
    print(f"{stem.name} of {person.id} is there", flush=True)


def make(person: Person, options: argparse.Namespace) -> Path:
    """All steps for one person; answers the folder with loop.mp4, poster.webp and avatar.json."""
    folder = RUNS / ("draft" if options.draft else "final") / person.id
    folder.mkdir(parents=True, exist_ok=True)
    still = folder / "still"
    render(person, still, options)
    border = ",".join(f"{v:.4f}" for v in Camera.read(f"{still}.json").eye_window())
    for closure in sorted(set(BLINK)):
        render(person, folder / f"blink{round(closure * 100)}", options, "--pose", json.dumps({"blink": closure}), "--border", border)
    if not (folder / "poster.webp").exists():  # written last
        size = 360 if options.draft else 720
        frames = make_frames(folder, size)
        last, median = video.write_seamless(frames, folder / "loop.mp4")
        cv2.imwrite(str(folder / "poster.webp"), frames[0][..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 92])
        print(f"{person.id}: {len(frames) / FPS:.1f} s, seam {last:.3f}, neighbours' median {median:.3f} of 255", flush=True)
    manifest = {
        "id": person.id, "name": person.name, "source": "loop.mp4", "poster": "poster.webp", "loop": True,
        "licence": "CC0-1.0", "origin": "Invented person, rendered from MakeHuman CC0 data",
        "bundled": True,
    }
    (folder / "avatar.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return folder


def install(person: Person, folder: Path) -> None:
    """Replaces avatars/<id>/'s loop, poster and manifest."""
    target = ROOT / "avatars" / person.id
    target.mkdir(exist_ok=True)
    for name in ("loop.mp4", "poster.webp", "avatar.json"):
        (target / name).write_bytes((folder / name).read_bytes())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python3 -m training.avatars.make", description="Renders the default avatars.")
    parser.add_argument("people", nargs="*", metavar="ID", help=f"any of {' '.join(PEOPLE)}; all when none is named")
    parser.add_argument("--draft", action="store_true", help="400 pixels, 16 samples")
    parser.add_argument("--install", action="store_true", help="copy the result to avatars/<id>/")
    parser.add_argument("--size", type=int, default=1080, help="pixels of the rendered still's sides")
    parser.add_argument("--samples", type=int, default=256, help="most samples per pixel")
    parser.add_argument("--threshold", type=float, default=0.015, help="noise at which a pixel needs no more samples")
    parser.add_argument("--grain", type=float, default=0.12, help="share of the noisy render that stays in")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    parser.add_argument("--blender", default="blender", help="Blender 3.4's command")
    options = parser.parse_args()
    unknown = set(options.people) - set(PEOPLE)
    if unknown:
        parser.error(f"nobody is called {', '.join(sorted(unknown))}; there are {', '.join(PEOPLE)}")
    for name in options.people or PEOPLE:
        folder = make(PEOPLE[name], options)
        if options.install:
            install(PEOPLE[name], folder)


if __name__ == "__main__":
    main()
