"""Skin, eyes, teeth, hair and cloth. Runs inside Blender only.

Scattering lengths are those of skin (Jensen et al., SIGGRAPH 2001): red some 3.7 mm, green 1.4 mm, blue 0.7 mm. Longer
ones are what makes heads look like wax. Burley's profile stands for the random walk, which gathers light in thin lids
and closed lips until they glow, and takes longer.
"""
from __future__ import annotations

from typing import Any

from .nodes import Nodes, image, linear
from .paint import BOTTOM, LEFT, RIGHT, TOP, paint, paint_eyes
from .people import Person

MOUTH_INSIDE = (0.16, 0.035, 0.030)


def skin(person: Person) -> Any:
    """Painted colour and oil over procedural pores; attributes: ref (base-mesh place), scalp, inside (mouth)."""
    n = Nodes.material("skin")
    painting = paint(person)
    place = n.attribute("ref").outputs["Vector"]
    flat = n.scaled(place, (1 / (RIGHT - LEFT), 1 / (TOP - BOTTOM), 1), (-LEFT / (RIGHT - LEFT), -BOTTOM / (TOP - BOTTOM), 0))
    drawn = n.node("TexImage", {"image": image("face", painting.colour), "extension": "EXTEND"}, Vector=flat).outputs[0]
    detail = n.node("TexImage", {"image": image("detail", painting.detail, False), "extension": "EXTEND"}, Vector=flat).outputs[0]
    lip, oil, relief = n.node("SeparateRGB", Image=detail).outputs
    _, y, z = n.node("SeparateXYZ", Vector=place).outputs
    front = n.times(n.remap(z, 0.55, 0.8), n.remap(y, 5.5, 5.9))
    inside, scalp = n.attribute("inside").outputs["Fac"], n.attribute("scalp").outputs["Fac"]

    patches = n.times(n.remap(n.noise(place, 9, 4), 0.3, 0.7, 0.95, 1.05), n.remap(n.noise(place, 55, 2), 0.3, 0.7, 0.96, 1.04))
    pore = n.cells(place, 75)
    pits = n.remap(pore, 0.05, 0.40)
    dark_pores = n.remap(pits, 0, 1, 0.90, 1.015)
    uneven = n.times(patches, dark_pores)
    colour = n.mix(front, linear(person.skin.colour), drawn)
    colour = n.mix(n.invert(lip, 0.8), colour, n.mix(1.0, colour, n.grey(n.math("POWER", uneven, 0.5), uneven, n.math("POWER", uneven, 1.15)), "MULTIPLY"))
    colour = n.mix(n.times(scalp, person.hair.scalp_strength), colour, linear(person.hair.scalp))
    colour = n.mix(inside, colour, MOUTH_INSIDE)

    creases = n.noise(n.scaled(place, (55, 7, 7)), 1.0, 3)
    pore_depth = n.add(0.30, n.times(oil, 0.55), n.times(n.noise(place, 5, 2), 0.35))
    height = n.add(n.times(pits, pore_depth), n.times(n.noise(place, 38, 6, 0.68), 1.25), n.times(n.noise(place, 120, 2), 0.25))
    height = n.add(n.times(height, n.invert(lip, 0.8)), n.times(creases, lip, 2.4))
    normal = n.bump(height, 0.38, 0.011)
    normal = n.bump(n.noise(place, 11, 3, 0.5), 0.22, 0.035, normal)
    normal = n.bump(relief, 0.9, 0.05, normal)

    grain = n.math("SUBTRACT", n.noise(place, 70, 3), 0.5)
    rough = n.add(0.50, n.times(oil, -0.10), n.times(lip, -0.12), n.times(grain, 0.30), n.times(n.math("SUBTRACT", n.noise(place, 7, 3), 0.5), 0.16))
    gloss = n.add(0.36, n.times(oil, 0.10), n.times(lip, 0.10), n.times(n.math("SUBTRACT", 1.0, pits), -0.25), n.times(inside, -0.2))
    shader = n.node(
        "BsdfPrincipled", {"subsurface_method": "BURLEY"}, Base_Color=colour, Subsurface_Color=colour, Subsurface=0.28, Specular=gloss,
        Roughness=rough, Clearcoat=n.times(n.add(0.03, n.times(oil, 0.10), n.times(lip, 0.10)), n.invert(inside)), Clearcoat_Roughness=0.28,
        Normal=normal, Clearcoat_Normal=normal, Subsurface_Radius=(0.13, 0.046, 0.024),
    )
    return n.surface(shader.outputs[0])


def eyeball(person: Person) -> Any:
    """White and iris."""
    n = Nodes.material("eye")
    picture = n.node("TexImage", {"image": image("eye", paint_eyes(person))}, Vector=n.node("UVMap", {"uv_map": "uv"}).outputs[0]).outputs[0]
    shader = n.node("BsdfPrincipled", Base_Color=picture, Subsurface_Color=picture, Subsurface=0.06, Specular=0.3, Roughness=0.25, Subsurface_Radius=(0.04, 0.02, 0.015))
    return n.surface(shader.outputs[0])


def cornea() -> Any:
    """Clear, mirroring at grazing angles, casting no shadow on the iris."""
    n = Nodes.material("cornea")
    mirror = n.times(n.node("Fresnel", IOR=1.45).outputs[0], 1.6)
    seen = n.invert(n.node("LightPath").outputs["Is Shadow Ray"])
    shader = n.node("MixShader", Fac=n.math("MULTIPLY", mirror, seen, True))
    n.feed(shader.inputs[1], n.node("BsdfTransparent").outputs[0])
    n.feed(shader.inputs[2], n.node("BsdfGlossy", Roughness=0.02).outputs[0])
    return n.surface(shader.outputs[0])


def tear_line() -> Any:
    """The wet rim between ball and lower lid."""
    n = Nodes.material("tear")
    shader = n.node("BsdfPrincipled", Base_Color=linear((0.80, 0.62, 0.57)), Specular=0.6, Roughness=0.08, Transmission=0.6, IOR=1.34)
    return n.surface(shader.outputs[0])


def teeth() -> Any:
    """Enamel, a little darker towards the back of the mouth where less light comes; gums by height above the crowns."""
    n = Nodes.material("teeth")
    colour = n.mix(n.attribute("gum").outputs["Fac"], linear((0.78, 0.72, 0.62)), linear((0.62, 0.30, 0.29)))
    colour = n.mix(n.attribute("lower").outputs["Fac"], colour, n.mix(1.0, colour, (0.62, 0.58, 0.54), "MULTIPLY"))
    shader = n.node("BsdfPrincipled", Base_Color=colour, Subsurface_Color=colour, Subsurface=0.1, Roughness=0.25, Specular=0.45, Subsurface_Radius=(0.03, 0.02, 0.012))
    return n.surface(shader.outputs[0])


def tongue() -> Any:
    """Moist and rough."""
    n = Nodes.material("tongue")
    place = n.attribute("ref").outputs["Vector"]
    shader = n.node(
        "BsdfPrincipled", Base_Color=linear((0.60, 0.30, 0.30)), Subsurface_Color=linear((0.62, 0.28, 0.27)), Subsurface=0.15, Roughness=0.38,
        Normal=n.bump(n.noise(place, 60, 3), 0.3, 0.01), Subsurface_Radius=(0.06, 0.02, 0.015),
    )
    return n.surface(shader.outputs[0])


def hair(name: str, melanin: float, redness: float, colours: tuple | None = None, roughness: float = 0.32, variety: float = 0.15) -> Any:
    """Principled hair: pigment, or for grey hair a random mix of two colours."""
    n = Nodes.material(name)
    single = n.node("HairInfo").outputs["Random"]
    shader = n.node("BsdfHairPrincipled", {"parametrization": "COLOR" if colours else "MELANIN"}, Roughness=roughness, Radial_Roughness=0.45, Random=single, Random_Roughness=0.1, IOR=1.55)
    if colours:
        n.feed(shader.inputs["Color"], n.mix(n.math("POWER", single, 1.5), linear(colours[0]), linear(colours[1])))
    else:
        shader.inputs["Melanin"].default_value = melanin
        shader.inputs["Melanin Redness"].default_value = redness
        shader.inputs["Random Color"].default_value = variety
    return n.surface(shader.outputs[0])


def cloth(person: Person) -> Any:
    """Threads, folds and stitched hems; attributes: ref (fitted place in dm), hem (distance to the neckline in dm)."""
    n = Nodes.material("cloth")
    place, hem = n.attribute("ref").outputs["Vector"], n.attribute("hem").outputs["Fac"]
    kind, base = person.clothes.cloth, linear(person.clothes.colour)
    x, y, z = n.node("SeparateXYZ", Vector=n.mix(0.012, place, n.node("TexNoise", Vector=place, Scale=2.0).outputs["Color"])).outputs
    round_x = n.add(x, n.times(z, 0.35))  # threads follow the chest round to the sides
    pattern, depth, fuzz, sheen = {
        "knit": (_knit(n, round_x, y), 0.016, 0.35, 0.5),
        "weave": (_weave(n, round_x, y, 0.011), 0.006, 0.20, 0.25),
        "wool": (_twill(n, round_x, y), 0.010, 0.45, 0.6),
    }[kind]
    rib = n.times(n.math("LESS_THAN", hem, 0.17 if kind == "knit" else 0.0), 1.0)
    pattern = n.mix(rib, pattern, _rib(n, place)) if kind == "knit" else pattern
    groove = n.math("SUBTRACT", 1.0, n.remap(n.math("ABSOLUTE", n.math("SUBTRACT", hem, 0.185 if kind == "knit" else 0.07)), 0.0, 0.012))
    fibres = n.noise(place, 140, 3, 0.7)
    heather = n.remap(n.noise(n.scaled(place, (90, 40, 60)), 1.0, 3), 0.3, 0.7, 0.86, 1.12)
    light = n.times(n.remap(pattern, 0, 1, 0.72, 1.08), heather, n.remap(groove, 0, 1, 1.0, 0.7), n.remap(n.noise(place, 3, 2), 0.3, 0.7, 0.95, 1.05))
    colour = n.mix(1.0, base, n.grey(light, light, light), "MULTIPLY")
    normal = n.bump(n.noise(place, 1.7, 3, 0.45), 0.55, 0.16)
    normal = n.bump(n.add(pattern, n.times(groove, -1.5)), 0.8, depth, normal)
    normal = n.bump(fibres, fuzz, 0.006, normal)
    shader = n.node("BsdfPrincipled", Base_Color=colour, Roughness=0.85, Specular=0.18, Sheen=sheen, Sheen_Tint=0.6, Normal=normal)
    return n.surface(shader.outputs[0])


def _wave(n: Nodes, phase: Any) -> Any:
    """0…1 cosine of a phase in turns."""
    return n.remap(n.math("COSINE", n.times(phase, 6.2832)), -1, 1)


def _knit(n: Nodes, x: Any, y: Any) -> Any:
    """Stockinette: columns of V-shaped stitches, 2.6 mm wide."""
    column = n.math("FRACT", n.times(x, 1 / 0.026))
    valley = n.math("ABSOLUTE", n.math("SUBTRACT", column, 0.5))
    stitch = _wave(n, n.add(n.times(y, 1 / 0.019), n.times(valley, 1.3)))
    return n.times(n.math("POWER", stitch, 0.6), n.remap(n.math("ABSOLUTE", n.math("SUBTRACT", valley, 0.25)), 0.25, 0.10))


def _weave(n: Nodes, x: Any, y: Any, pitch: float) -> Any:
    """Plain weave (piqué at this size)."""
    u, v = n.times(x, 0.5 / pitch), n.times(y, 0.5 / pitch)
    return n.math("MAXIMUM", n.times(_wave(n, u), _wave(n, v)), n.times(_wave(n, n.add(u, 0.5)), _wave(n, n.add(v, 0.5))))


def _twill(n: Nodes, x: Any, y: Any) -> Any:
    """Diagonal rib of suiting."""
    return n.times(_wave(n, n.times(n.add(x, y), 1 / 0.020)), n.remap(_wave(n, n.times(y, 1 / 0.012)), 0, 1, 0.7, 1.0))


def _rib(n: Nodes, place: Any) -> Any:
    """Ribs across the neckband, running out from the neck."""
    x, _, z = n.node("SeparateXYZ", Vector=place).outputs
    angle = n.math("ARCTAN2", x, n.add(z, 0.0))
    return _wave(n, n.times(angle, 26.0))
