"""Default avatars: invented people rendered with Blender from MakeHuman's CC0 data. See README.md."""
