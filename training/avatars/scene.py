"""Puts a head, its hair and clothes into Blender, with studio light and a camera. Runs inside Blender only.

Blender's z is up: a point (x, y, z) of MakeHuman becomes (x, −z, y).
"""
from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from mathutils import Vector
from scipy.spatial import cKDTree

from . import materials
from .facial_hair import brows, down, lashes, stubble
from .hairstyles import STYLES, scalp_mask
from .head import EYES, Head
from .mesh import read_asset
from .nodes import Nodes, linear
from .strands import Strands

CAMERA_DISTANCE = 15.0


def to_blender(points: np.ndarray) -> np.ndarray:
    """MakeHuman's axes → Blender's."""
    return np.stack([points[..., 0], -points[..., 2], points[..., 1]], -1)


def add_mesh(name: str, points: np.ndarray, faces: list[list[int]], material: Any, subdivide: int = 0, uvs: tuple | None = None, **attributes: np.ndarray) -> Any:
    """A smooth mesh; `uvs` = (coordinates, indices per face); attributes float[N] or float[N,3] per vertex."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(to_blender(points).tolist(), [], [list(f) for f in faces])
    mesh.polygons.foreach_set("use_smooth", [True] * len(faces))
    if uvs:
        coordinates, indices = uvs
        mesh.uv_layers.new(name="uv").data.foreach_set("uv", np.concatenate([coordinates[i] for i in indices]).ravel())
    for key, values in attributes.items():
        values = np.asarray(values, float)
        kind, slot = ("FLOAT", "value") if values.ndim == 1 else ("FLOAT_VECTOR", "vector")
        mesh.attributes.new(key, kind, "POINT").data.foreach_set(slot, values.ravel())
    mesh.materials.append(material)
    made = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(made)
    if subdivide:
        modifier = made.modifiers.new("subdivide", "SUBSURF")
        modifier.levels = modifier.render_levels = subdivide
    return made


def add_strands(name: str, head: Head, strands: Strands, material: Any) -> None:
    """Hair curves: an edge mesh with a radius per point, turned into curves by geometry nodes on a hair object."""
    count, points = strands.points.shape[:2]
    mesh = bpy.data.meshes.new(name + " edges")
    mesh.vertices.add(count * points)
    mesh.vertices.foreach_set("co", to_blender(head.place(strands.points.reshape(-1, 3))).ravel())
    first = np.arange(count * points).reshape(count, points)
    edges = np.stack([first[:, :-1], first[:, 1:]], -1).reshape(-1, 2)
    mesh.edges.add(len(edges))
    mesh.edges.foreach_set("vertices", edges.ravel())
    mesh.attributes.new("radius", "FLOAT", "POINT").data.foreach_set("value", (strands.radius * head.scale).ravel())
    mesh.update()
    source = bpy.data.objects.new(name + " edges", mesh)
    source.hide_render = True
    curves = bpy.data.objects.new(name, bpy.data.hair_curves.new(name))
    for made in (source, curves):
        bpy.context.scene.collection.objects.link(made)
    tree = bpy.data.node_groups.new(name, "GeometryNodeTree")
    tree.inputs.new("NodeSocketGeometry", "Geometry")
    tree.outputs.new("NodeSocketGeometry", "Geometry")
    info, curve, paint, out = (tree.nodes.new(k) for k in ("GeometryNodeObjectInfo", "GeometryNodeMeshToCurve", "GeometryNodeSetMaterial", "NodeGroupOutput"))
    info.inputs[0].default_value = source
    paint.inputs["Material"].default_value = material
    tree.links.new(info.outputs["Geometry"], curve.inputs[0])
    tree.links.new(curve.outputs[0], paint.inputs[0])
    tree.links.new(paint.outputs[0], out.inputs[0])
    curves.modifiers.new("strands", "NODES").node_group = tree


def add_person(head: Head, bald: bool = False) -> None:
    """Everything of the person."""
    garment, fitting = read_asset("assets/clothes/{0}/{0}".format(head.person.clothes.garment))
    _add_skin(head, fitting.hidden)
    _add_eyes(head)
    _add_mouth(head)
    _add_hair(head, bald)
    _add_clothes(head, garment, fitting.fit(head.face))


def _add_skin(head: Head, hidden: np.ndarray) -> None:
    covered = np.zeros(len(head.reference), bool)
    covered[hidden] = True
    covered &= head.reference[:, 1] < 5.2
    keep = np.array([i for i in head.skin_faces if not covered[head.base.faces[i]].all()])
    used, faces, _ = head.base.select(keep)
    reference = head.reference[used]
    add_mesh(
        "skin", head.place(head.face[used]), faces, materials.skin(head.person), 2, ref=reference,
        scalp=scalp_mask(reference, head.person.hair.hairline, 0.07), inside=head.mouth_inside[used],
    )


def _add_eyes(head: Head) -> None:
    mesh, _ = read_asset(EYES)
    points = head.place(head.eyes())
    uv = np.zeros((len(mesh.vertices), 2))
    for face, index in zip(mesh.faces, mesh.face_uvs):
        uv[face] = mesh.uvs[index]
    clear = np.array([uv[f[0], 0] > 0.86 and uv[f[0], 1] < 0.14 for f in mesh.faces])  # the cornea's patch of the picture
    for name, chosen, material in (("eyeball", ~clear, materials.eyeball(head.person)), ("cornea", clear, materials.cornea())):
        used, faces, face_uvs = mesh.select(np.flatnonzero(chosen))
        add_mesh(name, points[used], faces, material, 2, (mesh.uvs, face_uvs))


def _add_mouth(head: Head) -> None:
    """Teeth and tongue, set back a little so that closed lips never show them; seen in the open-mouth test."""
    mesh, fitting = read_asset("assets/teeth/teeth_base/teeth_base")
    points = fitting.fit(head.face)
    pieces = mesh.components()
    gum = np.bincount(pieces, minlength=len(pieces))[pieces] > 500
    rest = fitting.fit(head.reference)
    lower = rest[:, 1] < np.interp(rest[:, 2], [0.9, 1.42], [6.74, 6.612])
    points[:, 2] -= 0.04
    points[:, 1] += np.where(lower, -0.01, -0.015)
    add_mesh("teeth", head.place(points), mesh.faces, materials.teeth(), 1, gum=gum, lower=lower)
    mesh, fitting = read_asset("assets/tongue/tongue01/tongue01")
    points = fitting.fit(head.face)
    points[:, 1] += 0.10 * head.pose.get("jaw", 0)
    points[:, 2] -= 0.06
    add_mesh("tongue", head.place(points), mesh.faces, materials.tongue(), 1, ref=mesh.vertices)


def _add_hair(head: Head, bald: bool) -> None:
    style = head.person.hair
    scalp = materials.hair("hair", style.melanin, style.redness, style.colours)
    brow = materials.hair("brow", style.brow_melanin, style.redness, style.brow_colours, 0.4)
    lash = materials.hair("lash", 0.97, 0.3, None, 0.4)
    if not bald:
        for k, strands in enumerate(STYLES[style.style](head)):
            add_strands(f"hair {k}", head, strands, scalp)
    add_strands("brows", head, brows(head), brow)
    add_strands("lashes", head, lashes(head), lash)
    if head.person.skin.stubble:
        add_strands("stubble", head, stubble(head), brow)
    if head.person.female:
        add_strands("down", head, down(head), materials.hair("down", 0.0, 0.0, ((0.8, 0.7, 0.6), (0.7, 0.6, 0.5))))


def _add_clothes(head: Head, mesh: Any, points: np.ndarray) -> None:
    pieces = mesh.components()
    chest = head.eye_centre[1] - 5.2 * head.scale
    upper = {k for k in np.unique(pieces) if points[pieces == k, 1].max() > chest + 2}
    keep = np.array([i for i, f in enumerate(mesh.faces) if pieces[f[0]] in upper and points[f, 1].min() > chest])
    used, faces, _ = mesh.select(keep)
    rim: dict[tuple[int, int], int] = {}
    for face in faces:
        for a, b in zip(face, face[1:] + face[:1]):
            key = (min(a, b), max(a, b))
            rim[key] = rim.get(key, 0) + 1
    cut = points[used, 1].min() + 0.5
    edge = np.unique([v for pair, n in rim.items() if n == 1 for v in pair])
    edge = edge[points[used][edge, 1] > cut]
    dense = points[used]
    hem = cKDTree(dense[edge]).query(dense)[0]
    made = add_mesh("clothes", head.place(dense), faces, materials.cloth(head.person), 2, ref=dense / head.scale, hem=hem / head.scale)
    folds = bpy.data.textures.new("folds", "CLOUDS")
    folds.noise_scale, folds.noise_depth = 0.85, 1
    displace = made.modifiers.new("folds", "DISPLACE")
    displace.texture, displace.strength, displace.mid_level, displace.texture_coords = folds, 0.10, 0.45, "GLOBAL"
    solid = made.modifiers.new("thickness", "SOLIDIFY")
    solid.thickness, solid.offset = 0.035, 0.6
    last = made.modifiers.new("round edges", "SUBSURF")
    last.levels = last.render_levels = 1


def add_area(name: str, place: tuple, target: np.ndarray, size: float, watts: float, colour: tuple, mirrored: bool = True) -> None:
    """A round lamp at `place` (MakeHuman's axes) that shines at `target`."""
    lamp = bpy.data.lights.new(name, "AREA")
    lamp.shape, lamp.size, lamp.energy, lamp.color = "DISK", size, watts, colour
    made = bpy.data.objects.new(name, lamp)
    bpy.context.scene.collection.objects.link(made)
    made.location = to_blender(np.array(place, float))
    made.rotation_euler = (Vector(to_blender(target)) - made.location).to_track_quat("-Z", "Y").to_euler()
    made.visible_glossy = mirrored


def add_light(head: Head) -> None:
    """A big soft key from the upper left, a weak fill, two rims, one catch light for the eyes."""
    eye, s = head.eye_centre, head.scale
    at = lambda x, y, z: tuple(eye + s * np.array([x, y, z]))  # noqa: E731
    face, power = eye + s * np.array([0, -0.3, -0.6]), s * s
    add_area("key", at(-5.4, 4.2, 6.2), face, 3.6 * s, 960 * power, (1, 0.95, 0.89))
    add_area("fill", at(6.0, 0.4, 6.0), face, 6 * s, 95 * power, (0.92, 0.96, 1), False)
    add_area("rim left", at(-4.8, 2.4, -5.0), face, 2.4 * s, 170 * power, (0.95, 0.97, 1))
    add_area("rim right", at(5.0, 2.0, -4.6), face, 2.4 * s, 190 * power, (1, 0.95, 0.88))
    add_area("catch", at(-1.8, 2.6, 8.5), eye, 1.1 * s, 26 * power, (1, 1, 1))
    add_area("under", at(0, -4.0, 5.0), face, 4 * s, 34 * power, (1, 0.94, 0.88), False)


def add_backdrop(person: Any) -> None:
    """A painted studio backdrop for the camera; everything else sees a dim neutral room."""
    world = bpy.data.worlds.new("studio")
    bpy.context.scene.world = world
    world.use_nodes = True
    n = Nodes(world.node_tree)
    window = n.node("TexCoord").outputs["Window"]
    glow = n.node("TexGradient", {"gradient_type": "SPHERICAL"}, Vector=n.scaled(window, (1.0, 1.0, 0), (-0.40, -0.60, 0))).outputs[1]
    cloudy = n.add(glow, n.times(n.math("SUBTRACT", n.noise(window, 2.6, 4, 0.55), 0.5), 0.22))
    edge, middle = (linear(c) for c in person.backdrop)
    seen = n.node("Background", Color=n.mix(n.remap(cloudy, 0.05, 0.95), edge, middle), Strength=1.0).outputs[0]
    room = n.node("Background", Color=(0.80, 0.82, 0.86), Strength=0.24).outputs[0]
    shader = n.node("MixShader", Fac=n.node("LightPath").outputs["Is Camera Ray"])
    n.feed(shader.inputs[1], room)
    n.feed(shader.inputs[2], seen)
    n.node("OutputWorld", Surface=shader.outputs[0])


def add_camera(head: Head, zoom: tuple[float, float, float] | None = None) -> tuple[Any, float]:
    """Long lens at eye height. `zoom` = (x, y, height) in dm from the eyes, for close looks. Answers it and its height."""
    eye, s = head.eye_centre, head.scale
    x, y, height = zoom or (0.0, -0.52, head.person.frame)
    target = eye + s * np.array([x, y, 0])
    camera = bpy.data.cameras.new("camera")
    made = bpy.data.objects.new("camera", camera)
    bpy.context.scene.collection.objects.link(made)
    bpy.context.scene.camera = made
    distance = CAMERA_DISTANCE * s
    made.location = to_blender(target + s * np.array([0, 0 if zoom else 0.10, CAMERA_DISTANCE]))
    made.rotation_euler = (Vector(to_blender(target)) - made.location).to_track_quat("-Z", "Y").to_euler()
    camera.sensor_width, camera.lens = 36, 36 * distance / (height * s)
    camera.dof.use_dof, camera.dof.focus_distance = True, distance - 0.1 * s
    camera.dof.aperture_fstop = camera.lens * 1e-3 / (2 * 0.06)
    return made, height * s
