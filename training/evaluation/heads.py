"""Held-out heads in all poses, and some of them saying whole sentences: wide pictures, so that any framing fits in."""

import json
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np

from training.evaluation.lists import identities
from training.heads import mesh
from training.heads.dataset import person
from training.heads.identity import Identity
from training.heads.poses import sample
from training.heads.view import Picture, View

SIDE = 384
MARGIN = 1.5
"""The pictures show so much more than the crop of kind `soyle`, whose side they show at 256 pixels."""
INSIDE, TEETH = 1, 2
"""Bits of the masks."""
_FIRST_RANDOM = 3
"""From this pose on `sample` draws anything that speech or a mouth can do."""


def prepare_heads(folder: Path, utterances: list[dict], processes: int) -> None:
    """Renders what is missing into `folder`/heads and `folder`/sequences and writes `folder`/heads.json."""
    lists = identities()
    seeds = lists["pictures"]
    named = [{"name": name, "params": values} for name, values in lists["poses"].items() if any(values)]
    for name in ("heads", "sequences"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with Pool(processes) as pool:
        heads = []
        draw = partial(_head, folder, named, lists["randomPoses"])
        for count, head in enumerate(pool.imap(draw, seeds), 1):
            heads.append(head)
            print(f"  head {head['seed']}: {count}/{len(seeds)}", flush=True)
        jobs = _sequence_jobs(lists, utterances)
        sequences = pool.starmap(partial(_sequence, folder), jobs)
        print(f"  {len(sequences)} heads speaking", flush=True)
    text = json.dumps({"size": SIDE, "heads": heads, "sequences": sequences})
    (folder / "heads.json").write_text(text)


def _sequence_jobs(lists: dict, utterances: list[dict]) -> list[tuple[int, dict]]:
    """Each head says one of the sentences, in another voice each time."""
    jobs = []
    for turn, seed in enumerate(lists["sequences"]):
        sentence = lists["sequenceSentences"][turn % len(lists["sequenceSentences"])]
        spoken = [u for u in utterances if u["sentence"] == sentence]
        jobs.append((seed, spoken[turn % len(spoken)]))
    return jobs


def _head(folder: Path, named: list[dict], random_poses: int, seed: int) -> dict:
    identity, view = _wide(seed)
    rng = np.random.default_rng([seed, 3])
    drawn = [sample(rng, _FIRST_RANDOM + i).round(4).tolist() for i in range(random_poses)]
    poses = named + [{"name": f"random-{i}", "params": params} for i, params in enumerate(drawn)]
    target = folder / "heads" / f"{seed}.png"
    if not target.exists():
        pictures = [view.render(np.zeros(7), SIDE)]
        pictures += [view.render(np.array(pose["params"]), SIDE, take) for take, pose in enumerate(poses, 1)]
        _write(target.with_name(f"{seed}-mask.png"), [_mask(picture) for picture in pictures])
        _write(target, [picture.image for picture in pictures])
    return {"seed": seed, "facts": _facts(identity, view), "poses": poses}


def _sequence(folder: Path, seed: int, utterance: dict) -> dict:
    identity, view = _wide(seed)
    target = folder / "sequences" / f"{seed}-{utterance['id']}.png"
    if not target.exists():
        track = np.load(folder / "speech" / f"{utterance['id']}.npy")
        poses = [np.zeros(7), *track]
        _write(target, [view.render(params, SIDE, take).image for take, params in enumerate(poses)])
    return {"seed": seed, "facts": _facts(identity, view), "utterance": utterance["id"]}


def _wide(seed: int) -> tuple[Identity, View]:
    """Identity and view of a seed, its camera moved back."""
    identity, view = person(seed)
    view.to_crop = view.to_crop / MARGIN
    view.blur /= MARGIN
    return identity, view


def _mask(picture: Picture) -> np.ndarray:
    """uint8[s,s]: what is seen through the open lips, and which of it is teeth."""
    head = mesh.load()
    seen = np.maximum(picture.triangle, 0)
    inside = (picture.triangle >= 0) & (head.kind[seen] != mesh.SURFACE)
    teeth = inside & np.isin(head.material[seen], (mesh.UPPER_TEETH, mesh.LOWER_TEETH))
    return (inside * INSIDE + teeth * TEETH).astype(np.uint8)


def _facts(identity: Identity, view: View) -> dict:
    """The groups a head belongs to."""
    yaw, dark = abs(view.yaw), float(identity.traits["darkness"])
    return {
        "yaw": "0-10°" if yaw < 10 else "10-20°" if yaw < 20 else "20-35°",
        "skin": "light" if dark < 0.35 else "medium" if dark < 0.65 else "dark",
        "beard": identity.traits["beard"] not in ("none", False, None),
        "glasses": bool(identity.traits["glasses"]),
        "hair over the cheek": identity.traits["hair"] != "none",
        "scarf": bool(identity.traits["scarf"]),
        "smile": identity.smile > 0,
    }


def _write(target: Path, pictures: list[np.ndarray]) -> None:
    """All pictures one above the other; complete or not there."""
    partial_file = target.with_suffix(".partial.png")
    if not cv2.imwrite(str(partial_file), np.concatenate(pictures), [cv2.IMWRITE_PNG_COMPRESSION, 2]):
        raise OSError(f"cannot write {partial_file}")
    partial_file.replace(target)
