"""The pieces that screens are made of: text that fits, rows and columns, buttons, the map, the preview."""
