"""A thin layer over Blender's shader nodes, so that materials read like formulas. Runs inside Blender only."""
from __future__ import annotations

from typing import Any

import bpy
import numpy as np


def linear(colour: Any) -> tuple[float, ...]:
    """sRGB 0…1 → linear, as shaders want it."""
    c = np.asarray(colour, float)
    return tuple(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4))


def image(name: str, pixels: np.ndarray, is_colour: bool = True) -> Any:
    """float[H,W,3] (row 0 on top) as a Blender image."""
    height, width = pixels.shape[:2]
    made = bpy.data.images.new(name, width, height, alpha=False, float_buffer=not is_colour)
    made.colorspace_settings.name = "sRGB" if is_colour else "Non-Color"
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = pixels
    made.pixels.foreach_set(rgba[::-1].ravel())
    return made


class Nodes:
    """Builds one node tree; every method answers an output socket unless said otherwise."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        tree.nodes.clear()

    @classmethod
    def material(cls, name: str) -> "Nodes":
        """An empty material; its datablock is `.data`, filled by `surface`."""
        made = bpy.data.materials.new(name)
        made.use_nodes = True
        nodes = cls(made.node_tree)
        nodes.data = made
        return nodes

    def surface(self, shader: Any) -> Any:
        """Ends a material with a shader; answers the material."""
        self.node("OutputMaterial", Surface=shader)
        return self.data

    def node(self, kind: str, settings: dict[str, Any] | None = None, **inputs: Any) -> Any:
        """A node (itself) with inputs by name (`_` for spaces): sockets are linked, values set."""
        made = self.tree.nodes.new(f"ShaderNode{kind}")
        for key, value in (settings or {}).items():
            setattr(made, key, value)
        for key, value in inputs.items():
            self.feed(made.inputs[key.replace("_", " ")], value)
        return made

    def feed(self, socket: Any, value: Any) -> None:
        """Links or sets one input."""
        if hasattr(value, "is_output"):
            self.tree.links.new(value, socket)
        elif socket.type == "RGBA" and len(value) == 3:
            socket.default_value = (*value, 1)
        else:
            socket.default_value = value

    def math(self, operation: str, a: Any, b: Any = 0.0, clamp: bool = False) -> Any:
        made = self.tree.nodes.new("ShaderNodeMath")
        made.operation, made.use_clamp = operation, clamp
        self.feed(made.inputs[0], a)
        self.feed(made.inputs[1], b)
        return made.outputs[0]

    def add(self, a: Any, *rest: Any) -> Any:
        for b in rest:
            a = self.math("ADD", a, b)
        return a

    def times(self, a: Any, *rest: Any) -> Any:
        for b in rest:
            a = self.math("MULTIPLY", a, b)
        return a

    def invert(self, a: Any, strength: float = 1.0) -> Any:
        """1 − strength·a."""
        return self.math("SUBTRACT", 1.0, self.times(a, strength))

    def remap(self, value: Any, low: float, high: float, to_low: float = 0.0, to_high: float = 1.0) -> Any:
        made = self.node("MapRange", Value=value, From_Min=low, From_Max=high, To_Min=to_low, To_Max=to_high)
        return made.outputs[0]

    def mix(self, factor: Any, a: Any, b: Any, blend: str = "MIX") -> Any:
        return self.node("MixRGB", {"blend_type": blend}, Fac=factor, Color1=a, Color2=b).outputs[0]

    def attribute(self, name: str) -> Any:
        """The attribute node itself: outputs Vector, Fac."""
        return self.node("Attribute", {"attribute_name": name})

    def scaled(self, vector: Any, scale: tuple[float, float, float], shift: tuple[float, float, float] = (0, 0, 0)) -> Any:
        return self.node("Mapping", Vector=vector, Scale=scale, Location=shift).outputs[0]

    def noise(self, vector: Any, scale: float, detail: float = 3.0, roughness: float = 0.6) -> Any:
        return self.node("TexNoise", Vector=vector, Scale=scale, Detail=detail, Roughness=roughness).outputs["Fac"]

    def cells(self, vector: Any, scale: float) -> Any:
        """Distance to the nearest cell's centre."""
        return self.node("TexVoronoi", {"feature": "F1"}, Vector=vector, Scale=scale).outputs["Distance"]

    def grey(self, r: Any, g: Any, b: Any) -> Any:
        return self.node("CombineRGB", R=r, G=g, B=b).outputs[0]

    def bump(self, height: Any, strength: float, distance: float, normal: Any = None) -> Any:
        made = self.node("Bump", Strength=strength, Distance=distance, Height=height)
        if normal is not None:
            self.feed(made.inputs["Normal"], normal)
        return made.outputs[0]
