"""Writes and reads the avatars' MP4s through ffmpeg."""
from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np

from .loop import FPS, seam

ROOT = Path(__file__).resolve().parents[2]


def ffmpeg() -> str:
    """FFMPEG_PATH, else the npm package's binary, else the system's; raises RuntimeError when there is none."""
    packaged = ROOT / "node_modules/@ffmpeg-installer/linux-x64/ffmpeg"
    found = os.environ.get("FFMPEG_PATH") or (str(packaged) if packaged.is_file() else shutil.which("ffmpeg"))
    if not found:
        raise RuntimeError("No ffmpeg: run `npm install`, install Debian's ffmpeg, or set FFMPEG_PATH.")
    return found


MAX_BYTES = 3_800_000
SEAM_RATIO = 1.5


def write_seamless(frames: list[np.ndarray], path: Path) -> tuple[float, float]:
    """Encodes as coarsely as the seam allows and answers `seam` of what is decoded again.

    The first frame is an intra frame with coding noise of its own, which shows as a jump at the seam unless it is small
    against the movement. Stops at MAX_BYTES, whatever the seam.
    """
    measured = (0.0, 0.0)
    for quality in (15, 13, 11, 9, 7, 5):
        trial = path.with_name("trial.mp4")
        write(frames, trial, quality)
        if path.exists() and trial.stat().st_size > MAX_BYTES:
            trial.unlink()
            break
        trial.replace(path)
        measured = seam(read(path, frames[0].shape[0]))
        if measured[0] <= SEAM_RATIO * measured[1]:
            break
    return measured


def write(frames: list[np.ndarray], path: Path, quality: int = 13) -> None:
    """H.264, yuv420p, BT.601 limited range and declared as such. `quality` is libx264's CRF."""
    height, width = frames[0].shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(FPS), "-i", "-"]
    colour = ["-vf", "scale=out_color_matrix=bt601:out_range=tv", "-colorspace", "smpte170m", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
    coded = ["-c:v", "libx264", "-preset", "slow", "-crf", str(quality), "-x264-params", "mbtree=0:ipratio=1:pbratio=1", "-pix_fmt", "yuv420p", "-threads", "2", "-movflags", "+faststart"]
    subprocess.run([ffmpeg(), "-v", "error", "-y", *raw, *colour, *coded, str(path)], input=b"".join(f.tobytes() for f in frames), check=True)


def read(path: Path, size: int) -> list[np.ndarray]:
    """uint8[size,size,3] RGB frames of an MP4."""
    data = subprocess.run([ffmpeg(), "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True, check=True).stdout
    return list(np.frombuffer(data, np.uint8).reshape(-1, size, size, 3))
