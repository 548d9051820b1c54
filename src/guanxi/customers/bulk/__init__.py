"""One change of many customers at once: looked at before, done once, taken back within a day.

looked = services.preview(brand, "add_tag", "vip", Chosen("customers", {"show": "repeat"}), actor)
services.confirm(brand, looked.id, actor)      # pressed twice it is done once
services.undo(brand, looked.id, actor)         # exactly what it did and nobody changed since
"""
