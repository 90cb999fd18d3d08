"""Renders one picture of a person, with what denoiser and loop need beside it. Run by Blender 3.4:

    blender -b --factory-startup --python training/avatars/render.py -- --person anna --out FOLDER/still

writes FOLDER/still.png (16 bit, Filmic), still_albedo.exr, still_normal.exr, still_position.exr and still.json (camera).
"""
from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from training.avatars import scene  # noqa: E402
from training.avatars.head import Head  # noqa: E402
from training.avatars.people import PEOPLE  # noqa: E402

PASSES = {"albedo": ("Denoising Albedo", "16"), "normal": ("Denoising Normal", "16"), "position": ("Position", "32")}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="render.py", description="Renders one picture of an avatar.")
    parser.add_argument("--person", choices=PEOPLE, required=True)
    parser.add_argument("--out", type=Path, required=True, help="path without ending")
    parser.add_argument("--size", type=int, default=1080, help="pixels of each side")
    parser.add_argument("--samples", type=int, default=256)
    parser.add_argument("--threshold", type=float, default=0.01, help="noise at which a pixel needs no more samples")
    parser.add_argument("--pose", type=json.loads, default={}, help='e.g. \'{"jaw": 0.6}\' (controls: head.UNITS)')
    parser.add_argument("--border", type=lambda s: [float(v) for v in s.split(",")], help="left,right,bottom,top in 0…1")
    parser.add_argument("--zoom", type=lambda s: tuple(float(v) for v in s.split(",")), help="x,y,height in dm from the eyes")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bald", action="store_true", help="no hair on the head, for quick looks at the face")
    return parser.parse_args(sys.argv[sys.argv.index("--") + 1 :])


def set_up_cycles(options: argparse.Namespace, exposure: float) -> None:
    """CPU path tracing without Blender's denoiser (Debian builds it without)."""
    s, c = bpy.context.scene, bpy.context.scene.cycles
    s.render.engine, c.device, c.use_denoising = "CYCLES", "CPU", False
    c.samples, c.use_adaptive_sampling, c.adaptive_threshold, c.adaptive_min_samples = options.samples, True, options.threshold, min(24, options.samples)
    c.max_bounces, c.diffuse_bounces, c.glossy_bounces, c.transmission_bounces, c.transparent_max_bounces = 8, 3, 3, 6, 12
    c.sample_clamp_indirect, c.caustics_reflective, c.caustics_refractive, c.blur_glossy, c.filter_width = 4, False, False, 1.0, 1.3
    s.cycles_curves.shape, s.cycles_curves.subdivisions = "RIBBONS", 2
    s.render.threads_mode, s.render.threads = "FIXED", options.threads
    s.render.resolution_x = s.render.resolution_y = options.size
    s.view_settings.view_transform, s.view_settings.look, s.view_settings.exposure = "Filmic", "Medium High Contrast", exposure
    layer = s.view_layers[0]
    layer.use_pass_position, layer.cycles.denoising_store_passes = True, True
    if options.border:
        s.render.use_border = True
        s.render.border_min_x, s.render.border_max_x, s.render.border_min_y, s.render.border_max_y = options.border


def set_up_passes(out: Path) -> None:
    """Writes the passes through compositor file outputs; Blender adds the frame number 0 to their names."""
    s = bpy.context.scene
    s.use_nodes = True
    s.node_tree.nodes.clear()
    layers, picture = s.node_tree.nodes.new("CompositorNodeRLayers"), s.node_tree.nodes.new("CompositorNodeComposite")
    s.node_tree.links.new(layers.outputs["Image"], picture.inputs[0])
    for name, (output, depth) in PASSES.items():
        file = s.node_tree.nodes.new("CompositorNodeOutputFile")
        file.base_path, file.format.file_format, file.format.color_depth, file.format.color_mode = str(out.parent), "OPEN_EXR", depth, "RGB"
        file.file_slots.clear()
        file.file_slots.new(f"{out.name}_{name}#")
        s.node_tree.links.new(layers.outputs[output], file.inputs[-1])
    s.frame_set(0)
    s.render.image_settings.file_format, s.render.image_settings.color_depth, s.render.image_settings.color_mode = "PNG", "16", "RGB"
    s.render.filepath = f"{out}.png"


def main() -> None:
    options = arguments()
    started = time.time()
    options.out = options.out.resolve()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    head = Head(PEOPLE[options.person], options.pose)
    scene.add_person(head, options.bald)
    scene.add_light(head)
    scene.add_backdrop(head.person)
    camera, height = scene.add_camera(head, options.zoom)
    set_up_cycles(options, head.person.exposure)
    set_up_passes(options.out)
    built = time.time()
    bpy.ops.render.render(write_still=True)
    for name in PASSES:
        os.replace(f"{options.out}_{name}0.exr", f"{options.out}_{name}.exr")
    about = {
        "location": list(camera.location), "rotation": [list(row) for row in camera.rotation_euler.to_matrix()],
        "focal": scene.CAMERA_DISTANCE * head.scale / height, "eye": head.eye_centre.tolist(),
        "turned_eye": head.place(head.eye_centre[None])[0].tolist(), "scale": head.scale, "border": options.border,
    }
    Path(f"{options.out}.json").write_text(json.dumps(about))
    print(f"{options.person}: built in {built - started:.0f} s, rendered in {time.time() - built:.0f} s")


main()
